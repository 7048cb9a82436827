"""How long a log-in lasts, on how many devices, and what ends it."""

import pytest
from sqlalchemy import select

from tests.pages import log_in, post_form, staff_log_in, text_of
from webapp.accounts import sessions
from webapp.accounts.models import Account, LoginSession
from webapp.core import clock


def is_in(client, path="/me"):
    return client.get(path).status_code == 200


def test_a_citizen_is_logged_out_after_half_an_hour_of_doing_nothing(client, later):
    log_in(client)
    later(minutes=30)
    assert is_in(client)
    later(minutes=29)
    assert is_in(client), "the last look counts"
    later(minutes=31)
    assert not is_in(client)


def test_a_citizen_is_logged_out_after_twelve_hours_whatever_they_do(client, later):
    log_in(client)
    for _ in range(35):
        later(minutes=20)
        assert is_in(client)
    later(minutes=21)
    assert not is_in(client)


def test_staff_are_logged_out_after_a_quarter_of_an_hour_of_doing_nothing(client, later):
    staff_log_in(client)
    later(minutes=14)
    assert client.get("/staff/login").status_code == 303
    later(minutes=16)
    assert client.get("/staff/login").status_code == 200


def test_staff_are_logged_out_after_ten_hours_whatever_they_do(client, later):
    staff_log_in(client)
    for _ in range(59):
        later(minutes=10)
        assert client.get("/staff/login").status_code == 303
    later(minutes=11)
    assert client.get("/staff/login").status_code == 200


def test_logging_in_gives_the_browser_a_new_id_and_forgets_what_it_knew_before(client):
    with client.session_transaction() as cookie:
        cookie[sessions.TOKEN], cookie["planted"] = "known to somebody else", True
    log_in(client)
    with client.session_transaction() as cookie:
        assert cookie[sessions.TOKEN] != "known to somebody else"
        assert len(cookie[sessions.TOKEN]) >= 43, "256 bits"
        assert "planted" not in cookie
        assert "entry" not in cookie


def test_the_table_does_not_hold_what_the_browser_holds(client, services):
    log_in(client)
    with client.session_transaction() as cookie:
        token = cookie[sessions.TOKEN]
    with services.database.session(write=False) as session:
        assert token not in session.scalars(select(LoginSession.token_digest)).all()


def test_a_changed_cookie_is_nobodys(client, app):
    log_in(client)
    value = client.get_cookie("motcua").value
    other = app.test_client()
    other.set_cookie("motcua", value[:-3] + ("AAA" if not value.endswith("AAA") else "BBB"))
    assert not is_in(other)


def test_an_account_that_is_closed_is_out_at_the_next_click(client, services):
    log_in(client)
    with services.database.transaction() as session:
        session.scalars(select(Account).where(Account.kind == "citizen")).one().disabled_at = clock.now()
    assert not is_in(client)
    assert log_in(client).location == "/register/person", "and the phone alone does not open it again"


def test_a_citizen_sees_the_devices_and_ends_the_others(client, app):
    lost = app.test_client()
    log_in(lost)
    log_in(client)
    client.set_cookie("lang", "en")
    shown = text_of(client.get("/me/devices"))
    assert (shown.count("this device"), "? · ?" in shown) == (1, True)
    answer = post_form(client, "/me/devices", action="/me/devices/end-others")
    assert answer.location == "/me/devices"
    assert is_in(client)
    assert not is_in(lost)


def test_a_sixth_device_ends_the_first(app):
    browsers = [app.test_client() for _ in range(6)]
    for browser in browsers:
        log_in(browser)
    assert [is_in(browser) for browser in browsers] == [False] + [True] * 5


@pytest.mark.parametrize("path", ["/me", "/me/settings", "/me/data", "/me/data.json"])
def test_ones_own_pages_ask_to_log_in_first(client, path):
    answer = client.get(path)
    assert (answer.status_code, answer.location) == (303, "/login?next=" + path.replace("/", "%2F"))


@pytest.mark.parametrize("username", ["helper", "officer", "case", "manager"])
def test_staff_have_no_page_of_a_citizen(client, username):
    staff_log_in(client, username)
    assert client.get("/me").status_code == 403


def test_the_cookie_cannot_be_read_by_scripts_nor_sent_by_other_sites(client):
    answer = log_in(client)
    [cookie] = [c for c in answer.headers.getlist("Set-Cookie") if c.startswith("motcua=")]
    assert "HttpOnly" in cookie
    assert "SameSite=Lax" in cookie
    assert "Path=/" in cookie
