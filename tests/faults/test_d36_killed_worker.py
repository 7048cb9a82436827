"""D36: the worker is killed again and again: every message leaves, and hardly any twice."""

import os
import random
import signal
import time
from collections import Counter

import pytest
from sqlalchemy import update

from tests.bench import people as bench
from tests.faults import rig
from tests.notifications.gateways import fake_twilio
from webapp.core import outbox

pytestmark = [pytest.mark.long, pytest.mark.xdist_group("faults")]
KILLS = int(os.environ.get("MOTCUA_KILLS", "60")) // 2
ACCOUNT = "AC" + "a" * 32


def test_every_message_leaves_though_its_carrier_dies(tmp_path, monkeypatch):
    with fake_twilio() as gateway:
        stand = rig.Stand(
            tmp_path, f"sqlite:///{tmp_path}/motcua.db", sms_provider="twilio", sms_base_url=gateway.url,
            sms_account=ACCOUNT, sms_token="token", worker_poll_seconds="0.05",
        )  # fmt: skip
        waiting = bench.codes_to_type(stand, KILLS * 3)
        assert rig.waiting(stand) >= len(waiting)
        killed = _kill_and_restart(stand, KILLS)
        _drain(stand)
        sent = Counter(message["Body"] + message["To"] for message in gateway.seen)
        assert len(sent) == len(waiting), "a message never left"
        assert sum(sent.values()) - len(sent) <= killed, "more messages left twice than workers died"
        stand.services.database.dispose()


def _kill_and_restart(stand, kills):
    chance, killed = random.Random(1), 0
    while killed < kills and rig.waiting(stand):
        worker = stand.worker()
        time.sleep(chance.uniform(1.2, 2.2))
        worker.send_signal(signal.SIGKILL)
        worker.wait()
        killed += 1
        _expire_leases(stand)
    return killed


def _expire_leases(stand):
    """Sixty seconds go by."""
    with stand.services.database.transaction() as session:
        session.execute(update(outbox.OutboxDelivery).values(leased_until=None))


def _drain(stand):
    worker, until = stand.worker(), time.monotonic() + 60
    try:
        while rig.waiting(stand) and time.monotonic() < until:
            time.sleep(0.2)
    finally:
        worker.terminate()
        worker.wait(timeout=20)
    assert rig.waiting(stand) == 0
