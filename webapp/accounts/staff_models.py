"""How a member of staff gets, and gets back, the two things they log in with."""

from datetime import datetime

from sqlalchemy import ForeignKey, LargeBinary, String
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
