"""D01: five wrong codes burn the code; and what follows when somebody goes on guessing."""

import pytest

from tests.cases.asking import DAO, ask, enter, other_than
from tests.pages import code_sent_to, log_in, log_out, post_form, text_of
from webapp.accounts import codes, wrong_codes
from webapp.accounts.people import phone_index


def guess(client, later, times):
    """Wrong codes, with new ones asked for when one is burnt; the last answer."""
    answer = None
    for n in range(times):
        if n % 5 == 0:
            later(minutes=13)  # five an hour, so that only wrong codes are counted here
            ask(client, DAO)
            code = code_sent_to(client, DAO)
        answer = enter(client, other_than(code))
    return answer


def test_after_five_wrong_codes_the_right_one_is_refused_and_a_new_one_works(later, client):
    ask(client, DAO)
    code = code_sent_to(client, DAO)
    for _ in range(5):
        assert enter(client, other_than(code)).status_code == 422
    assert enter(client, code).status_code == 422
    later(seconds=31)
    assert post_form(client, "/login/code", action="/login/resend").status_code == 303
    assert enter(client, code_sent_to(client, DAO)).location == "/me"


def test_ten_wrong_ones_in_an_hour_lock_for_ten_minutes_then_for_longer(later, client):
    for minutes in (10, 20, 40, 60, 60):
        assert guess(client, later, 10).status_code == 422
        locked = ask(client, DAO)
        assert locked.status_code == 429
        assert abs(int(locked.headers["Retry-After"]) - minutes * 60) <= 1
        later(minutes=minutes, hours=5)
    assert ask(client, DAO).status_code == 303


def test_a_lock_is_the_same_for_a_phone_that_nobody_has_registered(later, client):
    unknown = "0987654321"
    for _ in range(2):
        later(minutes=13)
        ask(client, unknown)
        code = code_sent_to(client, unknown)
        for _ in range(5):
            enter(client, other_than(code))
    assert ask(client, unknown).status_code == 429


def test_a_stranger_who_guesses_never_locks_the_owner_out_of_a_device_that_is_known(later, client, app):
    owner = app.test_client()
    log_in(owner)
    log_out(owner)
    guess(client, later, 10)
    assert ask(client, DAO).status_code == 429, "the stranger waits"
    assert ask(app.test_client(), DAO).status_code == 429, "and so does every other new device"
    assert log_in(owner).location == "/me", "she does not"


def test_an_owner_who_mistypes_on_her_own_device_waits_there_too(later, client):
    log_in(client)
    log_out(client)
    guess(client, later, 10)
    assert ask(client, DAO).status_code == 429


@pytest.mark.long
def test_after_a_hundred_wrong_in_a_row_only_a_counter_helps(later, client, services):
    client.set_cookie("lang", "en")
    for _ in range(10):
        guess(client, later, 10)
        later(hours=5)
    refused = ask(client, DAO)
    assert refused.status_code == 403
    assert "one-stop counter" in text_of(refused)
    later(days=30)
    assert ask(client, DAO).status_code == 403, "time does not heal it"
    with services.database.transaction() as session:
        wrong_codes.sweep(session)
    assert ask(client, DAO).status_code == 403, "nor does tidying up"
    with services.database.transaction() as session:
        wrong_codes.forgive(session, codes.scopes_of(phone_index("+84912000001")))
    assert ask(client, DAO).status_code == 303
