"""Who did what, append-only and chained: each row's digest covers the one before, with a key outside the database."""

import hashlib
import hmac
import json
from datetime import datetime
from typing import Any

from sqlalchemy import JSON, String, select
from sqlalchemy.orm import Mapped, Session, mapped_column

from webapp.core import clock, crypto
from webapp.core.actor import Actor
from webapp.core.db import Base, upsert

GENESIS = "0" * 64


class AuditEntry(Base):
    """One act. `detail` holds codes and counts, never a person's data, so that erasure leaves the chain whole."""

    __tablename__ = "audit_entries"
    seq: Mapped[int] = mapped_column(primary_key=True)
    at: Mapped[datetime]
    action: Mapped[str] = mapped_column(String(80))
    actor: Mapped[str | None] = mapped_column(String(22))
    role: Mapped[str] = mapped_column(String(20))
    channel: Mapped[str] = mapped_column(String(20))
    mandate: Mapped[str | None] = mapped_column(String(22))
    object: Mapped[str | None] = mapped_column(String(64), index=True)
    detail: Mapped[dict[str, Any]] = mapped_column(JSON)
    previous: Mapped[str] = mapped_column(String(64))
    digest: Mapped[str] = mapped_column(String(64))


class AuditHead(Base):
    """The end of the chain, one row; locking it puts writers in a line on PostgreSQL."""

    __tablename__ = "audit_head"
    id: Mapped[int] = mapped_column(primary_key=True)
    seq: Mapped[int]
    digest: Mapped[str] = mapped_column(String(64))


def audit(session: Session, by: Actor, action: str, object_id: str | None = None, **detail: Any) -> None:
    """Append one act, in the transaction of the act itself."""
    head = session.get(AuditHead, 1, with_for_update=True, populate_existing=True)
    if head is None:
        # Two first acts at once: one makes the row, both then wait for it in a line.
        session.execute(upsert(session, AuditHead).values(id=1, seq=0, digest=GENESIS).on_conflict_do_nothing())
        head = session.get_one(AuditHead, 1, with_for_update=True, populate_existing=True)
    entry = AuditEntry(
        seq=head.seq + 1,
        at=clock.now(),
        action=action,
        actor=by.account_public,
        role=by.role.value,
        channel=by.channel.value,
        mandate=by.mandate_public,
        object=object_id,
        detail=detail,
        previous=head.digest,
    )
    entry.digest = _digest(entry)
    session.add(entry)
    head.seq, head.digest = entry.seq, entry.digest
    session.flush()  # the chain's end must be written before the lock is let go


def _digest(entry: AuditEntry) -> str:
    row = [
        entry.seq,
        entry.at.isoformat(),
        entry.action,
        entry.actor,
        entry.role,
        entry.channel,
        entry.mandate,
        entry.object,
        entry.detail,
        entry.previous,
    ]
    text = json.dumps(row, ensure_ascii=False, sort_keys=True)
    key = crypto.blind("audit chain", "key").encode()
    return hmac.new(key, text.encode(), hashlib.sha256).hexdigest()


def verify(session: Session) -> tuple[int, list[str]]:
    """Walk the chain; (rows seen, what is wrong with it)."""
    problems: list[str] = []
    previous, expected = GENESIS, 1
    for entry in session.scalars(select(AuditEntry).order_by(AuditEntry.seq).execution_options(yield_per=1000)):
        if entry.seq != expected:
            problems.append(f"row {expected} is missing")
        if entry.previous != previous or entry.digest != _digest(entry):
            problems.append(f"row {entry.seq} was changed or does not follow the row before it")
        previous, expected = entry.digest, entry.seq + 1
    head = session.get(AuditHead, 1)
    at_end = (head.seq, head.digest) if head is not None else (0, GENESIS)
    if at_end != (expected - 1, previous):
        problems.append("the last rows are missing")
    return expected - 1, problems
