"""What happens to the tie between a person and a phone: changed by themselves, bound anew at a counter, not fitting."""

from datetime import date, datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, LargeBinary, String
from sqlalchemy.orm import Mapped, mapped_column

from webapp.core.crypto import Sealed
from webapp.core.db import Base, HasPublicId


class PhoneChange(HasPublicId, Base):
    """One number took the place of another. Whoever holds the old phone is told, and may stop it for a day."""

    __tablename__ = "phone_changes"
    id: Mapped[int] = mapped_column(primary_key=True)
    account_id: Mapped[int] = mapped_column(ForeignKey("accounts.id"), index=True)
    old_phone_id: Mapped[int] = mapped_column(ForeignKey("phones.id"))
    new_phone_id: Mapped[int] = mapped_column(ForeignKey("phones.id"))
    way: Mapped[str] = mapped_column(String(10))  # self or counter
    stop_digest: Mapped[str | None] = mapped_column(String(64), unique=True)
    stop_code_sealed: Mapped[bytes | None] = mapped_column(LargeBinary)  # until the message with it was written
    made_at: Mapped[datetime]
    held_until: Mapped[datetime]
    stopped_at: Mapped[datetime | None]

    stop_code = Sealed()


class Recovery(HasPublicId, Base):
    """A new phone for somebody who stands at a counter. Two different members of staff, or it does not happen."""

    __tablename__ = "recoveries"
    __table_args__ = (
        CheckConstraint("decided_by IS NULL OR decided_by <> opened_by", name="two_people"),
        CheckConstraint("state <> 'approved' OR (decided_by IS NOT NULL AND proved_at IS NOT NULL)", name="approved"),
        Index("ix_recoveries_office_id", "office_id", "state", "id"),
    )
    id: Mapped[int] = mapped_column(primary_key=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("people.id"))
    office_id: Mapped[int] = mapped_column(ForeignKey("offices.id"))
    opened_by: Mapped[int] = mapped_column(ForeignKey("accounts.id"))
    reason: Mapped[str] = mapped_column(String(16))
    number_sealed: Mapped[bytes] = mapped_column(LargeBinary)
    owner: Mapped[str] = mapped_column(String(10))
    challenge: Mapped[str | None] = mapped_column(String(22))  # the code that the new phone must show
    state: Mapped[str] = mapped_column(String(10))  # proving, waiting, approved, refused
    opened_at: Mapped[datetime]
    proved_at: Mapped[datetime | None]
    decided_by: Mapped[int | None] = mapped_column(ForeignKey("accounts.id"))
    decided_at: Mapped[datetime | None]

    number = Sealed()


class PhoneMismatch(Base):
    """How often which cause was met on a day: figures for the province, nobody's name."""

    __tablename__ = "phone_mismatches"
    day: Mapped[date] = mapped_column(primary_key=True)
    cause: Mapped[str] = mapped_column(String(16), primary_key=True)
    way: Mapped[str] = mapped_column(String(10), primary_key=True)  # asked, register, counter
    times: Mapped[int]
