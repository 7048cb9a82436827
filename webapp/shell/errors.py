"""Error pages: what happened, what is kept, what to do next, a number to call, and an id that support can find."""

import logging
import secrets
from typing import Any

from flask import Flask, g, render_template, request
from flask_wtf.csrf import CSRFError
from sqlalchemy.exc import OperationalError
from werkzeug.exceptions import HTTPException, RequestEntityTooLarge

from webapp.core.errors import DomainError, TooMany
from webapp.core.text import Text
from webapp.shell.i18n import t

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
NEVER_SHOWN_AGAIN = {"csrf_token", "mandate", "code", "password", "otp", "pin", "pin_again", "old_pin", "key", "proof"}


def error_page(status: int, text: Text | None = None, **context: Any) -> tuple[str, int]:
    title, advice = WORDS.get(status, WORDS[500])
    return (
        render_template(
            "shell/problem.html",
            status=status,
            title=t(title),
            advice=t(text or advice),
            kept=_typed() if status in (401, 403) and request.method == "POST" else [],
            request_id=g.get("request_id", ""),
            login_path=g.get("login_path", "/login"),
            **context,
        ),
        status,
    )


def _typed() -> list[tuple[str, str]]:
    """What the person had typed, to copy; secrets left out."""
    return [(k, v) for k, v in request.form.items(multi=True) if v.strip() and k not in NEVER_SHOWN_AGAIN][:60]


def _domain(error: DomainError) -> Any:
    body, status = error_page(error.status, error.text)
    headers = {"Retry-After": str(error.retry_after)} if isinstance(error, TooMany) else {}
    return body, status, headers


def _http(error: HTTPException) -> Any:
    if error.code is None or error.code < 400:
        return error
    return error_page(error.code)


def _expired(_error: CSRFError) -> Any:
    """The form's token is too old or from another log-in: show what was typed and let the person press again."""
    has_files = bool(request.files)
    # A code or password is typed again by the person, never carried in a page.
    secret = NEVER_SHOWN_AGAIN - {"mandate", "key"}
    fields = [(k, v) for k, v in request.form.items(multi=True) if k not in secret]
    return render_template("shell/expired_form.html", fields=fields, has_files=has_files, kept=_typed()), 403


def _database(error: OperationalError) -> Any:
    log.error("database does not answer", extra={"error": type(error.orig).__name__})
    body, status = error_page(503)
    return body, status, {"Retry-After": "5"}


def _unexpected(error: Exception) -> Any:
    log.exception("unexpected error", extra={"request_id": g.get("request_id")})
    try:
        return error_page(500)
    except Exception:  # the page itself may need what is broken; this one needs nothing
        return (
            "<!doctype html><title>500</title><p>Lỗi phía chúng tôi. Thử lại sau ít phút. / Try again soon.</p>",
            500,
        )


def register(app: Flask) -> None:
    @app.before_request
    def _name_request() -> None:
        g.request_id = secrets.token_hex(6)

    app.register_error_handler(DomainError, _domain)
    app.register_error_handler(CSRFError, _expired)
    app.register_error_handler(HTTPException, _http)
    app.register_error_handler(OperationalError, _database)
    app.register_error_handler(RequestEntityTooLarge, _http)
    if not app.testing:
        app.register_error_handler(Exception, _unexpected)
