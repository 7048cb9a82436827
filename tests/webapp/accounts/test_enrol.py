"""Staff set up their own password and code app by a link; ten codes on paper for the day the phone is gone."""

import pyotp
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlalchemy import select

from tests.pages import form_of, log_out, post_form, staff_log_in, text_of
from tests.webapp.accounts import steps
from tests.webapp.accounts.steps import PASSWORD, enrol, paper_codes, secret_in
from webapp.accounts.demo import STAFF_PASSWORD
from webapp.accounts.models import Account
from webapp.accounts.passwords import weakness
from webapp.accounts.staff_models import RecoveryCode, StaffInvitation
from webapp.core import clock

NEW = {"username": "mai.lt", "name": "Lương Thị Mây", "role_reception": "yes"}


@pytest.fixture
def link(app):
    """A manager has just made an account."""
    manager = steps.officer(app, "manager")
    manager.set_cookie("lang", "en")
    return steps.link_in(post_form(manager, "/manage/staff/new", NEW))


@pytest.fixture
def may(client):
    client.set_cookie("lang", "en")
    return client


def enter(client, secret, username="mai.lt", password=PASSWORD, otp=None):
    otp = otp or pyotp.TOTP(secret).at(clock.now())
    return post_form(client, "/staff/login", {"username": username, "password": password, "otp": otp})


def test_may_sets_up_her_account_and_comes_in(may, app, link, later):
    secret = secret_in(may.get(link))
    done = enrol(may, link)
    assert done.status_code == 200
    assert len(set(paper_codes(done))) == 10
    later(seconds=30)
    assert enter(may, secret).location == "/counter"


def test_the_page_shows_a_picture_and_the_same_secret_as_letters(may, link, services):
    page = may.get(link)
    assert '<svg class="qr"' in page.text
    assert "mai.lt" in page.text
    with services.database.session(write=False) as session:
        row = session.scalars(select(StaffInvitation)).one()
        assert row.secret == secret_in(page)
        assert row.token_digest not in page.text


def test_the_code_that_confirmed_the_app_is_used_up(may, link):
    secret = secret_in(may.get(link))
    enrol(may, link)
    assert enter(may, secret).status_code == 422


def test_a_link_is_good_once_and_for_three_days(may, link, later):
    enrol(may, link)
    assert may.get(link).status_code == 404
    token = form_of(may, "/staff/login")["hidden"]["csrf_token"]
    again = {"password": PASSWORD, "password_again": PASSWORD, "otp": "123456", "csrf_token": token}
    assert may.post(link, data=again).status_code == 404


def test_an_old_link_says_what_to_do(may, app, later):
    manager = steps.officer(app, "manager")
    link = steps.link_in(post_form(manager, "/manage/staff/new", NEW))
    later(hours=73)
    old = may.get(link)
    assert old.status_code == 404
    assert "Ask your manager for a new one" in text_of(old)
    assert may.get(f"/staff/enrol/{'x' * 43}").text.count("Ask your manager") == 1, "a made-up one looks the same"


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"password": "short", "password_again": "short"}, "at least 15 characters"),
        ({"password": "matkhaumatkhau1", "password_again": "matkhaumatkhau1"}, "tried first"),
        ({"password": "luongthimay1990", "password_again": "luongthimay1990"}, "tried first"),
        ({"password": "hoangloc-hoangloc-2026", "password_again": "hoangloc-hoangloc-2026"}, "tried first"),
        ({"password_again": "bảy con vịt đi qua cầu đá"}, "The two passwords differ"),
        ({"otp": "000000"}, "The code is not right"),
        ({"otp": ""}, "Enter the 6 digits"),
    ],
)
def test_what_is_not_right_is_said_and_no_secret_shown_again(may, link, changes, words):
    answer = enrol(may, link, **changes)
    assert answer.status_code == 422
    assert words in text_of(answer)
    for secret in (PASSWORD, *changes.values()):
        assert not secret or f'value="{secret}"' not in answer.text
    assert enrol(may, link).status_code == 200, "the link is still good"


def test_nobody_comes_in_before_the_account_is_set_up(may, link):
    assert enter(may, "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP", password="").status_code == 422
    assert enter(may, "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP").status_code == 422


def by_paper(client, code, username="mai.lt", password=PASSWORD):
    given = {"username": username, "password": password, "recovery_code": code}
    return post_form(client, "/staff/login/recovery", given)


def test_a_code_on_paper_lets_in_once_and_says_how_many_are_left(may, app, link):
    first, second, *_rest = paper_codes(enrol(may, link))
    assert by_paper(may, first.lower().replace("-", " ")).location == "/counter"
    assert "9 codes on paper are left" in text_of(may.get("/counter"))
    other = app.test_client()
    assert by_paper(other, first).status_code == 422, "used"
    assert by_paper(other, second).status_code == 303


def test_a_code_on_paper_needs_the_password_and_its_owner(may, app, link):
    code = paper_codes(enrol(may, link))[0]
    assert by_paper(may, code, password="another long password").status_code == 422
    assert by_paper(may, code, username="officer", password=STAFF_PASSWORD).status_code == 422
    assert by_paper(may, "").status_code == 422
    answer = by_paper(may, code)
    assert answer.status_code == 303, "a wrong try did not use it up"


def test_paper_codes_are_kept_as_digests(may, link, services):
    codes = paper_codes(enrol(may, link))
    with services.database.session(write=False) as session:
        kept = session.scalars(select(RecoveryCode.digest)).all()
    assert len(kept) == 10
    assert not {code.replace("-", "") for code in codes} & set(kept)


def test_guessing_codes_on_paper_is_slowed_down_like_other_guessing(may, link):
    enrol(may, link)
    answers = [by_paper(may, f"AAAAA-AAAA{n}").status_code for n in "2346789"]
    assert answers == [422] * 6 + [429]


def test_after_the_last_code_the_manager_helps(may, app, link, later):
    for code in paper_codes(enrol(may, link)):
        later(minutes=6)
        assert by_paper(may, code).status_code == 303
        said = text_of(may.get("/counter"))
        log_out(may)
    assert "0 codes on paper are left" in said


def test_a_lost_app_is_set_up_anew_with_the_password_of_before(may, app, link, later):
    old_secret = secret_in(may.get(link))
    codes = paper_codes(enrol(may, link))
    later(seconds=60)
    assert enter(may, old_secret).status_code == 303
    manager = steps.officer(app, "manager")
    member = steps.member_page(app, manager, "mai.lt")
    new_link = steps.link_in(post_form(manager, member, {"kind": "factor"}, action=f"{member}/reset"))
    assert may.get("/counter").status_code == 303, "logged out at once"
    later(seconds=60)
    assert enter(may, old_secret).status_code == 422
    assert by_paper(may, codes[1]).status_code == 422
    assert enrol(may, new_link, "not the password of before").status_code == 422
    secret = secret_in(may.get(new_link))
    assert secret != old_secret
    assert len(paper_codes(enrol(may, new_link))) == 10
    later(seconds=60)
    assert enter(may, secret).status_code == 303


def test_a_newer_link_ends_the_older(may, app, link):
    manager = steps.officer(app, "manager")
    member = steps.member_page(app, manager, "mai.lt")
    newer = steps.link_in(post_form(manager, member, {"kind": "all"}, action=f"{member}/reset"))
    assert may.get(link).status_code == 404
    assert may.get(newer).status_code == 200


@pytest.mark.parametrize(
    "password",
    [
        "password123456789", "matkhaumatkhau1", "qwertyuiop12345", "1234567890123456", "aaaaaaaaaaaaaaaa",
        "P@ssw0rd!P@ssw0rd!", "abcabcabcabcabcabc", "hanoivietnam12345", "iloveyouiloveyou", "Admin-Admin-2026-Admin",
        "correct horse battery staple", "lethimai-hoangloc2026", "LeThiMai19900101", "Mot-Cua-Demo-2026",
        "mai.lt.mai.lt.mai.lt",
    ],
)  # fmt: skip
def test_passwords_that_are_tried_first_are_refused(password):
    assert weakness(password, "mai.lt", "Lê Thị Mai", "UBND xã Hoằng Lộc", "H56.38.12") is not None


@pytest.mark.parametrize(
    "password",
    [PASSWORD, "7Hj#k2!pQz91xWv", "con meo nha toi bi beo", "приветкакделасегодня", "ngaymaitroinang"],
)
def test_long_ones_that_nobody_expects_are_welcome(password):
    assert weakness(password, "mai.lt", "Lê Thị Mai", "UBND xã Hoằng Lộc", "H56.38.12") is None


@settings(max_examples=200)
@given(st.text(max_size=14))
def test_nothing_short_is_ever_taken(password):
    assert weakness(password) is not None


@settings(max_examples=200)
@given(st.text(max_size=300))
def test_whatever_is_typed_gets_an_answer(password):
    weakness(password, password[:20])


COMMON = ["password", "matkhau", "qwerty", "iloveyou", "hoangloc"]


@settings(max_examples=50)
@given(st.sampled_from(COMMON), st.integers(3, 9), st.integers(0, 99))
def test_a_common_word_said_again_and_again_with_a_number_is_no_password(word, times, number):
    assert weakness(word * times + str(number), "Hoằng Lộc", "hoangloc") is not None


def test_the_demo_staff_are_untouched(app):
    assert staff_log_in(app.test_client(), "officer").location == "/counter"
    with app.extensions["motcua"].database.session(write=False) as session:
        assert session.scalars(select(Account.username).where(Account.kind == "staff")).all()
