"""Every table as lines of JSON and back, the same for SQLite and PostgreSQL: a copy of one can be put into the other.

By hand, because pg_dump is not on every machine, SQLite's own copy fits SQLite only, and neither can be read through
and verified before it is put anywhere. All rows are read in one snapshot; nobody who writes meanwhile waits.
"""

import json
from base64 import b64decode, b64encode
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import Connection, inspect, types

from webapp.core.db import Database

OF_ALEMBIC = "alembic_version"
RESTORING = "restoring"  # stands in a database while a copy is put into it; see backup.begin
BATCH = 1000
# Which family a column belongs to, asked from top to bottom. What is no family is refused rather than guessed.
KINDS: tuple[tuple[str, type[Any]], ...] = (
    ("bool", types.Boolean),
    ("time", types.DateTime),
    ("date", types.Date),
    ("json", types.JSON),
    ("bytes", types.LargeBinary),
    ("number", types.Integer),
    ("real", types.Float),
    ("text", types.String),
)


@dataclass(frozen=True)
class Shape:
    """One table: its columns and the family of each."""

    name: str
    columns: tuple[str, ...]
    kinds: tuple[str, ...]


def kind_of(column_type: Any, place: str) -> str:
    for kind, family in KINDS:
        if isinstance(column_type, family):
            return kind
    raise TypeError(f"{place} has a type that a copy cannot hold: {column_type!r}")


def shapes(connection: Connection) -> list[Shape]:
    """All tables, those that others point at first."""
    seen = inspect(connection)
    names = [name for name, _ in seen.get_sorted_table_and_fkc_names() if name and name not in (OF_ALEMBIC, RESTORING)]
    found = []
    for name in names:
        columns = seen.get_columns(name)
        kinds = tuple(kind_of(column["type"], f"{name}.{column['name']}") for column in columns)
        found.append(Shape(name, tuple(column["name"] for column in columns), kinds))
    return found


@contextmanager
def snapshot(database: Database) -> Iterator[Connection]:
    """A connection that sees one instant, for as long as it takes."""
    with database.engine.connect() as plain:
        if database.is_sqlite:
            yield plain.execution_options(motcua_read="whole")
            return
        connection = plain.execution_options(isolation_level="REPEATABLE READ")
        connection.exec_driver_sql("SET TRANSACTION READ ONLY")
        _take_your_time(connection)
        yield connection


def _take_your_time(connection: Connection) -> None:
    connection.exec_driver_sql("SET LOCAL statement_timeout = 0")
    connection.exec_driver_sql("SET LOCAL idle_in_transaction_session_timeout = 0")


def revision(connection: Connection) -> str:
    return str(connection.exec_driver_sql(f"SELECT version_num FROM {OF_ALEMBIC}").scalar_one())  # noqa: S608


def rows(connection: Connection, shape: Shape) -> Iterator[list[Any]]:
    """Each row as values that JSON knows."""
    pg = connection.dialect.name != "sqlite"
    # PostgreSQL's driver would read JSON into Python, which writes it differently; the text stays what it was.
    columns = [
        f'"{name}"::text' if pg and kind == "json" else f'"{name}"'
        for name, kind in zip(shape.columns, shape.kinds, strict=True)
    ]
    query = f'SELECT {", ".join(columns)} FROM "{shape.name}"'  # noqa: S608  (names from the database's own catalogue)
    pack = [_PACK.get(kind) for kind in shape.kinds]
    found = connection.exec_driver_sql(query, execution_options={"yield_per": BATCH})
    for row in found:
        yield [f(v) if f and v is not None else v for f, v in zip(pack, row, strict=True)]


def _pack_time(value: Any) -> str:
    """UTC without a zone, as SQLite holds it."""
    if isinstance(value, datetime):
        value = value.astimezone(UTC).strftime("%Y-%m-%d %H:%M:%S.%f")
    return str(value)


_PACK: dict[str, Callable[[Any], Any]] = {
    "bool": bool,
    "time": _pack_time,
    "date": str,
    "bytes": lambda value: b64encode(bytes(value)).decode(),
}
_UNPACK_SQLITE: dict[str, Callable[[Any], Any]] = {"bool": int, "bytes": b64decode}
_UNPACK_POSTGRES: dict[str, Callable[[Any], Any]] = {"time": lambda value: f"{value}+00", "bytes": b64decode}


def fill(connection: Connection, shape: Shape, packed: Iterable[list[Any]]) -> None:
    """Put rows into an empty table."""
    pg = connection.dialect.name != "sqlite"
    unpack = [(_UNPACK_POSTGRES if pg else _UNPACK_SQLITE).get(kind) for kind in shape.kinds]
    values = (tuple(f(v) if f and v is not None else v for f, v in zip(unpack, row, strict=True)) for row in packed)
    names = ", ".join(f'"{name}"' for name in shape.columns)
    cursor: Any = connection.connection.cursor()  # the driver's own: COPY and a stream of rows are not SQLAlchemy's
    try:
        if pg:
            with cursor.copy(f'COPY "{shape.name}" ({names}) FROM STDIN') as copy:
                for row in values:
                    copy.write_row(row)
        else:
            marks = ", ".join("?" * len(shape.columns))
            cursor.executemany(
                f'INSERT INTO "{shape.name}" ({names}) VALUES ({marks})',  # noqa: S608
                values,
            )
    finally:
        cursor.close()


@contextmanager
def filling(database: Database) -> Iterator[Connection]:
    """One transaction for all tables: whole or not at all. Rules between tables are checked at its end."""
    with database.engine.begin() as connection:
        if database.is_sqlite:
            connection.exec_driver_sql("PRAGMA defer_foreign_keys=ON")
        else:
            _take_your_time(connection)
        yield connection
        if database.is_sqlite:
            broken = connection.exec_driver_sql("PRAGMA foreign_key_check").fetchone()
            if broken is not None:
                raise ValueError(f"a row of {broken[0]} points at a row of {broken[2]} that is not there")
        else:
            _continue_counting(connection)


def _continue_counting(connection: Connection) -> None:
    """PostgreSQL counts keys apart from the rows: go on after the last one."""
    seen = inspect(connection)
    for name in seen.get_table_names():
        for key in seen.get_pk_constraint(name)["constrained_columns"]:
            sequence = connection.exec_driver_sql(
                "SELECT pg_get_serial_sequence(%s, %s)", (f'"{name}"', key)
            ).scalar_one()
            if sequence:
                last = f'SELECT coalesce(max("{key}"), 0) + 1 FROM "{name}"'  # noqa: S608
                connection.exec_driver_sql(f"SELECT setval('{sequence}', ({last}), false)")  # noqa: S608


def line(value: Any) -> bytes:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":")).encode() + b"\n"
