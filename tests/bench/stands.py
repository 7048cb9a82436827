"""The databases under load, each with our app on it: SQLite, and a PostgreSQL with all its durability."""

import contextlib
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import click
from flask import Flask
from sqlalchemy import update

import wsgi
from tests.bench.fill import dossier_count
from tests.bench.floor import Submit
from tests.bench.servers import ROOT
from tests.conftest import prepare
from tests.support.postgres import Server, drop_database, new_database, postgres_server
from webapp.core import clock
from webapp.core.outbox import OutboxDelivery
from webapp.core.settings import Settings
from webapp.shell.services import Services


class Stand:
    """One database with its dossiers. `processes`: those of its server, if it has one."""

    def __init__(self, kind: str, folder: Path, url: str, yardstick: str, processes: tuple[int, ...] = ()) -> None:
        self.kind, self.folder, self.processes = kind, folder, processes
        self.app, self.environment = _app(url, folder / "files")
        # Another database like it, where rows are written by the driver alone.
        self.raw = Submit(_app(yardstick, folder / "yardstick-files")[0])

    @property
    def services(self) -> Services:
        made: Services = self.app.extensions["motcua"]
        return made

    def count(self) -> int:
        return dossier_count(self.services.database)

    def fill(self, count: int) -> "subprocess.Popen[bytes]":
        """Begin to add dossiers, in a process of their own. Nobody has delivered what the load left: it is let go."""
        with self.services.database.transaction() as session:
            waiting = update(OutboxDelivery).where(OutboxDelivery.done_at.is_(None))
            session.execute(waiting.values(done_at=clock.now()).execution_options(synchronize_session=False))
        self.services.database.dispose()
        command = [sys.executable, "-m", "tests.bench.fill", str(count)]
        with (self.folder / "fill.log").open("w") as log:  # the child has its own handle on it
            return subprocess.Popen(command, cwd=ROOT, env={**os.environ, **self.environment}, stdout=log, stderr=log)


def _app(url: str, files: Path) -> tuple[Flask, dict[str, str]]:
    values = {"env": "test", "database_url": url, "storage_url": str(files), "base_url": "http://localhost"}
    app = wsgi.create_app(Settings(**values, limits="relaxed"))  # type: ignore[arg-type]
    prepare(app)
    return app, {f"MOTCUA_{name.upper()}": value for name, value in {**values, "limits": "relaxed"}.items()}


def grow(made: list[Stand], size: int) -> None:
    """Bring all of them to so many dossiers, side by side."""
    running = []
    for stand in made:
        missing = size - stand.count()
        if missing > 0:
            click.echo(f"{stand.kind}: {missing} dossiers more, up to {size}", err=True)
            running.append((stand, stand.fill(missing)))
    broken = [stand for stand, process in running if process.wait()]
    if broken:
        raise RuntimeError((broken[0].folder / "fill.log").read_text())


@contextlib.contextmanager
def stands(kinds: list[str], folder: Path, *, kept: bool) -> Iterator[list[Stand]]:
    """The databases that were asked for; what lies in the folder already is used again."""
    with contextlib.ExitStack() as stack:
        found = []
        for kind in kinds:
            own = folder / kind
            own.mkdir(exist_ok=True)
            if kind == "sqlite":
                for file in own.glob("yardstick.db*"):
                    file.unlink()
                urls = [f"sqlite:///{own}/{name}.db" for name in ("bench", "yardstick")]
                found.append(Stand(kind, own, *urls))
                continue
            server = stack.enter_context(postgres_server(durable=True, folder=own / "server" if kept else None))
            drop_database(server, "yardstick")
            urls = [_database(server, "bench"), new_database(server, "yardstick")]
            master = next(server.folder.rglob("postmaster.pid")).read_text().split()[0]
            found.append(Stand(kind, own, *urls, processes=(int(master),)))
        yield found


def _database(server: Server, name: str) -> str:
    with server.connect() as connection:
        there = connection.execute("SELECT 1 FROM pg_database WHERE datname = %s", (name,)).fetchone()
    return server.url(name) if there else new_database(server, name)
