"""One procedure with all its revisions, the newest first, each with what it changed."""

from dataclasses import dataclass
from datetime import date, datetime
from functools import cached_property
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from webapp.catalogue.changes import Change, differences
from webapp.catalogue.formspec import ProcedureSpec
from webapp.catalogue.models import Procedure, ProcedureRevision
from webapp.catalogue.queries import spec_of


@dataclass(frozen=True)
class Past:
    """One revision; `before` is the one it came after, if that is at hand."""

    number: int
    content: dict[str, Any]
    content_hash: str
    valid_from: date
    valid_to: date | None
    loaded_at: datetime
    origin: str
    reason: str | None
    before: Any

    @property
    def spec(self) -> ProcedureSpec:
        return spec_of(self)

    @cached_property
    def changes(self) -> list[Change]:
        return differences(spec_of(self.before), self.spec) if self.before is not None else []

    def in_force(self, day: date) -> bool:
        return self.valid_from <= day and (self.valid_to is None or day < self.valid_to)

    @property
    def never(self) -> bool:
        """It was replaced before its first day."""
        return self.valid_to is not None and self.valid_to <= self.valid_from


def procedure_of(session: Session, code: str, *, lock: bool = False) -> Procedure | None:
    """By its national code, also one that is no longer offered."""
    query = select(Procedure).where(Procedure.code == code)
    return session.scalar(query.with_for_update() if lock else query)


def revisions_of(session: Session, row: Procedure, *, before: int | None = None, limit: int) -> list[Past]:
    """The newest `limit` of them below the number `before`."""
    query = select(ProcedureRevision).where(ProcedureRevision.procedure_id == row.id)
    if before is not None:
        query = query.where(ProcedureRevision.number < before)
    found = session.scalars(query.order_by(ProcedureRevision.number.desc()).limit(limit + 1)).all()
    names = ("number", "content", "content_hash", "valid_from", "valid_to", "loaded_at", "origin", "reason")
    older = [*found[1:], None]
    made = [
        Past(**{name: getattr(one, name) for name in names}, before=previous)
        for one, previous in zip(found, older, strict=False)
    ]
    return made[:limit]
