"""The database: SQLite on a laptop, PostgreSQL in a province, the same code on both.

Durability is not negotiable: SQLite runs WAL with synchronous=FULL, write transactions begin IMMEDIATE
(a read that later upgrades to a write would not wait for its turn), PostgreSQL has time limits on statements and locks.
"""

import sqlite3
import time
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from sqlalchemy import DateTime, Engine, MetaData, PoolProxiedConnection, String, create_engine, event
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.engine import make_url
from sqlalchemy.exc import DisconnectionError, InterfaceError, InternalError, OperationalError
from sqlalchemy.exc import TimeoutError as PoolTimeout
from sqlalchemy.orm import DeclarativeBase, Mapped, Session, mapped_column
from sqlalchemy.types import TypeDecorator

from webapp.core.ids import new_public_id
from webapp.core.settings import ensure_parent
from webapp.core.turn import Line

NAMING = {
    "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "fk": "fk_%(table_name)s_%(column_0_N_name)s_%(referred_table_name)s",
    "pk": "pk_%(table_name)s",
}


# The database is away, busy, full or told to stop: what a person sees then is "try again", not "we broke".
AWAY = (OperationalError, InterfaceError, InternalError, PoolTimeout)


class UTCDateTime(TypeDecorator[datetime]):
    """Aware UTC in Python; SQLite, which has no time zones, stores the same instant naive."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Any) -> datetime | None:
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError("naive time: use clock.now()")
        value = value.astimezone(UTC)
        return value.replace(tzinfo=None) if dialect.name == "sqlite" else value

    def process_result_value(self, value: datetime | None, dialect: Any) -> datetime | None:
        if value is None:
            return None
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)


class Base(DeclarativeBase):
    """All tables of the house; constraint names by convention so that migrations can name them."""

    metadata = MetaData(naming_convention=NAMING)
    type_annotation_map = {datetime: UTCDateTime()}  # noqa: RUF012


class HasPublicId:
    """A row the outside may point at: a random id, made before anything is sealed in the row."""

    public_id: Mapped[str] = mapped_column(String(22), unique=True)

    def __init__(self, **values: Any) -> None:
        super().__init__(**{"public_id": new_public_id(), **values})


class Reader:
    """A driver's connection for statements that only show; taken at the first one, given back by `close`."""

    def __init__(self, engine: Engine) -> None:
        self.engine = engine
        self._driver: PoolProxiedConnection | None = None

    def driver(self) -> PoolProxiedConnection:
        """The driver's connection, kept until the end; no transaction is begun on it."""
        if self._driver is None:
            self._driver = self.engine.raw_connection()
            self._autocommit(True)
        return self._driver

    def _autocommit(self, on: bool) -> None:
        # SQLite's connections begin nothing by themselves; psycopg's begin a transaction unless told not to.
        if self.engine.dialect.name != "sqlite" and self._driver is not None:
            self._driver.driver_connection.autocommit = on  # type: ignore[union-attr]

    def close(self) -> None:
        if self._driver is None:
            return
        try:
            self._autocommit(False)
        except self.engine.dialect.loaded_dbapi.Error:  # it went away since: what was read is read
            self.lost()
        else:
            self._driver.close()
            self._driver = None

    def lost(self) -> None:
        """The connection failed: the pool must not hand it to anybody else."""
        if self._driver is not None:
            self._driver.invalidate()
            self._driver = None


class Look(Session):
    """A session that only shows. What pages ask all day (`hot.py`) goes by a driver's connection of its own.

    `reads` is what was asked that way and what came back, so that the same may be asked again (`shell/page_cache.py`);
    `known` is what was asked a moment ago on behalf of the same page, so that it need not be asked twice.
    """

    def __init__(self, engine: Engine, known: Iterable[Any] = ()) -> None:
        super().__init__(engine, expire_on_commit=False)
        self.reader = Reader(engine)
        self.reads: list[Any] = []
        self.known = list(known)

    def close(self) -> None:
        super().close()
        self.reader.close()

    def invalidate(self) -> None:
        self.reader.lost()
        super().invalidate()


class Database:
    """One engine and the sessions on it."""

    def __init__(self, url: str) -> None:
        self.url = make_url(url)
        self.is_sqlite = self.url.get_backend_name() == "sqlite"
        self.engine = _sqlite_engine(url) if self.is_sqlite else _postgres_engine(url)
        self._readers = self.engine.execution_options(motcua_read="whole")
        each = {} if self.is_sqlite else {"isolation_level": "AUTOCOMMIT"}
        self._lookers = self.engine.execution_options(motcua_read="each", **each)
        self._hasty = self.engine.execution_options(motcua_synchronous="NORMAL")

    def session(self, *, write: bool = True) -> Session:
        """A session. On SQLite a reading one never takes the write lock."""
        return Session(self.engine if write else self._readers, expire_on_commit=False, autoflush=True)

    def look(self, known: Iterable[Any] = ()) -> Look:
        """A session for a page that only shows: each select sees what is committed then, without BEGIN and ROLLBACK.

        On PostgreSQL that saves two of every three round trips; between the selects of a page the default isolation
        promises no more.
        """
        return Look(self._lookers, known)

    @contextmanager
    def reader(self) -> Iterator[Reader]:
        """For `hot.py` alone, without the session that a page may need besides."""
        made = Reader(self._lookers)
        try:
            yield made
        finally:
            made.close()

    @contextmanager
    def transaction(self, *, lasting: bool = True) -> Iterator[Session]:
        """A short transaction of its own: committed at the end, rolled back on any error.

        Not `lasting`: done and seen by all when it ends, but a power cut may take the last of these back; nobody waits
        for the disk. For counts of tries and nothing else.
        """
        with self.session() if lasting else Session(self._hasty, expire_on_commit=False) as session:
            try:
                with session.begin():
                    if not (lasting or self.is_sqlite):
                        session.connection().exec_driver_sql("SET LOCAL synchronous_commit TO off")
                    yield session
            except AWAY:
                session.invalidate()  # a commit that failed may fail to roll back, too, and would keep its turn
                raise

    def commit(self, session: Session) -> None:
        """End a request's session for good. The only commit outside `transaction`."""
        session.commit()

    def weaknesses(self) -> list[str]:
        """Settings under which an acknowledged dossier may be lost in a power cut; empty when there is none.

        Measured: SQLite with synchronous=NORMAL lost 437 of 9,484 acknowledged commits, OFF the whole database.
        """
        with self.engine.connect() as connection:
            if self.is_sqlite:
                level = connection.exec_driver_sql("PRAGMA synchronous").scalar_one()
                return [] if level >= 2 else [f"SQLite runs with synchronous={level}; it must be 2 (FULL)"]
            asked = {name: connection.exec_driver_sql(f"SHOW {name}").scalar_one() for name in PROMISES}
        return [f"PostgreSQL runs with {name}=off" for name, value in asked.items() if value == "off"]

    def refresh_statistics(self) -> bool:
        """Count anew, roughly, what somebody once counted by ANALYZE; False when there is nothing to do.

        SQLite would believe the counts of the first day for ever, and then reads whole tables: a board of one office
        took 165 ms instead of 0.1. Without any it does well, so none are begun. PostgreSQL counts by itself.
        """
        if not self.is_sqlite:
            return False
        with self.transaction() as session:
            run = session.connection().exec_driver_sql
            if not run("SELECT 1 FROM sqlite_master WHERE name = 'sqlite_stat1'").first():
                return False
            run("PRAGMA analysis_limit=1000")
            run("ANALYZE")
        return True

    def dispose(self) -> None:
        self.engine.dispose()


# What PostgreSQL must keep on so that "committed" means "on the disk".
PROMISES = ("fsync", "full_page_writes", "synchronous_commit")


def _sqlite_engine(url: str) -> Engine:
    path = make_url(url).database
    if path and path != ":memory:":
        ensure_parent(path)
    line = Line(Path(path)) if path and path != ":memory:" else None
    # hide_parameters, here and below: an error that is logged must not quote what was written.
    engine = create_engine(url, hide_parameters=True, connect_args={"check_same_thread": False, "timeout": 5})

    @event.listens_for(engine, "connect")
    def _pragmas(connection: Any, _record: Any) -> None:
        connection.isolation_level = None  # the driver must not begin transactions behind our back
        for pragma in (
            "journal_mode=WAL",
            "synchronous=FULL",
            "busy_timeout=5000",
            "foreign_keys=ON",
            "secure_delete=ON",
        ):
            connection.execute(f"PRAGMA {pragma}")

    @event.listens_for(engine, "begin")
    def _begin(connection: Any) -> None:
        read = connection.get_execution_options().get("motcua_read")
        if read:
            if read != "each":
                connection.exec_driver_sql("BEGIN")
            return
        if line is not None:
            if not line.enter():
                busy = sqlite3.OperationalError("database is locked: the turn did not come")
                raise OperationalError("BEGIN IMMEDIATE", None, busy, hide_parameters=True)
            connection.info["line"] = line
        # What is written with NORMAL reaches the disk with the next commit that waits for it.
        wanted = connection.get_execution_options().get("motcua_synchronous", "FULL")
        if connection.info.get("synchronous", "FULL") != wanted:
            connection.exec_driver_sql(f"PRAGMA synchronous={wanted}")
            connection.info["synchronous"] = wanted
        connection.exec_driver_sql("BEGIN IMMEDIATE")

    # After the commit itself: whoever comes next must find the file free.
    @event.listens_for(engine, "checkin")
    @event.listens_for(engine, "invalidate")
    def _leave(_connection: Any, record: Any, _error: Any = None) -> None:
        entered: Line | None = record.info.pop("line", None)
        if entered is not None:
            entered.leave()

    if line is not None:
        event.listen(engine, "engine_disposed", lambda _engine: line.close())
    return engine


TRUSTED_SECONDS = 1.0


def _postgres_engine(url: str) -> Engine:
    limits = "-c statement_timeout=5000 -c lock_timeout=2000 -c idle_in_transaction_session_timeout=30000"
    engine = create_engine(
        url,
        hide_parameters=True,
        pool_size=8,
        pool_timeout=5,  # all connections busy is the same as a locked table: five seconds, then "try again"
        connect_args={"connect_timeout": 5, "tcp_user_timeout": 5000, "options": limits},
    )

    # What pool_pre_ping does, but not for a connection that worked a moment ago: that would be a round trip a page.
    @event.listens_for(engine, "checkout")
    def _alive(connection: Any, record: Any, _proxy: Any) -> None:
        if time.monotonic() - record.info.get("worked", 0.0) < TRUSTED_SECONDS:
            return
        try:
            engine.dialect.do_ping(connection)
        except engine.dialect.loaded_dbapi.Error as gone:
            raise DisconnectionError from gone  # the pool makes another

    @event.listens_for(engine, "checkin")
    def _worked(_connection: Any, record: Any) -> None:
        record.info["worked"] = time.monotonic()

    return engine


def insert_of(dialect: str) -> Any:
    return (sqlite if dialect == "sqlite" else postgresql).insert


def upsert(session: Session, table: Any) -> Any:
    """`INSERT … ON CONFLICT` of the dialect in use; both databases spell it the same way."""
    return insert_of(session.get_bind().dialect.name)(table)
