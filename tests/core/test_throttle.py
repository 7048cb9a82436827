"""Counting tries, for a phone or an address that nobody can read in the table."""

import threading
from datetime import UTC, datetime, timedelta

import pytest
import time_machine
from sqlalchemy import func, select, text

from webapp.core.throttle import RateWindow, hit, sweep

NOON = datetime(2026, 11, 23, 5, 0, 0, tzinfo=UTC)
HOUR = timedelta(hours=1)


@pytest.fixture(autouse=True)
def noon():
    with time_machine.travel(NOON, tick=False) as clock:
        yield clock


def tries(session, count, who="+84912000001", purpose="code", limit=3, window=HOUR):
    return [hit(session, purpose, who, limit, window) for _ in range(count)]


def test_three_tries_are_within_three_and_the_fourth_is_not(session):
    assert tries(session, 5) == [True, True, True, False, False]


def test_one_persons_tries_are_not_anothers(session):
    tries(session, 4)
    assert tries(session, 1, who="+84912000002") == [True]


def test_tries_at_one_thing_are_not_tries_at_another(session):
    tries(session, 4)
    assert tries(session, 1, purpose="password") == [True]
    assert tries(session, 1, window=timedelta(minutes=10)) == [True]


def test_a_new_hour_begins_anew(session, noon):
    assert tries(session, 4)[-1] is False
    noon.shift(HOUR)
    assert tries(session, 1) == [True]


def test_no_phone_number_can_be_read_in_the_table(session):
    tries(session, 1)
    assert "912000001" not in str(session.execute(text("SELECT * FROM rate_windows")).all())


def test_counters_that_are_over_are_forgotten_and_running_ones_kept(session, noon):
    tries(session, 1)
    noon.shift(2 * HOUR + timedelta(seconds=1))
    tries(session, 1, who="+84912000002")
    sweep(session)
    assert session.scalar(select(func.count()).select_from(RateWindow)) == 1


def test_tries_of_many_at_once_are_all_counted(either):
    allowed = []

    def guess():
        with either.transaction() as session:
            allowed.append(hit(session, "code", "+84912000001", 5, HOUR))

    threads = [threading.Thread(target=guess) for _ in range(12)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(allowed) == [False] * 7 + [True] * 5
