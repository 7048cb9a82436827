"""Counting tries: how often something was done in a window, for any key, on both databases.

One row a key and one statement a try. A window begins with its first try and ends so long after it; a try that was
refused is not counted, so whoever keeps knocking is let in again when the window ends. Two windows can meet: at worst,
twice the limit passes within one window's length, and never more than the limit from its beginning.
"""

from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, Integer, String, bindparam, case, delete, or_, select, update
from sqlalchemy.orm import Mapped, Session, mapped_column

from webapp.core import clock, crypto
from webapp.core.db import Base, UTCDateTime
from webapp.core.hot import Hot
from webapp.core.settings import Settings

UNLIMITED = 2**31 - 1


class RateWindow(Base):
    """Hits of one key in its window; the key is a keyed digest, so no phone or address can be read here."""

    __tablename__ = "rate_windows"
    key: Mapped[str] = mapped_column(String(64), primary_key=True)
    began_at: Mapped[datetime]
    hits: Mapped[int]
    expires_at: Mapped[datetime] = mapped_column(index=True)


class _Rule:
    """One process, one rule: set once by the composition root."""

    relaxed = False


def configure(settings: Settings) -> None:
    """Use these settings' limits in this process."""
    _Rule.relaxed = settings.limits == "relaxed"


def is_relaxed() -> bool:
    """Load and scan rigs measure something else than how often they may try; production refuses to start like this."""
    return _Rule.relaxed


def hit(session: Session, purpose: str, who: str, limit: int, window: timedelta, *, count: int = 1) -> bool:
    """Count one try (or `count` at once, never above `limit`); False means: too many, and nothing was counted."""
    return _count(session, purpose, who, UNLIMITED if _Rule.relaxed else limit, window, count) is not None


def _count(session: Session, purpose: str, who: str, limit: int, window: timedelta, count: int) -> int | None:
    now = clock.now()
    asked = {"who": _key(purpose, who, window), "now": now, "limit": limit, "count": count}
    row = COUNT.first(session, **asked, ends=now + window, oldest=now - window)
    return row.hits if row else None


def _counted(insert: Any) -> Any:
    """One more in the running window, or the first in a new one; nothing when there are `limit` already."""
    now, ends = bindparam("now", type_=UTCDateTime), bindparam("ends", type_=UTCDateTime)
    over = _over(bindparam("oldest", type_=UTCDateTime), ends)
    more = bindparam("count", type_=Integer)
    return (
        insert(RateWindow)
        .values(key=bindparam("who"), began_at=now, hits=more, expires_at=ends)
        .on_conflict_do_update(
            index_elements=["key"],
            set_={
                "hits": case((over, more), else_=RateWindow.hits + more),
                "began_at": case((over, now), else_=RateWindow.began_at),
                "expires_at": case((over, ends), else_=RateWindow.expires_at),
            },
            where=or_(over, RateWindow.hits + more <= bindparam("limit", type_=Integer)),
        )
        .returning(RateWindow.hits)
    )


COUNT = Hot(_counted)


def seen(session: Session, purpose: str, who: str, window: timedelta) -> int:
    """How many there are in the running window."""
    row = _running(session, purpose, who, window)
    return row[0] if row else 0


def free_in(session: Session, purpose: str, who: str, window: timedelta) -> int:
    """Seconds until the running window ends."""
    row = _running(session, purpose, who, window)
    return max(1, int((row[1] - clock.now()).total_seconds() + 0.999)) if row else 1


def give_back(session: Session, purpose: str, who: str, window: timedelta) -> None:
    """One try turned out to be good: it does not count."""
    GIVE_BACK.rows(session, who=_key(purpose, who, window))


GIVE_BACK = Hot(
    update(RateWindow)
    .where(RateWindow.key == bindparam("who"), RateWindow.hits > 0)
    .values(hits=RateWindow.hits - 1)
    .returning(RateWindow.hits)
)


def sweep(session: Session) -> None:
    """Forget windows that are over."""
    session.execute(delete(RateWindow).where(RateWindow.expires_at < clock.now()))


def _running(session: Session, purpose: str, who: str, window: timedelta) -> tuple[int, datetime] | None:
    now = clock.now()
    query = select(RateWindow.hits, RateWindow.expires_at).where(
        RateWindow.key == _key(purpose, who, window), ~_over(now - window, now + window)
    )
    row = session.execute(query).first()
    return (row.hits, row.expires_at) if row else None


def _over(oldest: Any, latest: Any) -> ColumnElement[bool]:
    """Its time is up; or the machine's clock was set back so far that it would last for ever."""
    return or_(RateWindow.began_at <= oldest, RateWindow.began_at > latest)


def _key(purpose: str, who: str, window: timedelta) -> str:
    return crypto.blind(f"throttle {purpose} {int(window.total_seconds())}", who)
