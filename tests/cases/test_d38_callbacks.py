"""D38: the gateway reports later: forged, doubled, out of order, too early. What is final stays final."""

from itertools import permutations
from pathlib import Path

import pytest
from sqlalchemy import select
from twilio.request_validator import RequestValidator
from werkzeug.datastructures import MultiDict

from notifications import sending
from notifications.callbacks import is_genuine
from notifications.models import CREATED, DELIVERED, FAILED, NO_PHONE, SENT, SMS, Message
from tests import people
from tests.conftest import test_settings as settings_for
from tests.notifications.gateways import Gateway
from webapp.core import worker
from webapp.dossiers import events

TOKEN = "the gateway's secret"
PUBLIC = "https://motcua.example.vn"
PATH = "/hooks/sms/status"
REF = f"SM{1:032d}"


@pytest.fixture
def settings(settings):
    """This app speaks with Twilio, and the world knows it by another address than the tests' client."""
    folder = Path(settings.storage_url).parent
    return settings_for(folder, sms_provider="twilio", sms_token=TOKEN, sms_account="AC1", base_url=PUBLIC)


@pytest.fixture
def gateway(monkeypatch):
    made = Gateway()
    monkeypatch.setattr(sending, "provider", lambda settings, database: made)
    return made


@pytest.fixture
def text(services, happen, gateway):
    """A text to Đào that the gateway has taken."""
    happen(events.DossierReceived)
    worker.drain(services.database)
    return gateway.taken[0][0]


@pytest.fixture
def report(client):
    """`report(status, …)`: what Twilio posts, signed over the public address."""

    def go(status, *, message=None, ref=REF, token=TOKEN, url=PUBLIC, **changes):
        query = f"?message={message}" if message else ""
        form = {"MessageSid": ref, "MessageStatus": status, "AccountSid": "AC1", "To": "+84912000001"}
        signature = RequestValidator(token).compute_signature(f"{url}{PATH}{query}", form)
        headers = {"X-Twilio-Signature": changes.pop("signature", signature)}
        return client.post(PATH + query, data={**form, **changes}, headers=headers)

    return go


def state(services):
    with services.database.session(write=False) as session:
        return session.scalar(select(Message.state).where(Message.channel == SMS))


def test_a_true_report_that_the_text_arrived_is_noted(services, report, text, messages):
    assert report("delivered", message=text).status_code == 204
    (message,) = messages(channel=SMS)
    assert message.state == DELIVERED and message.delivered_at is not None and message.provider_ref == REF


def test_a_report_that_knows_only_the_gateways_own_id_finds_its_text(services, report, text):
    assert report("delivered").status_code == 204
    assert state(services) == DELIVERED


@pytest.mark.parametrize(
    "forgery",
    [
        {"signature": ""},
        {"signature": "bm90IGEgc2lnbmF0dXJl"},
        {"token": "somebody else's secret"},
        {"url": "http://localhost"},
        {"url": "https://elsewhere.example.vn"},
        {"MessageStatus": "delivered"},
        {"Extra": "field"},
    ],
)
def test_a_forged_report_changes_nothing(services, report, text, forgery):
    assert report("failed", message=text, **forgery).status_code == 403
    assert state(services) == SENT


def test_an_unsigned_report_changes_nothing(services, client, text):
    assert client.post(PATH, data={"MessageSid": REF, "MessageStatus": "failed"}).status_code == 403
    assert state(services) == SENT


def test_a_true_report_for_one_text_cannot_be_sent_for_another(services, report, text, client):
    """The address is signed too."""
    form = {"MessageSid": REF, "MessageStatus": "failed"}
    signature = RequestValidator(TOKEN).compute_signature(f"{PUBLIC}{PATH}?message=another", form)
    answer = client.post(f"{PATH}?message={text}", data=form, headers={"X-Twilio-Signature": signature})
    assert answer.status_code == 403 and state(services) == SENT


def test_a_repeated_field_is_refused_because_the_signature_does_not_count_it(services, client, text):
    form = {"MessageSid": REF, "MessageStatus": "failed"}
    signature = RequestValidator(TOKEN).compute_signature(f"{PUBLIC}{PATH}", form)
    doubled = f"MessageSid={REF}&MessageStatus=failed&MessageStatus=failed"
    answer = client.post(
        PATH,
        data=doubled,
        content_type="application/x-www-form-urlencoded",
        headers={"X-Twilio-Signature": signature},
    )
    assert answer.status_code == 400 and state(services) == SENT


def test_a_report_that_is_played_again_changes_nothing(services, report, text, messages):
    assert report("delivered", message=text).status_code == 204
    (before,) = messages(channel=SMS)
    for _ in range(3):
        assert report("delivered", message=text).status_code == 204
    assert report("failed", message=text).status_code == 204
    (after,) = messages(channel=SMS)
    assert (after.state, after.delivered_at) == (DELIVERED, before.delivered_at)


def test_reports_in_any_order_end_in_the_first_final_one(services, report, text, messages):
    for order in permutations(("queued", "sent", "delivered", "undelivered")):
        with services.database.transaction() as session:
            row = session.scalars(select(Message).where(Message.channel == SMS)).one()
            row.state, row.delivered_at = SENT, None
        for status in order:
            assert report(status, message=text).status_code == 204
        arrived = order.index("delivered") < order.index("undelivered")
        assert state(services) == (DELIVERED if arrived else FAILED), order


@pytest.mark.parametrize("early", ["queued", "sent", "delivered"])
def test_a_report_that_overtakes_our_own_writing_is_believed(services, report, happen, messages, monkeypatch, early):
    """The gateway reports before its answer to us has been written down."""
    quick = Gateway()
    send = quick.send

    def send_and_report(message_id, to, text):
        assert report(early, message=message_id).status_code == 204
        return send(message_id, to, text)

    quick.send = send_and_report
    monkeypatch.setattr(sending, "provider", lambda settings, database: quick)
    happen(events.DossierReceived)
    worker.drain(services.database)
    (message,) = messages(channel=SMS)
    assert message.state == (DELIVERED if early == "delivered" else SENT)
    assert message.provider_ref == REF and message.sent_at is not None


def test_a_report_saves_a_second_text_when_the_worker_died_before_writing_down(services, report, happen, monkeypatch):
    quick = Gateway()
    monkeypatch.setattr(sending, "provider", lambda settings, database: quick)
    with monkeypatch.context() as dying:
        dying.setattr(sending, "_write_down", _dies)
        happen(events.DossierReceived)
        worker.drain(services.database)
    assert state(services) == CREATED
    assert report("sent", message=quick.taken[0][0]).status_code == 204
    _bring_back(services)
    worker.drain(services.database)
    assert len(quick.taken) == 1 and state(services) == SENT


def _dies(*_):
    raise OSError("the machine went dark")


def _bring_back(services):
    with services.database.transaction() as session:
        for row in session.scalars(select(worker.outbox.OutboxDelivery)):
            row.due_at, row.leased_until = row.due_at.replace(year=2020), None


@pytest.mark.parametrize(("message", "ref"), [("nobody-knows-this-id--", REF), (None, f"SM{9:032d}"), (None, "")])
def test_a_report_about_a_text_that_is_not_ours_is_not_found(services, report, text, message, ref):
    assert report("delivered", message=message, ref=ref).status_code == 404
    assert state(services) == SENT


def test_another_text_of_the_gateway_cannot_speak_for_this_one(services, report, text):
    assert report("failed", message=text, ref=f"SM{9:032d}").status_code == 404
    assert state(services) == SENT


def test_a_status_that_we_do_not_know_changes_nothing(services, report, text):
    assert report("on-the-moon", message=text).status_code == 204
    assert state(services) == SENT


def test_a_text_that_was_never_sent_cannot_arrive(services, report, happen, messages, gateway):
    happen(events.DossierReceived, who=people.NHAN_ID)
    worker.drain(services.database)
    (message,) = messages(channel=SMS)
    assert report("delivered", message=message.public_id).status_code == 404
    assert state(services) == NO_PHONE


def test_where_no_gateway_reports_nobody_is_believed(tmp_path):
    """The demo has no secret, and an empty secret would be everybody's."""
    from_nobody = settings_for(tmp_path, sms_token="")
    form = {"MessageSid": REF, "MessageStatus": "failed"}
    signature = RequestValidator("").compute_signature(f"http://localhost{PATH}", form)
    assert not is_genuine(from_nobody, "", MultiDict(form), signature)
    empty = from_nobody.model_copy(update={"sms_provider": "twilio"})
    assert not is_genuine(empty, "", MultiDict(form), signature)
