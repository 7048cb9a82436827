"""`/metrics` for Prometheus: what the processes counted together, and facts that only the database knows.

Rooms bring their facts with `fact(app, …)`; each is one indexed query, asked at most every KEEP seconds a process.
"""

import hmac
import logging
import os
import threading
import time
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass

from flask import Blueprint, Flask, Response, abort, current_app, request
from prometheus_client import CONTENT_TYPE_LATEST, CollectorRegistry, generate_latest
from prometheus_client.core import GaugeMetricFamily
from prometheus_client.multiprocess import MultiProcessCollector
from prometheus_client.registry import Collector
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.orm import Session

from webapp.core import audit, clock, meters, outbox, worker
from webapp.shell.access import public
from webapp.shell.services import services, settings

log = logging.getLogger("motcua.metrics")
bp = Blueprint("metrics", __name__)
KEEP = 30.0
SHARED = "PROMETHEUS_MULTIPROC_DIR"
Rows = Iterable[tuple[tuple[str, ...], float]]


@dataclass(frozen=True)
class Fact:
    """One family of numbers: `ask(session)` gives (labels, number)."""

    name: str
    says: str
    labels: tuple[str, ...]
    ask: Callable[[Session], Rows]


def fact(app: Flask, name: str, says: str, ask: Callable[[Session], Rows], labels: tuple[str, ...] = ()) -> None:
    app.extensions.setdefault("motcua_facts", []).append(Fact(f"motcua_{name}", says, labels, ask))


class Facts(Collector):
    """The database's part of the page. Without the database the page still has the processes' part."""

    def __init__(self) -> None:
        self._kept: list[GaugeMetricFamily] = []
        self._until = float("-inf")
        self._lock = threading.Lock()

    def collect(self) -> Iterator[GaugeMetricFamily]:
        with self._lock:
            if time.monotonic() >= self._until:
                self._kept = list(self._ask())
                self._until = time.monotonic() + KEEP
            yield from self._kept

    def _ask(self) -> Iterator[GaugeMetricFamily]:
        facts: list[Fact] = current_app.extensions.get("motcua_facts", [])
        for one in facts:
            family = GaugeMetricFamily(one.name, one.says, labels=one.labels)
            try:
                with services().database.session(write=False) as session:
                    for labels, number in one.ask(session):
                        family.add_metric(list(labels), number)
            except SQLAlchemyError as error:
                log.warning("fact not known", extra={"fact": one.name}, exc_info=error)
                continue
            yield family


def _may_read() -> bool:
    """Whoever has the token; without one, the demo's own machine, unless a proxy stands between."""
    token = settings().metrics_token.get_secret_value()
    if token:
        given = request.headers.get("Authorization", "").removeprefix("Bearer ")
        return hmac.compare_digest(given.encode(), token.encode())
    direct = not any(name in request.headers for name in ("X-Forwarded-For", "Forwarded", "X-Real-Ip"))
    return settings().is_demo and direct and request.remote_addr in ("127.0.0.1", "::1")


def _counted() -> bytes:
    """Of all processes of this web server, if they share a folder; else of this one."""
    if not os.environ.get(SHARED):
        return generate_latest(meters.REGISTRY)
    registry = CollectorRegistry()
    MultiProcessCollector(registry)
    try:
        return generate_latest(registry)
    except FileNotFoundError:  # a process ended between the listing and the reading: its numbers have moved
        return generate_latest(registry)


@bp.get("/metrics")
@public("for the monitoring system, which shows a token; to everybody else it is not there")
def metrics() -> Response:
    if not _may_read():
        abort(404)
    registry = CollectorRegistry()
    registry.register(services().extra.setdefault("facts", Facts()))
    return Response(_counted() + generate_latest(registry), content_type=CONTENT_TYPE_LATEST)


def _waiting(session: Session) -> Rows:
    return [(("waiting",), outbox.waiting(session)), (("dead",), outbox.dead(session))]


def _lag(session: Session) -> Rows:
    oldest = outbox.oldest_due(session)
    return [((), max(0.0, (clock.now() - oldest).total_seconds()) if oldest else 0.0)]


def _beat(session: Session) -> Rows:
    seen = worker.last_beat(session)
    return [((), (clock.now() - seen).total_seconds())] if seen else []


def register(app: Flask) -> None:
    app.register_blueprint(bp)
    fact(app, "outbox_deliveries", "Deliveries not done", _waiting, ("shelf",))
    fact(app, "outbox_lag_seconds", "How long the oldest due delivery has waited", _lag)
    fact(app, "worker_silent_seconds", "Since when no worker was seen", _beat)
    fact(app, "audit_head", "Number of the journal's last row", lambda s: [((), audit.head(s).seq)])
