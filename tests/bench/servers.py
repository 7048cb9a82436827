"""The servers under load: ours on each database and the yardstick, under the same gunicorn: 2 workers × 4 threads."""

import os
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]


@dataclass(frozen=True)
class Running:
    """A gunicorn that answers."""

    port: int
    master: int


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@contextmanager
def gunicorn(application: str, probe: str, log: Path, **environment: str) -> Iterator[Running]:
    """Serve an application until the block ends."""
    port = free_port()
    command = [sys.executable, "-m", "gunicorn", "-c", "python:webapp.shell.gunicorn_conf", application]
    own = {"PORT": str(port), "WEB_WORKERS": "2", "WEB_THREADS": "4", "WEB_MAX_REQUESTS": "0"}
    values = {**os.environ, **environment, **own}
    with log.open("a") as out, subprocess.Popen(command, cwd=ROOT, env=values, stdout=out, stderr=out) as process:
        try:
            _wait(port, probe, process, log)
            yield Running(port, process.pid)
        finally:
            process.terminate()
            process.wait(timeout=40)


def _wait(port: int, probe: str, process: "subprocess.Popen[bytes]", log: Path) -> None:
    until = time.monotonic() + 180
    while time.monotonic() < until:
        if process.poll() is not None:
            break
        try:
            urllib.request.urlopen(f"http://127.0.0.1:{port}{probe}", timeout=2).close()
            return
        except OSError:
            time.sleep(0.1)
    raise RuntimeError(f"the server did not start: {log.read_text()[-2000:]}")
