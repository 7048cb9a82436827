"""The outbox: what happened is kept with the change itself, handed out at least once, and never lost in silence."""

import threading
from dataclasses import dataclass
from datetime import timedelta

import pytest
import time_machine
from sqlalchemy import func, select

from webapp.core import clock, events, outbox, worker
from webapp.core.events import Event, Handler
from webapp.core.outbox import LADDER, LEASE, OutboxDelivery, OutboxEvent


@dataclass(frozen=True)
class KettleBoiled(Event):
    """Something that happens in these tests only."""

    kettle: str


@pytest.fixture
def listen(monkeypatch):
    """`listen(name, function)`: somebody listens to kettles until the test ends."""
    monkeypatch.setitem(events._events, KettleBoiled.type_name(), KettleBoiled)

    def go(name, run, *, outside=False):
        monkeypatch.setitem(events._handlers, name, Handler(name, KettleBoiled, run, outside))

    return go


@pytest.fixture
def boil(services):
    def go(kettle="blue"):
        with services.database.transaction() as session:
            outbox.record(session, KettleBoiled(kettle))

    return go


def deliveries(services):
    with services.database.session(write=False) as session:
        return session.scalars(select(OutboxDelivery).order_by(OutboxDelivery.id)).all()


def breaks(*_):
    raise ValueError("0912 000 001 is broken")


def test_what_was_rolled_back_never_happened(services, listen, boil):
    heard = []
    listen("tests.cook", lambda session, event: heard.append(event))

    def changes_its_mind():
        with services.database.transaction() as session:
            outbox.record(session, KettleBoiled("blue"))
            raise RuntimeError("changed its mind")

    with pytest.raises(RuntimeError):
        changes_its_mind()
    assert worker.drain(services.database) == 0 and heard == []


def test_every_listener_gets_its_own_share_and_an_event_without_listeners_is_kept(services, listen, boil):
    boil()
    heard = []
    listen("tests.cook", lambda session, event: heard.append(("cook", event.kettle)))
    listen("tests.guest", lambda session, event: heard.append(("guest", event.kettle)))
    boil("red")
    assert worker.drain(services.database) == 2
    assert sorted(heard) == [("cook", "red"), ("guest", "red")]
    with services.database.session(write=False) as session:
        kettles = select(func.count()).where(OutboxEvent.type == KettleBoiled.type_name())
        assert session.scalar(kettles) == 2


def test_what_is_done_is_not_done_again(services, listen, boil):
    heard = []
    listen("tests.cook", lambda session, event: heard.append(event))
    boil()
    assert [worker.drain(services.database) for _ in range(3)] == [1, 0, 0]
    assert len(heard) == 1


def test_a_listener_that_breaks_leaves_nothing_half_done(services, listen, boil):
    def half(session, event):
        session.add(OutboxEvent(type="HalfDone", payload={}, created_at=clock.now()))
        session.flush()
        raise RuntimeError("and then it broke")

    listen("tests.cook", half)
    boil()
    worker.drain(services.database)
    with services.database.session(write=False) as session:
        assert session.scalar(select(OutboxEvent.id).where(OutboxEvent.type == "HalfDone")) is None
    (share,) = deliveries(services)
    assert share.done_at is None and share.attempts == 1


def test_a_listener_that_breaks_holds_nobody_else(services, listen, boil):
    heard = []
    listen("tests.broken", breaks)
    listen("tests.guest", lambda session, event: heard.append(event.kettle))
    for number in range(12):
        boil(str(number))
    assert worker.drain(services.database) == 12
    assert heard == [str(number) for number in range(12)]


def test_whoever_failed_is_asked_again_on_the_rungs_of_the_ladder(services, listen, boil):
    asked = []

    def fails(session, event):
        asked.append(clock.now())
        raise ValueError

    listen("tests.cook", fails)
    with time_machine.travel(clock.now(), tick=False) as time:
        boil()
        for _ in range(4 * 60 * 60 + 900):
            worker.drain(services.database)
            share = deliveries(services)[0]
            if share.dead_at:
                break
            time.move_to(share.due_at)
    gaps = [round((later - sooner).total_seconds()) for sooner, later in zip(asked, asked[1:], strict=False)]
    assert gaps == LADDER
    assert timedelta(hours=4) < asked[-1] - asked[0] < timedelta(hours=4, minutes=30)


def test_the_dead_shelf_is_shown_and_brought_back_from_the_first_rung(app, services, listen, boil, monkeypatch):
    monkeypatch.setattr(outbox, "LADDER", [])
    listen("tests.cook", breaks)
    boil()
    worker.drain(services.database)
    cli = app.test_cli_runner()
    shown = cli.invoke(args=["outbox", "stuck"])
    assert shown.exit_code == 1 and "KettleBoiled → tests.cook" in shown.output and "1 stuck" in shown.output
    assert worker.drain(services.database) == 0
    heard = []
    listen("tests.cook", lambda session, event: heard.append(event.kettle))
    assert "1 brought back" in cli.invoke(args=["outbox", "retry"]).output
    assert worker.drain(services.database) == 1 and heard == ["blue"]
    assert cli.invoke(args=["outbox", "stuck"]).exit_code == 0


def test_an_error_is_kept_by_its_place_and_never_by_its_words(services, listen, boil):
    """The words of a library may quote the number it choked on."""
    listen("tests.cook", breaks)
    boil()
    worker.drain(services.database)
    (share,) = deliveries(services)
    assert share.last_error.startswith("ValueError at tests/core/test_outbox.py:")
    assert "0912" not in share.last_error


def test_a_partner_that_says_not_now_is_quoted(services, listen, boil):
    def not_now(*_):
        raise outbox.NotNow("gateway answered 503")

    listen("tests.cook", not_now, outside=True)
    boil()
    worker.drain(services.database)
    assert deliveries(services)[0].last_error == "NotNow: gateway answered 503"


def test_a_killed_workers_share_is_taken_over_after_its_lease(services, listen, boil):
    heard = []
    listen("tests.cook", lambda session, event: heard.append(event.kettle))
    boil()
    with services.database.transaction() as session:
        (held,) = outbox.claim(session)
    assert worker.drain(services.database) == 0
    with time_machine.travel(clock.now() + LEASE + timedelta(seconds=1)):
        assert worker.drain(services.database) == 1
    assert heard == ["blue"]
    worker.run_one(services.database, held)  # the first one wakes up, sees that it lost the lease, and does nothing
    assert heard == ["blue"]


def test_a_worker_that_lost_its_lease_cannot_put_the_share_back(services, listen, boil):
    listen("tests.cook", lambda session, event: None)
    boil()
    with services.database.transaction() as session:
        (held,) = outbox.claim(session)
    with time_machine.travel(clock.now() + LEASE + timedelta(seconds=1)):
        worker.drain(services.database)
    with services.database.transaction() as session:
        outbox.fail(session, held, "too late")
    (share,) = deliveries(services)
    assert share.done_at is not None and share.last_error is None


def test_an_event_that_this_release_does_not_know_holds_nobody_up(services, listen, boil, monkeypatch):
    """After a step back to an older release, rows of the newer one are waiting."""
    heard = []
    listen("tests.cook", lambda session, event: heard.append(event.kettle))
    boil("unknown")
    boil("blue")
    with services.database.transaction() as session:
        kettles = select(OutboxEvent).where(OutboxEvent.type == KettleBoiled.type_name())
        row = session.scalars(kettles.order_by(OutboxEvent.id)).first()
        row.type = "FromTheFuture"
    assert worker.drain(services.database) == 1
    assert heard == ["blue"]
    assert "knows no such" in deliveries(services)[0].last_error


def test_a_listener_that_is_gone_from_this_release_holds_nobody_up(services, listen, boil, monkeypatch):
    listen("tests.gone", lambda session, event: None)
    boil()
    monkeypatch.delitem(events._handlers, "tests.gone")
    assert worker.drain(services.database) == 0
    assert "knows no such" in deliveries(services)[0].last_error


def test_a_listener_outside_has_no_transaction_open(services, listen, boil):
    def slow(database, event):
        with database.transaction() as session:  # would wait for itself and fail if one were open
            session.add(OutboxEvent(type="Effect", payload={}, created_at=clock.now()))

    listen("tests.cook", slow, outside=True)
    boil()
    assert worker.drain(services.database) == 1


def test_several_workers_share_the_work_and_do_nothing_twice(services, listen, boil):
    lock, heard = threading.Lock(), []

    def cook(session, event):
        with lock:
            heard.append(event.kettle)

    listen("tests.cook", cook)
    for number in range(60):
        boil(str(number))
    workers = [threading.Thread(target=worker.drain, args=(services.database,)) for _ in range(4)]
    for one in workers:
        one.start()
    for one in workers:
        one.join()
    worker.drain(services.database)
    assert sorted(heard, key=int) == [str(number) for number in range(60)]


def test_a_worker_that_is_told_to_stop_stops_soon_and_waits_for_a_database_that_is_away(services, monkeypatch):
    stop, tries = threading.Event(), []

    def away(*_, **__):
        tries.append(1)
        stop.set()
        raise ConnectionError("restarting")

    monkeypatch.setattr(worker, "drain", away)
    worker.run_forever(services.database, stop, 0.01)
    assert len(tries) in (1, 2), "each of the two lanes tries once at the most"


def test_what_waits_can_be_counted(services, listen, boil):
    listen("tests.cook", breaks)
    boil()
    boil()
    with services.database.session(write=False) as session:
        assert outbox.waiting(session) == 2


def test_an_event_says_of_itself_what_it_is(listen):
    listen("tests.cook", breaks)
    known = {name: (says, who) for name, says, who in events.catalogue()}
    assert known["KettleBoiled"] == ("Something that happens in these tests only.", ["tests.cook"])
    assert all(says for says, _ in known.values())
