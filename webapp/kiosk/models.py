"""The screens of the offices."""

from datetime import date, datetime

from sqlalchemy import ForeignKey, Index, String
from sqlalchemy.orm import Mapped, mapped_column

from webapp.core.db import Base, HasPublicId


class Kiosk(HasPublicId, Base):
    """One browser. It holds 256 random bits, the table only their digest."""

    __tablename__ = "kiosks"
    __table_args__ = (Index("ix_kiosks_office_id", "office_id", "ended_at"),)
    id: Mapped[int] = mapped_column(primary_key=True)
    office_id: Mapped[int] = mapped_column(ForeignKey("offices.id"))
    name: Mapped[str] = mapped_column(String(60))  # as the office calls it: 'Sảnh tầng 1'
    token_digest: Mapped[str] = mapped_column(String(64), unique=True)
    set_up_by: Mapped[int] = mapped_column(ForeignKey("accounts.id"), index=True)
    set_up_at: Mapped[datetime]
    seen_on: Mapped[date]  # the last day on which its first page was shown
    ended_at: Mapped[datetime | None]
