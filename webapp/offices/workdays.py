"""Working time and due times. Pure.

Rules: the day of reception is not counted (Civil Code 2015, art. 147); a result is never due on a rest day (art. 148);
procedures settled "the same day" that are received after 15:00 are due on the next working day (Decree 301/2026).
"""

from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from functools import cached_property
from itertools import accumulate

from webapp.core import clock

CUTOFF = time(15, 0)
MOST_KNOWN = 1000  # instants whose reckoning is kept; most dossiers are due at the end of a day
Span = tuple[time, time]
# Eight hours a day, as Thanh Hóa's one-stop desks are set up; each office may have others.
HOURS: tuple[Span, ...] = ((time(7, 0), time(11, 30)), (time(13, 30), time(17, 0)))
NONE, _DAY = timedelta(0), timedelta(days=1)


class Calendar:
    """Monday to Friday, except the days the table names otherwise; on each the hours of the office."""

    def __init__(self, special: Mapping[date, bool], hours: Iterable[Span] = HOURS) -> None:
        self.special = special
        self.hours = tuple(hours)
        self._known: dict[datetime, timedelta] = {}

    def works(self, day: date) -> bool:
        return self.special.get(day, day.weekday() < 5)

    def next_working(self, day: date) -> date:
        """The first working day on or after `day`."""
        while not self.works(day):
            day += timedelta(days=1)
        return day

    def add_working(self, day: date, count: int) -> date:
        """`count` working days after `day`, which itself is not counted."""
        for _ in range(count):
            day = self.next_working(day + timedelta(days=1))
        return day

    def working_days_between(self, start: date, end: date) -> int:
        """Working days after `start` up to and with `end`; counted without walking: a worklist asks it for each row."""
        if end <= start:
            return 0
        days, more = self._odd
        odd = more[bisect_right(days, end)] - more[bisect_right(days, start)]
        return _weekdays(end) - _weekdays(start) + odd

    @cached_property
    def _odd(self) -> tuple[list[date], list[int]]:
        """The days that differ from the week, in order; how many more days than in the week are worked before each."""
        days = sorted(day for day, works in self.special.items() if works != (day.weekday() < 5))
        return days, [0, *accumulate(1 if self.special[day] else -1 for day in days)]

    @cached_property
    def full_day(self) -> timedelta:
        """How long the office works on a working day."""
        return sum((_length(span) for span in self.hours), NONE)

    def closing(self, day: date) -> datetime:
        """The end of that working day, as an instant."""
        return _at(day, self.hours[-1][1])

    def work_between(self, start: datetime, end: datetime) -> timedelta:
        """Working time from one instant to a later one; nothing when it is not later."""
        return self._worked(end) - self._worked(start) if end > start else NONE

    def _worked(self, until: datetime) -> timedelta:
        """Working time since the first day of the calendar; without walking, as a worklist asks it for each row."""
        known = self._known.get(until)
        if known is None:
            if len(self._known) >= MOST_KNOWN:
                self._known.clear()
            known = self._known[until] = self._reckoned(until)
        return known

    def _reckoned(self, until: datetime) -> timedelta:
        here = clock.local(until)
        day = here.date()
        days, more = self._odd
        before = _weekdays(day - _DAY) + more[bisect_left(days, day)]
        return before * self.full_day + (self._of_day(here) if self.works(day) else NONE)

    def _of_day(self, here: datetime) -> timedelta:
        """Working time from the morning of a working day to this hour of it."""
        hour = timedelta(hours=here.hour, minutes=here.minute, seconds=here.second, microseconds=here.microsecond)
        return sum((min(closes, hour) - opens for opens, closes in self._hours if opens < hour), NONE)

    @cached_property
    def _hours(self) -> list[tuple[timedelta, timedelta]]:
        return [(_length((time(0), opens)), _length((time(0), closes))) for opens, closes in self.hours]

    def add_work(self, start: datetime, amount: timedelta) -> datetime:
        """The first instant at which so much working time has passed since `start`."""
        day = clock.local(start).date()
        while amount > NONE:
            for opens, closes in self._spans(day):
                opens = max(opens, start)
                if opens < closes:
                    if amount <= closes - opens:
                        return opens + amount
                    amount -= closes - opens
            day += timedelta(days=1)
        return start

    def end_of_day(self, at: datetime) -> datetime:
        """The first end of a working day that is not before `at`: people are given days, not minutes."""
        day = clock.local(at).date()
        if not self.works(day) or self.closing(day) < at:
            day = self.next_working(day + timedelta(days=1))
        return self.closing(day)

    def _spans(self, day: date) -> Iterator[tuple[datetime, datetime]]:
        if self.works(day):
            for opens, closes in self.hours:
                yield _at(day, opens), _at(day, closes)


def _at(day: date, hour: time) -> datetime:
    return datetime.combine(day, hour, tzinfo=clock.VIETNAM)


def _weekdays(day: date) -> int:
    """Mondays to Fridays up to and with `day`, since the first day of the calendar, a Monday."""
    weeks, rest = divmod(day.toordinal(), 7)
    return weeks * 5 + min(rest, 5)


def _length(span: Span) -> timedelta:
    opens, closes = span
    return timedelta(hours=closes.hour - opens.hour, minutes=closes.minute - opens.minute)


def due_at(received: datetime, days: int, unit: str, *, same_day: bool, calendar: Calendar) -> datetime:
    """When the result is due. `unit` is working_day or day (calendar); `same_day` procedures follow the 15:00 rule."""
    at = clock.local(received)
    if same_day:
        on_time = calendar.works(at.date()) and at.time() <= CUTOFF
        return calendar.closing(at.date() if on_time else calendar.next_working(at.date() + timedelta(days=1)))
    if unit == "day":
        return calendar.closing(calendar.next_working(at.date() + timedelta(days=days)))
    return calendar.closing(calendar.add_working(at.date(), days))


@dataclass(frozen=True)
class Term:
    """How long an office has. `pause`: what a pause does to the end: shift it, or begin the term anew ("recompute")."""

    days: int
    unit: str = "working_day"
    same_day: bool = False
    pause: str = "shift"

    def end(self, at: datetime, calendar: Calendar) -> datetime:
        return due_at(at, self.days, self.unit, same_day=self.same_day, calendar=calendar)


@dataclass(frozen=True)
class Pause:
    """From when to when the office waited for somebody else."""

    start: datetime
    end: datetime


@dataclass(frozen=True)
class Extension:
    """At this instant the office promised a later day, in writing."""

    at: datetime
    until: date


def reckon(
    term: Term,
    calendar: Calendar,
    received: datetime,
    pauses: Iterable[Pause] = (),
    extensions: Iterable[Extension] = (),
) -> datetime:
    """When the result is due, from what happened so far; the same facts always give the same instant.

    A pause never shortens the term, and whoever was in time when a pause began is in time when it ends.
    """
    due = term.end(received, calendar)
    facts: list[tuple[datetime, Pause | Extension]] = [(p.start, p) for p in pauses]
    facts += [(e.at, e) for e in extensions]
    for _when, fact in sorted(facts, key=lambda pair: pair[0]):
        if isinstance(fact, Extension):
            due = max(due, calendar.closing(fact.until))
        elif term.pause == "recompute":
            due = max(due, term.end(fact.end, calendar))
        else:
            due = _shifted(due, fact, term.unit, calendar)
    return calendar.end_of_day(due)


def _shifted(due: datetime, pause: Pause, unit: str, calendar: Calendar) -> datetime:
    """Later by the length of the pause: working time for working days, plain time for calendar days.

    What is kept between two pauses is exact; the end of the day, which people are told, is put on it last. A pause
    that begins between the exact instant and that end of the day began in time, so it counts from the end of the day.
    """
    told = calendar.end_of_day(due)
    base = told if due < pause.start <= told else due
    if unit == "day":
        return base + (pause.end - pause.start)
    return calendar.add_work(base, calendar.work_between(pause.start, pause.end))
