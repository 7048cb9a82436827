"""D33: after a whole story nothing of a person can be read in the database, its log, the files or our own lines."""

import http.client
import io
import json
import logging
import logging.config
import re
import time
from pathlib import Path

import pytest
import requests
from sqlalchemy import MetaData, select

from tests import filling, sms
from tests.assisted import steps
from tests.cases.conftest import BOTH, settings_on
from tests.cases.serving import served, worked
from tests.days import ahead
from tests.factories import dossiers as factory
from tests.factories.hostile import photo
from tests.pages import code_sent_to, form_of, post_form, read, text_of
from tests.people import log_in_staff, person
from webapp.accounts import sessions
from webapp.core import throttle, worker
from webapp.core.text import fold
from webapp.dossiers.models import Dossier
from webapp.shell import log_lines

PHONE, NUMBER = "0987654321", "038190007766"
NAME, CHILD, FATHER = "Lò Thị Hương Xuyến", "Lò Quỳnh Xuyên Chi", "Vi Văn Khuyếch"
STREET, WORDS, RECEIVER = "Ngõ Cây Gạo Đổ", "Chụp lại trang có chữ ký bà Xuyến", "Vi Thị Khuya Ngọc"
RESULT, MAIL = "4711/KS-XQ", "xuyen.lo@example.vn"
BORN, DECLINED, DEBT = "21/07/1990", "Bà Xuyến nộp nhầm nơi", "Lệ phí của bà Xuyến"
PERSON = {
    "full_name": NAME, "birth_date": BORN, "citizen_id": NUMBER, "sex": "nu", "ethnicity": "Thái",
    "residence_province": "38", "residence_commune": "hoang loc", "residence_line": STREET, "consent": "yes",
}  # fmt: skip


class Story:
    """Somebody new registers, sends a dossier, adds to it, and takes the result; who looks on writes lines of log."""

    def __init__(self, app, services):
        self.app, self.services = app, services
        self.client = app.test_client()
        self.codes, self.tokens = [], []

    def press(self, browser, url, verb, data=None):
        at_once = verb in ("receive", "process")
        form = form_of(browser, url if at_once else f"{url}/{verb}", f"{url}/{verb}" if at_once else None)
        answer = browser.post(f"{url}/{verb}", data={**form["hidden"], **(data or {})})
        assert answer.status_code == 303, f"{verb}: {text_of(answer)}"

    def staff(self, username):
        browser = self.app.test_client()
        log_in_staff(browser, self.services, username)
        self._note(browser)
        return browser

    def _note(self, browser):
        with browser.session_transaction() as cookie:
            self.tokens.append(cookie[sessions.TOKEN])

    def registers(self):
        post_form(self.client, "/register", {"phone": PHONE, "owner": "mine"})
        self.codes.append(code_sent_to(self.client, PHONE))
        post_form(self.client, "/login/code", {"code": "000000" if self.codes[0] != "000000" else "111111"})
        assert post_form(self.client, "/login/code", {"code": self.codes[0]}).status_code == 303
        answer = post_form(self.client, "/register/person", PERSON)
        assert answer.location == "/me", text_of(answer)
        self._note(self.client)

    def sends(self):
        dossier = filling.begin(self.client)
        answers = {
            **filling.birth_answers(), "applicant_name": NAME, "applicant_id_no": NUMBER, "applicant_phone": PHONE,
            "applicant_email": MAIL, "child_name": CHILD, "father_name": FATHER, "mother_name": NAME,
            "mother_id_no": NUMBER, "mother_dob": BORN, "applicant_residence": {**filling.HOANG_LOC, "line": STREET},
        }  # fmt: skip
        filling.answer_all(self.client, dossier, answers)
        for number, key in enumerate(("birth_proof", "marriage_info")):
            files = [(io.BytesIO(photo(size=(300 + number, 200))), f"Ảnh của {NAME}.jpg")]
            form = {"photos": files}
            url = f"{dossier}/documents/{key}"
            assert post_form(self.client, url, form, content_type="multipart/form-data").status_code == 303
        assert filling.submit(self.client, dossier).status_code == 303
        with self.services.database.session(write=False) as session:
            query = select(Dossier).where(Dossier.public_id == dossier.rsplit("/", 1)[1])
            self.tokens.append(session.scalars(query).one().qr_token)
        self.lookup = re.search(r"\b([2-9A-Z]{3}-[2-9A-Z]{3})\b", text_of(self.client.get(f"{dossier}/receipt")))[1]
        return dossier

    def is_served(self, dossier):
        desk = "/counter" + dossier
        reception, case = self.staff("officer"), self.staff("case")
        for typed in (NAME, fold(NAME), NUMBER, self.lookup):
            assert post_form(reception, "/counter", {"q": typed}).status_code == 303
        self.press(reception, desk, "receive")
        self.press(case, desk, "process")
        asked = {"ask_document_birth_proof": "yes", "fault_document_birth_proof": "blurred"}
        asked |= {"words_document_birth_proof": WORDS, "deadline_on": ahead()}
        self.press(case, desk, "request-supplement", asked)
        self.adds(dossier)
        with_file = {"decision": "granted", "number": RESULT, "issued_on": "22/11/2026", "no_draft": "counter"}
        with_file["file"] = (io.BytesIO(photo()), f"{NAME}.jpg")
        self.press(case, desk, "settle", with_file)
        self.press(reception, desk, "hand-over", {"to_whom": RECEIVER, "how": "counter"})

    def adds(self, dossier):
        files = {"photos_birth_proof": [(io.BytesIO(photo(size=(301, 222))), f"{NAME} 2.jpg")]}
        answer = post_form(self.client, f"{dossier}/supplement", files, content_type="multipart/form-data")
        assert answer.status_code == 303, text_of(answer)

    def comes_again(self):
        """Two more dossiers: one is declined, for the other there is something to pay."""
        declined, owing = (f"/counter/dossiers/{self._another()}" for _ in range(2))
        reception, case = self.staff("officer"), self.staff("case")
        self.press(reception, declined, "decline", {"reason": DECLINED, "basis": "Điều 5"})
        self.press(reception, owing, "receive")
        self.press(case, owing, "process")
        self.press(case, owing, "require-payment", {"amount": "50000", "what_for": DEBT, "reason": DEBT})
        self.press(reception, owing, "record-payment", {"method": "cash", "receipt_number": "0007401"})

    def _another(self):
        with self.services.database.transaction() as session:
            mine = {"mother_name": NAME, "mother_id_no": NUMBER}
            return factory.sent(session, self.services.storage, person(session, NUMBER), answers=mine).public_id

    def is_helped(self):
        """At the counter without a phone, and beside a helper with a code."""
        reception, helper = self.staff("officer"), self.staff("helper")
        found = post_form(reception, "/counter/walk-in", {"who": NUMBER}, action="/counter/walk-in")
        assert found.status_code == 303, text_of(found)
        assert NAME in text_of(reception.get("/counter/walk-in"))
        assert steps.send(helper, steps.NEW, "number", {"citizen_id": NUMBER}).location == steps.CONSENT
        assert steps.ask_code(helper).status_code == 303
        self.codes.append(code_sent_to(helper, PHONE))
        assert steps.send(helper, steps.CONSENT, "code", {"code": self.codes[-1]}).location == steps.SESSION
        assert NAME in text_of(helper.get("/me"))
        assert steps.end(helper).status_code == 200

    def goes_wrong(self):
        """What strangers and slips leave behind."""
        stranger = self.app.test_client()
        post_form(stranger, "/lookup", {"code": self.lookup, "proof": "0000"})
        assert post_form(stranger, "/lookup", {"code": self.lookup, "proof": NUMBER[-4:]}).status_code in (200, 303)
        stranger.get(f"/procedures?q={NAME}")
        stranger.get(f"/{NUMBER}?phone={PHONE}")
        post_form(stranger, "/login", {"phone": PHONE})
        self.codes.append(code_sent_to(stranger, PHONE))
        stranger.post("/login", data={"phone": PHONE})
        post_form(stranger, "/register", {"phone": "abc " + NAME})


@pytest.fixture(params=BOTH)
def settings(request, tmp_path):
    return settings_on(request, tmp_path)


@pytest.fixture
def told(app, services, capsys, monkeypatch):
    """The whole story, and every line that it wrote."""
    monkeypatch.setattr(throttle._Rule, "relaxed", True)  # three codes for one phone within one minute
    out = io.StringIO()
    kept = logging.getLogger().handlers[:], logging.getLogger().level
    made = log_lines.config()
    for handler in made["handlers"].values():
        handler.pop("stream", None)
        handler.update({"class": "logging.StreamHandler", "stream": out})
    logging.config.dictConfig(made)
    story = Story(app, services)
    story.registers()
    worker.drain(services.database)
    dossier = story.sends()
    sms.texts(app)
    story.is_served(dossier)
    story.comes_again()
    story.is_helped()
    story.goes_wrong()
    sms.texts(app)
    logging.getLogger().handlers, logging.getLogger().level = kept
    seen = capsys.readouterr()
    return story, out.getvalue() + seen.out + seen.err


def spellings(text):
    """One word as it may lie about: as typed, without marks, in capitals, as JSON escapes it."""
    plain = {text, fold(text), text.upper(), text.lower(), json.dumps(text)[1:-1], fold(text).title()}
    return {one.encode() for one in plain}


def secrets(story):
    """What nobody may find, by what it is."""
    texts = {"name": NAME, "child": CHILD, "father": FATHER, "street": STREET, "words": WORDS, "receiver": RECEIVER}
    texts |= {"result": RESULT, "mail": MAIL, "declined": DECLINED, "debt": DEBT}
    found = {what: spellings(text) for what, text in texts.items()}
    found["phone"] = {PHONE.encode(), PHONE[1:].encode(), b"0987 654 321"}
    found["number"] = {NUMBER.encode(), b"038 190 007 766"}
    found["born"] = {BORN.encode(), b"1990-07-21", b"21-07-1990"}
    found["token"] = {token.encode() for token in story.tokens} | {token.lower().encode() for token in story.tokens}
    return found


def hits(story, data):
    """Which of them lie in these bytes. A code counts only as a word of its own: six digits may stand in any hash."""
    found = {what for what, forms in secrets(story).items() for form in forms if form in data}
    codes = [re.compile(rb"(?<![\w.:-])%s(?![\w-])" % code.encode()) for code in story.codes]
    return found | {"code" for code in codes if code.search(data)}


def kept_by(services, settings, request):
    """Where the database keeps what it was told: name → bytes; its log of changes is among them."""
    if services.database.is_sqlite:
        base = Path(settings.database_url.removeprefix("sqlite:///"))
        places = {path.name: path.read_bytes() for path in base.parent.glob(base.name + "*")}
        assert len(places[f"{base.name}-wal"]) > 100_000
        return places
    folder = request.getfixturevalue("postgres").folder
    places = {path.name: path.read_bytes() for path in folder.rglob("pg_wal/0*")}
    assert sum(map(len, places.values())) > 100_000
    metadata = MetaData()
    with services.database.engine.connect() as connection:
        metadata.reflect(connection)
        cursor = connection.connection.driver_connection.cursor()
        for table in metadata.sorted_tables:
            with cursor.copy(f'COPY "{table.name}" TO STDOUT') as out:
                places[table.name] = b"".join(out)
    assert places["dossiers"].count(b"\n") >= 3
    return places


def test_nothing_of_a_person_can_be_read_where_it_is_kept(told, services, settings, request):
    story, log = told
    places = kept_by(services, settings, request)
    files = [path for path in Path(settings.storage_url).rglob("*") if path.is_file()]
    assert len(files) >= 4
    places |= {f"file {number}": path.read_bytes() for number, path in enumerate(files)}
    places["names of files"] = "\n".join(str(path) for path in files).encode()
    places["log"] = log.encode()
    assert {place: found for place, data in places.items() if (found := hits(story, data))} == {}
    assert log.count("\n") > 50, "the lines were caught"
    assert not [path for path, data in places.items() if path.startswith("file ") and b"JFIF" in data]
    would_be_found(story)


def would_be_found(story):
    """A grep that finds nothing must be one that finds something."""
    assert len(story.tokens) >= 4 and len(story.codes) == 3
    for what, text in (("name", fold(NAME)), ("phone", PHONE), ("born", BORN), ("token", story.tokens[0])):
        assert hits(story, f"x{text}y".encode()) == {what}
    assert hits(story, f'"{story.codes[0]}"'.encode()) == {"code"}


class Caller:
    """Somebody's browser over a socket; it keeps what may stand in no line."""

    def __init__(self, port):
        self.base, self.browser = f"http://127.0.0.1:{port}", requests.Session()
        self.codes, self.tokens = [], []

    def post(self, page, data, action=None):
        [form, *_] = [f for f in read(self.browser.get(self.base + page).text).forms if f["method"] == "post"]
        return self.browser.post(self.base + (action or page), data={**form["hidden"], **data}, allow_redirects=False)

    def read_code(self):
        """Where the real worker has put it."""
        until = time.monotonic() + 120
        while time.monotonic() < until:
            if found := sms.CODE.findall(self.browser.get(f"{self.base}/demo/phone?number={PHONE}").text):
                self.codes.append(found[0])
                return found[0]
            time.sleep(0.3)
        raise AssertionError("no code came")


@pytest.mark.long
def test_gunicorn_and_the_worker_write_nothing_of_a_person(template_database, tmp_path):
    """The real processes with their own handlers, also for a request that cannot be read."""
    with served(template_database, tmp_path) as running, worked(tmp_path):
        caller = Caller(running.port)
        assert caller.post("/register", {"phone": PHONE, "owner": "mine"}).status_code == 303
        code = caller.read_code()
        caller.post("/login/code", {"code": "000000" if code != "000000" else "111111"})
        assert caller.post("/login/code", {"code": code}).status_code == 303
        assert caller.post("/register/person", PERSON).headers["Location"] == "/me"
        caller.tokens.append(caller.browser.cookies["motcua"])
        assert NAME in caller.browser.get(f"{caller.base}/me").text
        caller.post("/lookup", {"code": NUMBER, "proof": NUMBER[-4:]})
        for path in (f"/procedures?q={NAME}", f"/{NUMBER}?phone={PHONE}", f"/dossiers/{PHONE}", f"/q/{NUMBER}"):
            caller.browser.get(caller.base + path)
        link = http.client.HTTPConnection("127.0.0.1", running.port, timeout=60)
        link.sock = None
        link.connect()
        link.sock.sendall(f"GET /x?phone={PHONE} HTTP/1.1\r\nHost: a b\r\n{NUMBER}\r\n\r\n".encode())
        assert b" 400 " in link.sock.recv(200)
        link.close()
    lines = {name: (tmp_path / name).read_bytes() for name in ("web.log", "worker.log")}
    assert {name: found for name, data in lines.items() if (found := hits(caller, data))} == {}
    assert lines["web.log"].count(b"\n") > 15, "the lines were caught; the worker has nothing to say when all is well"
