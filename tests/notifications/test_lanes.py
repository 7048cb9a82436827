"""Codes and other messages go by lanes of their own: a gateway that hangs with the ones lets the others go on."""

import threading
import time

import pytest

from notifications import sending
from notifications.models import CREATED, SENT, SMS
from tests.notifications.conftest import DAO_PHONE
from webapp.accounts import codes
from webapp.core import worker
from webapp.dossiers import events

GENEROUS = 30  # seconds that a busy machine may need


class Hanging:
    """A gateway that keeps the texts that `slow` picks until `release` is set."""

    def __init__(self, slow):
        self.slow, self.release, self.reached, self.gone = slow, threading.Event(), threading.Event(), []

    def send(self, message_id, to, text):
        if self.slow(text):
            self.reached.set()
            self.release.wait(GENEROUS)
        self.gone.append(text)
        return f"SM{len(self.gone):032d}"


@pytest.fixture
def hanging(services, monkeypatch):
    """`hanging(slow)`: the gateway, and a worker that runs until the test ends."""
    stop, started = threading.Event(), []

    def go(slow):
        gateway = Hanging(slow)
        monkeypatch.setattr(sending, "provider", lambda settings, database: gateway)
        thread = threading.Thread(target=worker.run_forever, args=(services.database, stop, 0.01))
        thread.start()
        started.append((gateway, thread))
        return gateway

    yield go
    stop.set()
    for gateway, thread in started:
        gateway.release.set()
        thread.join(GENEROUS)


def ask_for_codes(services):
    """Eight people want to log in."""
    with services.database.transaction() as session:
        for number in range(8):
            codes.request_code(session, f"+849{number}2000001", codes.LOGIN)


def is_code(text):
    return "Ma dang nhap" in text


def until(done):
    end = time.monotonic() + GENEROUS
    while not done() and time.monotonic() < end:
        time.sleep(0.02)
    return done()


def test_a_message_about_a_dossier_does_not_wait_for_codes(services, happen, messages, hanging):
    gateway = hanging(is_code)
    ask_for_codes(services)
    assert gateway.reached.wait(GENEROUS)
    happen(events.DossierReceived)
    assert until(lambda: [m.state for m in messages(channel=SMS, dossier=None)] == [CREATED] * 8)
    assert until(lambda: [m.state for m in messages(kind="received", channel=SMS)] == [SENT])
    assert gateway.gone and not any(is_code(text) for text in gateway.gone)


def test_a_code_does_not_wait_for_messages_about_dossiers(services, happen, messages, hanging):
    gateway = hanging(lambda text: not is_code(text))
    for number in range(8):
        happen(events.DossierReceived, code=f"H56.38.12-261122-{number:04d}")
    assert gateway.reached.wait(GENEROUS)
    with services.database.transaction() as session:
        codes.request_code(session, f"+84{DAO_PHONE[1:]}", codes.LOGIN)
    assert until(lambda: any(is_code(text) for text in gateway.gone))
    assert len(gateway.gone) == 1
