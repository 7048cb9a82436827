"""The pages and doors of the trial's own issuer."""

from typing import Any
from urllib.parse import urlencode

from flask import Blueprint, abort, jsonify, redirect, request
from werkzeug.datastructures import MultiDict

from webapp.identity import demo_issuer
from webapp.identity.demo_issuer import Asked
from webapp.identity.issuers import DEMO_PATH, is_demo
from webapp.shell.access import public
from webapp.shell.pages import page
from webapp.shell.security import csrf
from webapp.shell.services import settings
from webapp.shell.unit_of_work import db

bp = Blueprint("demo_vneid", __name__, url_prefix=DEMO_PATH)


@bp.before_request
def _only_in_the_trial() -> None:
    if not is_demo():
        abort(404)


@bp.get("/.well-known/openid-configuration")
@public("a machine reads it; production does not have it")
def document() -> Any:
    return jsonify(demo_issuer.document(settings()))


@bp.get("/jwks")
@public("a machine reads it; production does not have it")
def keys() -> Any:
    return jsonify(demo_issuer.keys(settings()))


def _asked(given: MultiDict[str, str]) -> Asked:
    asked = Asked.read(given, settings())
    return asked if asked is not None else abort(400)


@bp.get("/authorize")
@public("the trial's issuer; production does not have this page")
def authorize() -> str:
    _asked(request.args)
    return page("identity/demo_issuer.html", people=demo_issuer.PEOPLE.values(), asked=request.args)


@bp.post("/authorize")
@public("the trial's issuer; production does not have this page")
def choose() -> Any:
    asked = _asked(request.form)
    back = demo_issuer.answer(settings(), asked, request.form.get("person"))
    return redirect(f"{asked.redirect_uri}?{urlencode(back)}", 303)


@bp.post("/token")
@csrf.exempt  # a machine asks, with the client's secret
@public("asks for the client's secret; production does not have it")
def token() -> Any:
    given = request.authorization
    basic = (given.username or "", given.password or "") if given is not None and given.type == "basic" else None
    found = demo_issuer.token(db(), settings(), request.form, basic)
    return (jsonify(error=found), 400) if isinstance(found, str) else jsonify(found)


@bp.get("/userinfo")
@public("asks for a token; production does not have it")
def userinfo() -> Any:
    found = demo_issuer.userinfo(settings(), request.headers.get("Authorization", ""))
    return jsonify(found) if found else (jsonify(error="invalid_token"), 401)
