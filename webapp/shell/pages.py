"""Answers: a page, or "see there"."""

from typing import Any

from flask import g, redirect, session, url_for
from werkzeug.wrappers import Response

from webapp.shell.templating import render


def page(template: str, **context: Any) -> str:
    """The whole page."""
    return render(template, **context)


def see(endpoint: str, **values: Any) -> Response:
    """303: done, look there. The back button and a reload do not send the form again."""
    return redirect(url_for(endpoint, **values), 303)


def see_path(path: str) -> Response:
    return redirect(path, 303)


def flash(text: str, kind: str = "good") -> None:
    """Say one sentence on the next page; kind is good, info, warn or bad."""
    session["flashes"] = [*session.get("flashes", []), (kind, text)][-3:]


def take_flashes() -> list[tuple[str, str]]:
    """What waits to be said. Every template of this request gets it: the first may be a piece that shows none."""
    if "flashes" not in g:
        g.flashes = session.pop("flashes", []) if session.get("flashes") else []
    waiting: list[tuple[str, str]] = g.flashes
    return waiting
