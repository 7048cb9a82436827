"""Statements that pages ask all day, by the driver itself."""

from collections import namedtuple
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, Dialect, Engine, Executable, PoolProxiedConnection
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Session

from webapp.core import clock
from webapp.core.db import Look, Reader, insert_of

NOW = "now"  # a value of this name is the present moment, whenever it is asked


@dataclass(frozen=True)
class Read:
    """What was asked on a `Look`, and what the driver answered."""

    asked: "Hot"
    values: dict[str, Any]
    answer: Sequence[Any]

    def again(self, reader: Reader) -> "Read":
        """The same question today."""
        values = self.values | {NOW: clock.now()} if NOW in self.values else self.values
        return Read(self.asked, values, self.asked.answer(reader, values)[1])

    def is_for(self, asked: "Hot", values: dict[str, Any]) -> bool:
        return asked is self.asked and all(self.values[name] == values[name] for name in values if name != NOW)


class Hot:
    """A statement that pages ask all day, compiled once and run by the driver: a fifth of the cost of the whole way.

    For named columns and plain values (no lists in `IN`); what changes something must say `returning`. Columns come
    back as the types they were declared with. What is written in each dialect's own way (`upsert`) is given as a
    function of that dialect's `insert`.
    """

    def __init__(self, statement: Executable | Callable[[Any], Any]) -> None:
        self._statement = statement
        self._made: dict[str, _Compiled] = {}

    def rows(self, session: Session, **values: Any) -> list[Any]:
        """Named tuples, as many as there are."""
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
        bind, driver = _way(session)
        made = self._made.get(bind.dialect.name) or self._make(bind.dialect)
        base = bind.dialect.loaded_dbapi.Error
        try:
            cursor = driver().cursor()
            try:
                given = made.parameters(values)
                for heard in bind.dispatch.before_cursor_execute:  # whoever counts statements counts these, too
                    heard(bind, cursor, made.sql, given, None, False)
                cursor.execute(made.sql, given)
                return made, cursor.fetchall()
            finally:
                cursor.close()
        except base as error:  # told as the whole way would tell it
            if isinstance(session, Look | Reader):
                _reader(session).lost()
            raise DBAPIError.instance(made.sql, None, error, base, hide_parameters=True) from error

    def _make(self, dialect: Dialect) -> "_Compiled":
        asked = self._statement
        whole = asked(insert_of(dialect.name)) if callable(asked) else asked
        made = self._made[dialect.name] = _Compiled(whole, dialect)
        return made

    def first(self, session: Session, **values: Any) -> Any | None:
        found = self.rows(session, **values)
        return found[0] if found else None


def _reader(session: Look | Reader) -> Reader:
    return session.reader if isinstance(session, Look) else session


def _way(session: Session | Reader) -> tuple[Engine | Connection, Callable[[], PoolProxiedConnection]]:
    """Whose dialect and listeners, and where the driver's connection comes from."""
    if isinstance(session, Look | Reader):
        reader = _reader(session)
        return reader.engine, reader.driver
    session.flush()  # what was changed before is seen, as by any other select
    connection = session.connection()
    return connection, lambda: connection.connection


class _Compiled:
    """One statement in one dialect: its text, how values go in, how columns come out."""

    def __init__(self, statement: Any, dialect: Dialect) -> None:
        compiled = statement.compile(dialect=dialect)
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
