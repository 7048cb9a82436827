"""The second arrival of the same act gets the first one's answer; the same key with another body is refused.

Keys are scoped to the account that sends them, and kept as long as the thing they made (Stripe's and Enketo's lessons).
"""

import hashlib
from datetime import datetime

from sqlalchemy import String, select, update
from sqlalchemy.orm import Mapped, Session, mapped_column

from webapp.core import clock
from webapp.core.db import Base, upsert
from webapp.core.errors import Conflict
from webapp.core.text import Text


class IdempotencyKey(Base):
    """An act that was done once."""

    __tablename__ = "idempotency_keys"
    scope: Mapped[str] = mapped_column(String(64), primary_key=True)
    key: Mapped[str] = mapped_column(String(64), primary_key=True)
    body_hash: Mapped[str] = mapped_column(String(64))
    result: Mapped[str | None] = mapped_column(String(200))
    created_at: Mapped[datetime]


def body_hash(*parts: str) -> str:
    return hashlib.sha256("\0".join(parts).encode()).hexdigest()


def begin(session: Session, scope: str, key: str, body: str) -> str | None:
    """Claim the key in this transaction. None: go on and do it. A text: it was done, this was the result."""
    inserted = session.scalar(
        upsert(session, IdempotencyKey)
        .values(scope=scope, key=key, body_hash=body, created_at=clock.now())
        .on_conflict_do_nothing()
        .returning(IdempotencyKey.key)
    )
    if inserted is not None:
        return None
    row = session.execute(
        select(IdempotencyKey.body_hash, IdempotencyKey.result).where(
            IdempotencyKey.scope == scope, IdempotencyKey.key == key
        )
    ).one()
    if row.body_hash != body:
        raise Conflict(Text("This was already sent with other contents. Open the dossier to see what we received."))
    return row.result or ""


def complete(session: Session, scope: str, key: str, result: str) -> None:
    """Remember the result, in the same transaction."""
    begun = (IdempotencyKey.scope == scope) & (IdempotencyKey.key == key)
    done = update(IdempotencyKey).where(begun).values(result=result).returning(IdempotencyKey.key)
    if session.scalar(done) is None:
        raise LookupError("idempotency.begin was not called")
