"""D33: after a whole story nothing of a person can be read in the database, its log, the files or our own lines."""

import io
import json
import logging
import logging.config
import re
from pathlib import Path

import pytest
from sqlalchemy import select

from tests import filling, sms
from tests.days import ahead
from tests.factories.hostile import photo
from tests.pages import code_sent_to, form_of, post_form, text_of
from tests.people import log_in_staff
from webapp.accounts import sessions
from webapp.core import worker
from webapp.core.text import fold
from webapp.dossiers.models import Dossier
from webapp.shell import log_lines

PHONE, NUMBER = "0987654321", "038190007766"
NAME, CHILD, FATHER = "Lò Thị Hương Xuyến", "Lò Quỳnh Xuyên Chi", "Vi Văn Khuyếch"
STREET, WORDS, RECEIVER = "Ngõ Cây Gạo Đổ", "Chụp lại trang có chữ ký bà Xuyến", "Vi Thị Khuya Ngọc"
RESULT, MAIL = "4711/KS-XQ", "xuyen.lo@example.vn"
PERSON = {
    "full_name": NAME, "birth_date": "21/07/1990", "citizen_id": NUMBER, "sex": "nu", "ethnicity": "Thái",
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
            "mother_id_no": NUMBER, "applicant_residence": {**filling.HOANG_LOC, "line": STREET},
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


@pytest.fixture
def told(app, services, capsys):
    """The whole story, and every line that it wrote."""
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
    texts |= {"result": RESULT, "mail": MAIL}
    found = {what: spellings(text) for what, text in texts.items()}
    found["phone"] = {PHONE.encode(), PHONE[1:].encode(), b"0987 654 321"}
    found["number"] = {NUMBER.encode(), b"038 190 007 766"}
    found["token"] = {token.encode() for token in story.tokens} | {token.lower().encode() for token in story.tokens}
    return found


def hits(story, data):
    """Which of them lie in these bytes. A code counts only as a word of its own: six digits may stand in any hash."""
    found = {what for what, forms in secrets(story).items() for form in forms if form in data}
    codes = [re.compile(rb"(?<![\w.:-])%s(?![\w-])" % code.encode()) for code in story.codes]
    return found | {"code" for code in codes if code.search(data)}


def test_nothing_of_a_person_can_be_read_where_it_is_kept(told, settings):
    story, log = told
    base = Path(settings.database_url.removeprefix("sqlite:///"))
    places = {path.name: path.read_bytes() for path in base.parent.glob(base.name + "*")}
    files = [path for path in Path(settings.storage_url).rglob("*") if path.is_file()]
    assert len(files) >= 4
    places |= {f"file {number}": path.read_bytes() for number, path in enumerate(files)}
    places["names of files"] = "\n".join(str(path) for path in files).encode()
    places["log"] = log.encode()
    assert {place: found for place, data in places.items() if (found := hits(story, data))} == {}
    assert log.count("\n") > 50, "the lines were caught"
    assert not [path for path, data in places.items() if path.startswith("file ") and b"JFIF" in data]


def test_the_search_itself_would_find_them(told):
    """A grep that finds nothing must be one that finds something."""
    story, _log = told
    assert len(story.tokens) >= 4 and len(story.codes) == 2
    for what, text in (("name", fold(NAME)), ("phone", PHONE), ("token", story.tokens[0])):
        assert hits(story, f"x{text}y".encode()) == {what}
    assert hits(story, f'"{story.codes[0]}"'.encode()) == {"code"}
