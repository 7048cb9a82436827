"""A copy of an installation behind gunicorn and with its worker, for cases that ask over a socket."""

import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from tests.bench import servers


def environment(folder: Path, **more: str) -> dict[str, str]:
    """Settings of the installation in `folder`/var."""
    return {
        "MOTCUA_ENV": "test",
        "MOTCUA_DATABASE_URL": f"sqlite:///{folder}/var/motcua.db",
        "MOTCUA_STORAGE_URL": str(folder / "var/files"),
        "MOTCUA_BASE_URL": "http://localhost",
        **more,
    }


@contextmanager
def served(made: Path, folder: Path, app: str = "wsgi:create_app()", **more: str) -> Iterator[servers.Running]:
    """gunicorn, 2 workers × 4 threads, on a copy of `made` in `folder`/var; its lines go to `folder`/web.log."""
    shutil.copytree(made, folder / "var")
    given = environment(folder, **more)
    with servers.gunicorn(app, "/healthz", folder / "web.log", **given) as running:
        yield running


@contextmanager
def worked(folder: Path, **more: str) -> Iterator[None]:
    """The worker of the same installation; its lines go to `folder`/worker.log."""
    command = [sys.executable, "-m", "flask", "--app", "wsgi:create_app", "worker"]
    given = {**os.environ, **environment(folder, **more)}
    with (folder / "worker.log").open("w") as log:
        process = subprocess.Popen(command, cwd=servers.ROOT, env=given, stdout=log, stderr=log)
        try:
            yield
        finally:
            process.terminate()
            process.wait(timeout=120)
