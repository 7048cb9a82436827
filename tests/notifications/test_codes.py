"""The one-time code reaches the phone it was asked for."""

from datetime import timedelta

import pytest
import time_machine
from sqlalchemy import select

from notifications.models import EXPIRED, SENT, Message
from tests import sms
from webapp.accounts import codes
from webapp.accounts.models import CodeChallenge
from webapp.core import clock, worker

DAO = "+84912000001"


@pytest.fixture
def asked(services):
    """Đào asked for a code to log in."""
    with services.database.transaction() as session:
        return codes.request_code(session, DAO, codes.LOGIN).public_id


def test_a_person_who_asks_for_a_code_gets_it_by_sms(app, services, asked):
    code = sms.code_for(app, "0912000001")
    with services.database.transaction() as session:
        assert codes.check_code(session, asked, code, codes.LOGIN).used_at is not None


def test_the_message_says_what_the_code_is_for_and_that_nobody_may_have_it(app, asked):
    (text,) = sms.texts(app, "0912000001")
    assert text.startswith("TTHC Thanh Hoa: Ma dang nhap ")
    assert "het han sau 5 phut. Khong dua ma cho bat ky ai, ke ca can bo." in text
    assert text.splitlines()[-1] == f"@localhost #{sms.code_for(app, DAO)}"


def test_nobody_can_read_the_code_in_our_tables_after_it_was_sent(app, services, asked):
    sms.texts(app)
    with services.database.session(write=False) as session:
        challenge = session.scalar(select(CodeChallenge).where(CodeChallenge.public_id == asked))
        message = session.scalar(select(Message).where(Message.kind == "code"))
        assert challenge.code_sealed is None
        assert message.body == {"challenge": asked}
        assert (message.state, message.to) == (SENT, DAO)


def test_a_code_that_is_too_old_is_not_sent_any_more(app, services, asked):
    with time_machine.travel(clock.now() + timedelta(minutes=6)):
        assert sms.texts(app) == []
    with services.database.session(write=False) as session:
        assert session.scalar(select(Message.state)) == EXPIRED or session.scalar(select(Message.id)) is None


def test_a_code_that_waited_for_the_gateway_too_long_is_not_sent(app, services, asked, monkeypatch):
    """Queued in time, the gateway comes back too late: the person has asked for another one by then."""
    monkeypatch.setattr("notifications.channels.demo.DemoGateway.send", _down)
    worker.drain(services.database)
    monkeypatch.undo()
    with time_machine.travel(clock.now() + timedelta(minutes=6)):
        assert sms.texts(app) == []
    with services.database.session(write=False) as session:
        assert session.scalar(select(Message.state)) == EXPIRED
        assert session.scalar(select(CodeChallenge.code_sealed)) is None


def _down(*_):
    raise ConnectionError("down")
