"""A part is away while people send: no false yes, nothing acknowledged is lost, and it heals by itself."""

import http.client
import os
import shutil
import signal
import sqlite3
import subprocess
import sys
import threading
import time
from collections import Counter
from collections.abc import Callable
from contextlib import closing, contextmanager
from dataclasses import dataclass, field

import pytest
from sqlalchemy import select

from tests.bench import people as bench
from tests.bench import servers
from tests.faults import rig
from tests.faults.wire import wire_to
from tests.notifications.gateways import fake_twilio
from webapp.dossiers.models import Dossier

pytestmark = [pytest.mark.long, pytest.mark.xdist_group("faults")]
PAGES = ("/", "/procedures", "/login")


@dataclass
class Trouble:
    """A stand, and what befalls it; `pages`: those that only show go on; `unnoticed`: nobody is asked to try again.

    For that there are few people: on a slow machine many would stand in line for longer than anybody may wait.
    """

    stand: rig.Stand
    strike: Callable[[], None]
    pages: bool = True
    unnoticed: bool = False
    afterwards: Callable[[rig.Crowd], None] = lambda crowd: None
    photographed: bool = True  # some of the drafts are; else their photos would be made in the middle of the trouble


@contextmanager
def locked(stand_on, seconds):
    """Another program holds the one file that everybody writes to."""
    stand = stand_on("sqlite")

    def strike():
        with closing(sqlite3.connect(stand.services.database.url.database, isolation_level=None, timeout=30)) as other:
            other.execute("BEGIN EXCLUSIVE")
            time.sleep(seconds)
            other.execute("ROLLBACK")

    yield Trouble(stand, strike, unnoticed=seconds < 5)


@contextmanager
def restarted(stand_on, server):
    """PostgreSQL is killed and started again, three times."""

    def strike():
        for _ in range(3):
            server.restart()
            time.sleep(1)

    yield Trouble(stand_on("postgres"), strike, pages=False)


@contextmanager
def full(stand_on, folder):
    """The disk with the database and the files takes nothing more, for five seconds."""
    if os.geteuid() != 0:
        pytest.skip("only root may mount a small disk")
    folder.mkdir()
    subprocess.run(["mount", "-t", "tmpfs", "-o", "size=64m", "motcua-test", folder], check=True)
    try:
        stand = stand_on("sqlite", folder=folder)

        def strike():
            ballast = folder / "ballast"
            until = time.monotonic() + 5
            with ballast.open("wb", buffering=0) as file:
                while time.monotonic() < until:
                    try:
                        file.write(b"\0" * 4096 * min(256, 1 + shutil.disk_usage(folder).free // 8192))
                    except OSError:
                        time.sleep(0.01)
            ballast.unlink()

        yield Trouble(stand, strike)
    finally:
        subprocess.run(["umount", "-l", folder], check=True)


@contextmanager
def storeless(stand_on, monkeypatch):
    """The line to the store is cut; later the store stands still with the line open (SIGSTOP)."""
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "motcua-test")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "not a secret")
    port = servers.free_port()
    command = [sys.executable, "-m", "moto.server", "-H", "127.0.0.1", "-p", str(port)]
    with (
        subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL) as store,
        wire_to(port) as wire,
    ):
        try:
            _make_bucket(port)
            stand = stand_on("postgres", storage_url=f"s3://motcua?endpoint=http://127.0.0.1:{wire.port}")

            def strike():
                wire.cut()
                time.sleep(3)
                wire.mend()
                time.sleep(2)
                store.send_signal(signal.SIGSTOP)
                time.sleep(12)
                store.send_signal(signal.SIGCONT)

            yield Trouble(stand, strike, photographed=False)
        finally:
            store.kill()


def _make_bucket(port):
    until = time.monotonic() + 60
    while True:
        try:
            with closing(http.client.HTTPConnection("127.0.0.1", port, timeout=10)) as link:
                link.request("PUT", "/motcua")
                assert link.getresponse().status == 200
                return
        except ConnectionRefusedError:
            assert time.monotonic() < until, "the store did not start"
            time.sleep(0.1)


@contextmanager
def speechless(stand_on):
    """The SMS gateway is away, then slow, busy and broken; the worker tries on."""
    with fake_twilio() as gateway, wire_to(int(gateway.url.rpartition(":")[2])) as wire:
        stand = stand_on(
            "sqlite", sms_provider="twilio", sms_base_url=f"http://127.0.0.1:{wire.port}", sms_account="AC" + "a" * 32,
            sms_token="token", worker_poll_seconds="0.1",
        )  # fmt: skip
        worker = stand.worker()

        def strike():
            wire.cut()
            time.sleep(3)
            gateway.script += ["hang", (429, "2"), (429, "1"), 500, "garbage", 503]
            wire.mend()

        def afterwards(crowd):
            until = time.monotonic() + rig.PATIENCE
            while rig.waiting(stand) and time.monotonic() < until:
                time.sleep(0.2)
            with stand.services.database.session(write=False) as session:
                codes = session.scalars(select(Dossier.code).where(Dossier.public_id.in_(crowd.told))).all()
            texts = Counter(code for text in gateway.taken for code in codes if code in text["Body"])
            assert texts == dict.fromkeys(codes, 1), "a text never left, or left twice"
            assert not gateway.script, "the trouble was not met"

        try:
            yield Trouble(stand, strike, unnoticed=True, afterwards=afterwards)
        finally:
            worker.terminate()
            worker.wait(timeout=40)


TROUBLES = {
    "a database that is locked for three seconds": lambda ask: locked(ask("stand_on"), 3),
    "a database that is locked for fifteen seconds": lambda ask: locked(ask("stand_on"), 15),
    "a database that is restarted": lambda ask: restarted(ask("stand_on"), ask("durable_postgres")),
    "a disk that is full": lambda ask: full(ask("stand_on"), ask("tmp_path") / "small"),
    "a store that is away and then hangs": lambda ask: storeless(ask("stand_on"), ask("monkeypatch")),
    "a gateway that takes no messages": lambda ask: speechless(ask("stand_on")),
}


@dataclass
class Reader:
    """Somebody who only looks, page after page; what did not come stands in `missed`."""

    port: int
    pages: int = 0
    missed: list[str] = field(default_factory=list)

    @contextmanager
    def at_work(self):
        over = threading.Event()
        thread = threading.Thread(target=self._look, args=(over,))
        thread.start()
        try:
            yield
        finally:
            over.set()
            thread.join()

    def _look(self, over):
        while not over.wait(0.1):
            path = PAGES[self.pages % len(PAGES)]
            try:
                with closing(http.client.HTTPConnection("127.0.0.1", self.port, timeout=30)) as link:
                    link.request("GET", path)
                    status = link.getresponse().status
            except (OSError, http.client.HTTPException) as error:
                status = repr(error)
            self.pages += 1
            if status != 200:
                self.missed.append(f"{path}: {status}")


@pytest.mark.parametrize("name", TROUBLES)
def test_people_send_on_through(name, request):
    with TROUBLES[name](request.getfixturevalue) as trouble, trouble.stand.web() as running:
        crowd, reader = rig.crowd(trouble.stand, running), Reader(running.port)
        crowd.people = 2 if trouble.unnoticed else 4
        if not trouble.photographed:
            crowd.more = lambda: bench.drafts(trouble.stand, 10, photographed=False)
        with crowd.at_work(), reader.at_work():
            assert crowd.next_yes() < rig.PATIENCE
            trouble.strike()
            healed = crowd.next_yes()
        rig.log.info("%s: %s, %s pages, healed after %.1f s", name, crowd, reader.pages, healed)
        assert crowd.odd == [], "an answer that was neither yes nor 'try again'"
        assert set(crowd.told) == crowd.begun, "somebody was never told"
        assert healed < 30
        if trouble.unnoticed:
            assert (crowd.busy, crowd.unanswered) == (0, 0)
        if trouble.pages:
            assert reader.missed == []
        trouble.afterwards(crowd)
        assert rig.findings(trouble.stand, crowd.told) == []
