"""How this browser shows our pages: language, size of the text, light or dark. Kept in cookies, no account needed."""

from flask import Blueprint, Flask, request
from werkzeug.wrappers import Response

from webapp.shell.access import public, safe_path
from webapp.shell.i18n import COOKIE as LANGUAGE_COOKIE
from webapp.shell.i18n import LANGUAGES
from webapp.shell.look import COOKIE, SIZES, THEMES, appearance
from webapp.shell.pages import page, see_path
from webapp.shell.security import csrf
from webapp.shell.services import settings

bp = Blueprint("appearance", __name__)
YEAR = 365 * 24 * 3600


def _keep(response: Response, name: str, value: str) -> Response:
    response.set_cookie(name, value, max_age=YEAR, secure=settings().secure, httponly=True, samesite="Lax")
    return response


@bp.get("/appearance")
@public("how this browser shows pages; holds nothing of a person")
def show() -> str:
    return page("shell/appearance.html", next=safe_path(request.args.get("next")))


@bp.post("/appearance")
@csrf.exempt  # changes only how this browser shows pages; a public page then needs no cookie for a token
@public("how this browser shows pages; holds nothing of a person")
def change() -> Response:
    now = appearance()
    size = request.form.get("size", now.size)
    theme = request.form.get("theme", now.theme)
    value = f"{size if size in SIZES else now.size}.{theme if theme in THEMES else now.theme}"
    return _keep(see_path(safe_path(request.form.get("next"))), COOKIE, value)


@bp.route("/language/<code>", methods=["GET", "POST"])
@csrf.exempt  # as above
@public("the language of this browser's pages; holds nothing of a person")
def language(code: str) -> Response:
    target = see_path(safe_path(request.values.get("next")))
    return _keep(target, LANGUAGE_COOKIE, code) if code in LANGUAGES else target


def register(app: Flask) -> None:
    app.register_blueprint(bp)
    app.context_processor(lambda: {"appearance": appearance()})
