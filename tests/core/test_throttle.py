"""Counting tries, for a phone or an address that nobody can read in the table."""

import threading
from datetime import UTC, datetime, timedelta
from uuid import uuid4

import pytest
import time_machine
from hypothesis import HealthCheck, given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st
from sqlalchemy import func, select, text

from tests.conftest import test_settings as settings_for
from webapp.core import throttle
from webapp.core.throttle import RateWindow, free_in, give_back, hit, seen, sweep

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


def test_an_hour_begins_with_the_first_try_and_ends_an_hour_later(session, noon):
    noon.shift(timedelta(minutes=47))
    assert tries(session, 1) == [True]
    noon.shift(timedelta(minutes=59))
    assert tries(session, 3) == [True, True, False]
    assert free_in(session, "code", "+84912000001", HOUR) == 60
    noon.shift(timedelta(minutes=1))
    assert tries(session, 1) == [True]


def test_whoever_keeps_knocking_is_let_in_when_the_hour_is_over(session, noon):
    for _ in range(60):
        tries(session, 2)
        noon.shift(timedelta(minutes=1))
    assert tries(session, 1) == [True]


def test_a_try_that_turned_out_well_does_not_count(session):
    assert tries(session, 3) == [True] * 3
    give_back(session, "code", "+84912000001", HOUR)
    assert tries(session, 2) == [True, False]
    for _ in range(9):
        give_back(session, "code", "+84912000001", HOUR)
    assert seen(session, "code", "+84912000001", HOUR) == 0


def test_a_clock_that_was_set_back_locks_nobody_for_longer_than_twice_the_time(session, noon):
    tries(session, 4)
    noon.shift(timedelta(hours=-5))
    assert tries(session, 1) == [True]


def test_a_rig_may_try_as_often_as_it_likes(session, tmp_path):
    throttle.configure(settings_for(tmp_path, limits="relaxed"))
    assert all(tries(session, 50))
    throttle.configure(settings_for(tmp_path))
    assert tries(session, 1) == [False], "and afterwards what was counted counts"


@given(
    limit=st.integers(1, 6),
    steps=st.lists(st.tuples(st.integers(0, 90), st.integers(1, 5)), min_size=1, max_size=12),
)
@hypothesis_settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_from_its_first_try_on_no_window_ever_lets_more_than_the_limit_through(session, limit, steps):
    """Whatever the pauses (minutes) and bursts: in the hour that a first try begins, and in any hour at most twice."""
    who = uuid4().hex
    at, allowed = 0, []
    with time_machine.travel(NOON, tick=False) as clock:
        for pause, burst in steps:
            clock.shift(timedelta(minutes=pause))
            at += pause
            allowed += [at] * sum(tries(session, burst, who=who, limit=limit))
    for first in allowed:
        assert sum(first <= moment < first + 60 for moment in allowed) <= 2 * limit
    assert allowed[0] == steps[0][0], "the first is always let through"
    assert sum(moment < allowed[0] + 60 for moment in allowed) <= limit


def test_no_phone_number_can_be_read_in_the_table(session):
    tries(session, 1)
    assert "912000001" not in str(session.execute(text("SELECT * FROM rate_windows")).all())


def test_counters_that_are_over_are_forgotten_and_running_ones_kept(session, noon):
    tries(session, 1)
    noon.shift(2 * HOUR + timedelta(seconds=1))
    tries(session, 1, who="+84912000002")
    sweep(session)
    assert session.scalar(select(func.count()).select_from(RateWindow)) == 1


@pytest.mark.parametrize("lasting", [True, False])
def test_tries_of_many_at_once_are_all_counted(either, lasting):
    allowed = []

    def guess():
        with either.transaction(lasting=lasting) as session:
            allowed.append(hit(session, "code", "+84912000001", 5, HOUR))

    threads = [threading.Thread(target=guess) for _ in range(12)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(allowed) == [False] * 7 + [True] * 5
