"""Counting tries: how often something was done in a window, for any key, on both databases."""

from datetime import datetime, timedelta

from sqlalchemy import String, delete
from sqlalchemy.orm import Mapped, Session, mapped_column

from webapp.core import clock, crypto
from webapp.core.db import Base, upsert


class ThrottleCounter(Base):
    """Hits of one key in one window; the key is a keyed digest, so no phone or address can be read here."""

    __tablename__ = "throttle_counters"
    key: Mapped[str] = mapped_column(String(64), primary_key=True)
    window_start: Mapped[datetime] = mapped_column(primary_key=True)
    hits: Mapped[int]
    expires_at: Mapped[datetime] = mapped_column(index=True)


def hit(session: Session, purpose: str, who: str, limit: int, window: timedelta) -> bool:
    """Count one try; True while the number of tries in this window is within `limit`."""
    now = clock.now()
    seconds = int(window.total_seconds())
    start = datetime.fromtimestamp(now.timestamp() // seconds * seconds, tz=now.tzinfo)
    values = {
        "key": crypto.blind(f"throttle {purpose} {seconds}", who),
        "window_start": start,
        "hits": 1,
        "expires_at": start + 2 * window,
    }
    query = (
        upsert(session, ThrottleCounter)
        .values(**values)
        .on_conflict_do_update(index_elements=["key", "window_start"], set_={"hits": ThrottleCounter.hits + 1})
        .returning(ThrottleCounter.hits)
    )
    return int(session.execute(query).scalar_one()) <= limit


def sweep(session: Session) -> None:
    """Forget windows that are over."""
    session.execute(delete(ThrottleCounter).where(ThrottleCounter.expires_at < clock.now()))
