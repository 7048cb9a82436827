"""Statements by the driver itself: they see what others see, and leave nothing of theirs behind."""

import pytest
from sqlalchemy import bindparam, column, insert, select, text, update
from sqlalchemy.exc import DBAPIError

from webapp.core import clock
from webapp.core.hot import Hot, Read, again, one_trip, together
from webapp.core.outbox import OutboxEvent

OF_TYPE = Hot(select(OutboxEvent.type, OutboxEvent.created_at).where(OutboxEvent.type == bindparam("type")))
RENAME = Hot(update(OutboxEvent).values(type=bindparam("to")).returning(OutboxEvent.type))
ADD = Hot(insert(OutboxEvent).returning(OutboxEvent.id), "type", "payload", "created_at")
PUT = Hot(insert(OutboxEvent), "type", "payload", "created_at")
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


def event_row(name):
    return {"type": name, "payload": {"tên": "Đào"}, "created_at": clock.now()}


def test_several_questions_at_once_are_answered_in_their_order(either):
    write(either, "a")
    for opened in (either.look, either.session):
        with opened() as session:
            found, none = together(session, (OF_TYPE, {"type": "a"}), (OF_TYPE, {"type": "b"}))
            assert ([row.type for row in found], none) == (["a"], [])


def test_what_is_written_in_one_trip_is_there_and_what_is_asked_back_comes(either):
    with either.transaction() as session:
        with one_trip(session):
            PUT.send(session, event_row("sent"), event_row("sent"))
            (row,) = ADD.rows(session, **event_row("asked back"))
            PUT.send(session, event_row("sent"))
        assert session.get_one(OutboxEvent, row.id).payload == {"tên": "Đào"}
    with either.look() as session:
        assert len(OF_TYPE.rows(session, type="sent")) == 3


def test_a_trip_that_fails_leaves_nothing_of_it_and_the_session_can_be_used_after_it(either):
    with either.session() as session:
        with pytest.raises(DBAPIError), one_trip(session):
            PUT.send(session, event_row("undone"))
            PUT.send(session, event_row("undone") | {"type": None})
            PUT.send(session, event_row("undone"))
        session.rollback()
        with one_trip(session):
            PUT.send(session, event_row("done"))
        session.commit()
    with either.look() as session:
        assert (OF_TYPE.rows(session, type="undone"), len(OF_TYPE.rows(session, type="done"))) == ([], 1)


def test_what_was_changed_before_is_written_first_unless_the_session_was_told_to_wait(either):
    with either.transaction() as session:
        session.add(OutboxEvent(**event_row("waits")))
        with session.no_autoflush:
            assert OF_TYPE.rows(session, type="waits") == []
        assert len(OF_TYPE.rows(session, type="waits")) == 1


SINCE = Hot(select(OutboxEvent.type).where(OutboxEvent.created_at <= bindparam("now")).order_by(OutboxEvent.id))


def asked(either, *types):
    """What a page asked a moment ago: these types, and what there was until now."""
    with either.look() as page:
        for name in types:
            OF_TYPE.rows(page, type=name)
        SINCE.rows(page, now=clock.now())
        return page.reads


@pytest.mark.parametrize("types", [("a",), ("a", "b", "c")])
def test_what_was_asked_is_asked_again_in_its_order_and_for_the_present_moment(either, types):
    write(either, "a")
    before = asked(either, *types)
    with either.reader() as reader:
        same = list(again(reader, before))
    write(either, "later")
    with either.reader() as reader:
        now = list(again(reader, before))
    assert [read.answer for read in same] == [read.answer for read in before]
    assert [read.answer for read in now[:-1]] == [read.answer for read in before[:-1]]
    assert [row[0] for row in now[-1].answer] == ["a", "later"]
    assert either.engine.pool.checkedout() == 0


def test_who_hears_that_something_changed_need_not_hear_the_rest(either):
    before = asked(either, "a", "b", "c")
    write(either, "a")
    with either.reader() as reader:
        for read, now in zip(before, again(reader, before), strict=True):
            if read.answer != now.answer:
                break
    assert len(now.answer) == 1
    assert either.engine.pool.checkedout() == 0
    write(either, "and somebody may write")


@pytest.mark.parametrize("count", [1, 4])
def test_a_question_that_fails_when_it_is_asked_again_is_told_and_its_connection_given_up(either, count):
    broken = [Read(BROKEN, {}, [])] * count
    with pytest.raises(DBAPIError), either.reader() as reader:
        list(again(reader, broken))
    assert either.engine.pool.checkedout() == 0
    with either.look() as session:
        assert OF_TYPE.rows(session, type="x") == []
