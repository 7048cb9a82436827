"""D04: however often the button is pressed, messages leave on the ladder of 30, 60, 120, 240 seconds, five an hour."""

import threading

import pytest

from tests.cases.asking import DAO, ask, codes_sent, phones
from tests.cases.conftest import BOTH, settings_on
from tests.pages import form_of, post_form
from webapp.core.parsing import mobile

UNKNOWN = "0987654321"
# Second of the press → is a message sent?
PRESSES = [
    (5, False),
    (29, False),
    (31, True),
    (61, False),
    (90, False),
    (92, True),
    (121, False),
    (211, False),
    (213, True),
    (300, False),
    (452, False),
    (454, True),
    (700, False),
    (3599, False),
]


@pytest.fixture(params=BOTH)
def settings(request, tmp_path):
    return settings_on(request, tmp_path)


def test_messages_leave_on_the_ladder_and_nothing_tells_a_known_phone_from_another(later, client, app):
    browsers = {DAO: client, UNKNOWN: app.test_client()}
    for phone, browser in browsers.items():
        assert ask(browser, phone).status_code == 303
    now, sent = 0, 1
    for second, goes_out in PRESSES:
        later(seconds=second - now)
        now = second
        shown = set()
        for phone, browser in browsers.items():
            answer = post_form(browser, "/login/code", action="/login/resend")
            assert answer.status_code == (303 if goes_out else 429)
            shown.add(without_what_differs(browser, answer.text, phone))
        assert len(shown) == 1, f"second {second}"
        sent += goes_out
        assert (codes_sent(app, DAO), codes_sent(app, UNKNOWN)) == (sent, sent), f"second {second}"
    assert sent == 5
    later(seconds=1)
    assert post_form(client, "/login/code", action="/login/resend").status_code == 303, "the hour of the first is over"


def without_what_differs(browser, html, phone):
    number = mobile(phone)[3:]
    token = form_of(browser, "/login/code")["hidden"]["csrf_token"]
    spoken = f"0{number[:3]} {number[3:6]} {number[6:]}"
    return html.replace(spoken, "NUMBER").replace(token, "TOKEN")


def test_ten_a_day_are_enough_for_one_phone(later, client, app):
    sent = 0
    for _ in range(24):
        sent += ask(app.test_client(), DAO).status_code == 303
        later(minutes=59)
    assert sent == 10


def at_once(*acts):
    """What each of these answers when all are done at the same moment."""
    answers = []
    threads = [threading.Thread(target=lambda act=act: answers.append(act().status_code)) for act in acts]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return sorted(answers)


def test_twelve_presses_at_once_send_one_message(app):
    browsers = [app.test_client() for _ in range(12)]
    answers = at_once(*(lambda b=browser: ask(b, DAO) for browser in browsers))
    assert answers == [303] + [429] * 11
    assert codes_sent(app, DAO) == 1


def test_thirty_people_at_once_each_get_theirs_and_the_one_too_many_waits(app):
    made = phones()
    numbers = [next(made) for _ in range(30)]
    answers = at_once(*(lambda n=number: ask(app.test_client(), n) for number in numbers))
    assert answers == [303] * 25 + [429] * 5, "all counted, none twice, nobody broken"
    assert codes_sent(app) == 25
