"""The database keeps what it was told: durable, in order, with times that know their zone."""

import threading
import time
from datetime import UTC, datetime, timedelta, timezone

import pytest
from sqlalchemy import select, text
from sqlalchemy.exc import IntegrityError, OperationalError, StatementError

from webapp.core.clock import VIETNAM
from webapp.core.db import Database, upsert
from webapp.core.outbox import OutboxEvent

NOON = datetime(2026, 11, 22, 12, 0, 0, 123456, tzinfo=VIETNAM)


def write(database, at=NOON, kind="Test"):
    with database.transaction() as session:
        row = OutboxEvent(type=kind, payload={"tên": "Đào"}, created_at=at)
        session.add(row)
        session.flush()
        return row.id


@pytest.mark.parametrize("zone", [UTC, VIETNAM, timezone(timedelta(hours=-5))])
def test_an_instant_comes_back_as_the_same_instant_in_utc(either, zone):
    key = write(either, NOON.astimezone(zone))
    with either.session(write=False) as session:
        stored = session.get_one(OutboxEvent, key)
    assert stored.created_at == NOON
    assert stored.created_at.tzinfo is UTC
    assert stored.payload == {"tên": "Đào"}


def test_instants_are_compared_as_instants(either):
    early = write(either, datetime(2026, 11, 22, 23, 0, tzinfo=VIETNAM))
    write(either, datetime(2026, 11, 22, 17, 0, tzinfo=UTC))
    with either.session(write=False) as session:
        border = datetime(2026, 11, 22, 16, 30, tzinfo=UTC)
        found = session.scalars(select(OutboxEvent.id).where(OutboxEvent.created_at < border)).all()
    assert found == [early]


def test_a_time_without_a_zone_is_refused_before_it_does_harm(either):
    with pytest.raises(StatementError, match=r"naive time: use clock\.now"):
        write(either, datetime(2026, 11, 22, 12, 0))  # noqa: DTZ001


def test_a_failed_transaction_leaves_nothing(either):
    with pytest.raises(RuntimeError), either.transaction() as session:
        session.add(OutboxEvent(type="Test", payload={}, created_at=NOON))
        session.flush()
        raise RuntimeError
    with either.session(write=False) as session:
        assert session.scalars(select(OutboxEvent)).all() == []


def test_a_row_that_points_at_nothing_is_refused(either):
    with pytest.raises(IntegrityError), either.transaction() as session:
        session.execute(text("INSERT INTO person_tokens (person_id, token) VALUES (999, 'x')"))


def test_a_row_that_is_there_already_can_be_left_as_it_is(either):
    table = OutboxEvent.metadata.tables["provinces"]
    with either.transaction() as session:
        for name in ("a", "b"):
            insert = upsert(session, table).values(code="99", name=name, short_name=name)
            session.execute(insert.on_conflict_do_nothing())
    with either.session(write=False) as session:
        assert session.execute(select(table.c.name)).scalars().all() == ["a"]


def promise(session, database):
    """What this transaction waits for at its end; in SQLite's words 1 is NORMAL and 2 FULL."""
    return session.execute(text("PRAGMA synchronous" if database.is_sqlite else "SHOW synchronous_commit")).scalar()


def as_in_a_province(database):
    """The tests' PostgreSQL waits for no disk; the one connection of this test does."""
    if not database.is_sqlite:
        with database.transaction() as session:
            session.execute(text("SET synchronous_commit TO on"))


def test_a_count_that_may_be_lost_in_a_power_cut_takes_no_promise_away_from_what_comes_after_it(either):
    as_in_a_province(either)
    for before in range(2):
        with either.transaction(lasting=False) as session:
            session.add(OutboxEvent(type="Test", payload={}, created_at=NOON))
            assert promise(session, either) in (1, "off")
        with either.transaction() as session:
            assert promise(session, either) in (2, "on")
        with either.session() as session:  # what a request writes with
            assert promise(session, either) in (2, "on")
            assert len(session.scalars(select(OutboxEvent)).all()) == before + 1
            session.rollback()


def test_a_count_that_failed_leaves_nothing_and_the_next_act_is_durable(either):
    as_in_a_province(either)
    with pytest.raises(RuntimeError), either.transaction(lasting=False) as session:
        session.add(OutboxEvent(type="Test", payload={}, created_at=NOON))
        session.flush()
        raise RuntimeError
    with either.transaction() as session:
        assert promise(session, either) in (2, "on")
        assert session.scalars(select(OutboxEvent)).all() == []


# --------------------------------------------------------------------------------------------- SQLite alone


def test_on_sqlite_what_was_committed_survives_a_power_cut(database):
    with database.engine.connect() as connection:
        asked = {name: connection.execute(text(f"PRAGMA {name}")).scalar() for name in PRAGMAS}
    assert asked == PRAGMAS


PRAGMAS = {"journal_mode": "wal", "synchronous": 2, "foreign_keys": 1, "secure_delete": 1, "busy_timeout": 5000}


def counted(database):
    with database.session(write=False) as session:
        if not session.scalar(text("SELECT count(*) FROM sqlite_master WHERE name = 'sqlite_stat1'")):
            return None
        found = session.execute(text("SELECT stat FROM sqlite_stat1 WHERE tbl = 'outbox_events'")).scalars().all()
        return [stat.split()[0] for stat in found]


def test_on_sqlite_what_somebody_counted_once_is_counted_again_and_nobody_begins_to_count(database):
    assert database.refresh_statistics() is False and counted(database) is None
    write(database)
    with database.transaction() as session:
        session.execute(text("ANALYZE"))
    assert counted(database) == ["1"]
    for _more in range(29):
        write(database)
    assert counted(database) == ["1"]
    assert database.refresh_statistics() is True and counted(database) == ["30"]


def test_on_sqlite_readers_do_not_wait_for_a_writer(database):
    write(database)
    with database.session() as writer:
        writer.add(OutboxEvent(type="Test", payload={}, created_at=NOON))
        writer.flush()
        began = time.perf_counter()
        with database.session(write=False) as reader:
            assert len(reader.scalars(select(OutboxEvent)).all()) == 1
        assert time.perf_counter() - began < 1
        writer.rollback()


def test_on_sqlite_a_second_writer_waits_for_its_turn_instead_of_failing_in_the_middle(database):
    order = []
    first_is_in, let_go = threading.Event(), threading.Event()

    def first():
        with database.transaction() as session:
            session.execute(text("SELECT 1"))
            first_is_in.set()
            let_go.wait(3)
            session.add(OutboxEvent(type="first", payload={}, created_at=NOON))
        order.append("first")

    thread = threading.Thread(target=first)
    thread.start()
    first_is_in.wait(3)
    threading.Timer(0.2, let_go.set).start()
    with database.transaction() as session:  # begins with a read, as every request does
        seen = session.scalars(select(OutboxEvent.type)).all()
        order.append("second")
    thread.join()
    assert (seen, order) == (["first"], ["first", "second"])


def test_on_sqlite_a_writer_that_never_gets_its_turn_is_told(database, tmp_path):
    impatient = Database(f"sqlite:///{tmp_path / 'ground.db'}")
    with database.session() as holder:
        holder.execute(text("SELECT 1"))  # BEGIN IMMEDIATE
        with impatient.engine.connect() as connection:
            connection.rollback()
        with pytest.raises(OperationalError, match="locked"), impatient.engine.connect() as connection:
            raw = connection.connection.dbapi_connection
            raw.execute("PRAGMA busy_timeout=50")
            connection.execute(text("SELECT 1"))
        holder.rollback()
    impatient.dispose()


# ----------------------------------------------------------------------------------------- PostgreSQL alone


@pytest.mark.postgres
@pytest.mark.xdist_group("core-postgres")
def test_on_postgresql_nobody_waits_for_ever(server):
    made = Database(server.url("ground"))
    with made.engine.connect() as connection:
        limits = {n: connection.execute(text(f"SHOW {n}")).scalar() for n in ("statement_timeout", "lock_timeout")}
    made.dispose()
    assert limits == {"statement_timeout": "5s", "lock_timeout": "2s"}
