"""What the machines write down for themselves names nobody: log lines, outbox, errors that a person looks at."""

import json
import logging
import re

import pytest
from sqlalchemy import select

from notifications import sending
from tests import sms
from tests.notifications import stories
from tests.notifications.gateways import Gateway, fake_twilio
from webapp.accounts import codes
from webapp.core import worker
from webapp.core.outbox import OutboxDelivery, OutboxEvent

# Đào's name, number and ID; the helper's name; the dossier's codes; words of texts.
NOBODY = re.compile(r"Thị Đào|Thi Dao|0?912000001|038196|Lò Văn|Lo Van|261122-|Ma tra cuu|dang nhap|TTHC", re.I)
# What logging itself notes; such figures hold any digits by chance.
ITS_OWN = {"created", "msecs", "relativeCreated", "thread", "process"}


@pytest.fixture
def everything(services, happen):
    """A log-in code and a whole story are told; returns the code."""

    def go():
        with services.database.transaction() as session:
            code = codes.request_code(session, "+84912000001", codes.LOGIN).code
        happen(*stories.VERBS, mandate=True)
        worker.drain(services.database)
        return code

    return go


def lines(caplog) -> str:
    """Every record with everything that hangs on it, as a JSON log would print it."""
    noted = [{k: v for k, v in vars(r).items() if k not in ITS_OWN} | {"said": r.getMessage()} for r in caplog.records]
    return "\n".join(json.dumps(line, default=str, ensure_ascii=False) for line in noted)


def outbox_text(services) -> str:
    with services.database.session(write=False) as session:
        payloads = [json.dumps(p, ensure_ascii=False) for p in session.scalars(select(OutboxEvent.payload))]
        return "\n".join([*payloads, *(e or "" for e in session.scalars(select(OutboxDelivery.last_error)))])


def test_no_log_line_names_a_person_a_number_or_a_code(app, everything, caplog):
    caplog.set_level(logging.DEBUG)
    code = everything()
    assert len(sms.texts(app)) > 5
    written = lines(caplog)
    assert not NOBODY.search(written) and not re.search(rf"\b{code}\b", written)


def test_no_outbox_row_names_a_person_a_number_or_a_code(services, everything):
    code = everything()
    written = outbox_text(services)
    assert written and not NOBODY.search(written) and not re.search(rf"\b{code}\b", written)


def test_a_gateway_that_quotes_the_number_in_its_answer_does_not_get_it_into_our_books(
    services, everything, caplog, monkeypatch
):
    caplog.set_level(logging.DEBUG)
    with fake_twilio(*[400, 500, 429, "garbage"] * 6) as fake:
        settings = services.settings.model_copy(
            update={"sms_provider": "twilio", "sms_base_url": fake.url, "sms_account": "AC1"}
        )
        monkeypatch.setattr(sending.Chosen, "settings", settings)
        code = everything()
    assert len(fake.seen) > 5
    written = lines(caplog) + outbox_text(services)
    assert not NOBODY.search(written) and not re.search(rf"\b{code}\b", written)


def test_a_gateway_that_breaks_with_the_text_in_its_hands_tells_nobody(services, everything, caplog, monkeypatch):
    caplog.set_level(logging.DEBUG)
    clumsy = Gateway()

    def send(message_id, to, text):
        raise KeyError(f"{to}: {text}")

    clumsy.send = send
    monkeypatch.setattr(sending, "provider", lambda settings, database: clumsy)
    code = everything()
    written = lines(caplog) + outbox_text(services)
    assert not NOBODY.search(written) and not re.search(rf"\b{code}\b", written)
