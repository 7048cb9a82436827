"""D35: web processes are killed while people photograph and send: nothing acknowledged is lost or there twice."""

import os
import signal

import pytest

from tests.faults import rig

pytestmark = [pytest.mark.long, pytest.mark.xdist_group("faults")]
KILLS = int(os.environ.get("MOTCUA_KILLS", "60")) // 2  # on each of two databases


def test_people_send_on_while_processes_are_killed_under_them(stand):
    """After the last blow, at all processes at once, the next answer is due in two seconds; a busy machine gets ten."""
    with stand.web() as running:
        crowd = rig.crowd(stand, running)
        with crowd.at_work():
            killed = rig.kill_children(running.master, KILLS, 0.3, crowd)
            for child in rig.children(running.master):
                os.kill(child, signal.SIGKILL)
            back = crowd.next_yes()
    rig.log.info("%s kills, %s, back after %.2f s", killed, crowd, back)
    assert crowd.odd == [], "an answer that was neither yes nor 'try again'"
    assert killed == KILLS
    assert crowd.unanswered, "nobody was hit in the middle of something"
    assert set(crowd.told) == crowd.begun, "somebody was never told"
    assert back < 10
    assert rig.findings(stand, crowd.told) == []
