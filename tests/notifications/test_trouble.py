"""The gateway is down, slow or broken, the worker is killed: nothing is lost, and nobody else waits."""

from datetime import timedelta

import pytest
import time_machine
from sqlalchemy import func, select, update

from notifications import sending
from notifications.channels.base import Refused
from notifications.channels.demo import DemoGateway
from notifications.events import MessageQueued
from notifications.models import CREATED, FAILED, INBOX, SENT, SMS, DemoText, Message
from tests import people, sms
from tests.notifications.conftest import DAO_PHONE
from tests.notifications.gateways import Gateway
from webapp.core import clock, outbox, worker
from webapp.core import events as core_events
from webapp.core.events import Handler
from webapp.core.outbox import LADDER, LEASE, OutboxDelivery
from webapp.core.settings import Settings
from webapp.dossiers import events


@pytest.fixture
def gateway(monkeypatch):
    """`gateway(...)` puts a misbehaving gateway in the place of the demo's."""

    def put(*args, **kwargs):
        made = Gateway(*args, **kwargs)
        monkeypatch.setattr(sending, "provider", lambda settings, database: made)
        return made

    return put


def climb(services, rungs: int) -> None:
    """Let the worker run, wait for the next rung, run, …"""
    with time_machine.travel(clock.now(), tick=False) as time:
        worker.drain(services.database)
        for seconds in LADDER[:rungs]:
            time.shift(seconds + 1)
            worker.drain(services.database)


def test_a_gateway_that_was_down_for_a_while_gets_the_text_later(services, happen, messages, gateway):
    broken = gateway(down=3)
    happen(events.DossierReceived)
    climb(services, 2)
    assert broken.taken == [] and [m.state for m in messages(channel=SMS)] == [CREATED]
    climb(services, 4)
    assert len(broken.taken) == 1 and broken.calls == 4
    assert [(m.state, m.provider_ref) for m in messages(channel=SMS)] == [(SENT, f"SM{1:032d}")]


def test_a_gateway_that_is_down_does_not_keep_the_news_out_of_the_app(services, happen, messages, gateway):
    gateway(down=None)
    happen(events.DossierReceived)
    climb(services, 1)
    assert len(messages(channel=INBOX)) == 1


def test_a_text_that_fails_for_four_hours_waits_for_a_person_and_can_be_brought_back(
    app, services, happen, messages, gateway
):
    broken = gateway(down=None)
    happen(events.DossierReceived)
    climb(services, len(LADDER))
    assert broken.calls == len(LADDER) + 1
    climb(services, 3)
    assert broken.calls == len(LADDER) + 1, "the dead shelf is not tried again by itself"
    cli = app.test_cli_runner()
    shown = cli.invoke(args=["outbox", "stuck"])
    assert shown.exit_code == 1
    assert "MessageQueued → notifications.send" in shown.output and "dead" in shown.output
    assert "+849" not in shown.output and "Ho so" not in shown.output
    mended = gateway()
    back = cli.invoke(args=["outbox", "retry"])
    assert back.exit_code == 0 and "1 brought back" in back.output
    climb(services, 0)
    assert len(mended.taken) == 1
    assert [m.state for m in messages(channel=SMS)] == [SENT]
    assert cli.invoke(args=["outbox", "stuck"]).exit_code == 0


def test_a_number_that_the_gateway_will_never_serve_is_not_tried_again(services, happen, messages, gateway):
    refusing = gateway(down=None, error=Refused("21614"))
    happen(events.DossierReceived)
    climb(services, 4)
    assert refusing.calls == 1
    assert [m.state for m in messages(channel=SMS)] == [FAILED]


def test_one_text_that_cannot_be_sent_does_not_hold_the_others(services, happen, messages, monkeypatch):
    picky = Gateway()
    real = picky.send

    def send(message_id, to, text):
        if "0042" in text:
            raise ValueError("this one breaks us")
        return real(message_id, to, text)

    picky.send = send
    monkeypatch.setattr(sending, "provider", lambda settings, database: picky)
    happen(events.DossierReceived)
    happen(events.DossierReceived, code="H56.38.12-261122-0099")
    worker.drain(services.database)
    assert [m.state for m in messages(channel=SMS)] == [CREATED, SENT]


def test_one_listener_that_breaks_does_not_hold_the_others(services, happen, messages, monkeypatch):
    heard = []
    other = Handler("tests.other", events.DossierReceived, lambda session, event: heard.append(event.dossier))
    monkeypatch.setitem(core_events._handlers, other.name, other)
    with monkeypatch.context() as broken:
        broken.setattr("notifications.handlers.facts.of_dossier", _breaks)
        dossier = happen(events.DossierReceived)
        worker.drain(services.database)
    assert heard == [dossier.public_id] and messages() == []
    with time_machine.travel(clock.now() + timedelta(seconds=6)):
        worker.drain(services.database)
    assert heard == [dossier.public_id] and len(messages()) == 2


def _breaks(*_):
    raise RuntimeError("broken")


def test_a_worker_that_is_killed_before_the_call_loses_nothing(app, services, happen):
    happen(events.DossierReceived)
    with services.database.transaction() as session:
        assert len(outbox.claim(session)) == 1  # and then the machine went dark
    assert sms.texts(app) == []
    with time_machine.travel(clock.now() + LEASE + timedelta(seconds=1)):
        assert len(sms.texts(app, DAO_PHONE)) == 1


def test_a_worker_that_is_killed_after_the_call_does_not_make_the_demo_phone_ring_twice(
    app, services, happen, monkeypatch
):
    happen(events.DossierReceived)

    def killed(*_):
        raise KeyboardInterrupt

    monkeypatch.setattr(sending, "_write_down", killed)
    with pytest.raises(KeyboardInterrupt):
        worker.drain(services.database)
    monkeypatch.undo()
    with services.database.session(write=False) as session:
        assert session.scalar(select(func.count()).select_from(DemoText)) == 1
        assert session.scalar(select(Message.state).where(Message.channel == SMS)) == CREATED
    with time_machine.travel(clock.now() + LEASE + timedelta(seconds=1)):
        assert len(sms.texts(app)) == 1
    with services.database.session(write=False) as session:
        assert session.scalar(select(Message.state).where(Message.channel == SMS)) == SENT


def test_a_text_that_was_sent_is_not_sent_again_by_a_worker_that_comes_back(services, happen, messages, gateway):
    counting = gateway()
    happen(events.DossierReceived)
    worker.drain(services.database)
    with services.database.transaction() as session:
        session.execute(update(OutboxDelivery).values(done_at=None))
    worker.drain(services.database)
    assert counting.calls == 1


def test_while_the_gateway_thinks_the_database_is_free_for_everybody(services, happen, gateway, monkeypatch):
    """A slow gateway must not lock the one writer that SQLite has."""
    slow = gateway()
    seen = []

    def send(message_id, to, text):
        with services.database.transaction() as session:  # would wait five seconds and fail inside a transaction
            seen.append(people.person(session).full_name)
        return "SM1"

    slow.send = send
    happen(events.DossierReceived)
    worker.drain(services.database)
    assert seen == ["Nguyễn Thị Đào"]


def test_the_demo_gateway_takes_a_message_once_however_often_it_is_handed_over(services):
    gateway = DemoGateway(services.settings, services.database)
    refs = {gateway.send("m" * 22, "+84912000001", "Chao") for _ in range(3)}
    assert len(refs) == 1


def test_the_demo_gateway_refuses_to_pretend_in_production(services):
    production = Settings.model_construct(**{**services.settings.model_dump(), "env": "production"})
    with pytest.raises(RuntimeError, match="sends nothing"):
        DemoGateway(production, services.database)


def test_a_message_that_is_gone_does_not_stop_the_worker(services):
    with services.database.transaction() as session:
        outbox.record(session, MessageQueued("gone"))
    assert worker.drain(services.database) == 1
