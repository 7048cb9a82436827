"""A plain gateway inside the country: what we hand it, and what it brings us, signed over moment, path and body."""

import json
import time
from pathlib import Path

import pytest
from pydantic import ValidationError
from twilio.request_validator import RequestValidator

from notifications import sending
from notifications.callbacks import MOMENT, OLDEST_SECONDS, SEAL, seal
from notifications.channels import http_sms
from notifications.channels.base import Later, Refused
from notifications.channels.http_sms import HttpSms
from notifications.models import ANSWER, DELIVERED, FAILED, SENT, SMS
from tests.conftest import test_settings as settings_for
from tests.notifications.gateways import Gateway, climb, fake_plain
from webapp.core import clock, worker
from webapp.core.settings import Settings, new_data_key
from webapp.dossiers import events

TOKEN = "a secret of the gateway and ours alone"
STATUS, INBOUND = "/hooks/sms/status", "/hooks/sms/inbound"
TEXT = "TTHC UBND Hoang Loc: Ho so H56.38.12-261122-0042 da duoc tiep nhan."
ANSWERED = {"id": "g1", "from": "0912000001", "to": "8088", "text": "TRO GIUP"}


@pytest.fixture
def settings(settings):
    """This app speaks with a plain gateway, to whose short code people text."""
    return plain(Path(settings.storage_url).parent)


def plain(folder, **changes):
    return settings_for(
        folder, sms_provider="http", sms_token=TOKEN, sms_account="tinh-38", sms_inbound_number="8088", **changes
    )


@pytest.fixture
def provider(tmp_path):
    """`provider(url)`: the real thing, sent to that address."""
    return lambda url: HttpSms(plain(tmp_path, sms_base_url=url))


@pytest.fixture
def post(client):
    """`post(path, {…})`: the gateway brings this, signed; what is forged is named."""

    def go(path, said, *, token=TOKEN, moment=None, signed_path=None, sealed=None, body=None):
        content = json.dumps(said).encode() if body is None else body
        moment = str(int(clock.now().timestamp())) if moment is None else moment
        headers = {MOMENT: moment, SEAL: seal(token, signed_path or path, moment, sealed or content)}
        return client.post(path, data=content, content_type="application/json", headers=headers)

    return go


# ------------------------------------------------------------------------------------------------ handing over


def test_the_gateway_gets_number_sender_text_and_our_id(provider):
    with fake_plain() as fake:
        assert provider(f"{fake.url}/sms?v=2").send("m" * 22, "+84912000001", TEXT) == f"g-{'m' * 22}"
    assert fake.paths == ["/sms?v=2"]
    assert fake.seen == [
        {"id": "m" * 22, "account": "tinh-38", "sender": "MOTCUA", "to": "+84912000001", "text": TEXT}
    ]
    [headers] = fake.headers
    assert headers["Authorization"] == f"Bearer {TOKEN}" and headers["Idempotency-Key"] == "m" * 22


def test_no_password_of_the_machine_takes_the_place_of_ours(provider, tmp_path, monkeypatch):
    (tmp_path / ".netrc").write_text("machine 127.0.0.1 login somebody password else\n")
    monkeypatch.setenv("NETRC", str(tmp_path / ".netrc"))
    with fake_plain() as fake:
        provider(fake.url).send("m" * 22, "+84912000001", TEXT)
    assert fake.headers[0]["Authorization"] == f"Bearer {TOKEN}"


@pytest.mark.parametrize("answer", [429, 500, 502, 503, 504, 401, 404, 302, "garbage"])
def test_a_gateway_that_cannot_now_is_asked_again_later(provider, answer):
    with fake_plain(answer) as fake, pytest.raises(Later) as no:
        provider(fake.url).send("m" * 22, "+84912000001", TEXT)
    assert len(fake.seen) == 1
    assert "+849" not in repr(no.value) and no.value.__cause__ is None


def test_it_may_say_when_to_come_again(provider):
    with fake_plain((503, "90")) as fake, pytest.raises(Later) as no:
        provider(fake.url).send("m" * 22, "+84912000001", TEXT)
    assert no.value.wait.total_seconds() == 90


def test_a_gateway_that_hangs_is_left_after_the_time_limit(provider, monkeypatch):
    monkeypatch.setattr(http_sms, "TIMEOUT_SECONDS", 0.3)
    with fake_plain("hang") as fake, pytest.raises(Later, match="in time"):
        started = time.monotonic()
        try:
            provider(fake.url).send("m" * 22, "+84912000001", TEXT)
        finally:
            assert time.monotonic() - started < 1.2


@pytest.mark.parametrize("url", ["", "not an address", "http://127.0.0.1:9/sms"])
def test_a_gateway_that_is_not_there_is_asked_again_later(provider, url):
    with pytest.raises(Later, match="not reached"):
        provider(url).send("m" * 22, "+84912000001", TEXT)


def test_a_number_that_cannot_get_texts_is_refused_for_good_without_being_quoted(provider):
    with fake_plain(422) as fake, pytest.raises(Refused) as no:
        provider(fake.url).send("m" * 22, "+84912000001", TEXT)
    assert no.value.code == "no-number" and "849" not in repr(no.value)


def test_a_text_whose_answer_was_lost_is_sent_once_all_the_same(services, happen, messages, monkeypatch):
    with fake_plain(503, "garbage") as fake:
        chosen = services.settings.model_copy(update={"sms_base_url": fake.url})
        monkeypatch.setattr(sending.Chosen, "settings", chosen)
        happen(events.DossierReceived)
        climb(services, 3)
    [message] = messages(channel=SMS)
    assert len(fake.seen) == 3 and len(fake.taken) == 1
    assert message.state == SENT and message.provider_ref == f"g-{message.public_id}"


# ------------------------------------------------------------------------------------------------- reports


@pytest.fixture
def text(services, happen, monkeypatch):
    """A text to Đào that the gateway has taken."""
    made = Gateway()
    monkeypatch.setattr(sending, "provider", lambda settings, database: made)
    happen(events.DossierReceived)
    worker.drain(services.database)
    return made.taken[0][0]


def test_a_report_that_the_text_arrived_is_noted(post, text, messages):
    said = {"message": text, "id": f"SM{1:032d}", "status": "delivered"}
    assert post(STATUS, said).status_code == 204
    assert [m.state for m in messages(channel=SMS)] == [DELIVERED]


def test_a_report_says_why_it_did_not_arrive(post, text, messages):
    assert post(STATUS, {"id": f"SM{1:032d}", "status": "failed", "error": "no-number"}).status_code == 204
    [message] = messages(channel=SMS)
    assert (message.state, message.why) == (FAILED, "no-number")


def test_an_id_in_the_address_is_not_believed_because_nobody_signed_it(post, text, messages, client):
    moment = str(int(clock.now().timestamp()))
    body = json.dumps({"id": "another", "status": "failed"}).encode()
    headers = {MOMENT: moment, SEAL: seal(TOKEN, STATUS, moment, body)}
    assert client.post(f"{STATUS}?message={text}", data=body, headers=headers).status_code == 404
    assert [m.state for m in messages(channel=SMS)] == [SENT]


# ------------------------------------------------------------------------------------------------- texts of people


def test_a_text_is_taken_and_answered(post, services, messages, monkeypatch):
    made = Gateway()
    monkeypatch.setattr(sending, "provider", lambda settings, database: made)
    assert post(INBOUND, ANSWERED).status_code == 204
    worker.drain(services.database)
    [(message_id, to, words)] = made.taken
    assert to == "+84912000001" and "Tra ho so: HS" in words
    [message] = messages(kind=ANSWER)
    assert message.public_id == message_id and message.state == SENT


def test_a_text_that_is_brought_again_changes_nothing_and_sends_nothing(post, messages):
    for _ in range(3):
        assert post(INBOUND, ANSWERED).status_code == 204
    assert len(messages(kind=ANSWER)) == 1


@pytest.mark.parametrize(
    "forgery",
    [
        {"token": "somebody else's"},
        {"sealed": b'{"id": "another text"}'},
        {"signed_path": STATUS},
        {"moment": ""},
        {"moment": "soon"},
        {"moment": "-1"},
        {"moment": "²³"},
        {"moment": "9" * 400},
    ],
)
def test_a_forged_text_is_refused_and_does_nothing(post, messages, forgery):
    assert post(INBOUND, ANSWERED, **forgery).status_code == 403
    assert messages(kind=ANSWER) == []


def test_a_recorded_text_is_refused_after_five_minutes(post, messages):
    now = int(clock.now().timestamp())
    for late in (now - OLDEST_SECONDS - 2, now + OLDEST_SECONDS + 2):
        assert post(INBOUND, ANSWERED, moment=str(late)).status_code == 403
    assert post(INBOUND, ANSWERED, moment=str(now - OLDEST_SECONDS + 5)).status_code == 204
    assert len(messages(kind=ANSWER)) == 1


def test_an_unsigned_text_is_refused(client, messages):
    assert client.post(INBOUND, json=ANSWERED).status_code == 403
    assert client.post(INBOUND, data=ANSWERED).status_code == 403
    assert messages(kind=ANSWER) == []


@pytest.mark.parametrize("body", [b"", b"[]", b"[" * 100_000, b"\xff", b"null", b'"HS"', b'{"id": "x"}', b"{"])
def test_what_cannot_be_read_is_said_to_be_bad_though_it_is_signed(post, body):
    assert post(INBOUND, None, body=body).status_code == 400


def test_a_text_for_another_service_of_the_same_account_is_left_alone(post, messages):
    assert post(INBOUND, {**ANSWERED, "to": "8188"}).status_code == 404
    assert messages(kind=ANSWER) == []


def test_a_text_with_odd_values_breaks_nothing(post):
    for said in ({"from": ["a"], "text": {"b": 1}}, {"text": None}, {"text": "\x00" * 9000}, {"from": "9" * 99}):
        assert post(INBOUND, {**ANSWERED, "id": str(said), **said}).status_code == 204


def test_without_a_number_to_text_to_there_is_no_door(post, services):
    services.settings = services.settings.model_copy(update={"sms_inbound_number": ""})
    assert post(INBOUND, ANSWERED).status_code == 404


def test_twilio_brings_texts_in_its_own_way(client, services, messages):
    changes = {"sms_provider": "twilio", "base_url": "https://motcua.example.vn", "sms_inbound_number": "8088"}
    services.settings = services.settings.model_copy(update=changes)
    form = {"MessageSid": "SM1", "SmsStatus": "received", "From": "+84912000001", "To": "8088", "Body": "HS"}
    signature = RequestValidator(TOKEN).compute_signature(f"https://motcua.example.vn{INBOUND}", form)
    headers = {"X-Twilio-Signature": signature}
    assert client.post(INBOUND, data={**form, "Body": "HUY"}, headers=headers).status_code == 403
    assert client.post(INBOUND, data=form, headers=headers).status_code == 204
    assert client.post(INBOUND, data=form, headers=headers).status_code == 204
    assert len(messages(kind=ANSWER)) == 1


# ------------------------------------------------------------------------------------------------- settings


def test_production_refuses_a_plain_gateway_that_anybody_could_be():
    serious = {
        "env": "production", "base_url": "https://motcua.example.vn", "secret_keys": "s" * 32, "index_key": "i" * 32,
        "data_keys": new_data_key(), "sms_provider": "http",
    }  # fmt: skip
    with pytest.raises(ValidationError, match=r"MOTCUA_SMS_BASE_URL.*MOTCUA_SMS_TOKEN"):
        Settings(**serious, sms_base_url="http://gateway.example.vn", sms_token="short")
    made = Settings(**serious, sms_base_url="https://gateway.example.vn/sms", sms_token="t" * 32)
    assert made.inbound_number == ""


@pytest.mark.parametrize("number", ["8x88", "12", "+", "8088; DROP", "0" * 16])
def test_a_number_to_text_to_is_a_number(tmp_path, number):
    with pytest.raises(ValidationError, match="sms_inbound_number"):
        settings_for(tmp_path, sms_inbound_number=number)
