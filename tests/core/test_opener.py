"""Whatever a file does to the library that reads it, it has no keys, no network, no files, and soon an end."""

import os
import signal
import socket
import threading
import time
from concurrent.futures import ThreadPoolExecutor

import pytest

from tests.factories.hostile import photo
from webapp.core import inspect
from webapp.core.inspect import Refused, examine
from webapp.core.opener import pool as pools
from webapp.core.opener.pool import Busy, Killed, Places, Pool

PHOTO = {"do": "photo"}


@pytest.fixture(scope="module")
def wild():
    """A child that does what it should not."""
    made = Pool("tests.core.misbehaving_child", wall=5)
    yield made
    made.close()


def test_every_file_has_a_process_of_its_own(wild):
    pids = {wild.run({"do": "fork"}, b"")[0]["pid"] for _ in range(4)}
    assert len(pids) == 4
    assert os.getpid() not in pids


@pytest.mark.parametrize("act", ["die", "fill", "spin", "sleep"])
def test_a_file_that_kills_its_reader_or_takes_too_much_is_given_up_and_the_next_one_is_read(wild, act):
    began = time.monotonic()
    with pytest.raises(Killed):
        wild.run({"do": act}, b"")
    assert time.monotonic() - began < 5
    assert wild.run({"do": "echo"}, b"abc") == ({"echo": 3}, b"abc")


def test_the_child_has_none_of_our_secrets(wild, monkeypatch):
    monkeypatch.setenv("MOTCUA_DATA_KEYS", "k1:secret")
    assert not [name for name in wild.run({"do": "look"}, b"")[0]["found"] if "MOTCUA" in name or "KEY" in name]


def test_the_child_opens_no_connection_and_no_file(wild, tmp_path):
    with socket.create_server(("127.0.0.1", 0)) as server:
        told, _ = wild.run({"do": "talk", "port": server.getsockname()[1]}, b"")
    assert "refused_with" in told
    assert "refused_with" in wild.run({"do": "read"}, b"")[0]
    assert "refused_with" in wild.run({"do": "write", "path": str(tmp_path / "x")}, b"")[0]


def test_twenty_megabytes_go_there_and_back(wild):
    data = os.urandom(20 * 1024 * 1024)
    assert wild.run({"do": "echo"}, data)[1] == data


def test_files_that_take_long_leave_no_place_and_the_next_is_told_so_at_once(wild, monkeypatch):
    monkeypatch.setattr(pools, "WAIT_FOR_A_PLACE", 0.2)
    slow = [threading.Thread(target=lambda: pytest.raises(Killed, wild.run, {"do": "sleep"}, b"")) for _ in range(2)]
    for one in slow:
        one.start()
    while wild._places.free:
        time.sleep(0.01)
    with pytest.raises(Busy):
        wild.run({"do": "echo"}, b"")
    for one in slow:
        one.join()
    assert wild.run({"do": "echo"}, b"a")[1] == b"a"


def test_whoever_came_first_is_read_first():
    places, order = Places(1), []
    assert places.take(0)

    def wait(number):
        assert places.take(20)
        order.append(number)
        places.give()

    people = []
    for number in range(5):
        people.append(threading.Thread(target=wait, args=(number,)))
        people[-1].start()
        while len(places._line) <= number:
            time.sleep(0.001)
    assert not places.take(0.01), "nobody goes past the line"
    places.give()
    for one in people:
        one.join()
    assert (order, places.free) == ([0, 1, 2, 3, 4], 1)


def test_a_child_that_was_ended_from_outside_is_made_anew(wild):
    wild.run({"do": "echo"}, b"")
    wild._child.kill()
    wild._child.wait()
    assert wild.run({"do": "echo"}, b"again")[1] == b"again"


def test_a_file_on_its_way_when_the_child_is_ended_from_outside_is_read_by_the_next(wild, monkeypatch):
    wild.start()
    child, send = wild._child, pools.wire.send
    child.send_signal(signal.SIGSTOP)  # so that it has made no copy yet

    def ended(*given):
        child.kill()
        child.wait()
        monkeypatch.setattr(pools.wire, "send", send)
        send(*given)

    monkeypatch.setattr(pools.wire, "send", ended)
    assert wild.run({"do": "echo"}, b"a photo" * 100_000)[0] == {"echo": 700_000}


def test_processes_forked_from_one_share_its_child_and_leave_it_running(wild):
    """As gunicorn's do: read there, and end there, and the child serves whoever is still here."""
    wild.start()
    before = wild._child.pid
    for _ in range(2):
        forked = os.fork()
        if forked == 0:
            answered = wild.run({"do": "echo"}, b"12345")[0] == {"echo": 5} and wild._child.pid == before
            wild.close()
            os._exit(0 if answered else 1)
        assert os.waitpid(forked, 0)[1] == 0
    assert wild.run({"do": "echo"}, b"123")[0] == {"echo": 3} and wild._child.pid == before


def test_many_threads_send_their_files_at_once():
    made = Pool()
    picture = photo()
    try:
        with ThreadPoolExecutor(8) as people:
            done = list(people.map(lambda _: made.run(PHOTO, picture)[0]["media_type"], range(40)))
    finally:
        made.close()
    assert done == ["image/jpeg"] * 40


def test_whoever_sends_a_file_hears_of_it_in_words(monkeypatch):
    def killed(_job, _data):
        raise Killed

    monkeypatch.setattr(inspect.pool, "run", killed)
    with pytest.raises(Refused, match="could not be read"):
        examine(b"\xff\xd8\xff")
