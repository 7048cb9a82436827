"""Is this browser a screen in a hall that everybody uses? What that means for a page: no way in, and nothing is kept.

Which browsers are screens, a room above knows; it says so with `know`.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date

from flask import Flask, Response, current_app, g


@dataclass(frozen=True)
class Kiosk:
    """One screen; `visit` changes with each person before it."""

    id: int
    public_id: str
    office_id: int
    office: str
    seen_on: date
    visit: str


Finder = Callable[[], Kiosk | None]


def know(app: Flask, find: Finder) -> None:
    """Name what tells whether the browser of this request is a screen."""
    app.extensions["motcua_kiosk"] = find


def kiosk() -> Kiosk | None:
    """The screen that this request comes from; asked once, and without its cookie nothing is looked up."""
    if "kiosk" not in g:
        find: Finder | None = current_app.extensions.get("motcua_kiosk")
        g.kiosk = find() if find is not None else None
    found: Kiosk | None = g.kiosk
    return found


def _keep_nothing(response: Response) -> Response:
    """No page of a screen lies in its browser, not even one that is the same for all: what was read says who read."""
    if kiosk() is not None and response.mimetype == "text/html":
        response.headers["Cache-Control"] = "no-store"
        response.headers.pop("X-Motcua-Public", None)
    return response


def register(app: Flask) -> None:
    app.after_request(_keep_nothing)
    app.context_processor(lambda: {"kiosk": kiosk()})
