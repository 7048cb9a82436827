"""The second arrival of the same act gets the first one's answer; the same key with another body is refused.

Keys are scoped to the account that sends them, and kept as long as the thing they made (Stripe's and Enketo's lessons).
"""

import hashlib
from datetime import datetime
from typing import Any

from sqlalchemy import String, bindparam, select, update
from sqlalchemy.orm import Mapped, Session, mapped_column

from webapp.core import clock
from webapp.core.db import Base
from webapp.core.errors import Conflict
from webapp.core.hot import Hot
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


def _claim(insert: Any) -> Any:
    names = ("scope", "key", "body_hash", "result", "created_at")
    given = insert(IdempotencyKey).values({name: bindparam(f"new_{name}") for name in names})
    return given.on_conflict_do_nothing().returning(IdempotencyKey.key)


CLAIM = Hot(_claim)


def begin(session: Session, scope: str, key: str, body: str, result: str | None = None) -> str | None:
    """Claim the key in this transaction. None: go on and do it. A text: it was done, this was the result.

    Whoever knows the result beforehand says it here; others `complete`.
    """
    new = {"new_scope": scope, "new_key": key, "new_body_hash": body, "new_result": result}
    if CLAIM.rows(session, **new, new_created_at=clock.now()):
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
