"""Suggestions while a commune is typed; the form works without them."""

from flask import Blueprint, make_response, request
from werkzeug.wrappers import Response

from webapp.offices import queries
from webapp.shell.access import public
from webapp.shell.pages import page
from webapp.shell.unit_of_work import db

bp = Blueprint("offices", __name__)


@bp.get("/communes")
@public("names of communes are public facts; used by address fields")
def communes() -> Response:
    province = next((v for k, v in request.args.items() if k.endswith("province")), "")
    typed = next((v for k, v in request.args.items() if k.endswith("commune") or k == "q"), "")
    found = queries.communes_like(db(), province[:2], typed[:80])
    response = make_response(page("offices/_communes.html", communes=found))
    response.headers["Cache-Control"] = "public, max-age=3600"
    return response
