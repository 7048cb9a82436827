"""Đào comes in with the code on her phone, and nobody else does."""

from urllib.parse import urlencode

import pytest

from tests import people
from tests.pages import code_sent_to, form_of, log_in, log_out, post_form, text_of
from webapp.accounts import people as registry
from webapp.core import clock, parsing

PHONE = "0912000001"
# Where somebody could be led away to after logging in.
ELSEWHERE = [
    "https://evil.example",
    "//evil.example",
    "///evil.example",
    "/\\evil.example",
    "\\\\evil.example",
    "https:evil.example",
    "javascript:alert(1)",
    "/\t/evil.example",
    "/ok\r\nSet-Cookie:x=1",
    "evil.example",
    "http:/evil.example",
    "/" + "a" * 600,
]
NOT_MOBILES = {
    "0237 386 1112": "landline",
    "0912 34": "not complete",
    "+1 212 555 0123": "Vietnamese",
    "abc": "not a phone",
    "1900 1234": "",
    "0912 345 678 9": "",
    "": "empty",
}


def ask(client, phone=PHONE):
    return post_form(client, "/login", {"phone": phone})


def enter(client, code):
    return post_form(client, "/login/code", {"code": code})


def other_than(code):
    return f"{(int(code) + 1) % 1_000_000:06d}"


def test_dao_comes_in_with_the_code_and_lands_on_her_page(client):
    answer = log_in(client)
    assert answer.location == "/me"
    assert "Nguyễn Thị Đào" in text_of(client.get("/me"))


def test_whoever_was_sent_to_log_in_comes_back_to_where_they_wanted_to_go(client):
    wanted = client.get("/me/settings?a=1")
    assert (wanted.status_code, wanted.location) == (303, "/login?next=%2Fme%2Fsettings%3Fa%3D1")
    assert log_in(client, next="%2Fme%2Fsettings%3Fa%3D1").location == "/me/settings?a=1"


@pytest.mark.parametrize("target", ELSEWHERE)
def test_nobody_is_led_away_from_our_pages_after_logging_in(client, target):
    fields = form_of(client, f"/login?{urlencode({'next': target})}")["hidden"]
    assert fields["next"] == "/me"
    client.post("/login", data={**fields, "phone": PHONE, "next": target})
    assert enter(client, code_sent_to(client, PHONE)).location == "/me"


@pytest.mark.parametrize("typed", ["0912000001", "0912 000 001", "0912.000.001", "+84912000001", "84 912 000 001"])
def test_a_number_may_be_written_as_people_write_it(client, typed):
    assert ask(client, typed).status_code == 303
    assert code_sent_to(client, PHONE)


@pytest.mark.parametrize(("typed", "said"), NOT_MOBILES.items())
def test_a_number_that_gets_no_sms_is_named_as_such_and_kept(client, typed, said):
    client.set_cookie("lang", "en")
    answer = ask(client, typed)
    assert answer.status_code == 422
    assert said in answer.text
    assert f'value="{typed}"' in answer.text


def test_the_pages_say_the_same_whether_the_number_is_known_or_not(client, app, later):
    shown = []
    for browser, phone in ((client, PHONE), (app.test_client(), "0987654321")):
        assert (ask(browser, phone).status_code, ask(browser, phone).location) == (303, "/login/code")
        page = browser.get("/login/code").text
        number = f"{phone[:4]} {phone[4:7]} {phone[7:]}"
        token = form_of(browser, "/login/code")["hidden"]["csrf_token"]
        shown.append(page.replace(number, "NUMBER").replace(token, "TOKEN"))
    assert shown[0] == shown[1]


def test_pressing_twice_sends_one_message(client):
    ask(client)
    first = code_sent_to(client, PHONE)
    assert ask(client).status_code == 303
    assert code_sent_to(client, PHONE) == first
    assert enter(client, first).status_code == 303


def test_pressing_twice_before_the_first_answer_came_sends_one_message(client, app):
    """The browser throws the first answer away, and the cookie with it."""
    form = form_of(client, "/login")
    before = client.get_cookie("motcua")
    posted = {**form["hidden"], "phone": PHONE}
    assert client.post("/login", data=posted).location == "/login/code"
    code = code_sent_to(client, PHONE)
    client.set_cookie("motcua", before.value)
    assert client.post("/login", data=posted).location == "/login/code"
    assert code_sent_to(client, PHONE) == code
    assert ask(app.test_client()).status_code == 429, "another browser waits, as before"
    assert enter(client, code).status_code == 303


def test_a_wrong_code_can_be_corrected(client):
    ask(client)
    code = code_sent_to(client, PHONE)
    wrong = enter(client, other_than(code))
    assert wrong.status_code == 422
    assert other_than(code) not in wrong.text, "a code is never shown again"
    assert enter(client, code).status_code == 303


def test_five_wrong_tries_burn_the_code_even_for_its_owner(client):
    ask(client)
    code = code_sent_to(client, PHONE)
    fields = form_of(client, "/login/code", "/login/code")["hidden"]
    for _ in range(5):
        assert client.post("/login/code", data={**fields, "code": other_than(code)}).status_code == 422
    assert client.post("/login/code", data={**fields, "code": code}).status_code == 422
    assert client.get("/me").status_code == 303


def test_a_late_code_opens_nothing_and_a_new_one_can_be_had(client, later):
    ask(client)
    code = code_sent_to(client, PHONE)
    fields = form_of(client, "/login/code", "/login/code")["hidden"]
    later(minutes=5)
    late = client.post("/login/code", data={**fields, "code": code})
    assert late.status_code == 422
    assert client.get("/me").status_code == 303
    assert post_form(client, "/login/code", action="/login/resend").status_code == 303
    assert enter(client, code_sent_to(client, PHONE)).status_code == 303


def test_a_code_told_to_somebody_else_opens_nothing_in_their_browser(client, app, later):
    """The thief asks for a code of his own and types the one Đào read out to him."""
    ask(client)
    dao = code_sent_to(client, PHONE)
    later(seconds=31)
    thief = app.test_client()
    ask(thief, "0987654321")
    fields = form_of(thief, "/login/code", "/login/code")["hidden"]
    assert thief.post("/login/code", data={**fields, "code": dao}).status_code == 422
    nobody = app.test_client()
    token = form_of(nobody, "/login")["hidden"]["csrf_token"]
    answer = nobody.post("/login/code", data={"csrf_token": token, "code": dao})
    assert (answer.status_code, answer.location) == (303, "/login")


def test_only_the_newest_code_is_good(client, later):
    ask(client)
    old = code_sent_to(client, PHONE)
    later(seconds=31)
    assert post_form(client, "/login/code", action="/login/resend").status_code == 303
    assert enter(client, old).status_code == 422
    assert enter(client, code_sent_to(client, PHONE)).status_code == 303


def test_a_code_is_good_once(client):
    ask(client)
    code = code_sent_to(client, PHONE)
    with client.session_transaction() as cookie:
        before = dict(cookie)
    fields = form_of(client, "/login/code", "/login/code")["hidden"]
    enter(client, code)
    with client.session_transaction() as cookie:  # a copy of the cookie from before
        cookie.clear()
        cookie.update(before)
    assert client.post("/login/code", data={**fields, "code": code}).status_code == 422
    assert client.get("/login/who").location == "/login"
    assert client.get("/register/person").location == "/register"


def test_whoever_asks_again_too_early_is_told_how_long_to_wait(client):
    client.set_cookie("lang", "en")
    ask(client)
    answer = post_form(client, "/login/code", action="/login/resend")
    assert answer.status_code == 429
    assert "30 seconds" in answer.text


def test_an_empty_code_is_asked_for_again(client):
    ask(client)
    assert enter(client, "").status_code == 422
    assert enter(client, "12345").status_code == 422


def test_the_code_page_sends_a_lost_visitor_to_the_beginning(client):
    assert client.get("/login/code").location == "/login"


def test_two_people_on_one_phone_choose_who_they_are(client, services):
    with services.database.transaction() as session:
        mother = people.citizen(session, "Lê Thị Hoa", "038170009999")
        person = registry.find_by_citizen_id(session, "038170009999")
        registry.add_phone(session, person, parsing.mobile(PHONE), owner="relative", verified_at=clock.now())
        wanted = person.public_id
    assert mother.kind == "citizen"
    assert log_in(client).location == "/login/who"
    shown = text_of(client.get("/login/who"))
    assert "Lê Thị Hoa" in shown
    assert "Nguyễn Thị Đào" in shown
    assert client.get("/me").status_code == 303, "nobody is logged in before they chose"
    assert post_form(client, "/login/who", {"person": "made-up"}).location == "/login/who"
    assert post_form(client, "/login/who", {"person": wanted}).location == "/me"
    assert "Lê Thị Hoa" in text_of(client.get("/me"))
    assert client.get("/login/who").location == "/login", "the proof is used up"


def test_a_number_somebody_only_wrote_down_lets_nobody_in(client, services):
    with services.database.transaction() as session:
        people.citizen(session, "Lê Thị Hoa", "038170009999")
        person = registry.find_by_citizen_id(session, "038170009999")
        registry.add_phone(session, person, parsing.mobile("0987654321"))
    assert log_in(client, "0987654321").location == "/register/person"


def test_who_is_logged_in_needs_no_log_in_page(client):
    log_in(client)
    assert client.get("/login?next=/me/data").location == "/me/data"
    assert client.get("/register").location == "/me"


def test_logging_out_ends_the_log_in_for_copies_of_the_cookie_too(client):
    log_in(client)
    with client.session_transaction() as cookie:
        copy = dict(cookie)
    assert log_out(client).location == "/"
    assert client.get("/me").status_code == 303
    with client.session_transaction() as cookie:
        cookie.update(copy)
    assert client.get("/me").status_code == 303


def test_a_form_without_its_token_is_refused_and_what_was_typed_is_kept(client):
    answer = client.post("/login", data={"phone": "0912 000 001"})
    assert answer.status_code == 403
    assert "0912 000 001" in answer.text
    assert client.post("/logout").status_code == 403


def test_a_foreign_page_cannot_log_anybody_out(client):
    log_in(client)
    answer = client.post("/logout", headers={"Sec-Fetch-Site": "cross-site"})
    assert answer.status_code == 403
    assert client.get("/me").status_code == 200


def test_many_codes_from_one_device_are_refused(client):
    answers = [ask(client, f"0987 654 {n:03d}") for n in range(11)]
    assert [answer.status_code for answer in answers] == [303] * 10 + [429]
    assert int(answers[-1].headers["Retry-After"]) > 3500
