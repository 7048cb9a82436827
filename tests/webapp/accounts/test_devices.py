"""A new device has to show a little more than the code; its owner hears of it and can say "this was not me"."""

import re

import pytest
from sqlalchemy import select

from tests import people, sms
from tests.pages import code_sent_to, form_of, log_in, log_out, post_form, text_of
from webapp.accounts import people as registry
from webapp.accounts.demo import DAO_PHONE
from webapp.accounts.device_models import KnownDevice
from webapp.accounts.models import Person
from webapp.core import clock
from webapp.core.audit import AuditEntry

PHONE = "0912000001"
ALARM = re.compile(r"go ma (\w{3}-\w{3})")


def enter_code(client, phone=PHONE):
    post_form(client, "/login", {"phone": phone})
    return post_form(client, "/login/code", {"code": code_sent_to(client, phone)})


def account(session):
    return registry.holders_of(session, DAO_PHONE)[0].account


@pytest.fixture
def first(app):
    """The phone on which Đào began."""
    made = app.test_client()
    log_in(made)
    return made


def test_the_first_device_of_an_account_needs_only_the_code(client):
    assert enter_code(client).location == "/me"


def test_a_second_device_needs_one_fact_more_and_is_then_known(first, client):
    assert enter_code(client).location == "/login/device"
    assert client.get("/me").status_code == 303, "the code alone lets nobody in there"
    assert post_form(client, "/login/device", {"proof": "1 2 3 4"}).location == "/me"
    post_form(client, "/me", action="/logout")
    assert enter_code(client).location == "/me", "known from now on"


def test_the_page_for_a_new_device_is_no_wall(first, client):
    client.set_cookie("lang", "en")
    enter_code(client)
    shown = text_of(client.get("/login/device"))
    assert "one-stop counter" in shown
    assert "phone or computer that you used before" in shown


@pytest.mark.parametrize("typed", ["", "9999", "038196001234", "abcd", "１２３"])
def test_a_wrong_fact_lets_nobody_in_and_is_not_shown_again(first, client, typed):
    enter_code(client)
    answer = post_form(client, "/login/device", {"proof": typed})
    assert answer.status_code == 422
    assert not typed or f'value="{typed}"' not in answer.text
    assert client.get("/me").status_code == 303


def test_five_wrong_facts_begin_again_with_a_new_code(first, client):
    enter_code(client)
    for _ in range(5):
        answer = post_form(client, "/login/device", {"proof": "9999"})
    assert answer.status_code == 422
    assert client.get("/login/device").location == "/login"


def test_an_elder_who_gave_only_the_year_is_asked_for_the_year(first, client, services):
    with services.database.transaction() as session:
        person = session.get(Person, account(session).person_id)
        person.citizen_id, person.birth_date = None, "1954"
    enter_code(client)
    assert post_form(client, "/login/device", {"proof": "1234"}).status_code == 422
    assert post_form(client, "/login/device", {"proof": "1954"}).location == "/me"


def test_whom_we_know_nothing_of_is_not_kept_out_for_that(first, client, services):
    with services.database.transaction() as session:
        person = session.get(Person, account(session).person_id)
        person.citizen_id = person.birth_date = None
    assert enter_code(client).location == "/me"


def test_her_other_phone_hears_of_the_new_device_and_the_first_is_no_news(app, first, client):
    assert sms.texts(app, PHONE)[1:] == [], "one code, nothing else"
    log_in(client)
    news = sms.texts(app, PHONE)[-1]
    assert "may moi" in news
    assert ALARM.search(news)


def test_a_known_device_is_no_news(app, first):
    post_form(first, "/me", action="/logout")
    log_in(first)
    assert [text for text in sms.texts(app, PHONE) if "may moi" in text] == []


def test_not_me_by_the_code_of_the_message_logs_everybody_out_and_lets_nobody_in(app, first, client, services):
    log_in(client)
    code = ALARM.search(sms.texts(app, PHONE)[-1]).group(1)
    elsewhere = app.test_client()
    assert elsewhere.get("/not-me").status_code == 200
    assert first.get("/me").status_code == 200, "looking changes nothing"
    done = post_form(elsewhere, "/not-me", {"phone": PHONE, "code": code.lower()})
    assert done.status_code == 200
    for browser in (first, client, elsewhere):
        assert browser.get("/me").status_code == 303
    again = post_form(elsewhere, "/not-me", {"phone": PHONE, "code": code})
    assert again.status_code == 422, "one act only"
    with services.database.session(write=False) as session:
        entry = session.scalars(select(AuditEntry).where(AuditEntry.action == "device:deny")).one()
        assert entry.detail["ended"] == 2
    assert enter_code(first).location == "/login/device", "even where she began"
    assert post_form(first, "/login/device", {"proof": "1234"}).location == "/me"
    with services.database.session(write=False) as session:
        assert account(session).guarded_at is None


def test_who_cannot_show_more_after_not_me_comes_to_the_counter(first, client, app, services):
    log_in(client)
    code = ALARM.search(sms.texts(app, PHONE)[-1]).group(1)
    post_form(client, "/not-me", {"phone": PHONE, "code": code})
    with services.database.transaction() as session:
        person = session.get(Person, account(session).person_id)
        person.citizen_id = person.birth_date = None
    client.set_cookie("lang", "en")
    assert enter_code(client).location == "/login/device"
    page = client.get("/login/device")
    assert "one-stop counter" in text_of(page)
    assert "proof" not in page.text


@pytest.mark.parametrize("phone", [PHONE, "0987654321"])
def test_a_made_up_code_ends_nothing_and_tells_nothing(first, client, phone):
    client.set_cookie("lang", "en")
    answer = post_form(client, "/not-me", {"phone": phone, "code": "ABC-DEF"})
    assert answer.status_code == 422
    assert "do not belong together" in answer.text
    assert first.get("/me").status_code == 200


def test_not_me_by_the_link_in_the_app(app, first, client):
    log_in(client)
    sms.texts(app)
    link = re.search(r'href="(/not-me/[^"]+)"', first.get("/me/messages").text).group(1)
    nobody = app.test_client()
    assert nobody.get(link).status_code == 200
    assert client.get("/me").status_code == 200
    assert post_form(nobody, link).status_code == 200
    assert client.get("/me").status_code == 303
    assert nobody.get(link).location == "/not-me", "used"


def test_a_changed_or_old_link_is_nothing(app, later, first, client):
    log_in(client)
    sms.texts(app)
    link = re.search(r'href="(/not-me/[^"]+)"', first.get("/me/messages").text).group(1)
    assert client.get(link[:-1] + ("0" if link[-1] != "0" else "1")).location == "/not-me"
    assert client.get(link.replace(".", "")).location == "/not-me"
    later(days=8)
    assert client.get(link).location == "/not-me"


def test_a_device_can_be_forgotten_and_is_then_logged_out_and_new(first, client):
    log_in(client)
    shown = client.get("/me/devices").text
    action = re.search(r'action="(/me/devices/[\w-]+/end)"', shown).group(1)
    assert post_form(client, "/me/devices", action=action).location == "/me/devices"
    assert first.get("/me").status_code == 303
    assert enter_code(first).location == "/login/device"


def test_nobody_ends_a_device_of_somebody_else(first, client, services):
    with services.database.transaction() as session:
        other = people.citizen(session, "Lê Thị Hoa", "038170009999")
        row = session.scalars(select(KnownDevice)).one()
    people.log_in(client, services, other)
    token = form_of(client, "/me/settings")["hidden"]["csrf_token"]
    answer = client.post(f"/me/devices/{row.public_id}/end", data={"csrf_token": token})
    assert answer.status_code == 404
    assert first.get("/me").status_code == 200


def test_a_device_not_seen_for_three_months_is_new_again(later, first):
    later(days=91)
    assert enter_code(first).location == "/login/device"


def test_the_cookie_of_a_device_lets_nobody_in_and_cannot_be_made_up(first, app):
    value = first.get_cookie("device").value
    thief = app.test_client()
    thief.set_cookie("device", value)
    assert thief.get("/me").status_code == 303
    forger = app.test_client()
    forger.set_cookie("device", value[:-2] + "xx")
    assert enter_code(forger).location == "/login/device"


def test_the_table_does_not_hold_what_the_device_holds(first, services):
    value = first.get_cookie("device").value
    with services.database.session(write=False) as session:
        row = session.scalars(select(KnownDevice)).one()
        assert row.token_digest not in value
        assert len(row.token_digest) == 64


def test_two_people_on_one_phone_are_each_known_by_themselves(app, services):
    with services.database.transaction() as session:
        people.citizen(session, "Lê Thị Hoa", "038170009999")
        mother = registry.find_by_citizen_id(session, "038170009999")
        registry.add_phone(session, mother, DAO_PHONE, owner="relative", verified_at=clock.now())
        choice = mother.public_id
        dao = account(session).person_id
        names = {"dao": session.get(Person, dao).public_id, "mother": choice}
    shared, own = app.test_client(), app.test_client()
    for browser, name, landing in (
        (shared, "dao", "/me"),
        (own, "mother", "/me"),
        (shared, "mother", "/login/device"),  # known for Đào, new for her mother
    ):
        if browser.get("/me").status_code == 200:
            log_out(browser)
        assert enter_code(browser).location == "/login/who"
        assert post_form(browser, "/login/who", {"person": names[name]}).location == landing
