"""Procedures and their dated texts. A dossier keeps the revision it was started under."""

from datetime import date, datetime
from typing import Any

from sqlalchemy import JSON, ForeignKey, Index, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from webapp.core.db import Base


class Procedure(Base):
    """One administrative procedure by its national code, e.g. 1.001193."""

    __tablename__ = "procedures"
    __table_args__ = (Index("ix_procedures_life_event", "active", "life_event", "code"),)
    id: Mapped[int] = mapped_column(primary_key=True)
    code: Mapped[str] = mapped_column(String(20), unique=True)
    slug: Mapped[str] = mapped_column(String(80))
    level: Mapped[str] = mapped_column(String(12))
    field: Mapped[str] = mapped_column(String(120))
    life_event: Mapped[str] = mapped_column(String(20))
    active: Mapped[bool] = mapped_column(default=True)
    search_text: Mapped[str] = mapped_column(Text)
    revision_id: Mapped[int | None]


class ProcedureRevision(Base):
    """What the procedure asked and gave from a day on. Content as carried in `data/procedures`."""

    __tablename__ = "procedure_revisions"
    __table_args__ = (UniqueConstraint("procedure_id", "number"),)
    id: Mapped[int] = mapped_column(primary_key=True)
    procedure_id: Mapped[int] = mapped_column(ForeignKey("procedures.id"))
    number: Mapped[int]
    content: Mapped[dict[str, Any]] = mapped_column(JSON)
    content_hash: Mapped[str] = mapped_column(String(64))
    valid_from: Mapped[date]
    valid_to: Mapped[date | None]
    loaded_at: Mapped[datetime]
