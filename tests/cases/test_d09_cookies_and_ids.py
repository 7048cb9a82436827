"""D09: what the browser holds: flags of the cookies, a new id whenever it is worth more, worth nothing afterwards."""

from pathlib import Path

import pytest
from sqlalchemy import select

import wsgi
from tests import people
from tests.assisted.steps import begin
from tests.cases.asking import DAO
from tests.conftest import test_settings as settings_for
from tests.pages import code_sent_to, log_in, log_out, otp_for, post_form, staff_log_in
from webapp.accounts import sessions
from webapp.accounts.models import Account
from webapp.core import clock


@pytest.fixture
def secure(settings):
    """The app as the world reaches it, by https."""
    folder = Path(settings.storage_url).parent
    app = wsgi.create_app(settings_for(folder, base_url="https://localhost"))
    app.config["PREFERRED_URL_SCHEME"] = "https"
    yield app
    app.extensions["motcua"].database.dispose()


def held(client):
    """The id that stands for the log-in."""
    with client.session_transaction() as cookie:
        return cookie.get(sessions.TOKEN)


def with_id(app, client, token):
    """Another browser with everything this one has, and this id."""
    with client.session_transaction() as cookie:
        copied = {**cookie, sessions.TOKEN: token}
    other = app.test_client()
    with other.session_transaction() as cookie:
        cookie.update(copied)
    return other


def test_every_cookie_is_for_this_host_only_and_out_of_reach_of_scripts(secure):
    client = secure.test_client()
    set_cookies = []
    for path, data in (("/login", {"phone": DAO}), ("/login/code", None)):
        answer = post_form(client, path, data or {"code": code_sent_to(client, DAO)})
        assert answer.status_code == 303
        set_cookies += answer.headers.getlist("Set-Cookie")
    assert client.get("/me").status_code == 200
    names = {cookie.partition("=")[0] for cookie in set_cookies}
    assert names == {"__Host-motcua", "__Host-device"}
    for cookie in set_cookies:
        parts = {part.strip().lower() for part in cookie.split(";")[1:]}
        assert {"secure", "httponly", "path=/", "samesite=lax"} <= parts, cookie
        assert not any(part.startswith("domain=") for part in parts), cookie
    for path in ("/appearance", "/language/en"):
        for cookie in client.post(path, data={"theme": "dark"}).headers.getlist("Set-Cookie"):
            assert {"Secure", "HttpOnly"} <= {part.strip() for part in cookie.split(";")}, cookie


def test_a_log_in_gets_a_new_id_and_the_planted_one_is_nobody(app, client):
    with client.session_transaction() as cookie:
        cookie[sessions.TOKEN] = "planted"
    log_in(client)
    assert len(held(client)) >= 43
    assert with_id(app, client, "planted").get("/me").status_code == 303


def test_a_fresh_proof_gives_a_new_id_and_the_old_one_is_dead(later, app, client):
    log_in(client)
    old = held(client)
    later(minutes=11)
    asked = client.get("/me/data.json")
    assert (asked.status_code, asked.location) == (303, "/login/again?next=%2Fme%2Fdata.json")
    assert post_form(client, asked.location, action="/login/again/code").status_code == 303
    proved = post_form(client, asked.location, {"code": code_sent_to(client, DAO)}, action="/login/again")
    assert proved.location == "/me/data.json"
    assert client.get("/me/data.json").status_code == 200
    assert held(client) != old
    assert with_id(app, client, old).get("/me").status_code == 303


def test_staff_prove_it_with_their_code_app(later, app, client):
    staff_log_in(client, "officer")
    old = held(client)
    later(minutes=1)
    again = "/login/again?next=/counter"
    assert post_form(client, again, {"otp": "000000"}).status_code == 403
    assert post_form(client, again, {"otp": otp_for(client, "officer")}).location == "/counter"
    assert held(client) != old
    assert with_id(app, client, old).get("/counter").status_code == 303


def test_a_consent_gives_the_helpers_browser_a_new_id(app, client, services):
    people.log_in_staff(client, services, "helper")
    old = held(client)
    begin(client)
    assert held(client) != old
    assert client.get("/assisted/session").status_code == 200
    assert with_id(app, client, old).get("/assisted").status_code == 303


def test_an_id_is_dead_after_logging_out(app, client):
    log_in(client)
    old = held(client)
    log_out(client)
    assert with_id(app, client, old).get("/me").status_code == 303


@pytest.mark.parametrize("username", [None, "officer"])
def test_an_id_is_dead_when_the_account_is_closed(client, services, username):
    path = "/counter" if username else "/me"
    staff_log_in(client, username) if username else log_in(client)
    assert client.get(path).status_code == 200
    with services.database.transaction() as session:
        kind = Account.username == username if username else Account.kind == "citizen"
        session.scalars(select(Account).where(kind)).one().disabled_at = clock.now()
    assert client.get(path).status_code == 303


def test_staff_are_logged_in_on_one_device(app, client):
    staff_log_in(client, "officer")
    other = app.test_client()
    staff_log_in(other, "officer")
    assert (client.get("/counter").status_code, other.get("/counter").status_code) == (303, 200)
