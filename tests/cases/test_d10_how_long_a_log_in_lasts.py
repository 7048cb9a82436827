"""D10: idle and absolute limits of the five kinds of session, by the clock; what was typed is given back."""

import re

import pytest
from sqlalchemy import select

from tests import people
from tests.assisted.steps import begin
from tests.pages import form_of, log_in, post_form, read, text_of
from webapp.accounts import limits, staff
from webapp.accounts.device_models import KeptForm
from webapp.core.actor import Role

# Kind → user name (None: Đào), a page of theirs, minutes of rest, hours whatever they do.
KINDS = {
    "citizen": (None, "/me", 30, 12),
    "helper": ("helper", "/assisted", 15, 10),
    "officer": ("officer", "/counter", 15, 10),
    "manager": ("manager", "/counter", 15, 10),
    "admin": ("boss", "/manage", 10, 4),
}
TYPED = {"email": "dao@example.vn", "residence_line": "Thôn Đình Bảng, số 7"}


@pytest.fixture
def enter(client, services):
    def go(username):
        if username is None:
            return people.log_in_citizen(client, services)
        if username == "boss":
            with services.database.transaction() as session:
                boss = staff.create_staff(
                    session, username="boss", name="Lê Văn Cả", roles=[Role.ADMIN], office_id=None, password="x" * 20
                )
            return people.log_in(client, services, boss)
        return people.log_in_staff(client, services, username)

    return go


@pytest.mark.parametrize("kind", KINDS)
def test_who_does_nothing_is_logged_out(later, client, enter, kind):
    username, path, idle, _hours = KINDS[kind]
    enter(username)
    later(minutes=idle)
    assert client.get(path).status_code == 200
    later(minutes=idle - 1)
    assert client.get(path).status_code == 200, "the last look counts"
    later(minutes=idle, seconds=1)
    answer = client.get(path)
    login = "/login" if username is None else "/staff/login"
    assert (answer.status_code, answer.location) == (303, f"{login}?next={path.replace('/', '%2F')}")


@pytest.mark.parametrize("kind", KINDS)
def test_nobody_stays_longer_than_their_hours_whatever_they_do(later, client, enter, kind):
    username, path, idle, hours = KINDS[kind]
    enter(username)
    steps = hours * 60 // (idle - 1)
    for _ in range(steps):
        later(minutes=idle - 1)
        assert client.get(path).status_code == 200
    later(minutes=hours * 60 - steps * (idle - 1))
    assert client.get(path).status_code == 303


def test_a_visit_beside_somebody_ends_after_five_idle_minutes_and_drafts_have_saved_themselves(later, client, services):
    people.log_in_staff(client, services, "helper")
    begin(client)
    fields = form_of(client, "/dossiers/new/1.001193")["hidden"]
    later(minutes=5, seconds=1)
    answer = client.post("/dossiers/new/1.001193", data=fields)
    assert answer.status_code == 409
    assert client.get("/assisted").status_code == 200, "the helper's own log-in goes on"


def test_a_visit_beside_somebody_ends_after_an_hour_whatever_is_done(later, client, services):
    people.log_in_staff(client, services, "helper")
    begin(client)
    for _ in range(14):
        later(minutes=4)
        assert client.get("/assisted/session").status_code == 200
    later(minutes=4)
    assert client.get("/assisted/session").status_code == 303


def test_what_a_citizen_typed_while_logged_out_comes_back_after_logging_in(later, client):
    client.set_cookie("lang", "en")
    log_in(client)
    fields = {**form_of(client, "/me/settings")["hidden"], "residence_province": "38", "residence_commune": "Hoằng Lộc"}
    later(minutes=31)
    answer = client.post("/me/settings", data={**fields, **TYPED})
    assert (answer.status_code, answer.location) == (303, "/login?next=%2Flogin%2Fkept")
    shown = text_of(client.get(answer.location))
    assert "You did nothing here for a while" in shown
    assert "is kept" in shown
    assert log_in(client, next="/login/kept").location == "/login/kept"
    page = client.get("/login/kept")
    assert all(value in text_of(page) for value in TYPED.values())
    assert post_form(client, "/login/kept", action="/me/settings").location == "/me"
    assert TYPED["email"] in client.get("/me").text


def test_what_an_officer_typed_comes_back_too(later, client, services):
    people.log_in_staff(client, services, "officer")
    token = re.search(r'name="csrf-token" content="([^"]+)"', client.get("/counter").text).group(1)
    later(minutes=16)
    path = "/counter/dossiers/AAAAAAAAAAAAAAAAAAAAAA/request-supplement"
    answer = client.post(path, data={"csrf_token": token, "words": "Ảnh mờ phần số seri", "code": "123456"})
    assert answer.location == "/staff/login?next=%2Flogin%2Fkept"
    people.log_in_staff(client, services, "officer")
    page = client.get("/login/kept")
    assert "Ảnh mờ phần số seri" in text_of(page)
    assert "123456" not in page.text, "codes are never carried in a page"
    [form] = [f for f in read(page.text).forms if f["action"] == path]
    assert form["hidden"]["words"] == "Ảnh mờ phần số seri"


def test_what_one_person_typed_is_not_shown_to_the_next_one_on_the_device(later, client, services):
    log_in(client)
    fields = form_of(client, "/me/settings")["hidden"]
    later(minutes=31)
    client.post("/me/settings", data={**fields, **TYPED})
    with services.database.transaction() as session:
        other = people.citizen(session, "Lê Thị Hoa", "038170009999")
    people.log_in(client, services, other)
    assert client.get("/login/kept").location == "/me"


def test_it_is_kept_for_an_hour_and_sealed(later, client, services):
    log_in(client)
    fields = form_of(client, "/me/settings")["hidden"]
    later(minutes=31)
    client.post("/me/settings", data={**fields, **TYPED})
    with services.database.session(write=False) as session:
        [sealed] = session.scalars(select(KeptForm.fields_sealed)).all()
    assert TYPED["email"].encode() not in sealed
    later(minutes=61)
    log_in(client)
    assert client.get("/login/kept").location == "/me"


def test_it_can_be_thrown_away(later, client):
    log_in(client)
    fields = form_of(client, "/me/settings")["hidden"]
    later(minutes=31)
    client.post("/me/settings", data={**fields, **TYPED})
    log_in(client, next="/login/kept")
    assert post_form(client, "/login/kept", action="/login/kept/drop").status_code == 303
    assert client.get("/login/kept").location == "/me"


def test_the_page_knows_when_the_log_in_ends(later, client):
    log_in(client)
    page = client.get("/me").text
    idle, _hours = limits.SESSIONS["citizen"]
    assert f'data-after="{int((idle - limits.WARNING).total_seconds())}"' in page
    assert "<noscript>" in page
    assert client.get("/login/stay").status_code == 204
    later(minutes=31)
    assert client.get("/login/stay").status_code == 401


def test_nearly_at_the_end_of_twelve_hours_the_page_warns_of_that_end(later, client):
    log_in(client)
    for _ in range(25):
        later(minutes=28)
        assert client.get("/me").status_code == 200
    later(minutes=15)
    assert 'data-after="150"' in client.get("/me").text


def test_the_first_of_six_log_ins_is_told_why_it_ended(app):
    browsers = [app.test_client() for _ in range(6)]
    for browser in browsers:
        browser.set_cookie("lang", "en")
        log_in(browser)
    assert "logged in on another device" in text_of(browsers[0].get("/login"))
    assert "oldest of these log-ins was ended" in text_of(browsers[5].get("/me"))
