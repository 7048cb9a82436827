"""On a screen for everybody only some doors are open: what is public and asks for nobody's log-in.

They are named here one by one, so that a door that is added elsewhere is closed until somebody has thought of it.
"""

from typing import Any

from flask import Flask, g, request
from werkzeug.wrappers import Response

from webapp.shell.errors import on_expired
from webapp.shell.kiosk import kiosk
from webapp.shell.pages import page, see

OPEN = frozenset({
    "catalogue.procedures", "catalogue.procedure", "info.privacy", "info.accessibility",
    "appearance.change", "appearance.language", "assets.static_file", "pwa.worker", "pwa.favicon",
})  # fmt: skip
HERE = "/kiosk"
FRONT_DOOR = "dossiers.home"


def guard() -> Any:
    """Before every request of a screen: nobody is logged in there, whatever its cookies say."""
    if kiosk() is None:
        return None
    g.actor = None
    name = request.endpoint or ""
    if name == FRONT_DOOR:
        return see("kiosk.start")
    if not name or name in OPEN or request.path == HERE or request.path.startswith(f"{HERE}/"):
        return None
    return page("kiosk/refused.html"), 403


def _begin_again() -> Response | None:
    """The form of somebody before, brought back by Back: what they typed is not shown again, as it is elsewhere."""
    return see("kiosk.start") if kiosk() is not None else None


def register(app: Flask) -> None:
    app.before_request(guard)
    on_expired(app, _begin_again)
