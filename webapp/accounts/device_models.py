"""What is remembered about ways in: devices, wrong codes, open breakers, and forms that a log-out cut off."""

from datetime import datetime

from sqlalchemy import ForeignKey, Index, LargeBinary, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from webapp.core.crypto import SealedJSON
from webapp.core.db import Base, HasPublicId


class KnownDevice(HasPublicId, Base):
    """A browser in which somebody has logged in before. It holds 256 random bits, the table only their digest."""

    __tablename__ = "known_devices"
    __table_args__ = (
        UniqueConstraint("account_id", "token_digest"),
        Index("ix_known_devices_token_digest", "token_digest"),
    )
    id: Mapped[int] = mapped_column(primary_key=True)
    account_id: Mapped[int] = mapped_column(ForeignKey("accounts.id"))
    token_digest: Mapped[str] = mapped_column(String(64))
    name: Mapped[str] = mapped_column(String(120))  # 'Chrome · Android'
    # What the message about it says to type in, should it be somebody else's; kept as a keyed digest.
    alarm_digest: Mapped[str | None] = mapped_column(String(64), unique=True)
    created_at: Mapped[datetime]
    seen_at: Mapped[datetime]
    forgotten_at: Mapped[datetime | None]


class WrongCodes(Base):
    """Wrong codes for one phone, or for one phone on one known device; the key is a keyed digest of which."""

    __tablename__ = "wrong_codes"
    key: Mapped[str] = mapped_column(String(64), primary_key=True)
    in_hour: Mapped[int]
    hour_began_at: Mapped[datetime]
    in_a_row: Mapped[int]
    locks: Mapped[int]  # how many locks there were already: each next one is longer
    locked_until: Mapped[datetime | None]
    changed_at: Mapped[datetime] = mapped_column(index=True)


class WrongMinute(Base):
    """How many codes were typed wrongly everywhere in one minute."""

    __tablename__ = "wrong_minutes"
    minute: Mapped[datetime] = mapped_column(primary_key=True)
    wrong: Mapped[int]


class Breaker(Base):
    """A fuse of the whole installation: while it is open, only devices that we know get what it guards."""

    __tablename__ = "breakers"
    name: Mapped[str] = mapped_column(String(30), primary_key=True)
    opened_at: Mapped[datetime]
    open_until: Mapped[datetime]
    times: Mapped[int]


class KeptForm(HasPublicId, Base):
    """What somebody had typed when their log-in ended, for an hour, for the same account only."""

    __tablename__ = "kept_forms"
    id: Mapped[int] = mapped_column(primary_key=True)
    account_id: Mapped[int] = mapped_column(ForeignKey("accounts.id"), index=True)
    target: Mapped[str] = mapped_column(String(500))
    fields_sealed: Mapped[bytes] = mapped_column(LargeBinary)
    created_at: Mapped[datetime]
    expires_at: Mapped[datetime] = mapped_column(index=True)

    fields = SealedJSON()
