"""What an office did in a time, as figures with what they are of; and the times that can be asked for."""

from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from webapp.core.text import N_
from webapp.transparency.models import COUNTERS, DAY, MONTH, WAYS

# A share of so few says more about one person than about an office, and jumps with each of them.
FEW = 5


@dataclass(frozen=True)
class Standing:
    """The counters of one office, one procedure or one month."""

    online: int = 0
    assisted: int = 0
    at_counter: int = 0
    elsewhere: int = 0
    on_time: int = 0
    late: int = 0
    untimed: int = 0
    declined: int = 0
    stopped: int = 0
    withdrawn: int = 0
    papers: int = 0
    reused: int = 0

    @classmethod
    def of(cls, row: Any) -> "Standing":
        return cls(*(int(getattr(row, name) or 0) for name in COUNTERS))

    def __add__(self, other: "Standing") -> "Standing":
        return Standing(*(getattr(self, name) + getattr(other, name) for name in COUNTERS))

    @property
    def received(self) -> int:
        return sum(int(getattr(self, way)) for way in WAYS)

    @property
    def timed(self) -> int:
        """Settled, and there was a day to keep."""
        return self.on_time + self.late

    @property
    def settled(self) -> int:
        return self.timed + self.untimed

    @property
    def is_nothing(self) -> bool:
        return self == NOTHING

    @property
    def is_small(self) -> bool:
        return max(self.received, self.settled) < FEW


NOTHING = Standing()


@dataclass(frozen=True)
class Period:
    """A time that can be asked for, and the sums that make it up."""

    key: str
    words: str
    span: str
    start: date
    end: date


DEFAULT = "30-days"


def periods(today: date) -> dict[str, Period]:
    month = today.replace(day=1)
    made = (
        Period(DEFAULT, N_("Last 30 days"), DAY, today - timedelta(days=29), today),
        Period("month", N_("This month"), MONTH, month, month),
        Period("year", N_("This year"), MONTH, month.replace(month=1), month),
    )
    return {period.key: period for period in made}


def last_months(today: date, count: int = 12) -> list[date]:
    """First days of this month and the ones before it, the newest first."""
    number = today.year * 12 + today.month - 1
    return [date(n // 12, n % 12 + 1, 1) for n in range(number, number - count, -1)]


def all_apart(of_procedures: dict[str, Standing]) -> tuple[list[str], list[str]]:
    """For whoever may read single dossiers anyway: each procedure, the one with the most first."""
    return sorted(of_procedures, key=lambda code: (-of_procedures[code].received, code)), []


def shown_apart(of_procedures: dict[str, Standing]) -> tuple[list[str], list[str]]:
    """Procedures whose figures may be shown, and those that are too few to stand alone.

    One alone among the few could be worked out from the sum of the office: then the next smallest goes with it.
    """
    by_size, _none = all_apart(of_procedures)
    large = [code for code in by_size if not of_procedures[code].is_small]
    few = [code for code in by_size if of_procedures[code].is_small]
    if len(few) == 1 and large:
        few.insert(0, large.pop())
    return large, few
