"""Who did what, append-only and chained: each row's digest covers the one before, with a key outside the database."""

import hashlib
import hmac
import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from types import SimpleNamespace
from typing import Any

from sqlalchemy import JSON, String, bindparam, func, insert, select, update
from sqlalchemy.orm import Mapped, Session, mapped_column

from webapp.core import clock, crypto, meters
from webapp.core.actor import Actor
from webapp.core.db import Base
from webapp.core.hot import Hot, one_trip

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


# Locking the head, reading it, writing the entry and the new head: one journal for everybody, so this is done fast.
HEAD = Hot(select(AuditHead.seq, AuditHead.digest).where(AuditHead.id == 1).with_for_update())
BEGIN = Hot(lambda insert: insert(AuditHead).values(id=1, seq=0, digest=GENESIS).on_conflict_do_nothing())
APPEND = Hot(insert(AuditEntry), *(column.key for column in AuditEntry.__table__.columns))
MOVE_ON = Hot(update(AuditHead).where(AuditHead.id == 1).values(seq=bindparam("last"), digest=bindparam("end")))


def audit(session: Session, by: Actor, action: str, object_id: str | None = None, **detail: Any) -> None:
    """Append one act, in the transaction of the act itself. What was changed before is written first."""
    session.flush()
    head = HEAD.first(session)
    if head is None:
        # Two first acts at once: one makes the row, both then wait for it in a line.
        BEGIN.send(session, {})
        (head,) = HEAD.rows(session)
    entry = SimpleNamespace(
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
    digest = _digest(entry)
    with one_trip(session):
        APPEND.send(session, vars(entry) | {"digest": digest})
        MOVE_ON.send(session, {"last": entry.seq, "end": digest})
    meters.ACTS.labels(action).inc()


def _key() -> bytes:
    return crypto.blind("audit chain", "key").encode()


def _digest(entry: Any, key: bytes | None = None) -> str:
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
    return hmac.new(key or _key(), text.encode(), hashlib.sha256).hexdigest()


@dataclass(frozen=True)
class Anchor:
    """The chain's end at a moment, kept outside: whoever cuts the tail off cannot cut it there."""

    at: datetime
    seq: int
    digest: str


def head(session: Session) -> Anchor:
    """Where the chain ends now."""
    return Anchor(clock.now(), *_end(session))


def _end(session: Session) -> tuple[int, str]:
    """The last row's number and digest, as they are written."""
    row = session.execute(select(AuditHead.seq, AuditHead.digest).where(AuditHead.id == 1)).one_or_none()
    return (row.seq, row.digest) if row is not None else (0, GENESIS)


def append_anchor(path: Path, anchor: Anchor) -> None:
    """One line more in a file that lies elsewhere (another machine, a mail, a printer)."""
    line = json.dumps({"at": anchor.at.isoformat(), "seq": anchor.seq, "digest": anchor.digest})
    with path.open("a", encoding="ascii") as file:
        file.write(line + "\n")


def read_anchors(path: Path) -> dict[int, str]:
    """Row number → digest it had. Raises ValueError with the line that cannot be read."""
    found: dict[int, str] = {}
    for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), 1):
        if not line.strip():
            continue
        try:
            row = json.loads(line)
            found[int(row["seq"])] = str(row["digest"])
        except (ValueError, KeyError, TypeError) as wrong:
            raise ValueError(f"line {number} of {path.name} is no anchor") from wrong
    return found


def size(session: Session) -> int:
    return int(session.scalar(select(func.count()).select_from(AuditEntry)) or 0)


def verify(
    session: Session, anchors: Mapping[int, str] | None = None, progress: Callable[[int], None] = lambda _n: None
) -> tuple[int, list[str]]:
    """Walk the chain row by row; (rows seen, what is wrong with it). `progress` hears how many rows were walked."""
    problems: list[str] = []
    key, wanted = _key(), dict(anchors or {})
    previous, expected, seen = GENESIS, 1, 0
    walk = select(AuditEntry).order_by(AuditEntry.seq).execution_options(yield_per=1000)
    for entry in session.scalars(walk):
        if entry.seq != expected:
            rows = f"row {expected} is" if entry.seq == expected + 1 else f"rows {expected} to {entry.seq - 1} are"
            problems.append(f"{rows} missing")
        if entry.previous != previous or entry.digest != _digest(entry, key):
            problems.append(f"row {entry.seq} was changed or does not follow the row before it")
        if wanted.pop(entry.seq, entry.digest) != entry.digest:
            problems.append(f"row {entry.seq} is not the one that was anchored")
        previous, expected, seen = entry.digest, entry.seq + 1, seen + 1
        session.expunge(entry)
        if seen % 1000 == 0:
            progress(1000)
    progress(seen % 1000)
    if _end(session) != (expected - 1, previous):
        problems.append("the last rows are missing")
    gone = sorted(seq for seq in wanted if seq > 0)
    if gone:
        problems.append(f"the chain was cut: row {gone[-1]} was anchored, the chain ends at row {expected - 1}")
    return expected - 1, problems
