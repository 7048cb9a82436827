"""Answers for machines: JSON with a name (ETag), so that who has it already is told "nothing new"; and cursors."""

import base64
import binascii
import hashlib
import json
from typing import Any

from flask import Response, request

from webapp.interop.problems import BadRequest

LIMIT, MOST = 50, 100
MAX_BODY = 64 * 1024


def answer(payload: Any, *, shared: bool = False, status: int = 200, **headers: Any) -> Response:
    """JSON; `shared` may be kept by caches between us and the reader. `headers` with _ for -."""
    body = json.dumps(payload, ensure_ascii=False, separators=(",", ":")).encode()
    response = Response(body, status=status, mimetype="application/json")
    response.headers.update({name.replace("_", "-"): value for name, value in headers.items()})
    if request.method in ("GET", "HEAD"):
        response.set_etag(hashlib.sha256(body).hexdigest()[:24])
        response.headers["Cache-Control"] = "public, max-age=60" if shared else "private, no-cache"
        response.vary.update(("Accept-Encoding",) if shared else ("Accept-Encoding", "Authorization"))
        response.make_conditional(request)
        if response.status_code == 304:
            del response.headers["Content-Type"]  # there is no content it could be the type of
    return response


def not_modified(etag: str) -> Response:
    """For whoever has it already."""
    response = Response(status=304)
    response.set_etag(etag)
    response.headers["Cache-Control"] = "private, no-cache"
    del response.headers["Content-Type"]
    return response


def limit_asked() -> int:
    """How many rows: `limit`, 1 to 100."""
    text = request.args.get("limit", str(LIMIT))
    if not (text.isascii() and text.isdigit() and len(text) < 5 and 1 <= int(text) <= MOST):
        raise BadRequest(f"limit must be a whole number from 1 to {MOST}.", "limit")
    return int(text)


def cursor_asked() -> list[str] | None:
    """The key after which to go on; a cursor is ours alone to read."""
    text = request.args.get("cursor")
    if text is None:
        return None
    try:
        values = json.loads(base64.urlsafe_b64decode(text.encode("ascii") + b"==="))
    except (ValueError, binascii.Error, RecursionError) as wrong:
        raise BadRequest("cursor must be the next_cursor of an answer.", "cursor") from wrong
    if not (isinstance(values, list) and values and all(isinstance(value, str) for value in values)):
        raise BadRequest("cursor must be the next_cursor of an answer.", "cursor")
    return values


def cursor(*values: str) -> str:
    return base64.urlsafe_b64encode(json.dumps(values).encode()).decode().rstrip("=")


def body_sent() -> dict[str, Any]:
    """The JSON object that was sent."""
    if not request.is_json:
        raise BadRequest("Send the body as application/json.", status=415)
    if (request.content_length or 0) > MAX_BODY:
        raise BadRequest(f"The body may have {MAX_BODY} bytes.", status=413)
    try:
        sent = json.loads(request.get_data(cache=False))
    except (ValueError, RecursionError) as wrong:
        raise BadRequest("The body is not JSON.", "") from wrong
    if not isinstance(sent, dict):
        raise BadRequest("The body must be a JSON object.", "")
    return sent


def text_in(sent: dict[str, Any], name: str, most: int) -> str:
    """A required text of the body."""
    value = sent.get(name)
    if not isinstance(value, str) or not value.strip() or len(value) > most:
        raise BadRequest(f"{name} must be a text of 1 to {most} characters.", f"/{name}", status=422)
    return value
