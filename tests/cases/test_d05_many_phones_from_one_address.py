"""D05: 300 phones from one address in five minutes: 25 messages, then a page to wait on; nobody else is touched."""

import pytest

from tests.cases.asking import DAO, ask, codes_sent, phones
from tests.pages import form_of, log_in, log_out, read, text_of
from webapp.accounts import limits

OFFICE, ELSEWHERE = "203.0.113.7", "198.51.100.9"


def flood(app, later, times, address=OFFICE, seconds=1.0):
    """Each from a browser of its own."""
    made = phones()
    answers = []
    for _ in range(times):
        answers.append(ask(app.test_client(), next(made), address=address))
        later(seconds=seconds)
    return answers


def wait_form(page):
    return next(form for form in read(page.text).forms if "ticket" in form["hidden"])


def test_after_25_there_is_a_page_to_wait_on_and_other_addresses_are_not_touched(later, app, client):
    client.set_cookie("lang", "en")
    answers = flood(app, later, 300, seconds=0.9)
    statuses = [answer.status_code for answer in answers]
    assert statuses == [303] * 25 + [429] * 275
    assert codes_sent(app) == 25
    page = ask(client, "0971234567", address=OFFICE)
    assert "Wait a little" in text_of(page)
    assert int(page.headers["Retry-After"]) == 20
    assert "one-stop counter" in text_of(page), "no wall"
    assert ask(app.test_client(), DAO, address=ELSEWHERE).status_code == 303
    later(minutes=5)
    assert ask(app.test_client(), "0961234567", address=OFFICE).status_code == 303


def test_who_waits_gets_the_code_without_typing_anything_again_and_one_ticket_is_one_code(later, app, client):
    flood(app, later, 25, seconds=0.1)
    form = wait_form(ask(client, DAO, address=OFFICE))
    from_there = {"environ_overrides": {"REMOTE_ADDR": OFFICE}}
    early = client.post(form["action"], data=form["hidden"], **from_there)
    assert early.status_code == 429
    assert wait_form(early)["hidden"]["ticket"] == form["hidden"]["ticket"], "too early costs nothing"
    later(seconds=20)
    assert client.post(form["action"], data=form["hidden"], **from_there).location == "/login/code"
    assert codes_sent(app, DAO) == 1
    again = client.post(form["action"], data={**form["hidden"], "phone": "0971234567"}, **from_there)
    assert again.status_code == 429, "a ticket is for one phone"
    later(seconds=60)
    other = app.test_client()
    fields = form_of(other, "/login")["hidden"]
    reused = other.post("/login", data={**form["hidden"], **fields, "phone": DAO}, **from_there)
    assert reused.status_code == 429, "and good once"
    assert codes_sent(app, DAO) == 1


def test_tickets_of_one_address_are_let_through_one_every_five_seconds(later, app):
    flood(app, later, 25, seconds=0.1)
    made = phones()
    waiting = []
    for _ in range(20):
        browser, phone = app.test_client(), "09" + next(made)[2:]
        waiting.append((browser, wait_form(ask(browser, phone, address=OFFICE))["hidden"]))
    later(seconds=20)
    through = [
        browser.post("/login", data=fields, environ_overrides={"REMOTE_ADDR": OFFICE}).status_code
        for browser, fields in waiting
    ]
    assert through.count(303) == 1


def test_a_device_that_the_owner_uses_anyway_is_not_held_up(later, app, client):
    log_in(client)
    log_out(client)
    flood(app, later, 30)
    assert ask(client, DAO, address=OFFICE).status_code == 303


def test_codes_that_were_typed_in_do_not_count_for_an_office(later, app, client):
    for _ in range(30):
        log_in(client)
        log_out(client)
        later(seconds=5)
    assert ask(app.test_client(), "0971234567").status_code == 303


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        ("203.0.113.7", "203.0.113.8", False),
        ("2001:db8:1:2::1", "2001:db8:1:2:ffff::9", True),
        ("2001:db8:1:2::1", "2001:db8:1:3::1", False),
        ("::ffff:203.0.113.7", "203.0.113.7", True),
    ],
)
def test_what_counts_as_one_address(one, other, same):
    assert (limits.address_key(one) == limits.address_key(other)) is same


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        ("203.0.113.7", "203.0.113.250", True),
        ("203.0.113.7", "203.0.114.7", False),
        ("2001:db8:1:2::1", "2001:db8:1:ffff::9", True),
        ("2001:db8:1::1", "2001:db8:2::1", False),
        ("made up", "", True),
    ],
)
def test_what_counts_as_one_network(one, other, same):
    assert (limits.network_key(one) == limits.network_key(other)) is same


def test_numbers_that_were_bought_together_get_thirty_messages_in_ten_minutes(later, app):
    answers = [ask(app.test_client(), f"091234{n:04d}", address=f"203.0.113.{n}").status_code for n in range(31)]
    assert answers == [303] * 30 + [429]
    assert ask(app.test_client(), "0861234567", address="203.0.113.99").status_code == 303
    later(minutes=10)
    assert ask(app.test_client(), "0912349999", address="203.0.113.98").status_code == 303
