"""Tables of money: what is to be paid and for what, and what was paid, with the number of its paper receipt."""

from datetime import datetime

from sqlalchemy import BigInteger, CheckConstraint, ForeignKey, Index, LargeBinary, String, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from webapp.core.crypto import Sealed
from webapp.core.db import Base, HasPublicId

_OPEN = text("closed_at IS NULL")


class PaymentRequest(HasPublicId, Base):
    """An amount that somebody has to pay for one dossier. At most one of a dossier is open."""

    __tablename__ = "payment_requests"
    __table_args__ = (
        CheckConstraint("amount > 0", name="amount"),
        Index("ix_payment_requests_dossier", "dossier"),
        Index("uq_payment_requests_open", "dossier", unique=True, sqlite_where=_OPEN, postgresql_where=_OPEN),
    )
    id: Mapped[int] = mapped_column(primary_key=True)
    dossier: Mapped[str] = mapped_column(String(22))  # public id: this room stands below the dossiers
    office_id: Mapped[int] = mapped_column(ForeignKey("offices.id"))
    amount: Mapped[int] = mapped_column(BigInteger)  # whole đồng
    what_for_sealed: Mapped[bytes] = mapped_column(LargeBinary)
    reason_sealed: Mapped[bytes] = mapped_column(LargeBinary)
    asked_at: Mapped[datetime]
    asked_by: Mapped[int] = mapped_column(ForeignKey("accounts.id"))
    closed_at: Mapped[datetime | None]  # paid, or called off because the dossier ended

    what_for = Sealed()
    reason = Sealed()


class Payment(HasPublicId, Base):
    """What was paid, once for each request."""

    __tablename__ = "payments"
    __table_args__ = (UniqueConstraint("office_id", "receipt_number"),)
    id: Mapped[int] = mapped_column(primary_key=True)
    request_id: Mapped[int] = mapped_column(ForeignKey("payment_requests.id"), unique=True)
    office_id: Mapped[int] = mapped_column(ForeignKey("offices.id"))
    amount: Mapped[int] = mapped_column(BigInteger)
    method: Mapped[str] = mapped_column(String(12))  # cash or transfer
    receipt_number: Mapped[str] = mapped_column(String(40))  # of the office's receipt book: no number is used twice
    recorded_at: Mapped[datetime]
    recorded_by: Mapped[int] = mapped_column(ForeignKey("accounts.id"))
