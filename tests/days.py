"""Days that people type, counted from whatever today is: a test that is right today is right next year, too."""

from datetime import date, timedelta
from functools import cache
from importlib.resources import files

import yaml

from webapp.core import clock


@cache
def _days_off() -> frozenset[date]:
    years = yaml.safe_load(files("webapp.offices").joinpath("data/holidays.yaml").read_text(encoding="utf-8"))["years"]
    return frozenset(day["date"] for year in years.values() for day in year["holidays"])


def ahead(days: int = 20) -> str:
    """The first working day from so many days ahead on, as it is typed."""
    day = clock.today() + timedelta(days=days)
    while day.weekday() > 4 or day in _days_off():
        day += timedelta(days=1)
    return typed(day)


def typed(day: date) -> str:
    return f"{day:%d/%m/%Y}"
