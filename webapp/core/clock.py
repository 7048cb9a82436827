"""The one clock. UTC inside, Asia/Ho_Chi_Minh on screens and in deadlines."""

from datetime import UTC, date, datetime, time
from zoneinfo import ZoneInfo

VIETNAM = ZoneInfo("Asia/Ho_Chi_Minh")


def now() -> datetime:
    """This instant, aware, in UTC."""
    return datetime.now(UTC)


def local(instant: datetime) -> datetime:
    """The same instant on the wall of the commune's office."""
    return instant.astimezone(VIETNAM)


def today() -> date:
    """The date on that wall."""
    return local(now()).date()


def midnight(day: date) -> datetime:
    """When this day begins on that wall."""
    return datetime.combine(day, time(), tzinfo=VIETNAM)
