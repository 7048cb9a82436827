"""Procedures and their dated texts. A dossier keeps the revision it was started under."""

from datetime import date, datetime
from typing import Any

from sqlalchemy import JSON, ForeignKey, Index, String, Text, UniqueConstraint, false
from sqlalchemy.orm import Mapped, mapped_column

from webapp.core.db import Base, HasPublicId

# Where a procedure comes from: a form of ours that can be filled in, or the national list, to be read only.
FORM, LIST = "form", "list"


class Procedure(Base):
    """One administrative procedure by its national code, e.g. 1.001193.

    `revision_id` is the newest revision, which may be for a day to come: `memory.in_force` picks the one of a day.
    What lists and the search need of the newest one stands beside it; `field` is how its field stands in an address.
    `loaded_hash` is the project's own file as it was last loaded, so that an administrator's edit is not undone.
    """

    __tablename__ = "procedures"
    id: Mapped[int] = mapped_column(primary_key=True)
    code: Mapped[str] = mapped_column(String(20), unique=True)
    slug: Mapped[str] = mapped_column(String(80))
    level: Mapped[str] = mapped_column(String(12))
    field: Mapped[str] = mapped_column(String(120))
    life_event: Mapped[str] = mapped_column(String(20))
    active: Mapped[bool] = mapped_column(default=True)
    search_text: Mapped[str] = mapped_column(Text)
    revision_id: Mapped[int | None]
    title: Mapped[str] = mapped_column(Text, server_default="")
    title_en: Mapped[str] = mapped_column(Text, server_default="")
    field_vi: Mapped[str] = mapped_column(Text, server_default="")
    field_en: Mapped[str] = mapped_column(Text, server_default="")
    levels: Mapped[str] = mapped_column(String(40), server_default="")
    online: Mapped[bool] = mapped_column(server_default=false())
    origin: Mapped[str] = mapped_column(String(8), default=FORM, server_default=FORM)
    loaded_hash: Mapped[str | None] = mapped_column(String(64))
    off_from: Mapped[date | None]
    off_until: Mapped[date | None]
    off_reason: Mapped[str | None] = mapped_column(Text)


class ProcedureRevision(Base):
    """What the procedure asked and gave from a day on. `origin`: the project's file, the national list, or an
    administrator, with their `reason`."""

    __tablename__ = "procedure_revisions"
    __table_args__ = (UniqueConstraint("procedure_id", "number"),)
    id: Mapped[int] = mapped_column(primary_key=True)
    procedure_id: Mapped[int] = mapped_column(ForeignKey("procedures.id"))
    number: Mapped[int]
    content: Mapped[dict[str, Any]] = mapped_column(JSON)
    content_hash: Mapped[str] = mapped_column(String(64), index=True)
    valid_from: Mapped[date]
    valid_to: Mapped[date | None]
    loaded_at: Mapped[datetime]
    origin: Mapped[str] = mapped_column(String(8), default="file", server_default="file")
    reason: Mapped[str | None] = mapped_column(Text)


class Proposal(HasPublicId, Base):
    """What an administrator has looked at and may publish, word for word: it is theirs, and never changes.

    `number` is the newest revision it was compared with; once there is a newer one, it can only be read.
    `account` is a public id: administrators are of a neighbouring room.
    """

    __tablename__ = "procedure_proposals"
    __table_args__ = (Index("ix_procedure_proposals_owner", "procedure_id", "account", "id"),)
    id: Mapped[int] = mapped_column(primary_key=True)
    procedure_id: Mapped[int] = mapped_column(ForeignKey("procedures.id"))
    account: Mapped[str] = mapped_column(String(22))
    number: Mapped[int]
    content: Mapped[dict[str, Any]] = mapped_column(JSON)
    valid_from: Mapped[date]
    reason: Mapped[str] = mapped_column(Text)
    created_at: Mapped[datetime] = mapped_column(index=True)


class CatalogueVersion(Base):
    """One row that changes with every change of the catalogue: what a process keeps in memory is good until then."""

    __tablename__ = "catalogue_versions"
    id: Mapped[int] = mapped_column(primary_key=True)
    stamp: Mapped[str] = mapped_column(String(22))
    changed_at: Mapped[datetime]
