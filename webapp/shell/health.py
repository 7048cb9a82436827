"""Is it alive, is it ready, which build is it.

`/readyz` names each part. A critical one that fails takes the node out of traffic (503); another one that fails is a
warning (200, "degraded"): pages go on, somebody should look. Everything is asked at once and answers within BUDGET.
"""

import secrets
import shutil
import threading
import time
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from concurrent.futures import TimeoutError as TooSlow
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

from flask import Blueprint, jsonify
from sqlalchemy import text
from sqlalchemy.exc import SQLAlchemyError
from werkzeug.wrappers import Response

from webapp.core import clock, outbox, worker
from webapp.core.db import Database
from webapp.core.errors import Unavailable
from webapp.core.settings import Settings
from webapp.core.storage import Storage
from webapp.core.text import Text
from webapp.shell import migrations
from webapp.shell.access import public
from webapp.shell.services import Services, services

bp = Blueprint("health", __name__)
VERSION = "0.1.0"
BUDGET = 2.0  # seconds; a load balancer waits no longer
KEEP = 5.0  # seconds the answer about the store is good: balancers ask often, a bucket costs
WORKER_SILENT = timedelta(seconds=60)
# The lease (60 s) of a killed worker, and half a minute to catch up.
WORKER_BEHIND = timedelta(seconds=90)
OK = "ok"


@dataclass(frozen=True)
class Check:
    """One part; `probe` returns "ok" or one word of what is wrong, never a detail that helps an attacker."""

    name: str
    critical: bool
    probe: Callable[[Services], str]
    label: Text  # for the administrator's page


def _database(made: Services) -> str:
    with made.database.engine.connect() as connection:
        connection.execute(text("SELECT 1"))
    return OK


def _migrations(made: Services) -> str:
    with made.database.engine.connect() as connection:
        return OK if migrations.is_current(connection) else "behind"


def _durable(made: Services) -> str:
    return "weak" if made.settings.env == "production" and made.database.weaknesses() else OK


def _storage(made: Services) -> str:
    """Write, read, compare, delete: a store that takes and does not give back is no store."""
    key, data = secrets.token_hex(16), secrets.token_bytes(32)  # a key like any other: what is left is swept
    try:
        made.storage.put(key, data)
        same = made.storage.get(key) == data
        made.storage.delete(key)
    except (Unavailable, OSError):
        return "failing"
    return OK if same else "failing"


def _free_mb(settings: Settings, database: Database) -> int:
    """On the fullest of the disks that we write to."""
    places = [Path(settings.storage_url)] if "://" not in settings.storage_url else []
    if database.is_sqlite and database.url.database:
        places.append(Path(database.url.database).parent)
    places.append(Path("/tmp"))  # noqa: S108  (where a large upload is kept while it arrives)
    return min(shutil.disk_usage(place).free for place in places if place.exists()) // 2**20


def _room_to_write(made: Services) -> str:
    return OK if _free_mb(made.settings, made.database) >= made.settings.min_free_mb / 10 else "full"


def _disk(made: Services) -> str:
    return OK if _free_mb(made.settings, made.database) >= made.settings.min_free_mb else "low"


def _worker(made: Services) -> str:
    """Somebody beats, and nothing that is due waits for long."""
    with made.database.session(write=False) as session:
        beat, oldest = worker.last_beat(session), outbox.oldest_due(session)
    now = clock.now()
    if beat is None or now - beat > WORKER_SILENT:
        return "silent"
    return "behind" if oldest is not None and now - oldest > WORKER_BEHIND else OK


CHECKS = (
    Check("database", True, _database, Text("The database answers")),
    Check("migrations", True, _migrations, Text("The database has the shape of this release")),
    Check("durability", True, _durable, Text("What was sent survives a power cut")),
    Check("room", True, _room_to_write, Text("There is room to write")),
    Check("storage", False, _storage, Text("Files can be kept and opened")),
    Check("disk", False, _disk, Text("There is enough free disk")),
    Check("worker", False, _worker, Text("The worker delivers in time")),
)


class Probes:
    """Asks all parts at once. A part that hangs is asked again only when it has let go of the last question."""

    def __init__(self) -> None:
        self._pool = ThreadPoolExecutor(len(CHECKS), thread_name_prefix="readyz")
        self._open: dict[str, Future[str]] = {}
        self._kept: tuple[Storage | None, float, str] = (None, 0.0, OK)
        self._lock = threading.Lock()

    def ask(self, made: Services) -> dict[str, str]:
        with self._lock:
            self._open = {name: future for name, future in self._open.items() if not future.done()}
            for check in CHECKS:
                if check.name not in self._open:
                    self._open[check.name] = self._pool.submit(self._answer, check, made)
            asked = dict(self._open)
        deadline = time.monotonic() + BUDGET
        return {name: self._wait(future, deadline) for name, future in asked.items()}

    def _answer(self, check: Check, made: Services) -> str:
        if check.name != "storage":
            return _say(check, made)
        place, until, answer = self._kept
        if place is not made.storage or time.monotonic() >= until:
            answer = _say(check, made)
            # Only "yes" is kept: whoever mends the store wants to see at once that it is mended.
            self._kept = (made.storage, time.monotonic() + KEEP if answer == OK else 0.0, answer)
        return answer

    @staticmethod
    def _wait(future: "Future[str]", deadline: float) -> str:
        try:
            return future.result(timeout=max(0.0, deadline - time.monotonic()))
        except TooSlow:
            return "slow"


def _say(check: Check, made: Services) -> str:
    try:
        return check.probe(made)
    except (SQLAlchemyError, OSError):
        return "down"


@bp.get("/healthz")
@public("for the supervisor: this process answers; touches nothing")
def healthz() -> Response:
    return jsonify(status=OK)


@bp.get("/readyz")
@public("for the load balancer: may this node get traffic; says one word per part")
def readyz() -> tuple[Response, int]:
    parts = readiness()
    stopped = any(part.critical and not part.works for part in parts)
    status = "unavailable" if stopped else OK if all(part.works for part in parts) else "degraded"
    checks = {part.name: {"state": part.state, "critical": part.critical} for part in parts}
    return jsonify(status=status, checks=checks), 503 if stopped else 200


@dataclass(frozen=True)
class Part:
    """How one part is now."""

    name: str
    label: Text
    state: str
    critical: bool

    @property
    def works(self) -> bool:
        return self.state == OK


def readiness() -> list[Part]:
    made = services()
    probes: Probes = made.extra.setdefault("probes", Probes())
    found = probes.ask(made)
    return [Part(check.name, check.label, found[check.name], check.critical) for check in CHECKS]


@bp.get("/version")
@public("for operators: which build answers")
def version() -> Response:
    return jsonify(version=VERSION)
