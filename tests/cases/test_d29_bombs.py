"""D29: a file that bursts is refused at once, and while one is being read everybody else is answered."""

import io
import re
import threading
import time
from pathlib import Path
from urllib.parse import urljoin

import pytest
import requests
from sqlalchemy import select

from tests import filling
from tests.cases.sending import Paper
from tests.cases.serving import served
from tests.factories import hostile
from tests.pages import post_form, read, text_of
from tests.people import log_in_staff
from webapp.core import inspect
from webapp.core.files import StoredFile
from webapp.core.opener.pool import Busy, Killed, Pool

BURSTING = (
    "400 million pixels", "4 billion pixels in a header", "200 MB in one stream", "packed twice", "packed objects",
    "200 MB in many streams", "10,000 pages", "ten thousand brackets", "a page that is its own parent",
)  # fmt: skip

PATIENCE = 5  # 1 second is meant; tests share their machine with others


@pytest.fixture
def paper(client, services):
    return Paper(client, services)


def test_a_file_that_bursts_is_refused_at_once(paper):
    for name in BURSTING:
        family = hostile.NO_PAPER[name]
        data = family.make()
        began = time.monotonic()
        assert paper.send(data, family.name).status_code == 422, name
        assert time.monotonic() - began < 5, name
    assert paper.send(hostile.photo(), "anh.jpg").status_code == 303, "and the next one is read"


class Held:
    """A file that takes its time."""

    def __init__(self):
        self.began, self.go_on = threading.Event(), threading.Event()

    def run(self, _job, _data):
        self.began.set()
        assert self.go_on.wait(60)
        raise Killed


def test_while_a_file_is_read_others_read_write_and_send(app, services, paper, monkeypatch):
    """No lock is held meanwhile: on SQLite one waiting writer would stop all of them."""
    held = Held()
    monkeypatch.setattr(inspect, "pool", held)
    answers = []
    slow = threading.Thread(target=lambda: answers.append(paper.send(hostile.photo(), "anh.jpg")))
    slow.start()
    try:
        assert held.began.wait(30)
        other = app.test_client()
        log_in_staff(other, services, "officer")
        assert other.get("/counter").status_code == 200
        assert other.post("/appearance", data={"size": "2", "next": "/"}).status_code == 303
        third = app.test_client()
        second = Paper(third, services)
        section = filling.begin(third) + "/sections/child?q=1"
        assert post_form(third, section, {"child_name": "Lê Thị Mai An"}).status_code == 303
        assert second.dossier
    finally:
        held.go_on.set()
        slow.join()
    assert answers[0].status_code == 422
    assert "Không đọc được tệp này" in text_of(answers[0])


def test_a_file_that_ends_its_reader_ends_nothing_else(paper, monkeypatch):
    """The stand-in child reads nothing: it dies."""
    wild = Pool("tests.core.misbehaving_child", wall=5)
    run = wild.run
    monkeypatch.setattr(wild, "run", lambda job, data: run({"do": "die"}, data))
    with monkeypatch.context() as for_now:
        for_now.setattr(inspect, "pool", wild)
        assert paper.send(hostile.photo(), "anh.jpg").status_code == 422
    wild.close()
    assert paper.send(hostile.photo(), "anh.jpg").status_code == 303


def test_when_too_many_files_come_at_once_it_is_said_and_nothing_is_lost(paper, monkeypatch):
    def busy(_job, _data):
        raise Busy

    with monkeypatch.context() as for_now:
        for_now.setattr(inspect.pool, "run", busy)
        answer = paper.send(hostile.photo(), "anh.jpg")
        assert answer.status_code == 503
        assert "Đang có nhiều người gửi tệp" in text_of(answer)
    assert paper.send(hostile.photo(), "anh.jpg").status_code == 303


def test_twenty_files_a_dossier_and_three_hundred_megabytes_a_day_are_the_most(paper, monkeypatch):
    monkeypatch.setattr("webapp.dossiers.documents.MAX_FILES", 1)
    assert paper.send(hostile.photo(size=(50, 50)), "a.jpg").status_code == 303
    answer = paper.send(hostile.photo(size=(51, 51)), "b.jpg")
    assert (answer.status_code, len(paper.ids())) == (422, 1)
    assert "Một hồ sơ nhận 20 tệp" in text_of(answer)
    monkeypatch.setattr("webapp.shell.uploads.MAX_DAY_BYTES", 100)
    post_form(paper.client, paper.url, {"remove": paper.ids()[0]})
    answer = paper.send(hostile.photo(size=(52, 52)), "c.jpg")
    assert (answer.status_code, paper.ids()) == (422, [])
    assert "300 MB" in text_of(answer)


def test_all_files_of_a_dossier_together_take_a_hundred_megabytes(paper, services):
    """The limit itself: what was kept before is counted, however few files it is."""
    assert paper.send(hostile.photo(size=(50, 50)), "a.jpg").status_code == 303
    for kept, answered, width in ((99_000_000, 303, 60), (100 * 1024 * 1024 - 99_000_000, 422, 61)):
        with services.database.transaction() as session:
            session.scalars(select(StoredFile).order_by(StoredFile.id.desc())).first().size = kept
        answer = paper.send(hostile.photo(size=(width, 50)), "b.jpg")
        assert answer.status_code == answered, text_of(answer)
    assert "quá 100 MB" in text_of(answer) and len(paper.ids()) == 2


def peaks(process):
    """MB that each process under this one has held at most."""
    found, waiting = {}, [process]
    while waiting:
        pid = waiting.pop()
        try:
            for thread in Path(f"/proc/{pid}/task").iterdir():  # whichever thread started it
                waiting += (thread / "children").read_text().split()
            command = Path(f"/proc/{pid}/cmdline").read_bytes()
            held = re.search(r"VmHWM:\s+(\d+) kB", Path(f"/proc/{pid}/status").read_text())
        except FileNotFoundError:
            continue
        if b"opener.child" in command and held:
            found[pid] = int(held[1]) / 1024
    return found


@pytest.mark.long
def test_bombs_under_gunicorn_stop_nobody_and_eat_no_memory(client, services, settings, tmp_path):
    """All of them one after the other, as real processes see them; meanwhile somebody reads on."""
    paper = Paper(client, services)
    cookie = client.get_cookie("motcua").value
    services.database.dispose()
    here = tmp_path / "served"
    here.mkdir()
    with served(tmp_path / "var", here, MOTCUA_LIMITS="relaxed") as running:
        base, browser, waits, most, over = f"http://127.0.0.1:{running.port}", requests.Session(), [], {}, []
        browser.cookies.set("motcua", cookie)

        def watch():
            while not over:
                began = time.monotonic()
                assert requests.get(f"{base}/procedures", timeout=60).status_code == 200
                waits.append(time.monotonic() - began)
                for pid, held in peaks(running.master).items():
                    most[pid] = max(most.get(pid, 0), held)
                time.sleep(0.02)

        other = threading.Thread(target=watch)
        other.start()
        try:
            for name in BURSTING:
                family = hostile.NO_PAPER[name]
                [form, *_] = [f for f in read(browser.get(base + paper.url).text).forms if f["method"] == "post"]
                files = {"photos": (family.name, io.BytesIO(family.make()))}
                answer = browser.post(urljoin(base + paper.url, form["action"] or ""), data=form["hidden"], files=files)
                assert answer.status_code == 422, name
        finally:
            over.append(True)
            other.join()
    assert len(waits) > 10 and max(waits) < 1 * PATIENCE, max(waits)
    assert most and max(most.values()) <= 512, most
