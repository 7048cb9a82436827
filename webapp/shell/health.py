"""Is it alive, is it ready, which build is it."""

from flask import Blueprint, jsonify
from sqlalchemy import text
from sqlalchemy.exc import SQLAlchemyError
from werkzeug.wrappers import Response

from webapp.shell import migrations
from webapp.shell.access import public
from webapp.shell.services import services

bp = Blueprint("health", __name__)
VERSION = "0.1.0"


@bp.get("/healthz")
@public("for the supervisor: this process answers; touches nothing")
def healthz() -> Response:
    return jsonify(status="ok")


@bp.get("/readyz")
@public("for the load balancer: may this node get traffic; says no more than yes or no per part")
def readyz() -> tuple[Response, int]:
    checks = {}
    try:
        with services().database.engine.connect() as connection:
            connection.execute(text("SELECT 1"))
            checks["database"] = "ok"
            checks["migrations"] = "ok" if migrations.is_current(connection) else "behind"
    except SQLAlchemyError:
        checks["database"] = "down"
    ready = all(value == "ok" for value in checks.values())
    return jsonify(status="ok" if ready else "unavailable", checks=checks), 200 if ready else 503


@bp.get("/version")
@public("for operators: which build answers")
def version() -> Response:
    return jsonify(version=VERSION)
