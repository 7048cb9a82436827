"""Error pages: what happened, what is kept, what to do next, a number to call, and an id that support can find."""

import errno
import logging
from collections.abc import Callable
from typing import Any

from flask import Flask, Response, current_app, g, request
from flask_wtf.csrf import CSRFError
from werkzeug.exceptions import HTTPException, InternalServerError, RequestEntityTooLarge

from webapp.core import meters
from webapp.core.db import AWAY
from webapp.core.errors import DomainError, TooMany
from webapp.core.text import Text
from webapp.shell.i18n import t
from webapp.shell.templating import render
from webapp.shell.typed import NEVER_SHOWN_AGAIN, read_back

log = logging.getLogger("motcua.errors")

WORDS = {
    400: (Text("The page sent something we cannot read"), Text("Go back, check what you typed and send it again.")),
    401: (Text("You were logged out"), Text("You were away for a while, so we logged you out. Log in to go on.")),
    403: (Text("This page is not for this account"), Text("Go back, or log in with the right account.")),
    404: (Text("We cannot find this page"), Text("The address may be wrong, or the page belongs to somebody else.")),
    405: (Text("This cannot be done here"), Text("Go back and use the buttons of the page.")),
    409: (Text("Somebody was faster"), Text("Look at the newer state, then decide.")),
    413: (Text("This is too large"), Text("Send fewer photos at a time. What you typed before is saved.")),
    422: (Text("This cannot be done like this"), Text("Go back, check what you typed and send it again.")),
    429: (Text("Too many tries"), Text("Wait a little and try again.")),
    500: (Text("Something broke on our side"), Text("Nothing you sent before is lost. Try again in a few minutes.")),
    503: (
        Text("We cannot do this at this moment"),
        Text("Nothing you sent before is lost. Try again in a few minutes."),
    ),
}
RETRY_AFTER = 5
READABLE = (401, 403, 503)  # what was sent can be looked at again; of one that is too large not even its size is known


# A disk that is full, over its quota or read-only, or that fails: it is told like any part that does not answer now.
DISK = {errno.ENOSPC, errno.EDQUOT, errno.EROFS, errno.EIO}
# Needs no template, no words, no database: for when one of these is what broke.
LAST_PAGE = """<!doctype html><html lang="vi"><meta charset="utf-8"><title>{status}</title>
<p>Lỗi phía chúng tôi. Những gì ông/bà đã gửi không mất. Thử lại sau ít phút.</p>
<p lang="en">Something broke on our side. Nothing you sent before is lost. Try again in a few minutes.</p>
<p>{request_id}</p></html>"""


def on_expired(app: Flask, answer: Callable[[], Any]) -> None:
    """Ask this one first when a form comes with an old token: None means that the person may press again."""
    app.extensions.setdefault("motcua_expired", []).append(answer)


def shape_below(app: Flask, prefix: str, shape: Callable[[int, Text | None], Response]) -> None:
    """Below this path errors are not pages: machines read them."""
    app.extensions.setdefault("motcua_error_shapes", []).append((prefix, shape))


def error_page(status: int, text: Text | None = None, **context: Any) -> tuple[Any, int]:
    for prefix, shape in current_app.extensions.get("motcua_error_shapes", []):
        if request.path.startswith(prefix):
            return shape(status, text), status
    title, advice = WORDS.get(status, WORDS[500])
    posted = request.method == "POST" and status in READABLE
    try:
        body = render(
            "shell/problem.html",
            status=status,
            title=t(title),
            advice=t(text or advice),
            kept=read_back(request.path, request.form.items(multi=True)) if posted else [],
            again=_fields() if status == 503 and posted and request.form else [],
            has_files=bool(posted and request.files),
            request_id=g.get("request_id", ""),
            login_path=g.get("login_path", "/login"),
            **context,
        )
    except Exception:  # the page itself may need what is broken
        log.exception("error page failed")
        body = LAST_PAGE.format(status=status, request_id=g.get("request_id", ""))
    return body, status


def _fields() -> list[tuple[str, str]]:
    """The same, to be sent again by a button. A code or password is typed again, never carried in a page."""
    secret = NEVER_SHOWN_AGAIN - {"mandate", "key"}
    return [(k, v) for k, v in request.form.items(multi=True) if k not in secret]


def _domain(error: DomainError) -> Any:
    body, status = error_page(error.status, error.text)
    wait = error.retry_after if isinstance(error, TooMany) else RETRY_AFTER if error.status == 503 else None
    return body, status, {"Retry-After": str(wait)} if wait else {}


def _http(error: HTTPException) -> Any:
    if error.code is None or error.code < 400:
        return error
    body, status = error_page(error.code)
    methods = getattr(error, "valid_methods", None)  # what a 405 must say (RFC 9110)
    return body, status, {"Allow": ", ".join(sorted(methods))} if methods else {}


def _expired(_error: CSRFError) -> Any:
    """The form's token is too old or from another log-in: show what was typed and let the person press again."""
    for ask in current_app.extensions.get("motcua_expired", []):
        answer = ask()
        if answer is not None:
            return answer
    kept = read_back(request.path, request.form.items(multi=True))
    context = {"fields": _fields(), "has_files": bool(request.files), "kept": kept}
    return render("shell/expired_form.html", **context), 403


def is_away() -> bool:
    """Has this request found the database away?"""
    return bool(g.get("database_away"))


def away(error: Exception) -> Any:
    """The database does not answer, is locked for too long, or its disk is full: nothing was changed, try again."""
    meters.DATABASE_ERRORS.inc()
    log.error("database does not answer", exc_info=error)
    g.database_away = True  # do not ask it again for the page that says so: neither who acts nor who is logged in
    g.setdefault("actor", None)
    body, status = error_page(503)
    return body, status, {"Retry-After": str(RETRY_AFTER)}


def _disk(error: OSError) -> Any:
    """A large upload is first written to this machine's disk, which may be full."""
    if error.errno not in DISK:
        return _unexpected(error)
    log.error("disk refuses", extra={"errno": errno.errorcode.get(error.errno or 0)})
    body, status = error_page(503)
    return body, status, {"Retry-After": str(RETRY_AFTER)}


def _unexpected(error: Exception) -> Any:
    if current_app.testing:
        raise error
    log.error("unexpected error", exc_info=error)
    return error_page(500)


def _last(error: InternalServerError) -> Any:
    """What broke after the view (in a hook): the same two answers."""
    cause = error.original_exception
    return away(cause) if isinstance(cause, AWAY) else error_page(500)


def register(app: Flask) -> None:
    app.register_error_handler(DomainError, _domain)
    app.register_error_handler(CSRFError, _expired)
    app.register_error_handler(HTTPException, _http)
    for kind in AWAY:
        app.register_error_handler(kind, away)
    app.register_error_handler(OSError, _disk)
    app.register_error_handler(RequestEntityTooLarge, _http)
    app.register_error_handler(RecursionError, lambda _error: error_page(400))  # JSON in ten thousand brackets
    app.register_error_handler(InternalServerError, _last)
    if not app.testing:
        app.register_error_handler(Exception, _unexpected)
