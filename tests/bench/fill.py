"""Fill a database with as many dossiers as a province has in years. `python -m tests.bench.fill 100000`

One real dossier of each kind is sent by the verbs of the house; its rows are then copied under new ids, codes,
dates and keys, so that the copies follow the schema as it is, whatever it became. What is sealed is sealed anew:
a sealed value opens only in its own row. Works on the database and the folder that MOTCUA_* names; can be run again.
"""

import itertools
import json
import random
import secrets
import sys
import time
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import click
from flask import Flask
from sqlalchemy import func, inspect, select, text
from sqlalchemy.orm import Session

import wsgi
from tests import people as who
from tests.conftest import prepare
from tests.factories import dossiers as make
from webapp.accounts.people import name_tokens
from webapp.core import clock, crypto
from webapp.core.actor import Actor, Channel, Role
from webapp.core.db import Base, Database
from webapp.core.ids import new_lookup_code, new_public_id, new_qr_token
from webapp.core.settings import Settings
from webapp.dossiers.models import Dossier
from webapp.dossiers.numbers import qr_digest
from webapp.dossiers.process import start_processing
from webapp.dossiers.receive import receive_dossier
from webapp.dossiers.states import State
from webapp.offices.models import Office
from webapp.shell.services import Services

OFFICES = 186  # 166 communes and 20 departments: Thanh Hóa after July 2025
YEARS = timedelta(days=900)
BATCH = 2_000
OPEN_SHARE = 0.05  # of all; the newest
PER_PERSON = 3
FAMILY = ("Nguyễn", "Trần", "Lê", "Phạm", "Hoàng", "Vi", "Lò", "Hà", "Bùi", "Đỗ")
MIDDLE = ("Văn", "Thị", "Đức", "Minh", "Thu", "Quốc", "Hồng", "Ngọc")
GIVEN = ("An", "Bình", "Cường", "Dung", "Hà", "Hùng", "Lan", "Mai", "Nam", "Phương", "Quân", "Sơn", "Thảo", "Tú")
# What a dossier consists of, in the order in which the tables point at each other.
OWN = ("dossiers", "dossier_moves", "receipts", "dossier_documents", "stored_files", "dossier_files")
WAITING = (State.SUBMITTED, State.RECEIVED, State.PROCESSING)
Row = dict[str, Any]


class Writer:
    """Rows into tables, in the driver's own way: COPY on PostgreSQL, executemany on SQLite."""

    def __init__(self, database: Database) -> None:
        self.database = database
        self.connection = database.engine.raw_connection()
        if database.is_sqlite:
            self.connection.execute("PRAGMA synchronous=OFF")  # a filled database may be filled again
            self.connection.execute("PRAGMA foreign_keys=OFF")
            self.connection.execute("BEGIN IMMEDIATE")

    def rows(self, table: str, where: str = "", *values: Any) -> list[Row]:
        """Rows as the driver reads them, so that they go back as they came."""
        cursor = self.connection.cursor()
        cursor.execute(f"SELECT * FROM {table} {where}", values)
        names = [column[0] for column in cursor.description]
        return [dict(zip(names, row, strict=True)) for row in cursor.fetchall()]

    def next_id(self, table: str) -> "itertools.count[int]":
        cursor = self.connection.cursor()
        cursor.execute(f"SELECT coalesce(max(id), 0) + 1 FROM {table}")
        return itertools.count(cursor.fetchone()[0])

    def write(self, table: str, rows: list[Row]) -> None:
        if not rows:
            return
        columns = list(rows[0])
        names = ", ".join(f'"{c}"' for c in columns)
        cursor = self.connection.cursor()
        if self.database.is_sqlite:
            marks = ", ".join("?" * len(columns))
            cursor.executemany(f"INSERT INTO {table} ({names}) VALUES ({marks})", [tuple(r.values()) for r in rows])
            return
        with cursor.copy(f"COPY {table} ({names}) FROM STDIN") as copy:
            for row in rows:
                copy.write_row([json.dumps(v) if isinstance(v, dict | list) else v for v in row.values()])

    def moment(self, value: datetime) -> Any:
        return value.replace(tzinfo=None).isoformat(" ", "microseconds") if self.database.is_sqlite else value

    def close(self) -> None:
        self.connection.execute("COMMIT") if self.database.is_sqlite else self.connection.commit()
        self.connection.close()
        with self.database.engine.connect() as connection:
            if self.database.is_sqlite:
                connection.execute(text("COMMIT"))
                connection.execute(text("ANALYZE"))
                connection.execute(text("PRAGMA wal_checkpoint(TRUNCATE)"))
                return
            for table in Base.metadata.tables.values():
                if "id" in table.columns:
                    serial = f"pg_get_serial_sequence('{table.name}', 'id')"
                    connection.execute(text(f"SELECT setval({serial}, greatest(max(id), 1)) FROM {table.name}"))
            connection.commit()
        with self.database.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
            connection.execute(text("VACUUM ANALYZE"))


def reseal(table: str, column: str, row: Row, old: str, value: str | None = None) -> None:
    """Put a sealed column into its new row: the same words, or new ones."""
    sealed = row.get(f"{column}_sealed")
    if sealed is None and value is None:
        return
    ring = crypto.keyring()
    data = value.encode() if value is not None else ring.unseal(bytes(sealed), f"{table}.{column}.{old}")
    row[f"{column}_sealed"] = ring.seal(data, f"{table}.{column}.{row['public_id']}")


class Kind:
    """One real dossier with all its rows, to be copied."""

    def __init__(self, writer: Writer, dossier_id: int) -> None:
        mark = "?" if writer.database.is_sqlite else "%s"
        self.dossier = writer.rows("dossiers", f"WHERE id = {mark}", dossier_id)[0]
        self.moves = writer.rows("dossier_moves", f"WHERE dossier_id = {mark} ORDER BY id", dossier_id)
        self.receipts = writer.rows("receipts", f"WHERE dossier_id = {mark}", dossier_id)
        self.documents = writer.rows("dossier_documents", f"WHERE dossier_id = {mark} ORDER BY id", dossier_id)
        self.files: dict[int, list[tuple[Row, Row]]] = {}
        for document in self.documents:
            pairs = []
            for entry in writer.rows("dossier_files", f"WHERE document_id = {mark}", document["id"]):
                pairs.append((entry, writer.rows("stored_files", f"WHERE id = {mark}", entry["file_id"])[0]))
            self.files[document["id"]] = pairs
        self.words = {
            (table, column): crypto.keyring().unseal(
                bytes(row[f"{column}_sealed"]), f"{table}.{column}.{row['public_id']}"
            )
            for table, column, row in self._sealed_rows()
        }

    def _sealed_rows(self) -> Iterator[tuple[str, str, Row]]:
        yield "dossiers", "answers", self.dossier
        for pairs in self.files.values():
            for _entry, stored in pairs:
                if stored["name_sealed"] is not None:
                    yield "stored_files", "name", stored


class Copier:
    """Makes the copies. `tokens` are the QR tokens of some, for whoever wants to ask for their pages."""

    def __init__(self, writer: Writer, kinds: dict[str, Kind], offices: list[int], seed: int) -> None:
        self.writer, self.kinds, self.offices = writer, kinds, offices
        self.random = random.Random(seed)
        self.ids = {table: writer.next_id(table) for table in ("people", *OWN)}
        self.out: dict[str, list[Row]] = {}
        self.used: set[str] = set()
        self.run = secrets.token_hex(2)

    def person(self) -> int:
        name = " ".join(self.random.choice(part) for part in (FAMILY, MIDDLE, GIVEN))
        number = f"{self.random.randrange(10**12):012d}"
        year = self.random.randrange(1940, 2008)
        row: Row = {"id": next(self.ids["people"]), "public_id": new_public_id()}
        reseal("people", "full_name", row, "", name)
        reseal("people", "citizen_id", row, "", number)
        row["citizen_id_index"] = crypto.blind("citizen_id", number)
        reseal("people", "birth_date", row, "", f"{year}-05-17")
        row |= {"assurance": "phone", "created_at": self.writer.moment(clock.now())}
        self.out.setdefault("people", []).append(row)
        for token in sorted(set(name_tokens(name))):
            self.out.setdefault("person_tokens", []).append({"person_id": row["id"], "token": token})
        return int(row["id"])

    def lookup_code(self) -> str:
        while (code := new_lookup_code()) in self.used:
            pass
        self.used.add(code)
        return code

    def dossier(self, kind: Kind, person: int, at: datetime, due: datetime | None, number: int) -> Row:
        """One copy with all its rows; returns the dossier's row."""
        moment = self.writer.moment
        office = self.random.choice(self.offices[: max(1, len(self.offices) // self.random.randint(1, 8))])
        row = dict(kind.dossier)
        row |= {
            "id": next(self.ids["dossiers"]), "public_id": new_public_id(), "person_id": person, "office_id": office,
            "code": f"B{self.run}.{office}-{at:%y%m%d}-{number:07d}", "lookup_code": self.lookup_code(),
            "submitted_at": moment(at), "created_at": moment(at), "updated_at": moment(at),
        }  # fmt: skip
        for column, later in (("received_at", 3), ("settled_at", 48), ("handed_over_at", 60)):
            if row[column] is not None:
                row[column] = moment(at + timedelta(hours=later))
        if row["due_at"] is not None:
            row["due_at"] = moment(due or at + timedelta(days=5))
        token = new_qr_token()
        row["qr_digest"] = qr_digest(token)
        reseal("dossiers", "qr_token", row, "", token)
        reseal("dossiers", "answers", row, "", kind.words["dossiers", "answers"].decode())
        self.out.setdefault("dossiers", []).append(row)
        self._moves(kind, row["id"], at)
        self._papers(kind, row["id"])
        for receipt in kind.receipts:
            own = {"id": next(self.ids["receipts"]), "public_id": new_public_id(), "dossier_id": row["id"]}
            self.out.setdefault("receipts", []).append({**receipt, **own, "issued_at": moment(at)})
        return row | {"qr_token": token}

    def _moves(self, kind: Kind, dossier_id: int, at: datetime) -> None:
        for hours, move in enumerate(kind.moves):
            copied = {**move, "id": next(self.ids["dossier_moves"]), "public_id": new_public_id()}
            copied |= {"dossier_id": dossier_id, "at": self.writer.moment(at + timedelta(hours=hours))}
            copied["reason_sealed"] = None
            self.out.setdefault("dossier_moves", []).append(copied)

    def _papers(self, kind: Kind, dossier_id: int) -> None:
        for document in kind.documents:
            paper = {**document, "id": next(self.ids["dossier_documents"]), "dossier_id": dossier_id}
            self.out.setdefault("dossier_documents", []).append(paper)
            for entry, stored in kind.files[document["id"]]:
                file = {**stored, "id": next(self.ids["stored_files"]), "public_id": new_public_id()}
                file["storage_key"] = secrets.token_hex(16)
                reseal("stored_files", "name", file, "", kind.words["stored_files", "name"].decode())
                self.out.setdefault("stored_files", []).append(file)
                link = {**entry, "id": next(self.ids["dossier_files"])}
                self.out.setdefault("dossier_files", []).append(
                    link | {"document_id": paper["id"], "file_id": file["id"]}
                )

    def flush(self) -> None:
        for table in ("people", "person_tokens", *OWN):
            self.writer.write(table, self.out.pop(table, []))


def _offices(session: Session) -> list[int]:
    """As many offices as a province has, all like the demo's."""
    first = session.scalars(select(Office).where(Office.code == make.HOME)).one()
    have = list(session.scalars(select(Office.id).order_by(Office.id)))
    columns = [c.key for c in inspect(Office).column_attrs if c.key not in ("id", "public_id", "code", "name")]
    values = {key: getattr(first, key) for key in columns}
    for number in range(len(have), OFFICES):
        office = Office(code=f"H56.B{number:03d}", name=f"Đơn vị đo {number}", **values)
        session.add(office)
        session.flush()
        have.append(office.id)
    return have


def _kinds(session: Session, services: Services) -> dict[str, int]:
    """One real dossier each: sent, received, in work. Returns state → id."""
    dao = who.person(session)
    desk = who.staff(session, "case")
    officer = Actor(
        role=Role.CASE, channel=Channel.COUNTER, account_id=desk.id, account_public=desk.public_id,
        office_id=desk.office_id, name=desk.display_name or "",
    )  # fmt: skip
    found = {}
    for state in WAITING:
        dossier = make.sent(session, services.storage, dao)
        if state is not State.SUBMITTED:
            receive_dossier(session, dossier, by=officer, version=dossier.version)
            session.flush()
        if state is State.PROCESSING:
            start_processing(session, dossier, by=officer, version=dossier.version)
            session.flush()
        found[state.value] = dossier.id
    return found


def fill(app: Flask, count: int, *, progress: Callable[[int], None] = lambda _done: None, keep: int = 200) -> list[Row]:
    """Add `count` dossiers, oldest first over two and a half years. Returns the last `keep`, with their QR tokens."""
    services: Services = app.extensions["motcua"]
    with app.app_context(), services.database.transaction() as session:
        offices = _offices(session)
        kinds = _kinds(session, services)
    with app.app_context():
        return _copy(services.database, kinds, offices, count, progress, keep)


def _copy(
    database: Database, ids: dict[str, int], offices: list[int], count: int, progress: Any, keep: int
) -> list[Row]:
    writer = Writer(database)
    kinds = {state: Kind(writer, dossier_id) for state, dossier_id in ids.items()}
    copier = Copier(writer, kinds, offices, seed=count)
    now, person, kept = datetime.now(UTC), 0, []
    for number in range(count):
        if number % PER_PERSON == 0:
            person = copier.person()
        at = now - YEARS + YEARS * (number / count)
        is_open = number > count * (1 - OPEN_SHARE)
        state = (
            copier.random.choice((State.SUBMITTED, State.RECEIVED, State.PROCESSING)) if is_open else State.PROCESSING
        )
        due = at + timedelta(days=copier.random.choice((1, 3, 5, 10, 20, 30)))
        row = copier.dossier(kinds[state.value], person, at, due, number)
        if not is_open:
            _close(copier, row, at)
        if number >= count - keep:
            kept.append(row)
        if number % BATCH == BATCH - 1:
            copier.flush()
            progress(BATCH)
    copier.flush()
    progress(count % BATCH)
    writer.close()
    return kept


def _close(copier: Copier, row: Row, at: datetime) -> None:
    """Most dossiers of a province are done and handed over."""
    written = copier.out["dossiers"][-1]
    written |= {"state": State.HANDED_OVER.value}
    written["settled_at"] = written["handed_over_at"] = copier.writer.moment(at + timedelta(days=2))
    row |= {"state": State.HANDED_OVER.value}


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
