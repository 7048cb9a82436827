"""Electronic identities of people, ways to the issuer that are under way, and joins of accounts."""

from datetime import datetime

from sqlalchemy import ForeignKey, LargeBinary, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from webapp.core.crypto import SealedJSON
from webapp.core.db import Base, HasPublicId


class NationalIdentity(HasPublicId, Base):
    """One account at one issuer, as a way in. The issuer's name for somebody may be their personal number: sealed."""

    __tablename__ = "national_identities"
    __table_args__ = (UniqueConstraint("issuer", "subject_index"),)
    id: Mapped[int] = mapped_column(primary_key=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("people.id"), index=True)
    issuer: Mapped[str] = mapped_column(String(200))
    subject_index: Mapped[str] = mapped_column(String(64))
    level: Mapped[int]  # VNeID's own: 1 was made online, 2 after the fingerprints were taken; counts as the card
    claims_sealed: Mapped[bytes] = mapped_column(LargeBinary)
    linked_at: Mapped[datetime]
    used_at: Mapped[datetime]
    unlinked_at: Mapped[datetime | None]  # taken away by its owner: who wants it back shows the phone again

    claims = SealedJSON()  # {"citizen_id", "full_name", "birth_date", "sex"} as the issuer last said them


class OidcAttempt(HasPublicId, Base):
    """One way to the issuer and back: bound to one browser, good once, ten minutes."""

    __tablename__ = "oidc_attempts"
    id: Mapped[int] = mapped_column(primary_key=True)
    state_digest: Mapped[str] = mapped_column(String(64), unique=True)
    browser_digest: Mapped[str] = mapped_column(String(64))
    purpose: Mapped[str] = mapped_column(String(8))  # login, link, again
    account_id: Mapped[int | None] = mapped_column(ForeignKey("accounts.id"))  # who wanted to link
    target: Mapped[str] = mapped_column(String(500))  # where to go afterwards, a path of ours
    secrets_sealed: Mapped[bytes | None] = mapped_column(LargeBinary)
    claims_sealed: Mapped[bytes | None] = mapped_column(LargeBinary)
    created_at: Mapped[datetime]
    expires_at: Mapped[datetime] = mapped_column(index=True)
    used_at: Mapped[datetime | None]  # its answer came back
    done_at: Mapped[datetime | None]  # what it proved was used

    secrets = SealedJSON()  # {"verifier", "nonce"}, gone as soon as the answer is there
    claims = SealedJSON()  # kept while the person still has to prove or to agree to something


class AccountJoin(HasPublicId, Base):
    """Two accounts of one person became one; the other person's row stays, empty, because history points at it."""

    __tablename__ = "account_joins"
    id: Mapped[int] = mapped_column(primary_key=True)
    kept_id: Mapped[int] = mapped_column(ForeignKey("people.id"), index=True)
    gone_id: Mapped[int] = mapped_column(ForeignKey("people.id"), unique=True)
    by: Mapped[str] = mapped_column(String(22))  # public id of the account that did it
    joined_at: Mapped[datetime]
