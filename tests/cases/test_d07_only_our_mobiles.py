"""D07: no message to foreign, dear, short or fixed numbers; one account however its number is written."""

import pytest

from tests import sms
from tests.cases.asking import DAO, ask
from tests.pages import code_sent_to, post_form

REFUSED = [
    "+1 212 555 0123",
    "+882 16 1234 5678",
    "+979 1 2345 6789",
    "+44 7700 900123",
    "00 1 212 555 0123",
    "1900 1234",
    "8088",
    "113",
    "0237 386 1112",
    "024 3825 3536",
    "0912 000 001 ext 5",
    "0912 000 001; 0912 000 002",
    "+84 84912000001",
]
WRITTEN = [
    "0912000001",
    "+84912000001",
    "84 912 000 001",
    "(+84) 912.000.001",
    "０９１２０００００１",
    "0912-000-001",
    " 0912 000 001 ",
]


@pytest.mark.parametrize("number", REFUSED)
def test_a_number_that_costs_more_or_reaches_nobody_is_refused_and_gets_nothing(client, app, number):
    assert ask(client, number).status_code == 422
    assert sms.texts(app) == []


@pytest.mark.parametrize("number", WRITTEN)
def test_one_account_however_the_number_is_written(client, number):
    assert ask(client, number).status_code == 303
    assert post_form(client, "/login/code", {"code": code_sent_to(client, DAO)}).location == "/me"
    assert "Nguyễn Thị Đào" in client.get("/me").text
