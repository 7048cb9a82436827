"""D37: the gateway is broken, slow, busy or talks nonsense: dossiers are accepted, their texts follow by themselves.

That nobody else pays for it (other texts, the news in the app, the database) stands in tests/notifications.
"""

from contextlib import ExitStack

import pytest

from notifications import sending
from notifications.channels import twilio_sms
from notifications.models import CREATED, SENT, SMS
from tests import filling, people
from tests.factories import dossiers as make
from tests.notifications.gateways import climb, fake_twilio
from tests.people import log_in_citizen
from webapp.core import worker
from webapp.core.outbox import LADDER
from webapp.dossiers import events


@pytest.fixture
def twilio(services, monkeypatch):
    """`twilio(*script)`: the app speaks, by Twilio's own library, with a gateway that answers so."""
    monkeypatch.setattr(twilio_sms, "TIMEOUT_SECONDS", 0.3)
    with ExitStack() as stack:

        def go(*script):
            fake = stack.enter_context(fake_twilio(*script))
            changed = {"sms_provider": "twilio", "sms_base_url": fake.url, "sms_account": "AC" + "a" * 32}
            monkeypatch.setattr(sending.Chosen, "settings", services.settings.model_copy(update=changed))
            return fake

        yield go


@pytest.mark.parametrize("trouble", [500, 503, (429, "2"), 401, "hang", "garbage"])
def test_a_dossier_is_accepted_and_its_text_follows_untouched(client, services, messages, twilio, later, trouble):
    fake = twilio(trouble)
    log_in_citizen(client, services)
    with services.database.transaction() as session:
        dossier = make.ready(session, services.storage, people.as_citizen(session, people.person(session)))
        path = f"/dossiers/{dossier.public_id}"
    assert filling.submit(client, path).headers["Location"] == f"{path}/receipt"
    worker.drain(services.database)
    assert [m.state for m in messages(channel=SMS)] == [CREATED] and len(fake.seen) == 1
    assert client.get(f"{path}/receipt").status_code == 200
    later(seconds=LADDER[0] - 1)
    worker.drain(services.database)
    assert len(fake.seen) == 1, "the ladder waits"
    later(seconds=2)
    worker.drain(services.database)
    assert [m.state for m in messages(channel=SMS)] == [SENT] and len(fake.seen) == 2


@pytest.mark.parametrize(
    ("retry_after", "seconds"),
    [
        ("90", 90),
        ("Mon, 23 Nov 2026 02:02:00 GMT", 120),
        ("1", LADDER[0]),  # our own patience is longer
        ("Mon, 23 Nov 2026 01:00:00 GMT", LADDER[0]),
        ("soon", LADDER[0]),
        ("-5", LADDER[0]),
        ("86400", max(LADDER)),  # nobody stops us for a day
        ("9" * 400, max(LADDER)),
    ],
)
def test_a_gateway_that_names_its_time_is_left_alone_until_then(services, happen, twilio, later, retry_after, seconds):
    fake = twilio((429, retry_after))
    happen(events.DossierReceived)
    worker.drain(services.database)
    later(seconds=seconds - 1)
    worker.drain(services.database)
    assert len(fake.seen) == 1
    later(seconds=2)
    worker.drain(services.database)
    assert len(fake.taken) == 1


def test_a_gateway_that_was_down_for_a_while_gets_the_text_later(services, happen, messages, gateway):
    broken = gateway(down=3)
    happen(events.DossierReceived)
    climb(services, 2)
    assert broken.taken == [] and [m.state for m in messages(channel=SMS)] == [CREATED]
    climb(services, 4)
    assert len(broken.taken) == 1 and broken.calls == 4
    assert [(m.state, m.provider_ref) for m in messages(channel=SMS)] == [(SENT, f"SM{1:032d}")]


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
