"""When a result is due: working days, holidays, swapped Saturdays, and the hour when the desk closes its day."""

from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from webapp.core import clock
from webapp.offices.load import DATA
from webapp.offices.queries import calendar
from webapp.offices.workdays import HOURS, Calendar, due_at

CLOSES = HOURS[-1][1]
VECTORS = yaml.safe_load((Path(__file__).parent / "deadline_vectors.yaml").read_text(encoding="utf-8"))["vectors"]


def loaded():
    """The calendar that comes with the project."""
    content = yaml.safe_load((DATA / "holidays.yaml").read_text(encoding="utf-8"))
    special = {h["date"]: False for year in content["years"].values() for h in year["holidays"]}
    return Calendar(special | {s["date"]: True for year in content["years"].values() for s in year["working_swaps"]})


OURS = loaded()
DAYS = st.dates(min_value=date(2025, 1, 1), max_value=date(2027, 11, 30))
HOURS = st.times()


def here(text):
    """A wall-clock time in Viet Nam, as the instant that is stored."""
    return datetime.fromisoformat(text).replace(tzinfo=clock.VIETNAM).astimezone(UTC)


def due(received, days=1, unit="working_day", *, same_day=False):
    return due_at(received, days, unit, same_day=same_day, calendar=OURS)


@pytest.mark.parametrize("vector", VECTORS, ids=lambda v: f"{v['received']} {v.get('working_days', '15h')}")
def test_every_due_day_worked_out_by_hand(vector):
    received = here(str(vector["received"]))
    if vector.get("rule") == "same_day_cutoff_15h":
        got = due(received, same_day=True)
    else:
        got = due(received, vector["working_days"])
    assert clock.local(got).date().isoformat() == vector["due_date"]
    assert clock.local(got).time() == CLOSES


def test_the_database_has_the_same_calendar_as_the_file(services):
    with services.database.session(write=False) as session:
        stored = calendar(session, None, date(2025, 1, 1), date(2027, 12, 31))
    assert stored.special == OURS.special


@pytest.mark.parametrize(
    ("day", "works"),
    [
        ("2026-11-24", False),  # the day of Vietnamese culture, from 2026
        ("2026-01-02", False),
        ("2026-01-10", True),  # a Saturday for it
        ("2026-08-31", False),
        ("2026-08-22", True),
        ("2026-09-02", False),
        ("2026-11-21", False),
        ("2026-11-23", True),
        ("2025-11-24", True),
    ],
)
def test_days_that_people_are_often_wrong_about(day, works):
    assert OURS.works(date.fromisoformat(day)) is works


def test_three_oclock_is_still_the_same_day_and_a_minute_later_is_not():
    assert clock.local(due(here("2026-11-23T15:00"), same_day=True)).date() == date(2026, 11, 23)
    assert clock.local(due(here("2026-11-23T15:00:01"), same_day=True)).date() == date(2026, 11, 25)


def test_the_day_is_the_day_of_the_office_and_not_of_the_server():
    """23:30 UTC on Sunday is Monday morning here."""
    received = datetime(2026, 11, 22, 23, 30, tzinfo=UTC)
    assert clock.local(due(received, same_day=True)).date() == date(2026, 11, 23)
    assert clock.local(due(received, 1)).date() == date(2026, 11, 25)


def test_calendar_days_that_end_on_a_rest_day_end_on_the_next_working_day():
    assert clock.local(due(here("2026-11-14T09:00"), 7, "day")).date() == date(2026, 11, 23)
    assert clock.local(due(here("2026-11-13T09:00"), 7, "day")).date() == date(2026, 11, 20)


@given(DAYS, HOURS, st.integers(1, 30))
def test_a_result_is_due_on_a_working_day_after_the_day_of_reception(day, hour, days):
    received = datetime.combine(day, hour, tzinfo=clock.VIETNAM)
    for unit in ("working_day", "day"):
        at = clock.local(due(received, days, unit))
        assert OURS.works(at.date())
        assert at.date() > day


@given(DAYS, HOURS, st.integers(1, 30))
def test_a_longer_term_is_never_due_earlier_and_a_later_reception_neither(day, hour, days):
    received = datetime.combine(day, hour, tzinfo=clock.VIETNAM)
    assert due(received, days) < due(received, days + 1)
    assert due(received, days) <= due(received + timedelta(days=1), days)
    assert due(received, same_day=True) <= due(received + timedelta(hours=1), same_day=True)


@given(DAYS, HOURS)
def test_the_same_day_is_today_or_the_next_working_day(day, hour):
    received = datetime.combine(day, hour, tzinfo=clock.VIETNAM)
    at = clock.local(due(received, same_day=True)).date()
    if OURS.works(day) and hour <= time(15, 0):
        assert at == day
    else:
        assert at == OURS.next_working(day + timedelta(days=1))


@given(DAYS, st.integers(0, 30))
def test_counting_working_days_forth_and_back_agrees(day, count):
    assert OURS.working_days_between(day, OURS.add_working(day, count)) == count


@given(DAYS, st.integers(-5, 400))
def test_counting_working_days_is_the_same_as_looking_at_each(day, count):
    each = sum(OURS.works(day + timedelta(days=one)) for one in range(1, count + 1))
    assert OURS.working_days_between(day, day + timedelta(days=count)) == each


@given(DAYS)
def test_a_week_without_holidays_has_five_working_days(day):
    assert Calendar({}).working_days_between(day, day + timedelta(days=7)) == 5


def test_an_administrators_day_off_moves_what_is_due():
    closed = Calendar({**OURS.special, date(2026, 11, 27): False})
    at = due_at(here("2026-11-23T14:00"), 3, "working_day", same_day=False, calendar=closed)
    assert clock.local(at).date() == date(2026, 11, 30)
