"""Named places in a page that an upper house may fill; empty if nobody does."""

from collections.abc import Callable

from flask import Flask, current_app
from markupsafe import Markup

Filler = Callable[..., str]


def fill(app: Flask, name: str, filler: Filler) -> None:
    """Add what `filler` returns (already safe markup, or an empty text) to the slot."""
    app.extensions.setdefault("motcua_slots", {}).setdefault(name, []).append(filler)


def slot(name: str, **context: object) -> Markup:
    fillers: list[Filler] = current_app.extensions.get("motcua_slots", {}).get(name, [])
    return Markup("").join(Markup(filler(**context)) for filler in fillers)  # noqa: S704  (made by our templates)


def register(app: Flask) -> None:
    app.jinja_env.globals.update(slot=slot)
