"""People and how they are known. A phone is a way to reach somebody, never who they are."""

from datetime import datetime
from typing import Any

from sqlalchemy import JSON, CheckConstraint, ForeignKey, Index, LargeBinary, String, UniqueConstraint, false
from sqlalchemy.orm import Mapped, mapped_column

from webapp.core.crypto import Sealed, SealedJSON
from webapp.core.db import Base, HasPublicId


class Person(HasPublicId, Base):
    """Somebody with rights: the subject of dossiers and records, with or without an account or a phone."""

    __tablename__ = "people"
    id: Mapped[int] = mapped_column(primary_key=True)
    full_name_sealed: Mapped[bytes] = mapped_column(LargeBinary)
    citizen_id_sealed: Mapped[bytes | None] = mapped_column(LargeBinary)
    citizen_id_index: Mapped[str | None] = mapped_column(String(64), unique=True)
    birth_date_sealed: Mapped[bytes | None] = mapped_column(LargeBinary)
    profile_sealed: Mapped[bytes | None] = mapped_column(LargeBinary)
    assurance: Mapped[str] = mapped_column(String(12), default="none")
    created_at: Mapped[datetime]

    full_name = Sealed()
    citizen_id = Sealed()
    birth_date = Sealed()  # ISO, or only its year: '1954'
    # Answers that follow the person from form to form: sex, ethnicity, nationality, residence, id_type, email …
    profile = SealedJSON()


class PersonToken(Base):
    """A keyed digest of one folded word of a name: the counter finds 'nhan vi' without a readable name in the table."""

    __tablename__ = "person_tokens"
    person_id: Mapped[int] = mapped_column(ForeignKey("people.id", ondelete="CASCADE"), primary_key=True)
    token: Mapped[str] = mapped_column(String(64), primary_key=True)
    __table_args__ = (Index("ix_person_tokens_token", "token", "person_id"),)


class Account(HasPublicId, Base):
    """A way in. A citizen's account belongs to one person; a staff account to one office."""

    __tablename__ = "accounts"
    __table_args__ = (
        CheckConstraint(
            "(kind = 'citizen' AND person_id IS NOT NULL) OR (kind = 'staff' AND username IS NOT NULL)", name="kind"
        ),
    )
    id: Mapped[int] = mapped_column(primary_key=True)
    kind: Mapped[str] = mapped_column(String(10))
    person_id: Mapped[int | None] = mapped_column(ForeignKey("people.id"), unique=True)
    username: Mapped[str | None] = mapped_column(String(40), unique=True)
    display_name: Mapped[str | None] = mapped_column(String(120))  # staff sign with their name; it is not secret
    password_hash: Mapped[str | None] = mapped_column(String(200))
    totp_secret_sealed: Mapped[bytes | None] = mapped_column(LargeBinary)
    totp_last_step: Mapped[int | None]  # a code is good once
    roles: Mapped[list[str]] = mapped_column(JSON, default=list)
    office_id: Mapped[int | None] = mapped_column(ForeignKey("offices.id"))
    disabled_at: Mapped[datetime | None]
    created_at: Mapped[datetime]
    # "This was not me": the next new device must show more than the phone, or the person comes to a counter.
    guarded_at: Mapped[datetime | None] = mapped_column(sort_order=2)
    # Why results may not be taken out just now, and until when (`holds.py`); no end: until they come to a counter.
    held_why: Mapped[str | None] = mapped_column(String(16), sort_order=8)
    held_until: Mapped[datetime | None] = mapped_column(sort_order=8)

    totp_secret = Sealed()


class Phone(HasPublicId, Base):
    """A number that reaches somebody. Families share phones: one number may belong to several people."""

    __tablename__ = "phones"
    __table_args__ = (UniqueConstraint("person_id", "number_index"), Index("ix_phones_number_index", "number_index"))
    id: Mapped[int] = mapped_column(primary_key=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("people.id"))
    number_sealed: Mapped[bytes] = mapped_column(LargeBinary)
    number_index: Mapped[str] = mapped_column(String(64))
    owner: Mapped[str] = mapped_column(String(10))  # mine or relative
    verified_at: Mapped[datetime | None]
    created_at: Mapped[datetime]
    relation: Mapped[str | None] = mapped_column(String(12), sort_order=8)  # whose, when it is a relative's
    # Messages go there, nobody comes in by it: a neighbour's phone reaches somebody and is not who they are.
    contact_only: Mapped[bool] = mapped_column(default=False, server_default=false(), sort_order=8)
    # No longer theirs; kept, because the change can be stopped for a day.
    replaced_at: Mapped[datetime | None] = mapped_column(sort_order=8)

    number = Sealed()


class CodeChallenge(HasPublicId, Base):
    """A one-time code: bound to phone, purpose and browser; kept as a keyed digest, readable only until it was sent."""

    __tablename__ = "code_challenges"
    __table_args__ = (
        Index("ix_code_challenges_phone_index", "phone_index", "created_at"),
        Index("ix_code_challenges_created_at", "created_at"),
    )
    id: Mapped[int] = mapped_column(primary_key=True)
    purpose: Mapped[str] = mapped_column(String(20))  # login, consent
    phone_sealed: Mapped[bytes] = mapped_column(LargeBinary)
    phone_index: Mapped[str] = mapped_column(String(64))
    code_digest: Mapped[str] = mapped_column(String(64))
    code_sealed: Mapped[bytes | None] = mapped_column(LargeBinary)
    context: Mapped[dict[str, Any]] = mapped_column(JSON, default=dict)
    tries: Mapped[int] = mapped_column(default=0)
    created_at: Mapped[datetime]
    expires_at: Mapped[datetime]
    used_at: Mapped[datetime | None]

    phone = Sealed()
    code = Sealed()


class LoginSession(HasPublicId, Base):
    """One log-in on one device. The browser holds 256 random bits, the table only their digest."""

    __tablename__ = "login_sessions"
    id: Mapped[int] = mapped_column(primary_key=True)
    token_digest: Mapped[str] = mapped_column(String(64), unique=True)
    account_id: Mapped[int] = mapped_column(ForeignKey("accounts.id"), index=True)
    assurance: Mapped[str] = mapped_column(String(12))
    device: Mapped[str] = mapped_column(String(120), default="")
    created_at: Mapped[datetime]
    expires_at: Mapped[datetime]
    ended_at: Mapped[datetime | None]
    known_device: Mapped[str | None] = mapped_column(String(22), sort_order=2)  # its public id
    seen_at: Mapped[datetime | None] = mapped_column(sort_order=2)  # when something was last done, to five minutes
    fresh_at: Mapped[datetime | None] = mapped_column(sort_order=2)  # when the person last proved who they are
    ended_why: Mapped[str | None] = mapped_column(String(12), sort_order=2)  # for the page they meet next


class Mandate(HasPublicId, Base):
    """Why somebody may act for a person: who, for what, until when, and the evidence. No evidence, no row."""

    __tablename__ = "mandates"
    __table_args__ = (
        CheckConstraint("evidence_kind IN ('phone_code', 'card_pin', 'at_counter')", name="evidence_kind"),
        CheckConstraint("length(evidence_id) >= 16", name="evidence"),
        CheckConstraint("expires_at > granted_at", name="term"),
        Index("ix_mandates_person_id", "person_id", "granted_at"),
    )
    id: Mapped[int] = mapped_column(primary_key=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("people.id"))
    helper_id: Mapped[int] = mapped_column(ForeignKey("accounts.id"))
    office_id: Mapped[int] = mapped_column(ForeignKey("offices.id"))
    evidence_kind: Mapped[str] = mapped_column(String(12))
    evidence_id: Mapped[str] = mapped_column(String(22), unique=True)  # challenge used, or the card check made for it
    text_version: Mapped[str] = mapped_column(String(20))  # the words the person agreed to
    granted_at: Mapped[datetime]
    expires_at: Mapped[datetime]
    ended_at: Mapped[datetime | None]
    revoked_at: Mapped[datetime | None]
