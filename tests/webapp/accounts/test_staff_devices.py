"""Somebody logs in as staff on a device that the account did not know: its owner hears of it and can stop it."""

import re

import pytest
from sqlalchemy import select

from tests.pages import otp_for, post_form, staff_log_in, text_of
from webapp.accounts.demo import STAFF_PASSWORD
from webapp.accounts.models import Account
from webapp.core.audit import AuditEntry
from webapp.core.outbox import OutboxEvent

PAGE = "/staff/devices"
ASKED = "Tài khoản vừa được mở trên máy mới"


@pytest.fixture
def own(client):
    """The computer that Lê Thị Mai works on."""
    assert staff_log_in(client).location == "/counter"
    return client


@pytest.fixture
def intruder(app, own):
    """Somebody else, with her password and her codes."""
    browser = app.test_client()
    assert staff_log_in(browser).location == "/counter"
    return browser


def account(services):
    with services.database.session(write=False) as session:
        return session.scalars(select(Account).where(Account.username == "officer")).one()


def press(browser, path):
    """A button that need not stand on the page."""
    token = re.search(r'"csrf-token" content="([^"]+)"', browser.get(PAGE).text)[1]
    return browser.post(path, data={"csrf_token": token})


def is_refused(browser):
    typed = {"username": "officer", "password": STAFF_PASSWORD, "otp": otp_for(browser, "officer")}
    return post_form(browser, "/staff/login", typed).status_code == 422


def say(browser, what):
    return post_form(browser, PAGE, {}, action=f"{PAGE}/{what}")


def test_where_staff_begin_nobody_is_asked_anything(own):
    assert ASKED not in text_of(own.get("/counter"))
    page = text_of(own.get(PAGE))
    assert "máy này" in page and "Có phải ông/bà đăng nhập không?" not in page


def test_whoever_comes_in_is_asked_about_the_new_device_until_they_answer(own, intruder):
    assert own.get("/counter").status_code == 303, "logged out: staff are logged in on one device"
    for _time in range(2):
        assert staff_log_in(own).location == "/counter"
        assert ASKED in text_of(own.get("/counter"))
        assert ASKED not in text_of(own.get("/counter")), "once for each log-in"
        assert "Có phải ông/bà đăng nhập không?" in text_of(own.get(PAGE))
        press(own, "/logout")
    staff_log_in(own)
    assert say(own, "mine").location == PAGE
    assert "Đã ghi" in text_of(own.get(PAGE))
    press(own, "/logout")
    staff_log_in(own)
    assert ASKED not in text_of(own.get("/counter"))


def test_the_new_device_is_not_asked_about_itself_and_cannot_answer(own, intruder):
    assert ASKED not in text_of(intruder.get("/counter"))
    assert "Có phải ông/bà đăng nhập không?" not in text_of(intruder.get(PAGE))
    assert press(intruder, f"{PAGE}/mine").status_code == 303
    staff_log_in(own)
    assert ASKED in text_of(own.get("/counter"))


def test_this_was_not_me_closes_the_account_until_somebody_opens_it_again(own, intruder, app, services):
    staff_log_in(own)
    answer = say(own, "not-me")
    assert answer.location == "/staff/login"
    assert "Tài khoản của ông/bà đã bị khóa" in text_of(own.get("/staff/login"))
    for browser in (own, intruder):
        assert browser.get("/counter").status_code == 303
        assert is_refused(browser)
    closed = account(services)
    assert closed.disabled_at is not None
    with services.database.session(write=False) as session:
        noted = session.scalars(select(AuditEntry).where(AuditEntry.action == "device:deny")).one()
        assert noted.object == closed.public_id and noted.detail == {"ended": 1, "closed": True}
    admin = app.test_client()
    staff_log_in(admin, "admin")
    member = f"/manage/staff/{closed.public_id}"
    assert "Người này tự khóa lúc" in text_of(admin.get(member))
    opened = post_form(admin, member, {}, action=f"{member}/enable")
    assert "/staff/enrol/" in opened.get_data(as_text=True)
    assert is_refused(own), "the old password and code app are over"
    again = account(services)
    assert again.disabled_at is None and again.guarded_at is None


def test_the_last_administrator_is_let_in_again_from_the_command_line(client, app, services):
    staff_log_in(client, "admin")
    staff_log_in(app.test_client(), "admin")
    staff_log_in(client, "admin")
    assert say(client, "not-me").location == "/staff/login"
    run = app.test_cli_runner().invoke
    assert run(args=["staff", "reset", "admin"]).exit_code == 1, "it is closed"
    opened = run(args=["staff", "enable", "admin"])
    assert opened.exit_code == 0 and "/staff/enrol/" in opened.output
    assert run(args=["staff", "enable", "admin"]).exit_code == 1


def test_where_nothing_is_asked_nobody_closes_an_account(intruder, services):
    """The intruder neither, on the very device that is asked about elsewhere."""
    assert press(intruder, f"{PAGE}/not-me").location == PAGE
    assert account(services).disabled_at is None


def test_no_message_goes_out_for_staff(own, intruder, services):
    with services.database.session(write=False) as session:
        assert session.scalars(select(OutboxEvent).where(OutboxEvent.type.contains("NewDevice"))).all() == []


def test_a_citizens_page_of_devices_is_none_of_staffs_business(own):
    assert own.get("/me/devices").status_code == 403
