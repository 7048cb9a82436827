"""What administrators and managers change asks first whether it is still them; generated from the doors themselves."""

import re
from datetime import timedelta

import pytest
from flask import Flask
from sqlalchemy import update

from tests import people as who
from tests.pages import form_of
from webapp.accounts.models import LoginSession
from webapp.core import clock
from webapp.core.permissions import MANAGE_SIDE
from webapp.shell.access import doors
from webapp.shell.services import attach

# Shutting somebody out must not wait for a code; it takes nothing from anybody that cannot be given back. A text that
# did not arrive goes again to the number it was for, or is ticked off: everyday work. A refusal changes nothing.
AT_ONCE = {
    "/manage/staff/<id>/disable", "/manage/messages/<id>/send-again", "/manage/messages/<id>/told",
    "/manage/approvals/<id>/refuse",
}  # fmt: skip


def dangerous(app: Flask):
    """Doors that change how the office or the province works; a manager's decisions about a dossier are desk work."""
    sides = {role.value for role in MANAGE_SIDE}
    found = [door for door in doors(app) if door.roles and set(door.roles) <= sides and door.method != "GET"]
    assert {door.path for door in found if not door.path.startswith("/manage")} == {"/counter/dossiers/<id>/extend"}
    return [door for door in found if door.path.startswith("/manage")]


def stale(app, services, name="admin"):
    """The browser of somebody who logged in an hour ago and has used it since."""
    browser = app.test_client()
    account = who.log_in_staff(browser, services, name)
    with services.database.transaction() as session:
        ago = clock.now() - timedelta(minutes=21)
        session.execute(update(LoginSession).where(LoginSession.account_id == account.id).values(created_at=ago))
    return browser


def test_every_dangerous_act_asks_again_and_keeps_what_was_typed(app, services):
    browsers = {name: stale(app, services, name) for name in ("admin", "manager")}
    tokens = {name: form_of(browser, "/login/again")["hidden"]["csrf_token"] for name, browser in browsers.items()}
    found = [door for door in dangerous(app) if door.path not in AT_ONCE]
    assert len(found) >= 14
    for door in found:
        path, name = re.sub(r"<[^>]+>", "x" * 22, door.path), "admin" if "admin" in door.roles else "manager"
        answer = browsers[name].open(path, method=door.method, data={"csrf_token": tokens[name], "name": "x"})
        assert answer.status_code == 303, (door.path, answer.status_code)
        assert answer.location == "/login/again?next=%2Flogin%2Fkept", door.path


def test_a_page_with_a_dangerous_form_asks_before_anything_is_typed(app, services):
    browser = stale(app, services)
    asked = [door for door in doors(app) if door.fresh and door.method == "GET"]
    assert {"/manage/api-tokens", "/manage/calendar", "/manage/units"} <= {door.path for door in asked}
    for door in asked:
        answer = browser.get(re.sub(r"<[^>]+>", "x" * 22, door.path))
        assert answer.location.startswith("/login/again?next=%2Fmanage"), door.path


def test_only_shutting_somebody_out_and_everyday_work_go_at_once(app):
    assert {door.path for door in dangerous(app) if not door.fresh} == AT_ONCE


@pytest.mark.parametrize(
    ("networks", "status"),
    [("", 200), ("127.0.0.0/8", 200), ("10.0.0.0/8, 127.0.0.1", 200), ("10.0.0.0/8", 403), ("2001:db8::/32", 403)],
)
def test_an_administrator_works_from_the_networks_that_are_named(app, services, networks, status):
    services.settings = services.settings.model_copy(update={"admin_networks": networks})
    attach(app, services)
    admin, officer = app.test_client(), app.test_client()
    who.log_in_staff(admin, services, "admin")
    who.log_in_staff(officer, services, "officer")
    assert admin.get("/manage/units").status_code == status
    assert admin.get("/").status_code == 200, "what everybody may read"
    assert officer.get("/counter").status_code == 200


def test_an_address_that_is_no_network_stops_the_start(settings):
    with pytest.raises(ValueError, match="MOTCUA_ADMIN_NETWORKS"):
        type(settings)(admin_networks="the office")
