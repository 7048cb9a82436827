"""Pages that only tell: how to get help, what happens to personal data, how everybody can use this."""

from flask import Blueprint

from webapp.shell.access import public
from webapp.shell.pages import page

bp = Blueprint("info", __name__)


@bp.get("/help")
@public("how to get help is for everybody")
def help_page() -> str:
    return page("shell/help.html")


@bp.get("/privacy")
@public("what happens to personal data must be readable before giving any")
def privacy() -> str:
    return page("shell/privacy.html")


@bp.get("/accessibility")
@public("how everybody can use these pages")
def accessibility() -> str:
    return page("shell/accessibility.html")
