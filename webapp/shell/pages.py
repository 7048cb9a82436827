"""Answers: a page, or "see there"."""

import hashlib
from collections.abc import Callable
from typing import Any

from flask import g, redirect, request, session, url_for
from werkzeug.wrappers import Response

from webapp.shell.access import actor
from webapp.shell.i18n import language
from webapp.shell.look import appearance
from webapp.shell.templating import fingerprint, render


def page(template: str, **context: Any) -> str:
    """The whole page."""
    return render(template, **context)


def revisited(name: str, make: Callable[[], str]) -> Response:
    """A page that a phone may keep and ask "still the same?": 304 without making it again.

    `name` changes whenever the page's content does. Only for pages that show nothing of a person; to somebody who is
    logged in, or is told something once, it is made anew and not kept.
    """
    if actor() is not None or session.get("flashes"):
        return Response(make(), mimetype="text/html")
    etag = hashlib.sha256(f"{name} {language()} {appearance()} {fingerprint()}".encode()).hexdigest()[:24]
    if request.if_none_match.contains_weak(etag):
        response = Response(status=304)
    else:
        response = Response(make(), mimetype="text/html")
    response.set_etag(etag, weak=True)
    response.headers["Cache-Control"] = "private, no-cache"
    response.vary.add("Cookie")
    response.vary.add("Accept-Encoding")
    return response


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
