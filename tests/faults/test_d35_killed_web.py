"""D35: web processes are killed while people send: nothing acknowledged is lost, nothing is there twice."""

import os
import threading
import time

import pytest

from tests.bench import people as bench
from tests.faults import rig

pytestmark = [pytest.mark.long, pytest.mark.xdist_group("faults")]
KILLS = int(os.environ.get("MOTCUA_KILLS", "60")) // 2  # on each of two databases


def test_people_send_on_while_processes_are_killed_under_them(stand):
    drafts = bench.drafts(stand, KILLS * 4, photographed=True)
    with stand.web() as running:
        crowd = rig.Crowd(running.port, drafts)
        sending = threading.Thread(target=crowd.run, args=(60 + KILLS * 4,))
        sending.start()
        killed = rig.kill_children(running.master, KILLS, (0.15, 0.5), lambda: not sending.is_alive())
        sending.join()
        began = time.monotonic()
        rig.Crowd(running.port, drafts[:1]).run(30)
        healed = time.monotonic() - began
    assert crowd.odd == [], "an answer that was neither yes nor 'try again'"
    assert killed >= min(KILLS, 10), "the killer had too little time to prove anything"
    assert len(crowd.told) == len(drafts)
    assert healed < 30
    assert rig.findings(stand, crowd.told) == []
