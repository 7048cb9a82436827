"""Fill a database with as many dossiers as a province has in years. `python -m tests.bench.fill 100000`

One real dossier is brought to each place by the verbs of the house; `copies.py` then writes its rows again and again.
Of what retention throws away (`flask retention`) only the young is there. Works on the database and the folder that
MOTCUA_* names; can be run again.
"""

import hashlib
import itertools
import os
import random
import secrets
import sys
import time
from base64 import b32encode
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from functools import cache
from unittest import mock

import click
from flask import Flask
from sqlalchemy import func, inspect, select
from sqlalchemy.orm import Session

import wsgi
from tests.bench.copies import LARGE, Edit, Marks, Out, Pattern, Row, Writer, read
from tests.conftest import prepare
from tests.factories import dossiers as make
from tests.factories import states
from webapp.accounts import people
from webapp.accounts.models import Person
from webapp.core import clock, worker
from webapp.core.db import Database
from webapp.core.ids import SAFE, new_public_id
from webapp.core.settings import Settings
from webapp.dossiers import names
from webapp.dossiers.deadlines import OFFICE, QUEUE
from webapp.dossiers.models import DailyNumber, Dossier
from webapp.dossiers.numbers import qr_digest
from webapp.dossiers.states import State
from webapp.offices.models import Office
from webapp.shell.services import Services
from webapp.transparency.recount import recount

OFFICES = 186  # 166 communes and 20 departments: Thanh Hóa after July 2025
YEARS = timedelta(days=900)
YOUNG = timedelta(days=90)  # what `flask retention` leaves of the outbox, the keys of forms and the texts sent
LATEST = timedelta(days=2)  # the youngest of them was sent so long ago: its copies must not lie in the future
BATCH = 2_000
OPEN_SHARE = 0.05  # of all; the newest
BUSY = 64  # the newest of each run lie open at the demo's office: its worklist has a full page at every size
PER_PERSON = 3
FAMILY = ("Nguyễn", "Trần", "Lê", "Phạm", "Hoàng", "Vi", "Lò", "Hà", "Bùi", "Đỗ")
MIDDLE = ("Văn", "Thị", "Đức", "Minh", "Thu", "Quốc", "Hồng", "Ngọc")
GIVEN = ("An", "Bình", "Cường", "Dung", "Hà", "Hùng", "Lan", "Mai", "Nam", "Phương", "Quân", "Sơn", "Thảo", "Tú")
# Where they stand, and how often (tests/factories/states.py brings them there).
OPEN = {"submitted": 4, "received": 3, "processing": 8, "asked in work": 3, "to be paid in work": 1}
CLOSED = {"handed over": 92, "declined": 5, "stopped": 2, "settled": 1}
# Written or counted at the end, told to nobody, or only in the demo.
NOT_COPIED = (
    "daily_numbers", "paper_numbers", "audit_head", "demo_texts", "rate_windows", "login_sessions", "work_times",
)  # fmt: skip
THROWN_AWAY = ("outbox_events", "outbox_deliveries", "idempotency_keys")
MESSAGES_KEPT = 2  # of an old dossier; the program keeps all of them (nameless), here that would be a third of all rows


@contextmanager
def ticking(start: datetime) -> Iterator[None]:
    """Whoever looks at the clock finds it ten minutes later than the last time: a dossier takes days, not a second.

    It runs ahead, since a procedure cannot be sent before it was loaded; each copy is moved into the past.
    """
    at = start

    def now() -> datetime:
        nonlocal at
        at += timedelta(minutes=10)
        return at

    with mock.patch.object(clock, "now", now):
        yield


@cache
def tokens(name: str) -> list[str]:
    return sorted(set(people.name_tokens(name)))


TOKENS = ("person_tokens", ("person_id", "token"))
PERSON: dict[tuple[str, str], Edit] = {
    ("people", "full_name"): lambda copy: copy.given["name"],
    ("people", "citizen_id"): lambda copy: copy.given["number"],
    ("people", "citizen_id_index"): lambda copy: people.citizen_id_index(copy.given["number"]),
    ("people", "birth_date"): lambda copy: copy.given["born"],
    ("phones", "number"): lambda copy: copy.given["phone"],
    ("phones", "number_index"): lambda copy: people.phone_index(copy.given["phone"]),
}


class Place:
    """A real dossier that stands somewhere: its rows and its person's, and when it was sent."""

    def __init__(self, app: Flask, name: str) -> None:
        services: Services = app.extensions["motcua"]
        database = services.database
        marks = Marks(database)
        with app.app_context(), ticking(datetime.now(UTC)):
            with database.transaction() as session:
                person = _somebody(session)
                dossier = states.bring(session, services.storage, name, person)
                self.sent = dossier.submitted_at
            worker.drain(database)  # who listens writes messages
            self.lasted = clock.now() - self.sent
        if self.lasted > LATEST:
            raise RuntimeError(f"to be {name} takes {self.lasted}: copies of it would lie in the future")
        rows = marks.since(NOT_COPIED)
        self.person = {table: rows.pop(table) for table in ("people", "accounts", "phones")}
        (owner,), (account,) = self.person["people"], self.person["accounts"]
        rows["idempotency_keys"] = read(database, "idempotency_keys", "WHERE scope = ?", account["public_id"])
        self.rows = rows
        self.outer: list[tuple[str, int] | str] = [
            ("people", owner["id"]), ("accounts", account["id"]), ("offices", dossier.office_id),
            owner["public_id"], account["public_id"],
        ]  # fmt: skip


def _somebody(session: Session) -> Person:
    """With an account and a phone of their own, so that they are told."""
    person = people.create_person(
        session, full_name="Nguyễn Văn Mẫu", citizen_id=f"{secrets.randbelow(10**12):012d}", birth_date="1990-05-17"
    )
    people.open_account(session, person)
    people.add_phone(session, person, f"+849{secrets.randbelow(10**8):08d}", verified_at=clock.now())
    session.flush()
    return person


class Filler:
    """Makes the copies of one run."""

    def __init__(self, database: Database, places: dict[str, Place], offices: list[tuple[int, str]]) -> None:
        self.database, self.offices, self.random = database, offices, random.Random(38)
        self.used = {row["lookup_code"] for row in read(database, "(SELECT lookup_code FROM dossiers) known")}
        with database.session(write=False) as session:
            self.days = {(row.office_id, row.day): row.last for row in session.scalars(select(DailyNumber))}
        self.digest = read(database, "audit_head")[0]["digest"]
        self.out: Out = {}
        marks, naive = Marks(database), database.is_sqlite
        self.counters = counters = marks.counters()
        self.before = marks.last["dossiers"]
        self.people = itertools.count(marks.last["people"] + 1)
        self.numbers = itertools.count(10**6 + marks.last["issued_papers"])  # the program's own begin at 1
        self.sent = {name: place.sent for name, place in places.items()}
        self.somebody = Pattern(next(iter(places.values())).person, counters, PERSON, [], naive=naive)
        own = self._own()
        self.young = {name: Pattern(p.rows, counters, own, p.outer, naive=naive) for name, p in places.items()}
        self.old = {name: Pattern(_old(p.rows), counters, own, p.outer, naive=naive) for name, p in places.items()}

    def _own(self) -> dict[tuple[str, str], Edit]:
        """What must differ from copy to copy and is no key."""
        return {
            ("dossiers", "code"): lambda copy: copy.given["code"],
            ("dossiers", "lookup_code"): lambda copy: self.lookup_code(),
            ("dossiers", "qr_digest"): lambda copy: qr_digest(copy.given["token"]),
            ("dossiers", "qr_token"): lambda copy: copy.given["token"],
            ("stored_files", "storage_key"): lambda copy: os.urandom(16).hex(),
            ("idempotency_keys", "key"): lambda copy: new_public_id(),
            ("messages", "provider_ref"): lambda copy: new_public_id(),
            ("issued_papers", "number"): lambda copy: next(self.numbers),
            ("audit_entries", "previous"): lambda copy: self.digest,
            ("audit_entries", "digest"): lambda copy: self.next_digest(),
        }

    def lookup_code(self) -> str:
        while True:
            code = "-".join("".join(self.random.choices(SAFE, k=3)) for _half in range(2))
            if code not in self.used:
                self.used.add(code)
                return code

    def next_digest(self) -> str:
        """As long and as random as a real one; nobody can verify the journal of a filled database."""
        self.digest = hashlib.sha256(self.digest.encode()).hexdigest()
        return self.digest

    def person(self) -> tuple[list[int], list[str]]:
        """Somebody else: keys and public ids of person and account."""
        choose = self.random.choice
        name, phone = f"{choose(FAMILY)} {choose(MIDDLE)} {choose(GIVEN)}", f"+849{self.random.randrange(10**8):08d}"
        number = f"{next(self.people) * 387_420_489 % 10**12:012d}"  # no two the same
        born = f"{self.random.randrange(1940, 2008)}-05-17"
        made = self.somebody.copy(self.out, timedelta(0), name=name, number=number, phone=phone, born=born)
        self.out.setdefault(TOKENS, []).extend((made.ids[0], token) for token in tokens(name))
        return made.ids[:2], made.words[:2]

    def dossier(self, name: str, person: tuple[list[int], list[str]], at: datetime, now: datetime, busy: bool) -> None:
        """One copy with all its rows."""
        few = self.offices[: max(1, len(self.offices) // self.random.randint(1, 8))]  # some offices have more to do
        office, code = self.offices[0] if busy else self.random.choice(few)
        day = clock.local(at).date()
        number = self.days[office, day] = self.days.get((office, day), 0) + 1
        pattern = (self.young if now - at < YOUNG else self.old)[name]
        ids, words = person
        pattern.copy(
            self.out, at - self.sent[name], (*ids, office), words,
            code=f"{code}-{day:%y%m%d}-{number:04d}", token=b32encode(os.urandom(10)).decode(),
        )  # fmt: skip

    def flush(self, writer: Writer) -> None:
        for (table, columns), rows in self.out.items():
            writer.write(table, columns, rows)
        self.out.clear()

    def finish(self, writer: Writer) -> None:
        """What the program goes on counting from."""
        self.flush(writer)
        writer.do(
            "INSERT INTO dossier_words (office_id, word, dossier_id)"
            f" SELECT d.office_id, substr(t.token, 1, {names.LENGTH}), d.id FROM dossiers d"
            f" JOIN person_tokens t ON t.person_id = d.person_id WHERE d.id > {self.before} ORDER BY 1, 2, 3"
        )
        writer.do("DELETE FROM daily_numbers")
        days = [(office, day.isoformat(), last) for (office, day), last in self.days.items()]
        writer.write("daily_numbers", ("office_id", "day", "last"), days)
        writer.do(f"UPDATE audit_head SET seq = {next(self.counters['audit_entries']) - 1}, digest = '{self.digest}'")


def _old(rows: dict[str, list[Row]]) -> dict[str, list[Row]]:
    """What is left of it after months."""
    left = {table: found for table, found in rows.items() if table not in THROWN_AWAY}
    return left | {"messages": left["messages"][:MESSAGES_KEPT]}


def _offices(session: Session) -> list[tuple[int, str]]:
    """Key and code of as many offices as a province has, all like the demo's, which is the first."""
    first = session.scalars(select(Office).where(Office.code == make.HOME)).one()
    columns = [c.key for c in inspect(Office).column_attrs if c.key not in ("id", "public_id", "code", "name")]
    values = {key: getattr(first, key) for key in columns}
    for number in range(session.scalar(select(func.count(Office.id))) or 0, OFFICES):
        session.add(Office(code=f"H56.B{number:03d}", name=f"Đơn vị đo {number}", **values))
    session.flush()
    rest = session.execute(select(Office.id, Office.code).where(Office.id != first.id).order_by(Office.id))
    return [(first.id, first.code), *((row.id, row.code) for row in rest)]


def fill(app: Flask, count: int, *, progress: Callable[[int], None] = lambda _done: None) -> None:
    """Add `count` dossiers, oldest first over two and a half years; the newest are open, BUSY of them at one office."""
    database: Database = app.extensions["motcua"].database
    with database.transaction() as session:
        offices = _offices(session)
    with app.app_context():
        worker.drain(database)  # what waits already is no part of what a place writes
    places = {name: Place(app, name) for name in (*OPEN, *CLOSED)}
    filler = Filler(database, places, offices)
    writer = Writer(database, large=count >= LARGE)
    now, somebody = datetime.now(UTC), filler.person()
    first_open = min(int(count * (1 - OPEN_SHARE)), max(0, count - BUSY))
    for number in range(count):
        if number % PER_PERSON == 0:
            somebody = filler.person()
        kinds = OPEN if number >= first_open else CLOSED
        name = filler.random.choices(tuple(kinds), tuple(kinds.values()))[0]
        at = now - LATEST - YEARS * (1 - number / count)
        filler.dossier(name, somebody, at, now, busy=number >= count - BUSY)
        if number % BATCH == BATCH - 1:
            filler.flush(writer)
            progress(BATCH)
    filler.finish(writer)
    progress(count % BATCH)
    writer.close()
    recount(database)
    database.refresh_statistics()  # as the worker does
    _check(database)


def _check(database: Database) -> None:
    """A worklist shows what is open and nothing else, and each row has a time of its own to sort by."""
    with database.session(write=False) as session:
        home = Dossier.office_id == select(Office.id).where(Office.code == make.HOME).scalar_subquery()
        for state, queue in session.execute(select(Dossier.state, Dossier.queue).where(home).distinct()):
            if queue != (None if state == State.DRAFT else QUEUE.get(State(state), OFFICE)):
                raise RuntimeError(f"{state} stands in queue {queue}")
        waiting = select(Dossier.act_by).where(home, Dossier.queue == OFFICE).subquery()
        rows, times = session.execute(
            select(func.count(), func.count(waiting.c.act_by.distinct())).select_from(waiting)
        ).one()
        if rows < BUSY // 2 or times < rows * 0.8:  # those of the originals may be the same
            raise RuntimeError(f"the busy office has {rows} dossiers to work on, at {times} different times")


def dossier_count(database: Database) -> int:
    with database.session(write=False) as session:
        return session.scalar(select(func.count()).select_from(Dossier)) or 0


@click.command()
@click.argument("count", type=click.IntRange(1, 5_000_000))
def main(count: int) -> None:
    """Add COUNT dossiers to the database that MOTCUA_DATABASE_URL names (made and seeded if it is empty)."""
    settings = Settings.from_env()
    if settings.env == "production":
        raise click.ClickException("this fills a database with invented people; not where MOTCUA_ENV=production")
    app = wsgi.create_app(settings)
    prepare(app)
    began = time.monotonic()
    with click.progressbar(length=count, label="dossiers", file=sys.stderr) as bar:
        fill(app, count, progress=bar.update)
    in_all = dossier_count(app.extensions["motcua"].database)
    click.echo(f"{count} dossiers in {time.monotonic() - began:.0f} s; {in_all} in all")


if __name__ == "__main__":
    main()
