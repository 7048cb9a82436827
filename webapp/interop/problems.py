"""Errors for machines: RFC 9457, `application/problem+json`. What is wrong, where, and what to do next."""

import json
from typing import Any

from flask import Response, g

from webapp.core.errors import DomainError, TooMany
from webapp.core.text import Text
from webapp.shell.errors import RETRY_AFTER
from webapp.shell.i18n import t

MEDIA_TYPE = "application/problem+json"
# status → (slug of the type, title)
KINDS: dict[int, tuple[str, str]] = {
    400: ("bad-request", "The request cannot be read"),
    401: ("no-token", "A token is needed"),
    403: ("not-allowed", "This token may not do this"),
    404: ("not-found", "There is no such thing here"),
    405: ("wrong-method", "This address does not do that"),
    406: ("not-acceptable", "Only JSON is spoken here"),
    409: ("conflict", "It is in another state than you think"),
    413: ("too-large", "The request is too large"),
    415: ("wrong-media-type", "The body must be application/json"),
    422: ("not-valid", "Some values are not valid"),
    429: ("too-many", "Too many requests"),
    500: ("our-fault", "Something broke on our side"),
    503: ("unavailable", "A part does not answer just now"),
}


class BadRequest(Exception):
    """A request that cannot be read; `where` is a query parameter or a JSON pointer."""

    def __init__(self, detail: str, where: str | None = None, status: int = 400) -> None:
        super().__init__(detail)
        self.detail, self.where, self.status = detail, where, status


def problem(status: int, detail: str = "", *, errors: list[dict[str, str]] | None = None) -> Response:
    """One error. `type` is a page of the API's own description, relative to the API's root."""
    slug, title = KINDS.get(status, KINDS[500])
    body: dict[str, Any] = {"type": f"/api/v1/problems/{slug}", "title": title, "status": status}
    if detail:
        body["detail"] = detail
    if errors:
        body["errors"] = errors
    if g.get("request_id"):
        body["instance"] = f"urn:request:{g.request_id}"
    response = Response(json.dumps(body, ensure_ascii=False), status=status, mimetype=MEDIA_TYPE)
    response.headers["Cache-Control"] = "no-store"
    if status == 401:
        response.headers["WWW-Authenticate"] = 'Bearer realm="motcua"'
    return response


def of_bad_request(error: BadRequest) -> Response:
    errors = [{"detail": error.detail, "pointer": error.where}] if error.where else None
    return problem(error.status, error.detail, errors=errors)


def of_domain(error: DomainError) -> Response:
    response = problem(error.status, t(error.text))
    wait = error.retry_after if isinstance(error, TooMany) else RETRY_AFTER if error.status == 503 else None
    if wait:
        response.headers["Retry-After"] = str(wait)
    return response


def of_page(status: int, text: Text | None) -> Response:
    """What the shell would say on a page, for an address below /api/."""
    return problem(status, t(text) if text else "")
