"""What this installation is set to, for its administrator: read only, secrets hidden. It is changed where it runs."""

from flask import Blueprint, Flask

from webapp.core.actor import Role
from webapp.core.text import N_
from webapp.shell import navigation
from webapp.shell.access import allow
from webapp.shell.health import VERSION, readiness
from webapp.shell.pages import page
from webapp.shell.permissions import SEE_SETTINGS
from webapp.shell.services import settings

bp = Blueprint("installation", __name__)


@bp.get("/manage/settings")
@allow(SEE_SETTINGS)
def show() -> str:
    return page("shell/settings.html", values=settings().masked(), parts=readiness(), version=VERSION)


def register(app: Flask) -> None:
    app.register_blueprint(bp)
    item = navigation.NavItem(
        N_("Settings of the installation"), "/manage/settings", frozenset({Role.ADMIN}), order=95, icon="info-circle",
        note=N_("Which parts work, and what is set; secrets are hidden"),
    )  # fmt: skip
    navigation.add(app, [item])
