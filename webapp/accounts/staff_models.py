"""How a member of staff gets, and gets back, the two things they log in with."""

from datetime import datetime

from sqlalchemy import JSON, CheckConstraint, ForeignKey, Index, LargeBinary, String
from sqlalchemy.orm import Mapped, mapped_column

from webapp.core.crypto import Sealed
from webapp.core.db import Base, HasPublicId


class StaffInvitation(HasPublicId, Base):
    """A link, good once, by which somebody sets their own password and code app. Only its digest is kept."""

    __tablename__ = "staff_invitations"
    id: Mapped[int] = mapped_column(primary_key=True)
    account_id: Mapped[int] = mapped_column(ForeignKey("accounts.id"), index=True)
    token_digest: Mapped[str] = mapped_column(String(64), unique=True)
    kind: Mapped[str] = mapped_column(String(10))  # all: password too; factor: the code app only
    secret_sealed: Mapped[bytes] = mapped_column(LargeBinary)  # what the QR shows, not in force before it is confirmed
    made_by: Mapped[int | None] = mapped_column(ForeignKey("accounts.id"))  # nobody: from the command line
    made_at: Mapped[datetime]
    expires_at: Mapped[datetime]
    used_at: Mapped[datetime | None]

    secret = Sealed()


class RecoveryCode(Base):
    """One of ten codes on paper, each good once instead of the code app. Kept as a keyed digest."""

    __tablename__ = "recovery_codes"
    id: Mapped[int] = mapped_column(primary_key=True)
    account_id: Mapped[int] = mapped_column(ForeignKey("accounts.id"), index=True)
    digest: Mapped[str] = mapped_column(String(64), unique=True)
    made_at: Mapped[datetime]
    used_at: Mapped[datetime | None]


class Approval(HasPublicId, Base):
    """An act of one person that goes through when another one agreed (`second_person.py`)."""

    __tablename__ = "approvals"
    __table_args__ = (
        CheckConstraint("agreed IS NOT TRUE OR (decided_by IS NOT NULL AND decided_by <> asked_by)", name="two_people"),
        CheckConstraint("used_at IS NULL OR agreed IS TRUE", name="used"),
        Index("ix_approvals_asked_by", "asked_by", "digest", "id"),
        Index("ix_approvals_office_id", "office_id", "id"),
    )
    id: Mapped[int] = mapped_column(primary_key=True)
    asked_by: Mapped[int] = mapped_column(ForeignKey("accounts.id"))
    asked_at: Mapped[datetime] = mapped_column(index=True)
    target: Mapped[str] = mapped_column(String(120))
    fields: Mapped[list[list[str]]] = mapped_column(JSON)
    digest: Mapped[str] = mapped_column(String(64))  # of target and fields
    title: Mapped[str] = mapped_column(String(120))  # a msgid
    said: Mapped[list[list[str]]] = mapped_column(JSON)  # msgids and what they stand for
    agreed: Mapped[bool | None]
    decided_by: Mapped[int | None] = mapped_column(ForeignKey("accounts.id"))
    decided_at: Mapped[datetime | None]
    used_at: Mapped[datetime | None]
    office_id: Mapped[int | None] = mapped_column(sort_order=1)  # whose people decide; None: the province
    amount: Mapped[int | None] = mapped_column(sort_order=1)  # how many rows were agreed to, where there are any
