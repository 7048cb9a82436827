"""One line a request: what, how long, which answer, for whom by pseudonym. Never a phone, a name, a code or a query."""

import logging
import re
import secrets
import time
from functools import cache
from typing import Any

from flask import Flask, Response, g, has_request_context, request
from prometheus_client import Counter, Histogram
from sqlalchemy import Engine, event

from webapp.core import crypto, meters
from webapp.shell.services import settings

log = logging.getLogger("motcua.web")
# Anybody may send a method of their own making; each would be kept as a label for ever.
METHODS = frozenset({"GET", "HEAD", "OPTIONS", "POST", "PUT", "PATCH", "DELETE"})
REQUEST_ID = re.compile(r"[0-9A-Za-z-]{8,64}")


def pseudonym(public_id: str | None) -> str | None:
    """The same person is the same word in every line, and nobody without our key knows who it is."""
    return crypto.blind("log account", public_id)[:16] if public_id else None


@event.listens_for(Engine, "before_cursor_execute")
def _count(*_arguments: Any) -> None:
    if has_request_context():
        g.queries = g.get("queries", 0) + 1


@cache
def _counter(route: str, method: str, status: int) -> Counter:
    """Routes, methods and statuses are few; finding a label by its words takes longer than counting."""
    found: Counter = meters.REQUESTS.labels(route, method, status)
    return found


@cache
def _clock(route: str) -> Histogram:
    found: Histogram = meters.SECONDS.labels(route)
    return found


def _name_request() -> None:
    """A proxy that we trust may have named the request already; a name from anybody else is not a name."""
    g.started = time.perf_counter()
    given = request.headers.get("X-Request-Id", "") if settings().trusted_proxies else ""
    g.request_id = given if REQUEST_ID.fullmatch(given) else secrets.token_hex(6)


def _line(response: Response) -> Response:
    who = g.get("actor")
    seconds = time.perf_counter() - g.get("started", time.perf_counter())
    route = request.endpoint or "none"
    _counter(route, request.method if request.method in METHODS else "other", response.status_code).inc()
    _clock(route).observe(seconds)
    log.info(
        "request",
        extra={
            "method": request.method,
            "route": request.endpoint,
            "status": response.status_code,
            "page": g.get("page"),
            "ms": round(seconds * 1000, 1),
            "queries": g.get("queries", 0),
            "account": pseudonym(who.account_public) if who else None,
            "role": who.role.value if who else None,
        },
    )
    return response


def register(app: Flask) -> None:
    app.before_request(_name_request)
    app.after_request(_line)
