"""Phone and person do not fit: five causes, each with a next step, counted, and never a wall."""

import pytest

from tests.pages import code_sent_to, log_in, post_form, staff_log_in, text_of
from webapp.accounts import ownership

SHOWN = [cause.key for cause in ownership.CAUSES]


@pytest.fixture
def english(client):
    client.set_cookie("lang", "en")
    return client


def test_there_are_the_five_causes_of_the_field_studies():
    assert sorted(SHOWN) == ["old_id", "other_owner", "ported", "recycled", "typing"]


@pytest.mark.parametrize("key", SHOWN)
def test_each_cause_has_a_meaning_a_next_step_a_way_on_and_the_counter(english, key):
    answer = post_form(english, "/phone-mismatch?next=/register/person", {"cause": key})
    assert answer.status_code == 303
    page = english.get(answer.location)
    cause = ownership.BY_KEY[key]
    for words in (cause.sign, cause.meaning, cause.step):
        assert str(words) in text_of(page)
    assert 'href="/register/person"' in page.text, "one can go on"
    assert "one-stop counter" in text_of(page)


def test_whoever_chooses_nothing_is_asked_and_can_go_on_without(english):
    answer = post_form(english, "/phone-mismatch", {"next": "/me/phones"})
    assert answer.status_code == 422
    assert 'href="/me/phones"' in answer.text


def test_the_way_on_stays_on_our_own_pages(english):
    for page in ("/phone-mismatch", "/phone-mismatch/other-owner"):
        for target in ("//evil.example", "https://evil.example", "/\\evil.example"):
            assert 'href="/register"' in english.get(page, query_string={"next": target}).text
    assert english.get("/phone-mismatch/no-such-cause").location == "/phone-mismatch"


def test_the_province_sees_how_often_which_cause_was_met(english, app):
    for key in ("recycled", "recycled", "typing"):
        post_form(english, "/phone-mismatch", {"cause": key})
    post_form(english, "/register", {"phone": "0987654321", "owner": "mine"})
    post_form(english, "/login/code", {"code": code_sent_to(english, "0987654321")})
    old_card = post_form(english, "/register/person", {"citizen_id": "171 234 567"})
    assert old_card.status_code == 422
    manager = app.test_client()
    manager.set_cookie("lang", "en")
    staff_log_in(manager, "manager")
    page = text_of(manager.get("/manage/phone-mismatches"))
    assert "belonged to somebody else before 2 2 2" in page
    assert "I am not sure that I typed everything right 1 1 1" in page
    assert "old ID card of 9 digits 1 1 1" in page
    assert "On the page about it 3" in page
    assert "While registering 1" in page


def test_a_script_does_not_bend_the_figures(english, services):
    for _ in range(40):
        post_form(english, "/phone-mismatch", {"cause": "ported"})
    with services.database.session(write=False) as session:
        assert [row.times for row in ownership.figures(session, 7)] == [ownership.PER_ADDRESS[0]]


def test_whoever_has_no_phone_is_shown_the_other_ways(english):
    answer = post_form(english, "/register", {"owner": "none"})
    assert answer.location == "/register/without-phone"
    page = text_of(english.get(answer.location))
    for words in ("access card", "one-stop counter", "relative's phone"):
        assert words in page


def test_a_phone_that_others_call_their_own_is_no_wall(english, app):
    post_form(english, "/register", {"phone": "0912000001", "owner": "mine"})
    post_form(english, "/login/code", {"code": code_sent_to(english, "0912000001")})
    page = english.get("/register/person")
    assert "Somebody else calls this phone their own" in text_of(page)
    assert "Đào" not in page.text
    answers = {
        "full_name": "Lò Thị Hương", "birth_date": "20/07/1990", "citizen_id": "038190001234", "sex": "nu",
        "residence_province": "38", "residence_commune": "hoang loc", "consent": "yes",
    }  # fmt: skip
    assert post_form(english, "/register/person", answers).location == "/me"


def test_a_relatives_phone_needs_no_explanation(english):
    post_form(english, "/register", {"phone": "0912000001", "owner": "relative"})
    post_form(english, "/login/code", {"code": code_sent_to(english, "0912000001")})
    assert "Somebody else calls" not in text_of(english.get("/register/person"))


def test_only_those_who_manage_see_the_figures(client, app):
    log_in(client)
    assert client.get("/manage/phone-mismatches").status_code == 403
    officer = app.test_client()
    staff_log_in(officer, "officer")
    assert officer.get("/manage/phone-mismatches").status_code == 403
    assert officer.get("/manage").status_code == 403
    assert "/manage" not in officer.get("/counter").text
