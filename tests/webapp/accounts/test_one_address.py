"""A commune office, or half a city behind its mobile network, is one address: who does it right holds nobody up."""

from datetime import timedelta

import pytest

from tests.factories import dossiers as factory
from tests.pages import log_in, post_form, staff_log_in, text_of
from tests.people import person
from tests.webapp.identity import vneid
from webapp.accounts import limits, staff
from webapp.dossiers.views import lookup
from webapp.identity.views import way

OTHER = "/me/identity/other-account"


@pytest.fixture
def dao(client):
    client.set_cookie("lang", "en")
    log_in(client)
    return client


def test_a_code_to_join_accounts_waits_when_the_address_is_busy_and_then_goes_out(later, dao, services):
    with services.database.transaction() as session:
        for _ in range(limits.ADDRESS.times):
            limits.ADDRESS.hit(session, limits.address_key("127.0.0.1"))
    held = post_form(dao, OTHER, {"phone": "0987000002"})
    assert held.status_code == 429
    assert "Wait 20 seconds, then press the button once more." in text_of(held)
    later(seconds=19)
    assert post_form(dao, OTHER, {"phone": "0987000002"}).status_code == 429
    later(seconds=1)
    assert post_form(dao, OTHER, {"phone": "0987000002"}).location == f"{OTHER}/code"


def test_nobody_sends_codes_to_half_the_country_by_joining(later, dao):
    for n in range(6):
        assert post_form(dao, OTHER, {"phone": f"098{n}000002"}).status_code == 303
    assert post_form(dao, OTHER, {"phone": "0977000002"}).status_code == 429


def test_a_device_that_has_asked_for_ten_codes_gets_none_to_join_either(later, dao, monkeypatch):
    monkeypatch.setattr(limits, "DEVICE", limits.Limit("code device", 2, limits.HOUR))
    for n in range(2):
        assert post_form(dao, OTHER, {"phone": f"098{n}000002"}).status_code == 303
    refused = post_form(dao, OTHER, {"phone": "0982000002"})
    assert refused.status_code == 429
    assert "asked for on this device" in text_of(refused)


def test_whoever_knows_code_and_number_is_answered_however_many_came_before(client, services, monkeypatch):
    monkeypatch.setattr(lookup, "PER_ADDRESS", 3)
    with services.database.transaction() as session:
        codes = [factory.sent(session, services.storage, person(session)).lookup_code for _ in range(3)]
    for code in codes * 2:
        assert post_form(client, "/lookup", {"code": code, "proof": "1234"}).status_code == 200
    for _ in range(3):
        assert post_form(client, "/lookup", {"code": "7K4-92M", "proof": "0000"}).status_code == 422
    assert post_form(client, "/lookup", {"code": codes[0], "proof": "1234"}).status_code == 429


def test_a_whole_office_of_staff_may_begin_its_day_at_one_address(app, monkeypatch):
    monkeypatch.setattr(staff, "PER_ADDRESS", (2, timedelta(minutes=5)))
    for username in ("officer", "case", "manager", "helper"):
        staff_log_in(app.test_client(), username)


def test_a_whole_office_may_come_in_with_vneid(app, monkeypatch):
    monkeypatch.setattr(way, "PER_ADDRESS", 2)
    for who in (vneid.TU, vneid.SEN, vneid.TU, vneid.SEN):
        assert vneid.log_in(app.test_client(), who).status_code == 303
    for _ in range(2):
        vneid.leave(app.test_client())
    assert post_form(app.test_client(), "/login", action="/login/vneid").status_code == 429
