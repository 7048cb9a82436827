"""Statements by the driver itself: they see what others see, and leave nothing of theirs behind."""

import pytest
from sqlalchemy import bindparam, column, select, text, update
from sqlalchemy.exc import DBAPIError

from webapp.core import clock
from webapp.core.hot import Hot
from webapp.core.outbox import OutboxEvent

OF_TYPE = Hot(select(OutboxEvent.type, OutboxEvent.created_at).where(OutboxEvent.type == bindparam("type")))
RENAME = Hot(update(OutboxEvent).values(type=bindparam("to")).returning(OutboxEvent.type))
BROKEN = Hot(select(column("nothing")).select_from(text("nowhere")))


def write(database, name):
    with database.transaction() as session:
        session.add(OutboxEvent(type=name, payload={}, created_at=clock.now()))


def test_a_page_sees_what_was_written_while_it_was_made(either):
    with either.look() as session:
        assert OF_TYPE.rows(session, type="late") == []
        write(either, "late")
        (row,) = OF_TYPE.rows(session, type="late")
    assert (row.type, row.created_at.tzinfo is not None) == ("late", True)


def test_a_page_leaves_no_connection_and_no_transaction_behind(either):
    with either.look() as session:
        OF_TYPE.rows(session, type="x")
        session.scalars(select(OutboxEvent)).all()
        if not either.is_sqlite:
            assert session.reader.driver().driver_connection.info.transaction_status.name == "IDLE"
        assert either.engine.pool.checkedout() > 0
    assert either.engine.pool.checkedout() == 0


def test_after_a_page_whoever_writes_has_a_transaction_again(either):
    for _ in range(3):
        with either.look() as session:
            OF_TYPE.rows(session, type="x")
        with pytest.raises(ZeroDivisionError), either.transaction() as session:
            session.add(OutboxEvent(type="undone", payload={}, created_at=clock.now()))
            session.flush()
            _ = 1 / 0
    with either.look() as session:
        assert OF_TYPE.rows(session, type="undone") == []


def test_what_is_changed_by_the_driver_belongs_to_the_transaction(either):
    write(either, "before")
    with pytest.raises(ZeroDivisionError), either.transaction() as session:
        assert [row.type for row in RENAME.rows(session, to="after")] == ["after"]
        _ = 1 / 0
    with either.look() as session:
        assert (len(OF_TYPE.rows(session, type="before")), OF_TYPE.rows(session, type="after")) == (1, [])


def test_a_connection_that_failed_is_not_handed_to_anybody_else(either):
    with either.look() as session:
        with pytest.raises(DBAPIError):
            BROKEN.rows(session)
        assert either.engine.pool.checkedout() == 0
        assert OF_TYPE.rows(session, type="x") == [], "and the page may ask again"
