"""One session a request. An answer below 400 to a POST commits; everything else rolls back. GET never writes.

SQLite lets one request write at a time, so an act looks first (`look`: who is it, what is there?), does what takes long
(opening photos, reading papers back), and only then takes its turn with `db`, where what counts is read again.
"""

from collections.abc import Callable
from contextlib import suppress

from flask import Flask, Response, current_app, g, request, session
from sqlalchemy.orm import Session

from webapp.core.db import AWAY, Database
from webapp.shell import errors
from webapp.shell.services import services

SAFE_METHODS = frozenset({"GET", "HEAD", "OPTIONS"})
KNOWN = "motcua.reads"  # where in the request's environment lies what was read for this page before Flask


def db() -> Session:
    """This request's session; opened at the first use."""
    if "db" not in g:
        _end_look()
        made = services().database
        g.db = made.look(request.environ.get(KNOWN, ())) if request.method in SAFE_METHODS else made.session()
    opened: Session = g.db
    return opened


def look() -> Session:
    """A session to look by before the act: it takes no turn to write and locks nothing. After `db()` it is that one."""
    if "db" in g or request.method in SAFE_METHODS:
        return db()
    if "look" not in g:
        g.look = services().database.look()
    opened: Session = g.look
    return opened


def note(write: Callable[[Session], None]) -> None:
    """Write this with the act, at its end: what is noted by the way must not begin the act's transaction."""
    g.setdefault("notes", []).append(write)


def database() -> Database:
    return services().database


def keep_changes() -> None:
    """Commit although the answer is an error: wrong tries must count, typed text must be kept."""
    g.keep_changes = True


def let_go() -> None:
    """Keep what was done so far and give the database back, before a slow call outside; the next `db()` begins anew.

    Waiting for a partner with a transaction open would make everybody else wait too (SQLite has one writer).
    """
    _end_look()
    opened: Session | None = g.pop("db", None)
    if opened is None:
        return
    try:
        if request.method not in SAFE_METHODS:
            services().database.commit(opened)
    except AWAY:
        _throw_away(opened)  # nobody else knows of it any more, so nobody else would give its turn back
        raise
    opened.close()


def _end(response: Response) -> Response:
    if request.method in SAFE_METHODS:
        return response  # what was only read ends when the session closes
    kept = response.status_code < 400 or g.get("keep_changes", False)
    notes: list[Callable[[Session], None]] = g.pop("notes", []) if kept else []
    opened: Session | None = db() if notes else g.get("db")
    if opened is None:
        return response
    try:
        for write in notes:
            write(opened)
        if kept:
            services().database.commit(opened)
        else:
            opened.rollback()
    except AWAY as error:
        # The view had said yes; now it is no, so nothing of that answer may leave, not even its cookie.
        _throw_away(opened)
        session.modified = False
        return current_app.make_response(errors.away(error))
    return response


def _close(_error: BaseException | None) -> None:
    _end_look()
    opened: Session | None = g.pop("db", None)
    if opened is not None:
        _give_back(opened)


def _end_look() -> None:
    looked: Session | None = g.pop("look", None)
    if looked is not None:
        _give_back(looked)


def _throw_away(opened: Session) -> None:
    """What did not commit or roll back would fail again on the way back to the pool, and keep its turn to write."""
    with suppress(*AWAY):
        opened.invalidate()


def _give_back(opened: Session) -> None:
    """Its work is done or given up: a database that went away since then spoils no answer. The pool forgets it."""
    with suppress(*AWAY):
        opened.close()


def register(app: Flask) -> None:
    app.after_request(_end)
    app.teardown_request(_close)
