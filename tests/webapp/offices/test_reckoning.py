"""A term that is interrupted: what waiting for the citizen does to the promised day, and what it never does."""

from datetime import UTC, date, datetime, time, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.webapp.offices.test_workdays import OURS, here
from webapp.core import clock
from webapp.offices.workdays import Calendar, Extension, Pause, Term, reckon

SHIFT, AGAIN = "shift", "recompute"
THREE_DAYS = Term(3)
TODAY_AGAIN = Term(1, same_day=True, pause=AGAIN)


def pause(start, end):
    return Pause(here(start), here(end))


@pytest.mark.parametrize(
    ("term", "received", "pauses", "due"),
    [
        # Nothing happened: as the vectors say.
        (THREE_DAYS, "2026-11-30T09:00", [], "2026-12-03"),
        # A whole week of waiting moves the end by its five working days.
        (THREE_DAYS, "2026-11-30T09:00", [("2026-12-01T09:00", "2026-12-08T09:00")], "2026-12-10"),
        # An hour of waiting does not cost the office an hour of its last day: the end goes to the next day.
        (THREE_DAYS, "2026-11-30T09:00", [("2026-12-01T09:00", "2026-12-01T10:00")], "2026-12-04"),
        # Three such hours are still three hours, not three days.
        (
            THREE_DAYS,
            "2026-11-30T09:00",
            [(f"2026-12-0{d}T09:00", f"2026-12-0{d}T10:00") for d in (1, 2, 3)],
            "2026-12-04",
        ),
        # Waiting over a Sunday, a lunch or a night takes no working time.
        (THREE_DAYS, "2026-11-30T09:00", [("2026-12-05T09:00", "2026-12-06T20:00")], "2026-12-03"),
        (THREE_DAYS, "2026-11-30T09:00", [("2026-12-01T11:30", "2026-12-01T13:30")], "2026-12-03"),
        (THREE_DAYS, "2026-11-30T09:00", [("2026-12-01T17:00", "2026-12-02T07:00")], "2026-12-03"),
        # The holiday of 24/11 lies in the pause: it was nobody's working time.
        (Term(2), "2026-11-20T09:00", [("2026-11-23T17:00", "2026-11-25T07:00")], "2026-11-25"),
        # By Decree: the term begins anew when the last paper is there.
        (Term(3, pause=AGAIN), "2026-11-30T09:00", [("2026-12-02T09:00", "2026-12-07T09:00")], "2026-12-10"),
        # … the same-day rule of 15:00 with it.
        (TODAY_AGAIN, "2026-12-01T09:00", [("2026-12-01T10:00", "2026-12-03T14:00")], "2026-12-03"),
        (TODAY_AGAIN, "2026-12-01T09:00", [("2026-12-01T10:00", "2026-12-03T15:01")], "2026-12-04"),
        # Calendar days: the length of the pause, and never on a rest day.
        (Term(10, "day"), "2026-11-30T09:00", [("2026-12-02T09:00", "2026-12-04T09:00")], "2026-12-14"),
    ],
)
def test_every_interrupted_term_worked_out_by_hand(term, received, pauses, due):
    got = reckon(term, OURS, here(received), [pause(*p) for p in pauses])
    assert clock.local(got).date().isoformat() == due
    assert clock.local(got).time() == time(17, 0)


def test_a_promised_day_stands_and_a_later_pause_moves_it():
    start = here("2026-11-30T09:00")
    promise = Extension(here("2026-12-03T08:00"), date(2026, 12, 10))
    assert clock.local(reckon(THREE_DAYS, OURS, start, (), [promise])).date() == date(2026, 12, 10)
    waiting = [pause("2026-12-07T07:00", "2026-12-08T17:00")]
    assert clock.local(reckon(THREE_DAYS, OURS, start, waiting, [promise])).date() == date(2026, 12, 14)
    earlier = Extension(here("2026-12-01T08:00"), date(2026, 12, 1))
    assert clock.local(reckon(THREE_DAYS, OURS, start, (), [earlier])).date() == date(2026, 12, 3)


# ------------------------------------------------------------------------------------------------ for every history

FIRST = datetime(2026, 1, 5, tzinfo=UTC)
INSTANTS = st.integers(0, 500 * 24 * 60).map(lambda minutes: FIRST + timedelta(minutes=minutes))
TERMS = st.builds(
    Term,
    days=st.integers(1, 30),
    unit=st.sampled_from(["working_day", "day"]),
    same_day=st.booleans(),
    pause=st.sampled_from([SHIFT, AGAIN]),
)


@st.composite
def histories(draw):
    """Received, then any number of pauses that do not overlap."""
    at = received = draw(INSTANTS)
    pauses = []
    for _ in range(draw(st.integers(0, 5))):
        start = at + timedelta(minutes=draw(st.integers(1, 6 * 24 * 60)))
        at = start + timedelta(minutes=draw(st.integers(1, 20 * 24 * 60)))
        pauses.append(Pause(start, at))
    return received, pauses


@given(TERMS, histories())
def test_a_due_date_is_always_the_end_of_a_working_day(term, history):
    due = clock.local(reckon(term, OURS, *history))
    assert OURS.works(due.date())
    assert due == OURS.closing(due.date())


@given(TERMS, histories())
def test_a_pause_never_makes_the_day_come_earlier(term, history):
    received, pauses = history
    for count in range(len(pauses)):
        assert reckon(term, OURS, received, pauses[:count]) <= reckon(term, OURS, received, pauses[: count + 1])


@given(TERMS, histories())
def test_whoever_was_in_time_when_it_paused_is_in_time_when_it_goes_on(term, history):
    """However often papers were asked for: a dossier does not come back from the citizen overdue."""
    received, pauses = history
    for count, waiting in enumerate(pauses):
        if waiting.start <= reckon(term, OURS, received, pauses[:count]):
            assert waiting.end <= reckon(term, OURS, received, pauses[: count + 1])


@given(TERMS, histories(), st.integers(1, 10 * 24 * 60))
def test_a_longer_wait_never_gives_an_earlier_day(term, history, minutes):
    received, pauses = history
    if pauses:
        longer = [*pauses[:-1], Pause(pauses[-1].start, pauses[-1].end + timedelta(minutes=minutes))]
        assert reckon(term, OURS, received, pauses) <= reckon(term, OURS, received, longer)


@given(TERMS, histories(), st.dates(date(2026, 1, 1), date(2027, 12, 1)))
def test_one_more_day_off_never_brings_the_day_forward(term, history, day):
    closed = Calendar({**OURS.special, day: False})
    assert reckon(term, OURS, *history) <= reckon(term, closed, *history)


@given(INSTANTS, st.integers(0, 80 * 60))
def test_working_time_added_is_working_time_passed(start, minutes):
    amount = timedelta(minutes=minutes)
    assert OURS.work_between(start, OURS.add_work(start, amount)) == amount


@given(INSTANTS, st.integers(0, 10_000), st.integers(0, 10_000))
def test_working_time_of_two_stretches_is_that_of_both(start, first, second):
    middle = start + timedelta(minutes=first)
    end = middle + timedelta(minutes=second)
    assert OURS.work_between(start, middle) + OURS.work_between(middle, end) == OURS.work_between(start, end)


def test_eight_working_hours_to_answer_are_a_day_without_nights_lunches_and_weekends():
    for sent, answer in (
        ("2026-11-30T07:00", "2026-11-30T17:00"),
        ("2026-11-30T09:00", "2026-12-01T09:00"),
        ("2026-12-04T16:00", "2026-12-07T16:00"),  # Friday to Monday
        ("2026-11-23T14:00", "2026-11-25T14:00"),  # over the holiday of the 24th
        ("2026-11-28T22:00", "2026-11-30T17:00"),  # a Saturday evening
    ):
        assert OURS.add_work(here(sent), timedelta(hours=8)) == here(answer)


def test_an_office_with_other_hours_closes_at_another_hour():
    short = Calendar(OURS.special, [(time(7, 30), time(11, 30)), (time(13, 0), time(16, 30))])
    assert clock.local(Term(1).end(here("2026-11-30T09:00"), short)).time() == time(16, 30)
    assert short.full_day == timedelta(hours=7, minutes=30)
