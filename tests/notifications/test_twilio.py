"""Twilio's own library against Twilio's own description, and against a gateway that misbehaves on purpose."""

import json
import shutil
import socket
import subprocess
import time
from pathlib import Path

import pytest
import requests
from sqlalchemy import update

from notifications.channels import twilio_sms
from notifications.channels.base import Later, Refused
from notifications.channels.twilio_sms import TwilioSms
from notifications.messages import sms
from notifications.models import FAILED, SMS
from tests.conftest import test_settings as settings_for
from tests.notifications.gateways import fake_twilio
from webapp.core import clock, worker
from webapp.core.outbox import OutboxDelivery
from webapp.dossiers import events

ACCOUNT = "AC" + "a" * 32
TEXT = sms("received", "UBND Hoang Loc", code="H56.38.12-261122-0042", due="02/12/2026", lookup="7K4-92M")
NODE = Path(__file__).parents[1] / "node_modules"
PATHS = (
    "/2010-04-01/Accounts/{AccountSid}/Messages.json",
    "/2010-04-01/Accounts/{AccountSid}/Messages/{Sid}.json",
)


@pytest.fixture
def provider(tmp_path):
    """`provider(url)`: the real library, sent to that address."""

    def make(url, **changes):
        return TwilioSms(
            settings_for(
                tmp_path,
                sms_provider="twilio",
                sms_base_url=url,
                sms_account=ACCOUNT,
                sms_token="token",
                base_url="https://motcua.example.vn",
                **changes,
            )
        )

    return make


def description(target: Path) -> None:
    """Twilio's OpenAPI as npm's @twilio/cli-core ships it, cut down to messages: prism reads that faster."""
    whole = json.loads((NODE / "@twilio/cli-core/src/services/twilio-api/twilio_api_v2010.json").read_text())
    kept: dict = {}

    def walk(part):
        if isinstance(part, dict):
            if isinstance(part.get("$ref"), str):
                _, _, group, name = part["$ref"].split("/")
                if name not in kept.setdefault(group, {}):
                    kept[group][name] = whole["components"][group][name]
                    walk(kept[group][name])
            for inner in part.values():
                walk(inner)
        elif isinstance(part, list):
            for inner in part:
                walk(inner)

    paths = {path: whole["paths"][path] for path in PATHS}
    walk(paths)
    kept["securitySchemes"] = whole["components"].get("securitySchemes", {})
    made = {"openapi": whole["openapi"], "info": whole["info"], "paths": paths, "components": kept}
    made |= {"servers": [{"url": "http://127.0.0.1"}], "security": whole.get("security", [])}
    target.write_text(json.dumps(made))


@pytest.fixture(scope="module")
def prism(tmp_path_factory):
    """A server made of Twilio's description alone: it refuses what Twilio would not understand."""
    folder = tmp_path_factory.mktemp("prism")
    description(folder / "messages.json")
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    command = [shutil.which("node"), NODE / ".bin/prism", "mock", "--errors", "-h", "127.0.0.1", "-p", str(port)]
    with (folder / "log").open("w") as log:
        process = subprocess.Popen([*command, folder / "messages.json"], stdout=log, stderr=log)
        try:
            until = time.monotonic() + 60
            while True:
                try:
                    requests.get(f"http://127.0.0.1:{port}/", timeout=2)
                    break
                except requests.ConnectionError:
                    assert process.poll() is None and time.monotonic() < until, (folder / "log").read_text()
                    time.sleep(0.1)
            yield f"http://127.0.0.1:{port}"
        finally:
            process.terminate()
            process.wait(timeout=10)


def test_what_we_send_is_what_twilio_says_it_understands(prism, provider):
    ref = provider(prism).send("m" * 22, "+84912000001", TEXT)
    assert ref.startswith(("SM", "MM")) and len(ref) == 34


def test_a_request_that_twilio_does_not_understand_is_refused_by_its_own_description(prism):
    """Else the test above would prove nothing."""
    answer = requests.post(
        f"{prism}/2010-04-01/Accounts/{ACCOUNT}/Messages.json",
        data={"Body": "no number", "StatusCallback": "not an address", "ValidityPeriod": "soon"},
        auth=("a", "b"),
        timeout=5,
    )
    assert answer.status_code == 422


def test_the_gateway_gets_number_sender_text_and_where_to_report(provider):
    with fake_twilio() as fake:
        assert provider(fake.url).send("m" * 22, "+84912000001", TEXT).startswith("SM")
    (seen,) = fake.seen
    assert fake.paths == [f"/2010-04-01/Accounts/{ACCOUNT}/Messages.json"]
    assert seen == {
        "To": "+84912000001",
        "From": "MOTCUA",
        "Body": TEXT,
        "StatusCallback": f"https://motcua.example.vn/hooks/sms/status?message={'m' * 22}",
    }


@pytest.mark.parametrize("answer", [429, 500, 502, 503, 504, 401, "garbage"])
def test_a_gateway_that_cannot_now_is_asked_again_later(provider, answer):
    with fake_twilio(answer) as fake, pytest.raises(Later) as no:
        provider(fake.url).send("m" * 22, "+84912000001", TEXT)
    assert len(fake.seen) == 1, "the ladder waits; the library must not hammer"
    assert "+849" not in repr(no.value) and no.value.__cause__ is None


def test_a_gateway_that_hangs_is_left_after_the_time_limit(provider, monkeypatch):
    monkeypatch.setattr(twilio_sms, "TIMEOUT_SECONDS", 0.3)
    with fake_twilio("hang") as fake, pytest.raises(Later, match="in time"):
        started = time.monotonic()
        try:
            provider(fake.url).send("m" * 22, "+84912000001", TEXT)
        finally:
            assert time.monotonic() - started < 1.2


def test_a_gateway_that_is_not_there_is_asked_again_later(provider):
    with fake_twilio() as fake:
        url = fake.url
    with pytest.raises(Later, match="not reached"):
        provider(url).send("m" * 22, "+84912000001", TEXT)


def test_a_number_that_cannot_get_texts_is_refused_for_good_without_being_quoted(provider):
    with fake_twilio(400) as fake, pytest.raises(Refused) as no:
        provider(fake.url).send("m" * 22, "+84912000001", TEXT)
    assert no.value.code == "21211" and "849" not in repr(no.value)


def test_a_landline_that_slipped_in_is_noted_as_not_reached(services, happen, messages, monkeypatch):
    with fake_twilio(400) as fake:
        settings = services.settings.model_copy(
            update={"sms_provider": "twilio", "sms_base_url": fake.url, "sms_account": ACCOUNT}
        )
        monkeypatch.setattr("notifications.sending.Chosen.settings", settings)
        happen(events.DossierReceived)
        worker.drain(services.database)
        _make_due(services)
        worker.drain(services.database)
    assert len(fake.seen) == 1
    assert [m.state for m in messages(channel=SMS)] == [FAILED]


def _make_due(services):
    """Time on the ladder passes."""
    with services.database.transaction() as session:
        session.execute(update(OutboxDelivery).values(due_at=clock.now()))
