"""Gateways that misbehave: one in the process, two behind a socket, of which one speaks as Twilio does."""

import json
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qs

import time_machine

from notifications.channels.base import Later
from webapp.core import clock, worker
from webapp.core.outbox import LADDER
from webapp.shell.services import Services

Step = int | str | tuple[int, str]


class Gateway:
    """A provider that takes notes; `down` says how many calls it fails first (None: for ever)."""

    def __init__(self, down: int | None = 0, error: Exception | None = None) -> None:
        self.down, self.error = down, error or Later("gateway answered 503")
        self.taken: list[tuple[str, str, str]] = []
        self.calls = 0

    def send(self, message_id: str, to: str, text: str) -> str:
        self.calls += 1
        if self.down is None or self.calls <= self.down:
            raise self.error
        self.taken.append((message_id, to, text))
        return f"SM{len(self.taken):032d}"


class FakeTwilio:
    """Answers POST …/Messages.json by a script of statuses, or of (status, Retry-After); after its end with 201."""

    def __init__(self, script: list[Step]) -> None:
        self.script = script
        self.seen: list[dict[str, str]] = []
        self.taken: list[dict[str, str]] = []
        self.paths: list[str] = []
        self.headers: list[dict[str, str]] = []
        self.url = ""

    def answer(self, asked: dict[str, str]) -> tuple[int, bytes, str | None]:
        """Status, body, and how long to wait."""
        step, wait = self.script.pop(0) if self.script else 201, None
        if isinstance(step, tuple):
            step, wait = step
        if step == "hang":
            time.sleep(1.5)
            step = 201
        if step == "garbage":
            return 201, b"<html>not what was agreed</html>", None
        if step == 201:
            self.taken.append(asked)
            return 201, json.dumps({"sid": f"SM{len(self.seen):032d}", "status": "queued"}).encode(), None
        code = {400: 21211, 429: 20429, 401: 20003}.get(int(step), 20500)
        words = f"The 'To' number {asked.get('To')} is not valid"
        return int(step), json.dumps({"code": code, "message": words, "status": step}).encode(), wait


class FakePlain(FakeTwilio):
    """The same for a plain gateway: JSON in, JSON out; one id is one text, however often it comes."""

    def answer(self, asked: dict[str, str]) -> tuple[int, bytes, str | None]:
        step, wait = self.script.pop(0) if self.script else 200, None
        if isinstance(step, tuple):
            step, wait = step
        if step == "hang":
            time.sleep(1.5)
            step = 200
        if step == "garbage":
            return 200, b"<html>not what was agreed</html>", None
        if step != 200:
            return int(step), json.dumps({"error": "no-number", "to": asked.get("to")}).encode(), wait
        if asked["id"] not in [text["id"] for text in self.taken]:
            self.taken.append(asked)
        return 200, json.dumps({"id": f"g-{asked['id']}"}).encode(), None


@contextmanager
def fake_twilio(*script: Step) -> Iterator[FakeTwilio]:
    """A server on loopback for the time of a test."""
    with _serving(FakeTwilio(list(script))) as fake:
        yield fake


@contextmanager
def fake_plain(*script: Step) -> Iterator[FakePlain]:
    """The same that speaks as a plain gateway."""
    plain = FakePlain(list(script))
    with _serving(plain):
        yield plain


@contextmanager
def _serving(fake: FakeTwilio) -> Iterator[FakeTwilio]:
    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:  # noqa: N802  (the library's name)
            body = self.rfile.read(int(self.headers.get("Content-Length", 0))).decode()
            if self.headers.get("Content-Type") == "application/json":
                asked = json.loads(body)
            else:
                asked = {key: values[0] for key, values in parse_qs(body).items()}
            fake.seen.append(asked)
            fake.headers.append(dict(self.headers))
            fake.paths.append(self.path)
            status, answer, wait = fake.answer(asked)
            try:
                self.send_response(status)
                self.send_header("Content-Type", "application/json")
                self.send_header("Content-Length", str(len(answer)))
                if wait is not None:
                    self.send_header("Retry-After", wait)
                self.end_headers()
                self.wfile.write(answer)
            except OSError:
                pass  # the caller did not wait; that is the point of "hang"

        def log_message(self, *_: object) -> None:
            """Quiet."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    fake.url = f"http://127.0.0.1:{server.server_port}"
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
    thread.start()
    try:
        yield fake
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


def climb(services: Services, rungs: int) -> None:
    """Let the worker run, wait for the next rung, run, …"""
    with time_machine.travel(clock.now(), tick=False) as time:
        worker.drain(services.database)
        for seconds in LADDER[:rungs]:
            time.shift(seconds + 1)
            worker.drain(services.database)
