"""The yardsticks: the same gunicorn doing as little as a page can (F), and the database without a web (W, P).

F is `page`: Flask and Jinja, 10 KB of HTML, no database. W is what one submit writes, by SQLite's driver, FULL, one
thread; P the same by psycopg as one statement, eight threads.
"""

import hashlib
import os
import secrets
import sqlite3
import threading
import time
from collections.abc import Callable, Iterable
from datetime import timedelta
from pathlib import Path
from typing import Any

import psycopg
from flask import Flask

from tests import people as who
from tests.bench.copies import Edit, Marks, Out, Pattern, read
from tests.factories import dossiers as make
from webapp.accounts import people
from webapp.catalogue import queries as catalogue
from webapp.catalogue.formspec import papers
from webapp.core.ids import new_public_id
from webapp.dossiers.documents import add_photos
from webapp.dossiers.submit import submit_dossier
from webapp.shell.services import Services


class Submit:
    """The rows that one real submit leaves, for a driver to insert them again and again: neither checked nor sealed.

    The dossier as it was sent, its step, receipt and line in the journal, the event with its deliveries, the key of the
    form. Not among them: the office's daily number, which is counted on, and the papers, which lay there before.
    """

    def __init__(self, app: Flask) -> None:
        services: Services = app.extensions["motcua"]
        self.database = services.database
        with app.app_context():
            with self.database.transaction() as session:
                number = f"{secrets.randbelow(10**12):012d}"
                person = people.create_person(session, full_name="Người Đo", citizen_id=number)
                account = people.open_account(session, person)
                actor = who.as_citizen(session, person)
                dossier = make.drafted(session, actor)
                spec = catalogue.spec_by_revision(session, dossier.revision_id)
                for paper in papers(spec, dossier.answers["values"]):
                    add_photos(session, services.storage, dossier, paper, [(make.photo(), "giay.jpg")])
            marks = Marks(self.database)
            with self.database.transaction() as session:
                session.add(dossier)
                submit_dossier(session, services.storage, dossier, spec, by=actor, key=new_public_id())
        rows = {
            "dossiers": read(self.database, "dossiers", "WHERE id = ?", dossier.id),
            **marks.since(()),
            "idempotency_keys": read(self.database, "idempotency_keys", "WHERE scope = ?", account.public_id),
        }
        own: dict[tuple[str, str], Edit] = {
            ("dossiers", name): lambda copy: f"{copy.ids[0]:07d}" for name in ("code", "lookup_code", "qr_digest")
        }
        own["idempotency_keys", "key"] = lambda copy: new_public_id()
        self.pattern = Pattern(rows, Marks(self.database).counters(), own, [], naive=self.database.is_sqlite)

    def copies(self, count: int) -> list[Out]:
        """The rows of so many submits, ready to be written."""
        made: list[Out] = []
        for _ in range(count):
            made.append({})
            self.pattern.copy(made[-1], timedelta(0))
        return made

    def sqlite_writes(self, seconds: float) -> float:
        """W: durable submits a second by SQLite's driver, one thread, synchronous=FULL."""
        connection = sqlite3.connect(str(self.database.url.database), isolation_level=None)
        for pragma in ("journal_mode=WAL", "synchronous=FULL", "foreign_keys=ON"):
            connection.execute(f"PRAGMA {pragma}")
        todo = [list(_statements(one, "?").items()) for one in self.copies(int(seconds * 5000))]
        count, began = 0, time.perf_counter()
        while count < len(todo) and time.perf_counter() < began + seconds:
            connection.execute("BEGIN IMMEDIATE")
            for statement, rows in todo[count]:
                connection.executemany(statement, rows)
            connection.execute("COMMIT")
            count += 1
        rate = count / (time.perf_counter() - began)
        connection.close()
        return rate

    def postgres_writes(self, seconds: float, threads: int = 8) -> float:
        """P: the same as one statement by psycopg, eight threads, all of PostgreSQL's durability on."""
        dsn = self.database.url.set(drivername="postgresql").render_as_string(hide_password=False)

        def work(todo: list[Any], until: float) -> int:
            count = 0
            with psycopg.connect(dsn, autocommit=True) as own:
                own.prepare_threshold = 1
                while count < len(todo) and time.perf_counter() < until:
                    own.execute(*todo[count])
                    count += 1
            return count

        crews = [[_one_statement(one) for one in self.copies(int(seconds * 800))] for _ in range(threads)]
        return _together(work, crews, seconds)


def _statements(submit: Out, mark: str) -> dict[str, list[tuple[Any, ...]]]:
    """An INSERT for each table, with its rows."""
    return {
        f"INSERT INTO {table} ({', '.join(_quoted(columns))}) VALUES ({', '.join([mark] * len(columns))})": rows
        for (table, columns), rows in submit.items()
    }


def _one_statement(submit: Out) -> tuple[str, list[Any]]:
    parts = [(text, row) for text, rows in _statements(submit, "%s").items() for row in rows]
    inner = ", ".join(f"part{at} AS ({text})" for at, (text, _row) in enumerate(parts))
    return f"WITH {inner} SELECT 1", [value for _text, row in parts for value in row]


def _quoted(columns: Iterable[str]) -> list[str]:
    return [f'"{column}"' for column in columns]


def hashed_writes(folder: Path, seconds: float) -> float:
    """300 KB documents a second: hashed, written, made durable, one thread."""
    data, count, began = os.urandom(300_000), 0, time.perf_counter()
    while time.perf_counter() < began + seconds:
        path = folder / f"{count}.bin"
        hashlib.sha256(data).digest()
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
        os.write(descriptor, data)
        os.fdatasync(descriptor)
        os.close(descriptor)
        path.unlink()
        count += 1
    return count / (time.perf_counter() - began)


def _together(work: Callable[[Any, float], int], crews: list[Any], seconds: float) -> float:
    counts: list[int] = []
    until, began = time.perf_counter() + seconds, time.perf_counter()
    threads = [threading.Thread(target=lambda todo=todo: counts.append(work(todo, until))) for todo in crews]
    for one in threads:
        one.start()
    for one in threads:
        one.join()
    if len(counts) != len(crews):
        raise RuntimeError("a writer failed")
    return sum(counts) / (time.perf_counter() - began)
