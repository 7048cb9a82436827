"""What this installation is set to, for its administrator: read only, secrets hidden. It is changed where it runs."""

from typing import Any

from flask import Blueprint, Flask

from webapp.core.actor import Role
from webapp.core.text import N_, Text
from webapp.shell import navigation
from webapp.shell.access import allow
from webapp.shell.health import VERSION, Part, readiness
from webapp.shell.pages import page
from webapp.shell.permissions import SEE_SETTINGS
from webapp.shell.services import settings

bp = Blueprint("installation", __name__)


WORKS = {"status": Text("Works"), "tone": "good", "icon": "circle-check"}
STOPS = {"status": Text("Does not work: nobody is served"), "tone": "bad", "icon": "alert-triangle"}
WARNS = {"status": Text("Needs a look"), "tone": "wait", "icon": "alert-triangle"}


@bp.get("/manage/settings")
@allow(SEE_SETTINGS)
def show() -> str:
    parts = [{"label": part.label, **_state(part)} for part in readiness()]
    return page("shell/settings.html", values=settings().masked(), parts=parts, version=VERSION)


def _state(part: Part) -> dict[str, Any]:
    if part.works:
        return WORKS
    return STOPS if part.critical else WARNS


def register(app: Flask) -> None:
    app.register_blueprint(bp)
    item = navigation.NavItem(
        N_("Settings of the installation"), "/manage/settings", frozenset({Role.ADMIN}), order=95, icon="info-circle",
        note=N_("Which parts work, and what is set; secrets are hidden"),
    )  # fmt: skip
    navigation.add(app, [item])
