"""What one act wrote, written again and again: the same rows in all tables under new keys, ids and times.

A `Pattern` is taken from the database itself: whatever rows were added while something was done by the verbs of the
house. So copies follow the schema as it is, whatever it became. Where a row points at another row of the pattern, its
copy points at that one's copy; a public id in a text or in JSON is exchanged there, too. What is sealed is sealed anew:
a sealed value opens only in its own row.
"""

import itertools
import json
import os
import re
from base64 import urlsafe_b64encode
from collections.abc import Callable, Iterable
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import JSON, Column, Date, Integer, Table, text

from webapp.core import crypto
from webapp.core.db import Base, Database, UTCDateTime

Row = dict[str, Any]
Out = dict[tuple[str, tuple[str, ...]], list[tuple[Any, ...]]]  # (table, columns) → rows to be written
LARGE = 20_000  # from so many copies on it is quicker to make the indexes anew


class Writer:
    """Rows into tables, in the driver's own way: COPY on PostgreSQL, executemany on SQLite."""

    def __init__(self, database: Database, *, large: bool = False) -> None:
        self.database = database
        self.connection = database.engine.raw_connection()
        self.again: list[str] = []
        if database.is_sqlite:  # nothing here is acknowledged to anybody: what is broken off can be filled anew
            for pragma in ("journal_mode=OFF", "synchronous=OFF", "foreign_keys=OFF", "cache_size=-1000000"):
                self.do(f"PRAGMA {pragma}")
        else:  # the keys of a copy point where its pattern's do
            for setting in ("session_replication_role = replica", "statement_timeout = 0",
                            "idle_in_transaction_session_timeout = 0"):  # fmt: skip
                self.do(f"SET {setting}")
        if large:
            self._drop_indexes()
        if database.is_sqlite:
            self.do("BEGIN IMMEDIATE")

    def do(self, statement: str) -> Any:
        cursor = self.connection.cursor()
        cursor.execute(statement)
        return cursor

    def _drop_indexes(self) -> None:
        """All that are not part of a key's constraint on SQLite; on PostgreSQL all but the primary keys."""
        if self.database.is_sqlite:
            found = self.do("SELECT name, sql FROM sqlite_master WHERE type = 'index' AND sql IS NOT NULL").fetchall()
            for name, made in found:
                self.do(f'DROP INDEX "{name}"')
                self.again.append(made)
            return
        held = self.do(
            "SELECT conrelid::regclass::text, conname, pg_get_constraintdef(oid) FROM pg_constraint"
            " WHERE contype = 'u' AND connamespace = 'public'::regnamespace"
        ).fetchall()
        for table, name, made in held:
            self.do(f'ALTER TABLE {table} DROP CONSTRAINT "{name}"')
            self.again.append(f'ALTER TABLE {table} ADD CONSTRAINT "{name}" {made}')
        loose = self.do(
            "SELECT indexname, indexdef FROM pg_indexes WHERE schemaname = 'public'"
            " AND indexname NOT IN (SELECT conname FROM pg_constraint)"
        ).fetchall()
        for name, made in loose:
            self.do(f'DROP INDEX "{name}"')
            self.again.append(made)

    def write(self, table: str, columns: Iterable[str], rows: list[tuple[Any, ...]]) -> None:
        if not rows:
            return
        names = ", ".join(f'"{column}"' for column in columns)
        cursor = self.connection.cursor()
        if self.database.is_sqlite:
            marks = ", ".join("?" * len(rows[0]))
            cursor.executemany(f"INSERT INTO {table} ({names}) VALUES ({marks})", rows)
            return
        with cursor.copy(f"COPY {table} ({names}) FROM STDIN") as copy:
            for row in rows:
                copy.write_row(row)

    def close(self) -> None:
        """Make the indexes, count the keys on, tell the planner what is there."""
        if self.database.is_sqlite:
            self.do("COMMIT")
        else:
            self.do("SET maintenance_work_mem = '512MB'")
        for statement in self.again:
            self.do(statement)
        if self.database.is_sqlite:
            for statement in ("ANALYZE", "PRAGMA journal_mode=WAL", "PRAGMA cache_size=-2000"):
                self.do(statement)
        else:
            for table in Base.metadata.tables.values():
                key = _single_key(table)
                if key is not None and key.name == "id":
                    serial = f"pg_get_serial_sequence('{table.name}', 'id')"
                    self.do(f"SELECT setval({serial}, greatest(max(id), 1)) FROM {table.name}")
            self.connection.commit()
        self.connection.close()
        self.database.dispose()  # with its pragmas
        if not self.database.is_sqlite:
            with self.database.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
                for statement in ("SET statement_timeout = 0", "VACUUM ANALYZE", "CHECKPOINT"):
                    connection.execute(text(statement))
        self.database.dispose()


def read(database: Database, table: str, where: str = "", *values: Any) -> list[Row]:
    """Rows as the driver reads them, so that they go back as they came."""
    connection = database.engine.raw_connection()
    try:
        cursor = connection.cursor()
        cursor.execute(f"SELECT * FROM {table} {where}".replace("?", "?" if database.is_sqlite else "%s"), values)
        names = [column[0] for column in cursor.description]
        return [dict(zip(names, row, strict=True)) for row in cursor.fetchall()]
    finally:
        connection.close()


def _single_key(table: Table) -> Column[Any] | None:
    """The column of numbers that is its whole key, if it has one."""
    columns = list(table.primary_key.columns)
    return columns[0] if len(columns) == 1 and isinstance(columns[0].type, Integer) else None


class Marks:
    """How far each table's numbers go: what is beyond a mark was written after it."""

    def __init__(self, database: Database) -> None:
        self.database, self.last = database, {}
        for table in Base.metadata.sorted_tables:
            key = _single_key(table)
            if key is not None:
                newest = read(database, table.name, f"WHERE {key.name} = (SELECT max({key.name}) FROM {table.name})")
                self.last[table.name] = newest[0][key.name] if newest else 0

    def since(self, but: Iterable[str]) -> dict[str, list[Row]]:
        """Table → its rows beyond the marks, in the order of their writing."""
        found = {}
        for name, last in self.last.items():
            key = _key_name(name)
            rows = [] if name in but else read(self.database, name, f"WHERE {key} > ? ORDER BY {key}", last)
            if rows:
                found[name] = rows
        return found

    def counters(self) -> "dict[str, itertools.count[int]]":
        """The next numbers of each table."""
        return {table: itertools.count(last + 1) for table, last in self.last.items()}


class Copy:
    """One copy while it is made: its numbers, its public ids, and how much later it happened."""

    __slots__ = ("given", "ids", "later", "words")

    def __init__(self, ids: list[int], words: list[str], later: timedelta, given: Row) -> None:
        self.ids, self.words, self.later, self.given = ids, words, later, given


Edit = Callable[[Copy], Any]


class Pattern:
    """Rows to be copied. `outer` names what they point at outside: ("people", 7) or a public id, in this order.

    `own` says what is told anew in each copy: ("dossiers", "code") → a function of the copy; of what is sealed, its
    words.
    """

    def __init__(
        self, rows: dict[str, list[Row]], counters: "dict[str, itertools.count[int]]",
        own: dict[tuple[str, str], Edit], outer: "list[tuple[str, int] | str]", *, naive: bool,
    ) -> None:  # fmt: skip
        self.own, self.naive = own, naive
        self._numbered = [(name, row[_key_name(name)]) for name, found in rows.items() for row in found
                          if name in counters]  # fmt: skip
        self._counters = [counters[name] for name, _number in self._numbered]
        self.place = {key: at for at, key in enumerate(
            [*self._numbered, *(one for one in outer if not isinstance(one, str))])}  # fmt: skip
        public = [row["public_id"] for found in rows.values() for row in found if row.get("public_id")]
        self.many = len(public)
        self.word = {name: at for at, name in enumerate([*public, *(one for one in outer if isinstance(one, str))])}
        self._known = re.compile("|".join(map(re.escape, self.word)))
        self.plans = [
            (name, tuple(row), *self._plan(Base.metadata.tables[name], row))
            for name, found in rows.items()
            for row in found
        ]

    def _plan(self, table: Table, row: Row) -> tuple[list[Any], list[tuple[int, Edit]]]:
        """The row as it stays, and what changes in it."""
        base: list[Any] = []
        edits: list[tuple[int, Edit]] = []
        for at, (name, value) in enumerate(row.items()):
            column = table.columns[name]
            if isinstance(column.type, JSON) and isinstance(value, dict | list):
                value = json.dumps(value)  # the driver of PostgreSQL has read it
            base.append(value)
            edit = self._edit(table, column, value, row)
            if edit is not None:
                edits.append((at, edit))
        return base, edits

    def _edit(self, table: Table, column: Column[Any], value: Any, row: Row) -> Edit | None:
        name, told = column.name, self.own.get((table.name, column.name.removesuffix("_sealed")))
        if name.endswith("_sealed") and value is not None:
            aad = f"{table.name}.{name.removesuffix('_sealed')}."
            return _sealed(aad, bytes(value), row["public_id"], self.word[row["public_id"]], told)
        if told is not None or value is None:
            return told
        if (table.name, value) in self.place and column is _single_key(table):
            return _number(self.place[table.name, value])
        for key in column.foreign_keys:
            if (key.column.table.name, value) in self.place:
                return _number(self.place[key.column.table.name, value])
        if name == "public_id":
            return _name(self.word[value])
        if isinstance(column.type, UTCDateTime):
            return _moment(value, naive=self.naive)
        if isinstance(column.type, Date):
            return _day(value, naive=self.naive)
        if isinstance(value, str) and self.word:
            return _exchanged(value, self._known, self.word)
        return None

    def copy(self, out: Out, later: timedelta,
             ids: Iterable[int] = (), words: Iterable[str] = (), **given: Any) -> Copy:  # fmt: skip
        """Add one copy to the rows in `out`; `ids` and `words` stand for the pattern's `outer` ones."""
        made = Copy([*map(next, self._counters), *ids], [*public_ids(self.many), *words], later, given)
        for table, columns, base, edits in self.plans:
            row = base.copy()
            for at, edit in edits:
                row[at] = edit(made)
            out.setdefault((table, columns), []).append(tuple(row))
        return made


def public_ids(count: int) -> list[str]:
    """So many at once: each is 22 of 24 letters that 18 random bytes make."""
    letters = urlsafe_b64encode(os.urandom(18 * count)).decode()
    return [letters[at : at + 22] for at in range(0, 24 * count, 24)]


def _key_name(table: str) -> str:
    return next(iter(Base.metadata.tables[table].primary_key.columns)).name


def _number(place: int) -> Edit:
    return lambda copy: copy.ids[place]


def _name(place: int) -> Edit:
    return lambda copy: copy.words[place]


def _sealed(aad: str, value: bytes, public_id: str, place: int, told: Edit | None) -> Edit:
    ring = crypto.keyring()
    if told is not None:
        return lambda copy: ring.seal(told(copy).encode(), aad + copy.words[place])
    data = ring.unseal(value, aad + public_id)
    return lambda copy: ring.seal(data, aad + copy.words[place])


def _moment(value: Any, *, naive: bool) -> Edit:
    if naive:
        at = datetime.fromisoformat(value)
        return lambda copy: (at + copy.later).isoformat(" ", "microseconds")
    return lambda copy: value + copy.later


def _day(value: Any, *, naive: bool) -> Edit:
    if naive:
        day = date.fromisoformat(value)
        return lambda copy: (day + copy.later).isoformat()
    return lambda copy: value + copy.later


def _exchanged(value: str, known: "re.Pattern[str]", word: dict[str, int]) -> Edit | None:
    """A text that names something of the pattern."""
    places = [word[found] for found in known.findall(value)]
    if not places:
        return None
    shape = known.sub("%s", value.replace("%", "%%"))
    return lambda copy: shape % tuple(copy.words[place] for place in places)
