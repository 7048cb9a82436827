"""D12: staff with a password only: every route of staff refuses."""

import re

import pytest
from sqlalchemy import update

from tests.pages import form_of, otp_for, post_form, read
from webapp.accounts.demo import STAFF_PASSWORD
from webapp.accounts.models import Account
from webapp.core.actor import Role

STAFF = ["helper", "officer", "case", "manager", "admin"]


def doors_of_staff(app):
    """(method, path) of every route that needs a right of staff; ids are made up."""
    found = []
    for rule in app.url_map.iter_rules():
        access = getattr(app.view_functions[rule.endpoint], "_access", None)
        right = access.right if access is not None else None
        if right is None or Role.CITIZEN in right.roles:
            continue
        path = re.sub(r"<[^>]+>", "x" * 22, rule.rule)
        found += [(method, path) for method in sorted(rule.methods - {"OPTIONS"})]
    return found


def refused(client, app):
    """Every door of staff stays shut for this browser."""
    token = form_of(client, "/staff/login")["hidden"]["csrf_token"]
    open_doors = []
    for method, path in doors_of_staff(app):
        answer = client.open(path, method=method, data={"csrf_token": token} if method == "POST" else None)
        led_away = answer.status_code == 303 and answer.location.startswith("/staff/login")
        if not (led_away or answer.status_code in (401, 404, 405)):
            open_doors.append((method, path, answer.status_code))
    return open_doors


@pytest.mark.parametrize("username", STAFF)
@pytest.mark.parametrize("otp", ["", "000000", "12345", "abcdef"])
def test_the_password_alone_opens_nothing(client, app, username, otp):
    answer = post_form(client, "/staff/login", {"username": username, "password": STAFF_PASSWORD, "otp": otp})
    assert answer.status_code == 422
    assert read(answer.text).forms, "the same page again"
    assert refused(client, app) == []


@pytest.mark.parametrize("username", STAFF)
def test_an_account_without_a_code_app_opens_nothing(client, app, services, username):
    code = otp_for(client, username)
    with services.database.transaction() as session:
        session.execute(update(Account).where(Account.username == username).values(totp_secret_sealed=None))
    answer = post_form(client, "/staff/login", {"username": username, "password": STAFF_PASSWORD, "otp": code})
    assert answer.status_code == 422
    paper = {"username": username, "password": STAFF_PASSWORD, "recovery_code": "AAAAA-AAAAA"}
    assert post_form(client, "/staff/login/recovery", paper).status_code == 422
    assert refused(client, app) == []


@pytest.mark.parametrize("spelled", ["{}{}", " {}{} ", "{} {}", "{}-{}"])
def test_a_used_code_is_no_second_factor_however_it_is_written(client, app, spelled):
    code = otp_for(client, "officer")
    given = {"username": "officer", "password": STAFF_PASSWORD}
    assert post_form(client, "/staff/login", {**given, "otp": code}).status_code == 303
    other = app.test_client()
    assert post_form(other, "/staff/login", {**given, "otp": spelled.format(code[:3], code[3:])}).status_code == 422
    assert refused(other, app) == []


def test_there_are_doors_to_try(app):
    assert len(doors_of_staff(app)) > 40
