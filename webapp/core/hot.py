"""Statements that are run all day, by the driver itself."""

from collections import namedtuple
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, nullcontext
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, Dialect, Engine, Executable
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Session

from webapp.core import clock
from webapp.core.db import Look, Reader, insert_of

WORTH_A_TRIP = 3  # fewer questions are asked one by one: to begin and end a pipeline takes time, too
NOW = "now"  # a value of this name is the present moment, whenever it is asked


@dataclass(frozen=True)
class Read:
    """What was asked on a `Look`, and what the driver answered."""

    asked: "Hot"
    values: dict[str, Any]
    answer: Sequence[Any]

    def today(self) -> dict[str, Any]:
        """Its values, for asking once more."""
        return self.values | {NOW: clock.now()} if NOW in self.values else self.values

    def is_for(self, asked: "Hot", values: dict[str, Any]) -> bool:
        return asked is self.asked and all(self.values[name] == values[name] for name in values if name != NOW)


class Hot:
    """A statement that is run all day, compiled once and run by the driver: a fifth of the cost of the whole way.

    For named columns and plain values (no lists in `IN`). Columns come back as the types they were declared with.
    `columns`: which ones an INSERT is given, all that have no default in the database. What is written in each
    dialect's own way (`upsert`) is given as a function of that dialect's `insert`. Objects that the session holds do
    not hear of what is written here.

    `rests`: sums over many rows and what changes once a day or less, which a page that is kept may show for as long as
    it is kept (`shell/page_cache.py`); of all others it asks again whether they are still so.
    """

    def __init__(self, statement: Executable | Callable[[Any], Any], *columns: str, rests: bool = False) -> None:
        self._statement = statement
        self.rests = rests
        self._columns = columns or None
        self._made: dict[str, _Compiled] = {}

    def rows(self, session: Session, **values: Any) -> list[Any]:
        """Named tuples, as many as there are; what changes something must say `returning`."""
        if not isinstance(session, Look):
            made, found = self.answer(session, values)
            return [made.row(each) for each in found]
        read = next((known for known in session.known if known.is_for(self, values)), None)
        if read is None:
            read = Read(self, values, self.answer(session, values)[1])
        session.reads.append(read)
        made = self._made[session.reader.engine.dialect.name]
        return [made.row(each) for each in read.answer]

    def answer(self, session: Session | Reader, values: dict[str, Any]) -> tuple["_Compiled", Sequence[Any]]:
        """As the driver gives it, and what makes rows of it."""
        way = _Way(session)
        made = self._for(way.dialect)
        try:
            cursor = way.run(made, made.parameters(values))
            try:
                return made, cursor.fetchall()
            finally:
                cursor.close()
        except way.errors as error:
            raise way.told(error) from error

    def first(self, session: Session, **values: Any) -> Any | None:
        found = self.rows(session, **values)
        return found[0] if found else None

    def send(self, session: Session, *each: dict[str, Any]) -> None:
        """Write, once with each of these values; nothing is asked back."""
        if not each:
            return
        way = _Way(session)
        made = self._for(way.dialect)
        try:
            if len(each) == 1:
                way.run(made, made.parameters(each[0])).close()
            else:
                way.run(made, [made.parameters(values) for values in each], many=True).close()
        except way.errors as error:
            raise way.told(error) from error

    def _for(self, dialect: Dialect) -> "_Compiled":
        return self._made.get(dialect.name) or self._make(dialect)

    def _make(self, dialect: Dialect) -> "_Compiled":
        asked = self._statement
        whole = asked(insert_of(dialect.name)) if callable(asked) else asked
        made = self._made[dialect.name] = _Compiled(whole, dialect, self._columns)
        return made


def together(session: Session, *asked: tuple[Hot, dict[str, Any]]) -> list[list[Any]]:
    """The rows of several statements, for an act; PostgreSQL hears all of them before it answers the first."""
    way = _Way(session)
    running = []
    try:
        with way.trip() if len(asked) > 1 else nullcontext():
            for hot, values in asked:
                made = hot._for(way.dialect)
                running.append((made, way.run(made, made.parameters(values))))
            return [[made.row(found) for found in cursor.fetchall()] for made, cursor in running]
    except way.errors as error:
        raise way.told(error) from error
    finally:
        for _made, cursor in running:
            cursor.close()


def again(reader: Reader, reads: Sequence[Read]) -> Iterator[Read]:
    """The same questions today, in their order. PostgreSQL hears all at once; SQLite as many as somebody waits for."""
    way = _Way(reader)
    asked = ((read, read.today()) for read in reads)
    try:
        if not way.has_trips or len(reads) < WORTH_A_TRIP:
            for read, values in asked:
                yield Read(read.asked, values, read.asked.answer(reader, values)[1])
            return
        with way.trip():
            running = [(read, values, way.run(made := read.asked._for(way.dialect), made.parameters(values)))
                       for read, values in asked]  # fmt: skip
            found = [Read(read.asked, values, cursor.fetchall()) for read, values, cursor in running]
    except way.errors as error:
        raise way.told(error) from error
    yield from found


@contextmanager
def one_trip(session: Session) -> Iterator[None]:
    """What is written inside goes to PostgreSQL without waiting for each answer, only where something is asked back.

    By `Hot` alone: the unit of work counts the rows that it changed, and such a count comes too late for it.
    """
    way = _Way(session)
    try:
        with way.trip():
            yield
    except way.errors as error:
        raise way.told(error) from error


class _Way:
    """How a session reaches its driver: whose dialect and listeners, on which connection."""

    def __init__(self, session: Session | Reader) -> None:
        self._reader = session.reader if isinstance(session, Look) else session if isinstance(session, Reader) else None
        self._bind: Engine | Connection
        if self._reader is not None:
            self._bind, self._driver = self._reader.engine, self._reader.driver
        elif isinstance(session, Session):
            if session.autoflush:
                session.flush()  # what was changed before is seen, as by any other statement
            self._bind = connection = session.connection()
            self._driver = lambda: connection.connection
        self.dialect = self._bind.dialect
        self.errors: type[Exception] = self.dialect.loaded_dbapi.Error
        self._sql = ""

    def told(self, error: Exception) -> Exception:
        """A driver's error as the whole way would tell it."""
        if self._reader is not None:
            self._reader.lost()
        return DBAPIError.instance(self._sql, None, error, self.errors, hide_parameters=True)

    def run(self, made: "_Compiled", given: Any, *, many: bool = False) -> Any:
        """The cursor, after the statement."""
        cursor, self._sql = self._driver().cursor(), made.sql
        try:
            for heard in self._bind.dispatch.before_cursor_execute:  # whoever counts statements counts these, too
                heard(self._bind, cursor, made.sql, given, None, many)
            (cursor.executemany if many else cursor.execute)(made.sql, given)
        except BaseException:
            cursor.close()
            raise
        return cursor

    @contextmanager
    def trip(self) -> Iterator[None]:
        """psycopg's pipeline. One within another ends with the outer one."""
        connection: Any = self._driver().driver_connection
        inside = not self.has_trips or connection.info.pipeline_status
        with nullcontext() if inside else connection.pipeline():
            yield

    @property
    def has_trips(self) -> bool:
        """SQLite lies in the same process."""
        return self.dialect.name != "sqlite"


class _Compiled:
    """One statement in one dialect: its text, how values go in, how columns come out."""

    def __init__(self, statement: Any, dialect: Dialect, written: Sequence[str] | None = None) -> None:
        compiled = statement.compile(dialect=dialect, column_keys=written)
        self.sql = str(compiled)
        self._positions = compiled.positiontup
        self._fixed = dict(compiled.params)
        self._into = {name: process for name, process in self._binders(compiled, dialect) if process is not None}
        columns = list(statement.exported_columns)
        self._out = [
            (place, process)
            for place, column in enumerate(columns)
            if (process := column.type.dialect_impl(dialect).result_processor(dialect, None)) is not None
        ]
        self._named = namedtuple("Row", [column.key for column in columns])  # type: ignore[misc]

    @staticmethod
    def _binders(compiled: Any, dialect: Dialect) -> Iterator[tuple[str, Any]]:
        for name, bound in compiled.binds.items():
            yield name, bound.type.dialect_impl(dialect).bind_processor(dialect)

    def parameters(self, values: dict[str, Any]) -> Any:
        given = self._fixed | values
        for name, process in self._into.items():
            given[name] = process(given[name])
        return given if self._positions is None else tuple(given[name] for name in self._positions)

    def row(self, found: Any) -> Any:
        if self._out:
            found = list(found)
            for place, process in self._out:
                found[place] = process(found[place])
        return self._named(*found)
