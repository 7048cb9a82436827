"""Our own servers as they run in production, people who send drafts to them, and the oracle that looks afterwards."""

import http.client
import os
import random
import signal
import subprocess
import sys
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from sqlalchemy import func, select, text

import wsgi
from tests.bench import people as bench
from tests.bench import servers
from tests.conftest import prepare
from webapp.core import audit
from webapp.core.files import StoredFile, read_file
from webapp.core.outbox import OutboxDelivery, OutboxEvent
from webapp.core.settings import Settings
from webapp.dossiers.models import Dossier, DossierFile, DossierMove, Receipt
from webapp.dossiers.states import State
from webapp.shell.services import Services

ROOT = servers.ROOT
SENT = State.SUBMITTED.value


class Stand:
    """A database, its folder of files, and the app to look into them."""

    def __init__(self, folder: Path, url: str, **settings: Any) -> None:
        self.folder = folder
        values = {"database_url": url, "storage_url": str(folder / "files"), "base_url": "http://localhost", **settings}
        self.settings = Settings(env="test", limits="relaxed", **values)
        self.environment = {f"MOTCUA_{name.upper()}": str(value) for name, value in values.items()}
        self.environment |= {"MOTCUA_ENV": "test", "MOTCUA_LIMITS": "relaxed"}
        self.app = wsgi.create_app(self.settings)
        prepare(self.app)

    @property
    def services(self) -> Services:
        made: Services = self.app.extensions["motcua"]
        return made

    @contextmanager
    def web(self) -> Iterator[servers.Running]:
        """gunicorn, 2 workers × 4 threads."""
        self.services.database.dispose()
        with servers.gunicorn("wsgi:create_app()", "/healthz", self.folder / "web.log", **self.environment) as running:
            yield running

    def worker(self) -> "subprocess.Popen[bytes]":
        command = [sys.executable, "-m", "flask", "--app", "wsgi:create_app", "worker"]
        environment = {**os.environ, **self.environment}
        with (self.folder / "worker.log").open("a") as log:  # the child has its own handle on it
            return subprocess.Popen(command, cwd=ROOT, env=environment, stdout=log, stderr=log)


@dataclass
class Crowd:
    """People who send their drafts, each until told that it was received; and what they were told."""

    port: int
    drafts: list[bench.Draft]
    people: int = 4
    told: Counter[str] = field(default_factory=Counter)
    odd: list[str] = field(default_factory=list)
    tries: int = 0

    def run(self, seconds: float) -> None:
        """Each takes the next draft; nobody gives up before `seconds` are over."""
        waiting, lock, until = iter(self.drafts), threading.Lock(), time.monotonic() + seconds

        def one(number: int) -> None:
            chance = random.Random(number)
            while time.monotonic() < until:
                with lock:
                    draft = next(waiting, None)
                if draft is None:
                    return
                self._send(draft, f"key-of-{draft.path[-22:]}", until, chance)

        crew = [threading.Thread(target=one, args=(n,)) for n in range(self.people)]
        for thread in crew:
            thread.start()
        for thread in crew:
            thread.join()

    def _send(self, draft: bench.Draft, key: str, until: float, chance: random.Random) -> None:
        again = chance.random() < 0.3  # a double tap, or an answer that was lost on the way
        while time.monotonic() < until:
            self.tries += 1
            link = http.client.HTTPConnection("127.0.0.1", self.port, timeout=15)
            try:
                status, there = bench.try_submit(link, draft, key)
            except (OSError, http.client.HTTPException):
                time.sleep(0.05)
                continue
            finally:
                link.close()
            if status == 303 and there.endswith("/receipt"):
                self.told[draft.path.rsplit("/", 1)[1]] += 1
                if not again:
                    return
                again = False
            elif status != 503:
                self.odd.append(f"{status} {there}")
                return


def kill_children(master: int, kills: int, pause: tuple[float, float], over: Callable[[], bool]) -> int:
    """SIGKILL to a child of this gunicorn, again and again; how many died."""
    chance, done = random.Random(kills), 0
    while done < kills and not over():
        time.sleep(chance.uniform(*pause))
        children = Path(f"/proc/{master}/task/{master}/children").read_text().split()
        if children:
            try:
                os.kill(int(chance.choice(children)), signal.SIGKILL)
            except ProcessLookupError:
                continue
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
