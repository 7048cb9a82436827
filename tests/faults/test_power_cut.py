"""The power goes while people send: what was acknowledged is on the disk, whole, once."""

import os
import random
import re
import shutil
import signal
import subprocess
import sys
import time
from contextlib import ExitStack, closing, contextmanager
from http.client import HTTPConnection

import pytest

from tests.bench import people as bench
from tests.faults import rig

pytestmark = [pytest.mark.long, pytest.mark.xdist_group("faults")]
CUTS = int(os.environ.get("MOTCUA_CUTS", "3"))
may_mount = os.access("/dev/fuse", os.R_OK | os.W_OK) and (os.geteuid() == 0 or shutil.which("fusermount"))
no_fuse = pytest.mark.skipif(not may_mount, reason="nobody may mount a disk of their own here: no /dev/fuse")
no_strace = pytest.mark.skipif(shutil.which("strace") is None, reason="strace is not installed")


@contextmanager
def powered(platter, mount):
    """The disk is shown under `mount` until the block ends."""
    command = [sys.executable, "-m", "tests.faults.powerfs", str(platter), str(mount)]
    with subprocess.Popen(command, cwd=rig.ROOT) as disk:
        try:
            until = time.monotonic() + 30
            while not os.path.ismount(mount):
                assert disk.poll() is None and time.monotonic() < until, "the disk did not turn"
                time.sleep(0.05)
            yield disk
        finally:
            away = ["umount", "-l"] if os.geteuid() == 0 else ["fusermount", "-uz"]
            subprocess.run([*away, str(mount)], check=True)
            disk.kill()


@no_fuse
def test_what_was_acknowledged_survives_every_cut(stand_on, tmp_path):
    platter, mount, chance = tmp_path / "platter", tmp_path / "mount", random.Random(CUTS)
    mount.mkdir()
    lying = stand_on("sqlite", folder=platter)
    # SQLite calls a disk that dies "malformed", so a dying machine may answer 500; it may not say yes.
    # A cut is at most 3.3 seconds after the first yes: four people who rest a quarter of a second send 53 at most.
    stock = list(rig.some_drafts(lying, 60 * CUTS + 20))
    crowd = rig.Crowd(port=0, stock=stock, rest=0.25, try_again=(500, 503))
    there = {"MOTCUA_DATABASE_URL": f"sqlite:///{mount}/motcua.db", "MOTCUA_STORAGE_URL": f"{mount}/files"}
    with ExitStack() as last, crowd.at_work():
        for _ in range(CUTS):
            with powered(platter, mount) as disk, lying.web(**there) as running:
                crowd.port = running.port
                assert crowd.next_yes() < rig.PATIENCE
                time.sleep(chance.uniform(0.5, 3))
                disk.send_signal(signal.SIGUSR1)
                time.sleep(0.3)  # whoever says yes now, lies
                rig.kill_all(running.master)
        crowd.port = last.enter_context(lying.web()).port
        assert crowd.next_yes() < rig.PATIENCE
    rig.log.info("%s cuts, %s", CUTS, crowd)
    assert crowd.stock, "they had nothing more to send"
    assert crowd.odd == [] and set(crowd.told) == crowd.begun
    assert rig.findings(lying, crowd.told) == []


@no_strace
def test_the_log_of_the_database_is_on_the_disk_before_the_answer_leaves(stand_on):
    """What the kernel was asked, in its order; a disk of our own could be wrong about what is asked of it."""
    stand = stand_on("sqlite")
    (draft,) = bench.drafts(stand, 1, photographed=True)
    with (
        stand.web() as running,
        traced(running.master, stand.folder / "calls") as calls,
        closing(HTTPConnection("127.0.0.1", running.port, timeout=30)) as link,
    ):
        assert bench.try_submit(link, draft, "key")[0] == 303
    asked = calls.read_text()
    before, answer, _after = asked.partition('"HTTP/1.1 303')
    assert answer, f"no answer was seen: {asked[-500:]}"
    assert re.search(r"fdatasync\(\d+<[^>]*motcua\.db-wal>", before)


@contextmanager
def traced(master, target):
    """What these processes ask of disk and network, written to `target`; files by their names."""
    processes = [f"--attach={process}" for process in rig.children(master)]
    command = ["strace", "-f", "-y", "-e", "trace=fdatasync,fsync,sendto", "-o", str(target), *processes]
    with subprocess.Popen(command, stderr=subprocess.PIPE, text=True) as tracer:
        for _process in processes:
            said = tracer.stderr.readline()
            if "attached" not in said:
                tracer.wait()
                pytest.skip(f"nobody may look over a shoulder here: {said}")
        yield target
        tracer.terminate()
