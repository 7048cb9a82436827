"""Somebody comes in with VNeID: new, known from the counter, known by phone, or nobody we can be sure of."""

import re
from pathlib import Path

import pytest
from sqlalchemy import select

from tests import people as who
from tests.pages import code_sent_to, form_of, log_out, post_form, text_of
from tests.pages import log_in as log_in_by_phone
from tests.webapp.identity import vneid
from webapp.accounts import people
from webapp.accounts.models import Account, LoginSession, Person
from webapp.core import audit
from webapp.core.actor import Assurance
from webapp.identity.models import NationalIdentity, OidcAttempt


def all_of(services, model):
    with services.database.session(write=False) as session:
        return list(session.scalars(select(model)))


def test_somebody_new_is_registered_by_vneid_alone_and_need_not_type_anything(client, services):
    answer = vneid.log_in(client, vneid.TU, "/login?next=/dossiers")
    assert (answer.status_code, answer.headers["Location"]) == (303, "/dossiers")
    me = client.get("/me")
    assert "Hoàng Văn Tú" in text_of(me)
    assert me.text.count("Từ VNeID") == 3  # name, number, date of birth
    with services.database.session(write=False) as session:
        person = who.person(session, "038090007788")
        assert (person.birth_date, person.profile["sex"], person.assurance) == ("1990-03-02", "nam", "vneid")
        assert people.phones_of(session, person.id) == []


def test_the_second_time_it_is_the_same_account(client, services):
    vneid.log_in(client, vneid.TU)
    log_out(client)
    assert vneid.log_in(client, vneid.TU).status_code == 303
    assert len([p for p in all_of(services, Person) if p.full_name == "Hoàng Văn Tú"]) == 1
    assert len(all_of(services, NationalIdentity)) == 1


def test_whom_an_office_has_seen_gets_in_with_level_2_and_finds_her_own_records(client, services):
    assert vneid.log_in(client, vneid.NHAN).status_code == 303
    assert "Vi Thị Nhàn" in text_of(client.get("/me"))
    with services.database.session(write=False) as session:
        assert people.account_of(session, who.person(session, who.NHAN_ID).id) is not None


def test_who_opened_an_account_by_phone_shows_that_phone_once_then_vneid_opens_the_same_account(client, services):
    answer = vneid.log_in(client, vneid.DAO)
    assert answer.headers["Location"] == "/login/vneid/confirm"
    page = client.get("/login/vneid/confirm")
    assert "0912 ••• 001" in text_of(page)
    assert "0912 000 001" not in text_of(page)
    assert post_form(client, "/login/vneid/confirm", {"phone": "0"}, action="/login/vneid/send").status_code == 303
    code = code_sent_to(client, "0912000001")
    wrong = post_form(client, "/login/vneid/confirm", {"code": "000000"}, action="/login/vneid/confirm")
    assert wrong.status_code == 422
    assert code not in wrong.text
    done = post_form(client, "/login/vneid/confirm", {"code": code}, action="/login/vneid/confirm")
    assert (done.status_code, done.headers["Location"]) == (303, "/me")
    assert "Nguyễn Thị Đào" in text_of(client.get("/me"))
    log_out(client)
    assert vneid.log_in(client, vneid.DAO).headers["Location"] == "/me"
    assert len([a for a in all_of(services, Account) if a.kind == "citizen"]) == 1


def test_without_the_code_of_that_phone_nobody_gets_into_her_account(client, services):
    vneid.log_in(client, vneid.DAO)
    post_form(client, "/login/vneid/confirm", {"phone": "0"}, action="/login/vneid/send")
    assert client.get("/me").status_code == 303
    assert all_of(services, NationalIdentity) == []


def test_a_code_for_something_else_does_not_prove_the_phone(client):
    vneid.log_in(client, vneid.DAO)
    hidden = form_of(client, "/login/vneid/confirm")["hidden"]
    post_form(client, "/login", {"phone": "0912000001"}, action=None)
    code = code_sent_to(client, "0912000001")
    answer = client.post("/login/vneid/confirm", data={**hidden, "code": code})
    assert answer.status_code == 422
    assert client.get("/me").status_code == 303


def test_level_1_makes_an_account_and_is_remembered_as_what_it_is(client, services):
    assert vneid.log_in(client, vneid.SEN).status_code == 303
    assert [row.assurance for row in all_of(services, LoginSession)] == [Assurance.VNEID_1.value]
    assert "mức 1" in text_of(client.get("/me/identity"))


def test_level_1_does_not_open_what_an_office_entered(client, services, monkeypatch):
    monkeypatch.setitem(vneid.people_of_the_trial(), vneid.NHAN, vneid.changed(vneid.NHAN, level=1))
    answer = vneid.log_in(client, vneid.NHAN)
    assert answer.status_code == 409
    assert "Bộ phận Một cửa" in text_of(answer)
    assert client.get("/me").status_code == 303


@pytest.mark.parametrize("change", [{"name": "LÊ VĂN KHÁC"}, {"birthdate": "1960"}])
def test_the_same_number_with_another_name_or_year_goes_to_the_counter(client, monkeypatch, change):
    monkeypatch.setitem(vneid.people_of_the_trial(), vneid.NHAN, vneid.changed(vneid.NHAN, **change))
    assert vneid.log_in(client, vneid.NHAN).status_code == 409


@pytest.mark.parametrize("change", [{"citizen_id": ""}, {"citizen_id": "12345"}, {"name": ""}])
def test_an_issuer_that_does_not_say_who_it_is_leads_back_to_the_phone(client, monkeypatch, change):
    monkeypatch.setitem(vneid.people_of_the_trial(), vneid.TU, vneid.changed(vneid.TU, **change))
    answer = vneid.log_in(client, vneid.TU)
    assert answer.status_code == 422
    assert 'href="/login"' in answer.text


def test_a_closed_account_stays_closed(client, services):
    vneid.log_in(client, vneid.TU)
    log_out(client)
    with services.database.transaction() as session:
        account = people.account_of(session, who.person(session, "038090007788").id)
        account.disabled_at = account.created_at
    assert vneid.log_in(client, vneid.TU).status_code == 403
    assert client.get("/me").status_code == 303


def test_who_changes_their_mind_at_vneid_finds_a_friendly_page_and_the_way_by_phone(client):
    callback = vneid.choose(client, vneid.leave(client), "")
    page = client.get(callback)
    assert page.status_code == 200
    assert "không có gì thay đổi" in text_of(page)
    assert 'href="/login"' in page.text


def test_an_answer_that_another_browser_asked_for_is_nobodys(app, client):
    callback = vneid.choose(client, vneid.leave(client), vneid.TU)
    stranger = app.test_client()
    assert stranger.get(callback).status_code == 422
    vneid.leave(stranger)  # now it has a secret of its own
    assert stranger.get(callback).status_code == 422
    hidden = form_of(stranger, "/login/vneid", "/login/vneid")["hidden"]
    state = dict(part.split("=") for part in callback.partition("?")[2].split("&"))
    assert stranger.post("/login/vneid/callback", data={**hidden, **state}).status_code == 422
    assert vneid.come_back(client, callback).status_code == 303


def test_an_answer_is_good_once(client):
    callback = vneid.choose(client, vneid.leave(client), vneid.TU)
    form = form_of(client, callback)
    assert client.post("/login/vneid/callback", data=form["hidden"]).status_code == 303
    log_out(client)
    assert client.get(callback).status_code == 422


def test_an_answer_is_good_for_ten_minutes(client, later):
    callback = vneid.choose(client, vneid.leave(client), vneid.TU)
    later(minutes=11)
    assert client.get(callback).status_code == 422


def test_pressing_back_after_the_log_in_leads_home(client):
    callback = vneid.choose(client, vneid.leave(client), vneid.TU)
    vneid.come_back(client, callback)
    assert client.get(callback).headers["Location"] == "/me"


def test_looking_at_the_pages_changes_nothing(client, services):
    callback = vneid.choose(client, vneid.leave(client), vneid.TU)
    for _ in range(2):
        assert client.get(callback).status_code == 200
    assert [row.used_at for row in all_of(services, OidcAttempt)] == [None]


def test_what_vneid_said_is_nowhere_readable(client, services, settings):
    vneid.log_in(client, vneid.TU)
    services.database.dispose()
    raw = b"".join(
        path.read_bytes() for path in Path(settings.database_url.removeprefix("sqlite:///")).parent.glob("motcua.db*")
    )
    for secret in ("038090007788", "Hoàng Văn Tú", "HOÀNG VĂN TÚ", "demo-tu"):
        assert secret.encode() not in raw


def test_the_journal_says_that_it_was_vneid_and_which_level(client, services):
    vneid.log_in(client, vneid.SEN)
    entries = all_of(services, audit.AuditEntry)
    begun = [entry for entry in entries if entry.action == "session:begin"]
    assert [(entry.detail["way"], entry.detail["level"]) for entry in begun] == [("vneid", 1)]


def test_the_way_there_does_not_lead_anywhere_else(client):
    answer = vneid.log_in(client, vneid.TU, "/login?next=https://evil.example")
    assert answer.headers["Location"] == "/me"


def test_logged_in_by_phone_first_vneid_is_not_offered_as_a_log_in(client):
    log_in_by_phone(client)
    assert client.get("/login/vneid").headers["Location"] == "/me"


def test_the_log_in_page_offers_vneid(client):
    assert re.search(r'action="/login/vneid"', client.get("/login").text)
