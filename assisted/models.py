"""Cards of people without a phone, and the sessions helpers held for them."""

from datetime import datetime

from sqlalchemy import ForeignKey, Index, LargeBinary, String, text
from sqlalchemy.orm import Mapped, mapped_column

from webapp.core.crypto import Sealed
from webapp.core.db import Base, HasPublicId


class AccessCard(HasPublicId, Base):
    """A printed card: its QR and number say nothing without the PIN in the owner's head."""

    __tablename__ = "access_cards"
    id: Mapped[int] = mapped_column(primary_key=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("people.id"), index=True)
    number: Mapped[str] = mapped_column(String(7), unique=True)  # 7F2-Q8M, as printed
    pin_hash: Mapped[str] = mapped_column(String(200))
    wrong_pins: Mapped[int] = mapped_column(default=0)
    locked_until: Mapped[datetime | None]
    revoked_at: Mapped[datetime | None]
    issued_by: Mapped[int | None] = mapped_column(ForeignKey("accounts.id"))
    created_at: Mapped[datetime]


class HelperSession(HasPublicId, Base):
    """One visit: one helper, one person, one mandate, on one device, until *End*."""

    __tablename__ = "helper_sessions"
    __table_args__ = (
        # One person at a time: a helper has at most one open session.
        Index(
            "uq_helper_sessions_open",
            "helper_id",
            unique=True,
            sqlite_where=text("ended_at IS NULL"),
            postgresql_where=text("ended_at IS NULL"),
        ),
        Index("ix_helper_sessions_person_id", "person_id", "started_at"),
        Index("ix_helper_sessions_day", "helper_id", "started_at"),
    )
    id: Mapped[int] = mapped_column(primary_key=True)
    helper_id: Mapped[int] = mapped_column(ForeignKey("accounts.id"))
    person_id: Mapped[int] = mapped_column(ForeignKey("people.id"))
    mandate_id: Mapped[int] = mapped_column(ForeignKey("mandates.id"), unique=True)
    login_session_id: Mapped[int] = mapped_column(ForeignKey("login_sessions.id"))
    started_at: Mapped[datetime]
    expires_at: Mapped[datetime]
    ended_at: Mapped[datetime | None]
    end_reason: Mapped[str | None] = mapped_column(String(12))  # ended, expired, revoked
    objected_at: Mapped[datetime | None]  # the person says: this is not right; `note` holds their words
    note_sealed: Mapped[bytes | None] = mapped_column(LargeBinary)

    note = Sealed()
