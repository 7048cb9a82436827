"""What an officer sees of one dossier, and of nobody else's."""

import re

import pytest

from tests import people as who
from tests.pages import read, text_of
from webapp.core.ids import new_public_id
from webapp.counter import sheet
from webapp.dossiers import answers
from webapp.dossiers.models import Dossier


def test_the_page_shows_answers_and_every_photo(officer, send):
    sent = send()
    page = officer.get(sent.url)
    text = text_of(page)
    assert page.status_code == 200
    assert "Nguyễn Thị Đào" in text and sent.code in text
    assert "Giấy chứng sinh" in text
    assert page.get_data(as_text=True).count('/small" alt=') == 2  # one photo of each paper


SOURCES = {
    "profile": ({}, "thông tin cá nhân"),
    "vneid": ({}, "từ VNeID"),
    "card": ({}, "đọc từ thẻ căn cước"),
    "record": ({"title_vi": "Giấy chứng nhận kết hôn", "title_en": "Marriage certificate"}, "kho: Giấy chứng nhận"),
    "dossier": ({"code": "H56.38.12-261101-0007"}, "hồ sơ H56.38.12-261101-0007"),
    "default": ({}, "tự khai"),
    "": ({}, "tự khai"),
}


@pytest.mark.parametrize("kind", SOURCES)
def test_each_answer_says_where_it_came_from(officer, send, services, kind):
    more, words = SOURCES[kind]
    sent = send()
    with services.database.transaction() as session:
        row = session.query(Dossier).filter_by(public_id=sent.id).one()
        content = row.answers
        content["sources"] = {"mother_name": {"kind": kind, **more}} if kind else {}
        row.answers = content
    page = officer.get(sent.url).get_data(as_text=True)
    said = " ".join(read(page.partition("<dt>Họ tên mẹ</dt>")[2].partition("</dd>")[0]).words)
    assert words in " ".join(said.split())


def test_every_kind_of_source_has_its_words_and_its_look():
    assert set(SOURCES) - {"default", ""} == set(answers.SOURCES) == set(sheet.SOURCE_TONES)


def _first_file(page):
    """The address of the first paper's file; what is linked is its preview."""
    found = next(part.split('"')[0] for part in page.split('href="') if "/files/" in part.split('"')[0])
    return found.removesuffix("/preview")


def test_a_photo_opens_in_its_own_sandbox(officer, send):
    sent = send()
    page = officer.get(sent.url).get_data(as_text=True)
    address = _first_file(page)
    photo = officer.get(address)
    assert photo.mimetype == "image/jpeg"
    assert photo.headers["Content-Security-Policy"].startswith("sandbox")
    assert photo.headers["X-Content-Type-Options"] == "nosniff"
    assert photo.headers["Cache-Control"] == "no-store"
    small = officer.get(f"{address}/small")
    assert small.mimetype == "image/webp" and len(small.data) < 10_000


def test_a_file_of_another_dossier_is_not_opened_through_this_one(officer, send):
    one, two = send(), send()
    page = officer.get(two.url).get_data(as_text=True)
    address = _first_file(page)
    assert officer.get(address.replace(two.id, one.id)).status_code == 404
    assert officer.get(f"{address.replace(two.id, one.id)}/small").status_code == 404


@pytest.mark.parametrize(
    "rest", ["", "/request-supplement", "/settle", "/hand-over", "/answer-withdrawal", "/result", "/records/x"]
)
def test_another_units_dossier_is_like_one_that_does_not_exist(case_officer, send, rest):
    there = send(office="H56.38.27")
    foreign = case_officer.get(there.url + rest)
    made_up = case_officer.get(f"/counter/dossiers/{new_public_id()}{rest}")
    assert foreign.status_code == made_up.status_code == 404
    assert without_ids(foreign) == without_ids(made_up)


@pytest.mark.parametrize(
    "verb", ["receive", "request-supplement", "process", "settle", "hand-over", "answer-withdrawal"]
)
def test_another_units_dossier_cannot_be_decided(app, services, send, row_of, verb):
    there = send(office="H56.38.27")
    browser = app.test_client()
    who.log_in_staff(browser, services, "manager")
    token = csrf(browser)
    assert browser.post(f"{there.url}/{verb}", data={"csrf_token": token, "version": "1"}).status_code == 404
    assert row_of(there).state == "submitted"


def test_a_citizen_is_told_that_the_desk_is_not_theirs(client, services, send):
    sent = send()
    who.log_in_citizen(client, services)
    for url in ("/counter", "/counter/worklist", sent.url):
        assert client.get(url).status_code == 403


def test_a_helper_is_told_the_same(client, services, send):
    sent = send()
    who.log_in_staff(client, services, "helper")
    for url in ("/counter", "/counter/worklist", sent.url):
        assert client.get(url).status_code == 403


def test_nobody_goes_to_the_log_in_of_staff(client, send):
    sent = send()
    answer = client.get(sent.url)
    assert answer.status_code == 303 and answer.location.startswith("/staff/login?next=")


def test_reading_writes_nothing_but_who_reads(officer, send, row_of, queries):
    sent = send()
    before = row_of(sent).version
    assert officer.get(sent.url).status_code == 200
    with queries() as seen:
        officer.get(sent.url)
    assert not [s for s in seen if s.lstrip().upper().startswith(("INSERT", "UPDATE", "DELETE"))]
    assert row_of(sent).version == before


def test_a_dossier_costs_the_same_few_queries_whatever_it_holds(officer, send, queries):
    sent = send()
    officer.get(sent.url)  # the procedure's text is parsed once per process
    with queries() as seen:
        officer.get(sent.url)
    assert len([s for s in seen if s.lstrip().upper().startswith("SELECT")]) <= 5


def test_reception_is_not_offered_to_settle(officer, case_officer, send):
    sent = send()
    receive(officer, sent)
    assert "/settle" not in officer.get(sent.url).get_data(as_text=True)
    assert "/settle" in case_officer.get(sent.url).get_data(as_text=True)
    assert officer.get(f"{sent.url}/settle").status_code == 403


def without_ids(answer):
    """The page without the number of the request."""
    return re.sub(r"\b[0-9a-f]{12}\b", "", text_of(answer))


def csrf(browser):
    page = browser.get("/counter").get_data(as_text=True)
    return page.split('name="csrf_token" value="')[1].split('"')[0]


def receive(browser, sent):
    page = browser.get(sent.url).get_data(as_text=True)
    version = page.split('name="version" value="')[1].split('"')[0]
    return browser.post(f"{sent.url}/receive", data={"csrf_token": csrf(browser), "version": version})
