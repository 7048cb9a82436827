"""The figures in the code are those that were written down (security design 2.2 and 2.3), and those nobody else meets.

Each row: where it stands in the design, what the design says, what the code does.
"""

from datetime import timedelta as span

import pytest

from tests.cases.asking import DAO, ask, phones
from tests.pages import code_sent_to, log_in, log_out, post_form
from webapp.accounts import codes, limits, second_proof
from webapp.accounts.limits import Limit

MINUTES, HOUR, DAY = (lambda n: span(minutes=n)), span(hours=1), span(days=1)
WRITTEN = [
    ("a code lives", MINUTES(5), limits.CODE_LIFE),
    ("wrong tries burn it", 5, limits.TRIES_PER_CODE),
    ("wrong an hour lock", 10, limits.WRONG_PER_HOUR),
    ("for so long", (MINUTES(10), MINUTES(20), MINUTES(40), MINUTES(60)), limits.LOCKS),
    ("in a row: in person", 100, limits.WRONG_IN_A_ROW),
    ("wrong facts of a new device", 5, second_proof.TRIES),
    ("wrong everywhere", (300, MINUTES(10)), (limits.WRONG_EVERYWHERE, limits.WRONG_EVERYWHERE_WINDOW)),
    ("or so many times the median of a week", (10, 7 * DAY), (limits.WRONG_TIMES_USUAL, limits.WRONG_WEEK)),
    ("resend ladder", (30, 60, 120, 240), limits.LADDER),
    ("a phone", (5, 10), (limits.PHONE_PER_HOUR, limits.PHONE_PER_DAY)),
    ("a device", (10, HOUR), limits.DEVICE),
    ("an address, soft", (25, MINUTES(5)), limits.ADDRESS),
    ("an address a day, soft", (200, DAY), limits.ADDRESS_DAY),
    ("a network, soft", (500, HOUR), limits.NETWORK),
    ("a range of numbers", (30, MINUTES(10)), limits.PREFIX),
    ("all, a minute", (60, MINUTES(1)), limits.GLOBAL_MINUTE),
    ("all, a day", (20_000, DAY), limits.GLOBAL_DAY),
    ("pumping", (0.30, MINUTES(15), 50), (limits.VERIFIED_SHARE, limits.SENT_WINDOW, limits.SENT_AT_LEAST)),
    ("citizen", (MINUTES(30), span(hours=12)), limits.SESSIONS["citizen"]),
    ("helper", (MINUTES(15), span(hours=10)), limits.SESSIONS["helper"]),
    ("officer", (MINUTES(15), span(hours=10)), limits.SESSIONS["officer"]),
    ("admin", (MINUTES(10), span(hours=4)), limits.SESSIONS["admin"]),
    ("warning before the end", span(minutes=2.5), limits.WARNING),
    ("log-ins at once", (5, 1, 1, 1), tuple(limits.AT_ONCE[k] for k in ("citizen", "helper", "officer", "admin"))),
    ("fresh: citizen", MINUTES(10), limits.FRESH["citizen"]),
    ("fresh: officer", MINUTES(20), limits.FRESH["officer"]),
    ("a number unused so long is new", 90 * DAY, limits.DEVICE_LIFE),
]


@pytest.mark.parametrize(("what", "written", "ours"), WRITTEN, ids=[row[0] for row in WRITTEN])
def test_the_figure_is_the_written_one(what, written, ours):
    assert ((ours.times, ours.window) if isinstance(ours, Limit) else ours) == written


def used_up(services, limit, who):
    """All but one of them are gone."""
    with services.database.transaction() as session:
        for _ in range(limit.times - 1):
            assert limit.hit(session, who)


@pytest.mark.parametrize(
    ("limit", "key", "same", "other"),
    [
        ("ADDRESS_DAY", limits.address_key, "203.0.113.7", "203.0.113.8"),
        ("NETWORK", limits.network_key, "203.0.113.200", "203.0.114.7"),
    ],
)
def test_one_more_than_written_waits_there_and_nowhere_else(later, app, services, limit, key, same, other):
    made, here = phones(), "203.0.113.7"
    used_up(services, getattr(limits, limit), key(here))
    assert ask(app.test_client(), next(made), address=here).status_code == 303, "the last one"
    held = ask(app.test_client(), next(made), address=same)
    assert held.status_code == 429
    assert 'name="ticket"' in held.text, "not refused, held up"
    assert ask(app.test_client(), next(made), address=other).status_code == 303
    later(days=1)
    assert ask(app.test_client(), next(made), address=same).status_code == 303


def test_a_phone_that_types_its_codes_in_gets_forty_a_day_and_no_more(later, client, services):
    log_in(client)
    log_out(client)
    used_up(services, Limit(limits.PHONE_WITH_USED.name, limits.PHONE_WITH_USED.times - 1, DAY), "+84912000001")
    log_in(client)
    log_out(client)
    assert ask(client, DAO).status_code == 429
    later(days=1)
    assert ask(client, DAO).status_code == 303


def test_ten_codes_a_day_that_nobody_types_in_are_the_most_for_a_phone(later, client, services):
    for _ in range(limits.PHONE_PER_DAY):
        with services.database.transaction() as session:
            codes.request_code(session, "+84912000001", codes.LOGIN)
        later(hours=1)
    assert ask(client, DAO).status_code == 429
    later(hours=14, minutes=1)
    assert ask(client, DAO).status_code == 303
    assert post_form(client, "/login/code", {"code": code_sent_to(client, DAO)}).location == "/me"
