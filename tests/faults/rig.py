"""Our own servers as they run in production, people who send drafts to them, and the oracle that looks afterwards."""

import http.client
import logging
import math
import os
import random
import signal
import subprocess
import sys
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from functools import partial
from pathlib import Path
from typing import Any

from sqlalchemy import func, select, text

import wsgi
from tests.bench import people as bench
from tests.bench import servers
from webapp.core import audit
from webapp.core.db import AWAY
from webapp.core.errors import Unavailable
from webapp.core.files import StoredFile, read_file
from webapp.core.outbox import OutboxDelivery, OutboxEvent
from webapp.core.settings import Settings
from webapp.dossiers.models import Dossier, DossierFile, DossierMove, Receipt
from webapp.dossiers.states import State
from webapp.shell.services import Services

ROOT = servers.ROOT
SENT = State.SUBMITTED.value
log = logging.getLogger("motcua.faults")  # the figures of a long run; tests/README.md says how to see them

WORKER = """
import sys
from datetime import timedelta
from flask.cli import cli
from webapp.core import outbox
outbox.LEASE = timedelta(seconds=int(sys.argv.pop()))
cli.main(["--app", "wsgi:create_app", "worker"])
"""


class Stand:
    """A seeded database, its folder of files, and the app to look into them."""

    def __init__(self, folder: Path, url: str, **settings: Any) -> None:
        self.folder = folder
        values = {"database_url": url, "storage_url": str(folder / "files"), "base_url": "http://localhost", **settings}
        self.settings = Settings(env="test", limits="relaxed", **values)
        self.environment = {f"MOTCUA_{name.upper()}": str(value) for name, value in values.items()}
        self.environment |= {"MOTCUA_ENV": "test", "MOTCUA_LIMITS": "relaxed"}
        self.app = wsgi.create_app(self.settings)

    @property
    def services(self) -> Services:
        made: Services = self.app.extensions["motcua"]
        return made

    @contextmanager
    def web(self, **instead: str) -> Iterator[servers.Running]:
        """gunicorn, 2 workers × 4 threads; with other variables if asked."""
        self.services.database.dispose()
        values, log = self.environment | instead, self.folder.with_suffix(".log")
        with servers.gunicorn("wsgi:create_app()", "/healthz", log, **values) as running:
            yield running

    def worker(self, *, lease: int = 60) -> "subprocess.Popen[bytes]":
        """`flask worker`, whose claims end after so many seconds."""
        command = [sys.executable, "-c", WORKER, str(lease)]
        environment = {**os.environ, **self.environment}
        with (self.folder / "worker.log").open("a") as log:  # the child has its own handle on it
            return subprocess.Popen(command, cwd=ROOT, env=environment, stdout=log, stderr=log)


PATIENCE = 120  # seconds after which a person who hears nothing gives up, once the trouble is over
PAPER = bench.photo(60_000)


@dataclass
class Crowd:
    """People who photograph what their drafts lack and send them, each until told that it was received.

    `more` makes drafts when the `stock` is used up. What they were told stands in `told`; `odd` is every answer that
    was neither yes nor "try again"; `done` counts every yes, `busy` and `unanswered` the tries that came to nothing.
    `rest` is how many seconds a person takes between two drafts.
    """

    port: int
    more: Callable[[], Iterable[bench.Draft]] = list
    stock: list[bench.Draft] = field(default_factory=list)
    people: int = 4
    rest: float = 0
    try_again: tuple[int, ...] = (503,)
    told: Counter[str] = field(default_factory=Counter)
    begun: set[str] = field(default_factory=set)
    done: int = 0
    odd: list[str] = field(default_factory=list)
    busy: int = 0
    unanswered: int = 0
    _until: float = math.inf
    _over: threading.Event = field(default_factory=threading.Event)
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def __str__(self) -> str:
        return f"{len(self.told)} acknowledged, {self.busy} × 'try again', {self.unanswered} unanswered"

    @contextmanager
    def at_work(self) -> Iterator[None]:
        """They begin one draft after the other until the block ends; what is begun is brought to its end."""
        crew = [threading.Thread(target=self._person, args=(random.Random(n),)) for n in range(self.people)]
        for thread in crew:
            thread.start()
        try:
            yield
        finally:
            self._until = time.monotonic() + PATIENCE
            self._over.set()
            for thread in crew:
                thread.join()

    def next_yes(self) -> float:
        """Seconds until somebody hears the next yes; not more than PATIENCE."""
        began, before = time.monotonic(), self.done
        while self.done == before and time.monotonic() < began + PATIENCE:
            time.sleep(0.02)
        return time.monotonic() - began

    def _person(self, chance: random.Random) -> None:
        while not self._over.is_set():
            draft = self._next()
            if draft is None:
                time.sleep(0.1)
            else:
                self._bring(draft, twice=chance.random() < 0.3)  # a finger that slips
                self._over.wait(self.rest)

    def _next(self) -> bench.Draft | None:
        with self._lock:
            try:
                self.stock += [] if self.stock else self.more()
            except (*AWAY, OSError, Unavailable):
                return None
            return self.stock.pop() if self.stock else None

    def _bring(self, draft: bench.Draft, *, twice: bool) -> None:
        name = draft.path.rsplit("/", 1)[1]
        self.begun.add(name)
        for paper in draft.papers:
            if not self._act(partial(bench.try_upload, draft=draft, key=paper, data=PAPER), "/documents/"):
                return
        for _tap in range(2 if twice else 1):
            if not self._act(partial(bench.try_submit, draft=draft, key=f"key-of-{name}"), "/receipt"):
                return
            self.told[name] += 1

    def _act(self, act: Callable[..., tuple[int, str]], yes: str) -> bool:
        """Again and again until the answer is yes; False when it was odd, or did not come."""
        while time.monotonic() < self._until:
            link = http.client.HTTPConnection("127.0.0.1", self.port, timeout=15)
            try:
                status, there = act(link)
            except (OSError, http.client.HTTPException):
                self.unanswered += 1
            else:
                if status == 303 and yes in there:
                    self.done += 1
                    return True
                if status not in self.try_again:
                    self.odd.append(f"{status} {there}")
                    return False
                self.busy += 1
            finally:
                link.close()
            time.sleep(0.05)
        return False


def some_drafts(stand: Stand, count: int) -> Iterator[bench.Draft]:
    """Drafts of as many people, each in a transaction of its own; every other one is photographed already."""
    for number in range(count):
        (draft,) = bench.drafts(stand, 1, photographed=number % 2 == 1)
        yield replace(draft, papers=()) if number % 2 else draft


def crowd(stand: Stand, running: servers.Running) -> Crowd:
    """People before this server, with as many drafts as they can send."""
    return Crowd(running.port, lambda: some_drafts(stand, 10))


def children(master: int) -> list[int]:
    """The living children of this gunicorn."""
    found = Path(f"/proc/{master}/task/{master}/children").read_text().split()
    return [int(pid) for pid in found if _lives(pid)]


def _lives(pid: str) -> bool:
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except (FileNotFoundError, ProcessLookupError):
        return False


def kill_all(master: int) -> None:
    """SIGKILL to this gunicorn and its children: nobody says good-bye."""
    for process in (*children(master), master):
        os.kill(process, signal.SIGKILL)


def kill_children(master: int, kills: int, longest: float, crowd: Crowd) -> int:
    """SIGKILL to a child of this gunicorn, so often; how many it hit.

    Each blow falls within `longest` seconds after somebody heard a yes: on processes that work, not on newborn ones.
    """
    chance, done, until = random.Random(kills), 0, time.monotonic() + PATIENCE + kills * 5
    while done < kills and time.monotonic() < until:
        heard = crowd.done
        while crowd.done == heard and time.monotonic() < until:
            time.sleep(0.01)
        time.sleep(chance.uniform(0, longest))
        alive = children(master)
        if alive:
            os.kill(chance.choice(alive), signal.SIGKILL)
            done += 1
    return done


def findings(stand: Stand, told: dict[str, int]) -> list[str]:
    """What is not as it was promised; empty when all is well."""
    found: list[str] = []
    with stand.app.app_context(), stand.services.database.session(write=False) as session:
        rows = session.execute(select(Dossier.public_id, Dossier.id, Dossier.state, Dossier.code)).all()
        states = {row.public_id: row for row in rows}
        found += [f"{one} was acknowledged and is {states[one].state}" for one in told if states[one].state != SENT]
        codes = Counter(row.code for row in rows if row.code)
        found += [f"{code} was given {n} times" for code, n in codes.items() if n > 1]
        moves = dict(session.execute(_count(DossierMove.dossier_id).where(DossierMove.verb == "submit")).all())
        receipts = dict(session.execute(_count(Receipt.dossier_id)).all())
        for row in rows:
            once = 1 if row.state == SENT else 0
            if (moves.get(row.id, 0), receipts.get(row.id, 0)) != (once, once):
                found.append(
                    f"{row.public_id} ({row.state}): {moves.get(row.id, 0)} moves, {receipts.get(row.id, 0)} receipts"
                )
        events = Counter(
            event["dossier"]
            for event in session.scalars(select(OutboxEvent.payload).where(OutboxEvent.type == "DossierSubmitted"))
        )
        sent = {row.public_id for row in rows if row.state == SENT}
        found += [
            f"{one}: {events[one]} events" for one in sent | set(events) if events[one] != (1 if one in sent else 0)
        ]
        files = select(StoredFile).join(DossierFile, DossierFile.file_id == StoredFile.id)
        for file in session.scalars(files.where(DossierFile.submitted_at.is_not(None))):
            try:
                read_file(stand.services.storage, file)
            except OSError as broken:
                found.append(str(broken))
        seen, problems = audit.verify(session)
        found += [str(problem) for problem in problems]
        if not seen:
            found.append("the journal is empty")
        if stand.services.database.is_sqlite:
            found += [r for r in session.execute(text("PRAGMA integrity_check")).scalars() if r != "ok"]
            found += [str(r) for r in session.execute(text("PRAGMA foreign_key_check")).all()]
    return found


def _count(column: Any) -> Any:
    return select(column, func.count()).group_by(column)


def waiting(stand: Stand) -> int:
    """Deliveries that nobody has done yet."""
    with stand.services.database.session(write=False) as session:
        query = select(func.count()).where(OutboxDelivery.done_at.is_(None), OutboxDelivery.dead_at.is_(None))
        return session.scalar(query) or 0
