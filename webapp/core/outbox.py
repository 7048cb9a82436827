"""The outbox: what happened is written in the same transaction as the change, and delivered after it.

One delivery row per (event, handler): a failing handler holds nobody else. At least once; handlers are idempotent.

Two lanes: what is urgent (one-time codes), and all the rest. A worker serves each by a thread of its own, so that a
thousand codes at a slow gateway hold back no message about a dossier, nor the other way round (security design 2.2).
"""

import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import (
    JSON,
    ColumnElement,
    ForeignKey,
    Index,
    SmallInteger,
    String,
    Text,
    UniqueConstraint,
    func,
    insert,
    or_,
    select,
    update,
)
from sqlalchemy.orm import Mapped, Session, mapped_column

from webapp.core import clock, events
from webapp.core.db import Base
from webapp.core.hot import Hot

URGENT, PLAIN = LANES = (0, 1)
LEASE = timedelta(seconds=60)
# After the first try: seconds to wait before each next one. GOV.UK Notify's shape: four hours, then a person looks.
LADDER = [5, 30, 120, 600] + [300] * 48
LONGEST = timedelta(seconds=max(LADDER))


class OutboxEvent(Base):
    """One thing that happened."""

    __tablename__ = "outbox_events"
    id: Mapped[int] = mapped_column(primary_key=True)
    type: Mapped[str] = mapped_column(String(80))
    payload: Mapped[dict[str, Any]] = mapped_column(JSON)
    created_at: Mapped[datetime]


class OutboxDelivery(Base):
    """One handler's share of an event."""

    __tablename__ = "outbox_deliveries"
    __table_args__ = (
        UniqueConstraint("event_id", "handler"),
        Index("ix_outbox_deliveries_due", "lane", "done_at", "dead_at", "due_at"),
    )
    id: Mapped[int] = mapped_column(primary_key=True)
    event_id: Mapped[int] = mapped_column(ForeignKey("outbox_events.id"))
    handler: Mapped[str] = mapped_column(String(80))
    due_at: Mapped[datetime]
    attempts: Mapped[int] = mapped_column(default=0)
    leased_until: Mapped[datetime | None]
    lease: Mapped[str | None] = mapped_column(String(22))
    done_at: Mapped[datetime | None]
    dead_at: Mapped[datetime | None]
    last_error: Mapped[str | None] = mapped_column(Text)
    lane: Mapped[int] = mapped_column(SmallInteger, default=PLAIN, server_default=str(PLAIN))


class NotNow(Exception):
    """A partner cannot do it now. Its words name nobody: they are kept and shown; of other errors only the place is.

    `wait`: how long the partner asked not to be asked again.
    """

    def __init__(self, words: str, *, wait: timedelta = timedelta()) -> None:
        super().__init__(words)
        self.wait = wait


@dataclass(frozen=True)
class Claim:
    """A delivery this worker holds until the lease ends."""

    delivery_id: int
    handler: str
    event: events.Event | None  # None: this release does not know the type, or not these fields
    attempts: int
    lease: str


ADD_EVENT = Hot(insert(OutboxEvent).returning(OutboxEvent.id), "type", "payload", "created_at")
ADD_DELIVERY = Hot(insert(OutboxDelivery), "event_id", "handler", "lane", "due_at", "attempts")


def record(session: Session, event: events.Event, *, not_before: datetime | None = None) -> None:
    """Write the event and a delivery for each handler that listens now. Nobody listening is fine.

    `not_before`: the event is about a later moment ("the hour is over"); until then it rests.
    """
    now = clock.now()
    (row,) = ADD_EVENT.rows(session, type=event.type_name(), payload=event.payload(), created_at=now)
    lane, due = URGENT if event.urgent else PLAIN, not_before or now
    names = [handler.name for handler in events.handlers_of(type(event))]
    each = [{"event_id": row.id, "handler": n, "lane": lane, "due_at": due, "attempts": 0} for n in names]
    ADD_DELIVERY.send(session, *each)


def claim(session: Session, limit: int = 5, *, lanes: Sequence[int] = LANES) -> Sequence[Claim]:
    """Take up to `limit` due deliveries of these lanes for LEASE. Run in a transaction of its own."""
    now = clock.now()
    lease = secrets.token_urlsafe(16)
    due = (
        select(OutboxDelivery.id)
        .where(
            *_waits(lanes),
            OutboxDelivery.due_at <= now,
            or_(OutboxDelivery.leased_until.is_(None), OutboxDelivery.leased_until < now),
        )
        .order_by(OutboxDelivery.lane, OutboxDelivery.due_at, OutboxDelivery.id)
        .limit(limit)
        .with_for_update(skip_locked=True)
    )
    taken = session.execute(
        update(OutboxDelivery)
        .where(OutboxDelivery.id.in_(due))
        .values(leased_until=now + LEASE, lease=lease, attempts=OutboxDelivery.attempts + 1)
        .returning(OutboxDelivery.id)
        .execution_options(synchronize_session=False)
    ).scalars()
    ids = list(taken)
    if not ids:
        return []
    rows = session.execute(
        select(
            OutboxDelivery.id, OutboxDelivery.handler, OutboxDelivery.attempts, OutboxEvent.type, OutboxEvent.payload
        )
        .join(OutboxEvent, OutboxEvent.id == OutboxDelivery.event_id)
        .where(OutboxDelivery.id.in_(ids))
        .order_by(OutboxDelivery.id)
    )
    return [Claim(r.id, r.handler, _event(r.type, r.payload), r.attempts, lease) for r in rows]


def _waits(lanes: Sequence[int] = LANES) -> tuple[ColumnElement[bool], ...]:
    """Neither done nor dead. Always with its lanes: the index begins with them."""
    return OutboxDelivery.lane.in_(lanes), OutboxDelivery.done_at.is_(None), OutboxDelivery.dead_at.is_(None)


def _event(type_name: str, payload: dict[str, Any]) -> events.Event | None:
    """A row of a newer or older release must not stop the worker for everybody."""
    try:
        return events.rebuild(type_name, payload)
    except (KeyError, TypeError):
        return None


def finish(session: Session, held: Claim) -> bool:
    """Mark done, if this worker still holds the lease; False means another one has taken over."""
    return _settle(session, held, done_at=clock.now(), last_error=None)


def fail(session: Session, held: Claim, error: str, *, wait: timedelta = timedelta()) -> None:
    """Put back for later, or on the dead shelf after the last rung of the ladder.

    `wait`: not before that; but nobody may ask us to wait for longer than the ladder's longest step.
    """
    if held.attempts > len(LADDER):
        _settle(session, held, dead_at=clock.now(), last_error=error)
        return
    step = max(timedelta(seconds=LADDER[held.attempts - 1]), min(wait, LONGEST))
    _settle(session, held, due_at=clock.now() + step, last_error=error)


def _settle(session: Session, held: Claim, **values: Any) -> bool:
    settled = session.execute(
        update(OutboxDelivery)
        .where(
            OutboxDelivery.id == held.delivery_id,
            OutboxDelivery.lease == held.lease,
            OutboxDelivery.done_at.is_(None),
        )
        .values(leased_until=None, lease=None, **values)
        .returning(OutboxDelivery.id)
        .execution_options(synchronize_session=False)
    )
    return settled.first() is not None


def stuck(session: Session) -> Sequence[Any]:
    """Deliveries that failed at least once and are not done, the dead ones first."""
    return session.execute(
        select(
            OutboxDelivery.id,
            OutboxDelivery.handler,
            OutboxDelivery.attempts,
            OutboxDelivery.dead_at,
            OutboxDelivery.last_error,
            OutboxEvent.type,
        )
        .join(OutboxEvent, OutboxEvent.id == OutboxDelivery.event_id)
        .where(OutboxDelivery.done_at.is_(None), OutboxDelivery.last_error.is_not(None))
        .order_by(OutboxDelivery.dead_at.desc(), OutboxDelivery.id)
    ).all()


def retry(session: Session) -> int:
    """Bring everything on the dead shelf back, from the first rung; how many."""
    back = session.execute(
        update(OutboxDelivery)
        .where(OutboxDelivery.dead_at.is_not(None), OutboxDelivery.done_at.is_(None))
        .values(dead_at=None, due_at=clock.now(), attempts=0)
        .returning(OutboxDelivery.id)
        .execution_options(synchronize_session=False)
    )
    return len(back.all())


def oldest_due(session: Session) -> datetime | None:
    """Since when the longest waiting delivery is due; None when nothing is."""
    now = clock.now()
    due = select(OutboxDelivery.due_at).where(OutboxDelivery.due_at <= now).order_by(OutboxDelivery.due_at).limit(1)
    first = [session.scalar(due.where(*_waits([lane]))) for lane in LANES]  # each lane: the first row of the index
    return min((at for at in first if at is not None), default=None)


def waiting(session: Session) -> int:
    """How many deliveries are neither done nor dead."""
    query = select(func.count()).where(*_waits())
    return int(session.scalar(query) or 0)


def dead(session: Session) -> int:
    """How many deliveries lie on the dead shelf."""
    query = select(func.count()).where(
        OutboxDelivery.lane.in_(LANES), OutboxDelivery.done_at.is_(None), OutboxDelivery.dead_at.is_not(None)
    )
    return int(session.scalar(query) or 0)
