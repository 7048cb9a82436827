"""One line a request: what, how long, which answer, for whom by pseudonym. Never a phone, a name, a code or a query."""

import logging
import re
import secrets
import time
from dataclasses import dataclass
from functools import cache
from typing import Any

from flask import Flask, Response, g, has_request_context, request
from prometheus_client import Counter, Histogram
from sqlalchemy import Engine, event

from webapp.core import crypto, meters
from webapp.shell.services import settings
from webapp.shell.unit_of_work import KNOWN

log = logging.getLogger("motcua.web")
# Anybody may send a method of their own making; each would be kept as a label for ever.
METHODS = frozenset({"GET", "HEAD", "OPTIONS", "POST", "PUT", "PATCH", "DELETE"})
REQUEST_ID = "X-Request-Id"
GOOD_ID = re.compile(r"[0-9A-Za-z-]{8,64}")


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


@dataclass(frozen=True)
class Told:
    """What a line says of a request besides its answer: where it went, for whom by pseudonym."""

    method: str
    route: str | None
    page: str | None
    account: str | None
    role: str | None


def request_id(given: str, *, trusted: bool) -> str:
    """A proxy that we trust may have named the request already; a name from anybody else is not a name."""
    return given if trusted and GOOD_ID.fullmatch(given) else secrets.token_hex(6)


def told() -> Told:
    """Of the request that is answered now."""
    who = g.get("actor")
    account, role = (pseudonym(who.account_public), who.role.value) if who else (None, None)
    return Told(request.method, request.endpoint, g.get("page"), account, role)


def tell(of: Told, status: int, seconds: float, queries: int, named: str | None) -> None:
    """Count the request and write its line."""
    route = of.route or "none"
    _counter(route, of.method if of.method in METHODS else "other", status).inc()
    _clock(route).observe(seconds)
    said = {"status": status, "ms": round(seconds * 1000, 1), "queries": queries, "request_id": named}
    log.info("request", extra={**vars(of), **said})


def _name_request() -> None:
    g.started = time.perf_counter()
    g.queries = len(request.environ.get(KNOWN, ()))
    g.request_id = request_id(request.headers.get(REQUEST_ID, ""), trusted=bool(settings().trusted_proxies))


def _line(response: Response) -> Response:
    seconds = time.perf_counter() - g.get("started", time.perf_counter())
    tell(told(), response.status_code, seconds, g.get("queries", 0), g.get("request_id"))
    return response


def register(app: Flask) -> None:
    app.before_request(_name_request)
    app.after_request(_line)
