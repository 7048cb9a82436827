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
from tests.notifications.gateways import Gateway, climb
from webapp.core import clock, outbox, worker
from webapp.core import events as core_events
from webapp.core.events import Handler
from webapp.core.outbox import LEASE, OutboxDelivery
from webapp.core.settings import Settings
from webapp.dossiers import events


def test_a_gateway_that_is_down_does_not_keep_the_news_out_of_the_app(services, happen, messages, gateway):
    gateway(down=None)
    happen(events.DossierReceived)
    climb(services, 1)
    assert len(messages(channel=INBOX)) == 1


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
