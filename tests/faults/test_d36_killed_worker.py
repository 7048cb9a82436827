"""D36: the worker is killed again and again: every message leaves, and hardly any twice."""

import os
import random
import signal
import time
from collections import Counter

import pytest

from tests import people
from tests.faults import rig
from tests.faults.conftest import BOTH
from tests.notifications import stories
from tests.notifications.gateways import fake_twilio
from webapp.dossiers import events

pytestmark = [pytest.mark.long, pytest.mark.xdist_group("faults")]
KILLS = int(os.environ.get("MOTCUA_KILLS", "60")) // 4  # on each of two databases
ACCOUNT = "AC" + "a" * 32
LEASE = 2  # seconds in place of sixty; what a dead worker held comes back by the clock alone


@pytest.mark.parametrize("kind", BOTH)
def test_every_message_leaves_though_its_carrier_dies(kind, stand_on):
    with fake_twilio() as gateway:
        stand = stand_on(
            kind, sms_provider="twilio", sms_base_url=gateway.url, sms_account=ACCOUNT, sms_token="token",
            worker_poll_seconds="0.05",
        )  # fmt: skip
        asked, killed = _kill_and_restart(stand, gateway, KILLS)
        _drain(stand)
        sent = Counter(message["Body"] + message["To"] for message in gateway.seen)
    rig.log.info("%s kills, %s messages, %s sent twice", killed, asked, sent.total() - len(sent))
    assert killed == KILLS
    assert len(sent) == asked, "a message never left"
    assert sent.total() - len(sent) <= killed, "more messages left twice than workers died"


def _kill_and_restart(stand, gateway, kills):
    """Each worker dies within 0.3 s after its first call; how many messages were asked for, how many workers died."""
    chance, asked, killed = random.Random(1), 0, 0
    while killed < kills:
        if rig.waiting(stand) < 40:
            asked += _receive(stand, asked, 20)
        worker, before, until = stand.worker(lease=LEASE), len(gateway.seen), time.monotonic() + rig.PATIENCE
        while len(gateway.seen) == before:
            assert worker.poll() is None and time.monotonic() < until, (stand.folder / "worker.log").read_text()[-2000:]
            time.sleep(0.01)
        time.sleep(chance.uniform(0, 0.3))
        worker.send_signal(signal.SIGKILL)
        assert worker.wait() == -signal.SIGKILL, "it had died before"
        killed += 1
    return asked, killed


def _receive(stand, first, count):
    """The office takes on so many dossiers of Đào's. (Of codes, a slow machine would let some expire unsent.)"""
    with stand.app.app_context(), stand.services.database.transaction() as session:
        for number in range(first, first + count):
            dossier = stories.dossier_of(session, people.person(session), code=f"H56.38.12-261122-{number:04d}")
            stories.happens(session, dossier, events.DossierReceived)
    return count


def _drain(stand):
    worker, until = stand.worker(lease=LEASE), time.monotonic() + rig.PATIENCE
    try:
        while rig.waiting(stand) and time.monotonic() < until:
            time.sleep(0.2)
    finally:
        worker.terminate()
        worker.wait(timeout=20)
    assert rig.waiting(stand) == 0
