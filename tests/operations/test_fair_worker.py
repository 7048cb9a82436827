"""People who come at once are shared out between the processes of the web server."""

import http.client
import os
import time
from collections import Counter
from contextlib import ExitStack, closing
from pathlib import Path

import pytest

from tests.bench import load, servers

PEOPLE = 8
CROWDS = 6
ESTABLISHED = "01"


@pytest.mark.long
def test_of_eight_people_who_come_at_once_no_process_takes_nearly_all(tmp_path: Path) -> None:
    """Without the rule one of two processes had seven or eight of them in every other crowd."""
    with servers.gunicorn("tests.bench.page:app", "/page", tmp_path / "web.log") as web:
        while len(a_crowd(web)) < 2:  # the second one is still on its way
            time.sleep(0.1)
        shared = [sorted(a_crowd(web)) for _ in range(CROWDS)]
    assert sum(fewest >= 2 for fewest, _most in shared) >= CROWDS - 1, shared


def a_crowd(web: servers.Running) -> list[int]:
    """How many of them each process has, while all are still connected."""
    with ExitStack() as together:
        links = [
            together.enter_context(closing(http.client.HTTPConnection("127.0.0.1", web.port, timeout=30)))
            for _ in range(PEOPLE)
        ]
        for link in links:
            link.connect()
        for link in links:
            link.request("GET", "/page")
        for link in links:
            assert len(link.getresponse().read()) > 1000
        workers = [pid for pid in load.family((web.master,)) if pid != web.master]
        return [held(pid, web.port) for pid in workers]


def held(pid: int, port: int) -> int:
    """Connections to this port that a process has open."""
    lines = [line.split() for line in Path("/proc/net/tcp").read_text().splitlines()[1:]]
    ours = {f"socket:[{line[9]}]" for line in lines if line[1].endswith(f":{port:04X}") and line[3] == ESTABLISHED}
    open_files = Counter(os.readlink(file) for file in Path(f"/proc/{pid}/fd").iterdir() if file.is_symlink())
    return sum(open_files[one] for one in ours)
