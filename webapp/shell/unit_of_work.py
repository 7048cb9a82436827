"""One session a request. An answer below 400 to a POST commits; everything else rolls back. GET never writes."""

from flask import Flask, Response, g, request
from sqlalchemy.orm import Session

from webapp.core.db import Database
from webapp.shell.services import services

SAFE_METHODS = frozenset({"GET", "HEAD", "OPTIONS"})


def db() -> Session:
    """This request's session; opened at the first use."""
    if "db" not in g:
        g.db = services().database.session(write=request.method not in SAFE_METHODS)
    session: Session = g.db
    return session


def database() -> Database:
    return services().database


def keep_changes() -> None:
    """Commit although the answer is an error: wrong tries must count, typed text must be kept."""
    g.keep_changes = True


def _end(response: Response) -> Response:
    session: Session | None = g.get("db")
    if session is None:
        return response
    keep = response.status_code < 400 or g.get("keep_changes", False)
    if request.method not in SAFE_METHODS and keep:
        services().database.commit(session)
    else:
        session.rollback()
    return response


def _close(_error: BaseException | None) -> None:
    session: Session | None = g.pop("db", None)
    if session is not None:
        session.close()


def register(app: Flask) -> None:
    app.after_request(_end)
    app.teardown_request(_close)
