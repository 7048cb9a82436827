"""Working days and due times. Pure.

Rules: the day of reception is not counted (Civil Code 2015, art. 147); a result is never due on a rest day (art. 148);
procedures settled "the same day" that are received after 15:00 are due on the next working day (Decree 301/2026).
"""

from collections.abc import Mapping
from datetime import date, datetime, time, timedelta

from webapp.core import clock

CUTOFF = time(15, 0)
CLOSES = time(17, 0)


class Calendar:
    """Monday to Friday, except the days the table names otherwise."""

    def __init__(self, special: Mapping[date, bool]) -> None:
        self.special = special

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
        """Working days after `start` up to and with `end`."""
        day, count = start, 0
        while day < end:
            day += timedelta(days=1)
            count += self.works(day)
        return count


def closing(day: date) -> datetime:
    """The end of that working day, as an instant."""
    return datetime.combine(day, CLOSES, tzinfo=clock.VIETNAM)


def due_at(received: datetime, days: int, unit: str, *, same_day: bool, calendar: Calendar) -> datetime:
    """When the result is due. `unit` is working_day or day (calendar); `same_day` procedures follow the 15:00 rule."""
    at = clock.local(received)
    if same_day:
        on_time = calendar.works(at.date()) and at.time() <= CUTOFF
        return closing(at.date() if on_time else calendar.next_working(at.date() + timedelta(days=1)))
    if unit == "day":
        return closing(calendar.next_working(at.date() + timedelta(days=days)))
    return closing(calendar.add_working(at.date(), days))
