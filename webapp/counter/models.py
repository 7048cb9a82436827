"""The desk's own table: a person who stands at the counter, and the officer who types for them."""

from datetime import datetime

from sqlalchemy import ForeignKey, Index, text
from sqlalchemy.orm import Mapped, mapped_column

from webapp.core.db import Base, HasPublicId


class CounterVisit(HasPublicId, Base):
    """One person, one dossier, one officer on one log-in; at most one open visit an officer."""

    __tablename__ = "counter_visits"
    __table_args__ = (
        Index(
            "ix_counter_visits_open",
            "officer_id",
            unique=True,
            sqlite_where=text("ended_at IS NULL"),
            postgresql_where=text("ended_at IS NULL"),
        ),
    )
    id: Mapped[int] = mapped_column(primary_key=True)
    officer_id: Mapped[int] = mapped_column(ForeignKey("accounts.id"))
    person_id: Mapped[int] = mapped_column(ForeignKey("people.id"))
    mandate_id: Mapped[int] = mapped_column(ForeignKey("mandates.id"), unique=True)
    login_session_id: Mapped[int] = mapped_column(ForeignKey("login_sessions.id"))
    dossier_id: Mapped[int] = mapped_column(ForeignKey("dossiers.id"))
    started_at: Mapped[datetime]
    expires_at: Mapped[datetime]
    ended_at: Mapped[datetime | None]
