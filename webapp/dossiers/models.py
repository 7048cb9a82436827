"""Tables of the dossier: itself, its papers and files, its history, what was asked for, its receipts and outcome."""

from datetime import date, datetime
from typing import Any

from sqlalchemy import JSON, ForeignKey, Index, LargeBinary, SmallInteger, String, UniqueConstraint, false, text
from sqlalchemy.orm import Mapped, mapped_column

from webapp.core.crypto import Sealed, SealedJSON
from webapp.core.db import Base, HasPublicId

_SAID = text("words_sealed IS NOT NULL")


class Dossier(HasPublicId, Base):
    """One request of one person. Keeps the revision of the procedure it was started under."""

    __tablename__ = "dossiers"
    __table_args__ = (
        Index("ix_dossiers_mine", "person_id", "updated_at", "id"),
        Index("ix_dossiers_changed", "office_id", "updated_at", "public_id"),
        Index("ix_dossiers_taken_on", "office_id", "received_at", "id"),
        # The worklist's order; what stands behind it answers the figures and the filters without opening a dossier.
        Index(
            "ix_dossiers_queue", "office_id", "queue", "act_by", "public_id", "state", "procedure_code", "revision_id"
        ),
    )
    id: Mapped[int] = mapped_column(primary_key=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("people.id"))
    revision_id: Mapped[int] = mapped_column(ForeignKey("procedure_revisions.id"))
    procedure_code: Mapped[str] = mapped_column(String(20))
    office_id: Mapped[int] = mapped_column(ForeignKey("offices.id"))
    state: Mapped[str] = mapped_column(String(24), default="draft")
    resume_to: Mapped[str | None] = mapped_column(String(24))  # where a supplement or payment leads back to
    version: Mapped[int] = mapped_column(default=1)
    channel: Mapped[str] = mapped_column(String(12))
    started_by: Mapped[int] = mapped_column(ForeignKey("accounts.id"))
    mandate_id: Mapped[int | None] = mapped_column(ForeignKey("mandates.id"))
    code: Mapped[str | None] = mapped_column(String(60), unique=True)
    lookup_code: Mapped[str | None] = mapped_column(String(7), unique=True)
    qr_digest: Mapped[str | None] = mapped_column(String(64), unique=True)
    qr_token_sealed: Mapped[bytes | None] = mapped_column(LargeBinary)
    answers_sealed: Mapped[bytes | None] = mapped_column(LargeBinary)
    submitted_at: Mapped[datetime | None]
    received_at: Mapped[datetime | None]
    due_at: Mapped[datetime | None]
    paused_at: Mapped[datetime | None]
    settled_at: Mapped[datetime | None]
    handed_over_at: Mapped[datetime | None]
    created_at: Mapped[datetime]
    updated_at: Mapped[datetime]
    # The worklist's order, kept by `deadlines.follow` at every move: whose turn it is, and until when.
    queue: Mapped[int | None] = mapped_column(SmallInteger, sort_order=6)
    act_by: Mapped[datetime | None] = mapped_column(sort_order=6)

    qr_token = Sealed()
    # {"values": {field: value}, "raw": {field: text that was refused}, "sources": {field: where it came from}}
    answers = SealedJSON()

    __mapper_args__ = {"version_id_col": version}  # noqa: RUF012  (two officers: one wins, the other is told)


class DossierWord(Base):
    """A word of the name of whoever a sent dossier is about, beside its office: the counter finds a name among them.

    `word` is the beginning of the digest by which people are found (`PersonToken`). No foreign key to the dossier: what
    was sent is never deleted, and without it deleting a draft need not look here.
    """

    __tablename__ = "dossier_words"
    __table_args__ = ({"sqlite_with_rowid": False},)
    office_id: Mapped[int] = mapped_column(ForeignKey("offices.id"), primary_key=True, autoincrement=False)
    word: Mapped[str] = mapped_column(String(16), primary_key=True)
    dossier_id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)


class DossierDocument(Base):
    """One paper of a dossier: photos of it, or a record that stands for it."""

    __tablename__ = "dossier_documents"
    __table_args__ = (UniqueConstraint("dossier_id", "key"),)
    id: Mapped[int] = mapped_column(primary_key=True)
    dossier_id: Mapped[int] = mapped_column(ForeignKey("dossiers.id", ondelete="CASCADE"))
    key: Mapped[str] = mapped_column(String(60))
    vault_item_id: Mapped[int | None] = mapped_column(ForeignKey("vault_items.id"))
    # How many came on paper, as an officer with them in hand wrote it down (see `count_papers`).
    originals: Mapped[int | None] = mapped_column(SmallInteger)
    certified: Mapped[int | None] = mapped_column(SmallInteger)
    plain: Mapped[int | None] = mapped_column(SmallInteger)


class DossierFile(Base):
    """The ledger of one file: sent → stored (hash equal) → delivered.

    An office that works at our own desk has it when it receives the dossier or decides about it (`delivered_at`): the
    desk reads the same store. An office with a system of its own has it when that system has repeated the hash
    (`acknowledged_at`); the desk's word says nothing about that, nor the other way round.
    """

    __tablename__ = "dossier_files"
    __table_args__ = (UniqueConstraint("document_id", "file_id"),)
    id: Mapped[int] = mapped_column(primary_key=True)
    document_id: Mapped[int] = mapped_column(ForeignKey("dossier_documents.id", ondelete="CASCADE"), index=True)
    file_id: Mapped[int] = mapped_column(ForeignKey("stored_files.id"))
    position: Mapped[int]
    stored_at: Mapped[datetime]
    submitted_at: Mapped[datetime | None]  # counted in a receipt; from then on it cannot be removed
    delivered_at: Mapped[datetime | None]
    replaced_at: Mapped[datetime | None]  # a supplement put a better one in its place; kept, shown as old
    acknowledged_at: Mapped[datetime | None] = mapped_column(sort_order=5)


class DossierMove(Base):
    """One step of the history; never changed, never deleted."""

    __tablename__ = "dossier_moves"
    __table_args__ = (Index("ix_dossier_moves_dossier", "dossier_id", "id"),)
    id: Mapped[int] = mapped_column(primary_key=True)
    dossier_id: Mapped[int] = mapped_column(ForeignKey("dossiers.id"))
    at: Mapped[datetime]
    verb: Mapped[str] = mapped_column(String(30))
    from_state: Mapped[str] = mapped_column(String(24))
    to_state: Mapped[str] = mapped_column(String(24))
    party: Mapped[str] = mapped_column(String(12))
    channel: Mapped[str] = mapped_column(String(12))
    account_id: Mapped[int | None] = mapped_column(ForeignKey("accounts.id"))
    mandate_id: Mapped[int | None] = mapped_column(ForeignKey("mandates.id"))
    actor_name: Mapped[str | None] = mapped_column(String(120))  # staff and helpers by name; citizens are the subject
    reason_sealed: Mapped[bytes | None] = mapped_column(LargeBinary)
    public_id: Mapped[str] = mapped_column(String(22), unique=True)

    reason = Sealed()


class SupplementRequest(HasPublicId, Base):
    """Everything that is missing, asked for at once; answered at once."""

    __tablename__ = "supplement_requests"
    id: Mapped[int] = mapped_column(primary_key=True)
    dossier_id: Mapped[int] = mapped_column(ForeignKey("dossiers.id"), index=True)
    asked_at: Mapped[datetime]
    asked_by: Mapped[int] = mapped_column(ForeignKey("accounts.id"))
    deadline_on: Mapped[date]
    answered_at: Mapped[datetime | None]
    items_sealed: Mapped[bytes] = mapped_column(LargeBinary)
    closed_at: Mapped[datetime | None] = mapped_column(sort_order=5)  # the dossier ended, nobody answers it any more

    items = SealedJSON()  # [{"kind": "document"|"field", "key", "fault", "words"}]


class Receipt(HasPublicId, Base):
    """What the office said it has received, with hashes and a signature of ours: it can be proved later."""

    __tablename__ = "receipts"
    id: Mapped[int] = mapped_column(primary_key=True)
    dossier_id: Mapped[int] = mapped_column(ForeignKey("dossiers.id"), index=True)
    kind: Mapped[str] = mapped_column(String(12))  # submit or supplement
    issued_at: Mapped[datetime]
    manifest: Mapped[dict[str, Any]] = mapped_column(JSON)  # papers, counts, hashes; no names
    signature: Mapped[str] = mapped_column(String(64))


class Outcome(HasPublicId, Base):
    """The result of a dossier."""

    __tablename__ = "outcomes"
    id: Mapped[int] = mapped_column(primary_key=True)
    dossier_id: Mapped[int] = mapped_column(ForeignKey("dossiers.id"), unique=True)
    decision: Mapped[str] = mapped_column(String(10))  # granted or refused
    result_code: Mapped[str | None] = mapped_column(String(40))
    title_vi: Mapped[str] = mapped_column(String(200))
    title_en: Mapped[str] = mapped_column(String(200))
    number_sealed: Mapped[bytes | None] = mapped_column(LargeBinary)
    issued_on: Mapped[date]
    file_id: Mapped[int | None] = mapped_column(ForeignKey("stored_files.id"))
    vault_item_id: Mapped[int | None] = mapped_column(ForeignKey("vault_items.id"))
    created_at: Mapped[datetime]

    number = Sealed()


class DueChange(HasPublicId, Base):
    """A due date that was set or moved, and why: received, resumed, extended, calendar. Never changed."""

    __tablename__ = "due_changes"
    __table_args__ = (Index("ix_due_changes_dossier_id", "dossier_id", "id"),)
    id: Mapped[int] = mapped_column(primary_key=True)
    dossier_id: Mapped[int] = mapped_column(ForeignKey("dossiers.id"))
    at: Mapped[datetime]
    cause: Mapped[str] = mapped_column(String(12))
    due_before: Mapped[datetime | None]
    due_after: Mapped[datetime]
    change_id: Mapped[int | None] = mapped_column(ForeignKey("calendar_changes.id"))


class DossierOpening(HasPublicId, Base):
    """An officer opened a dossier that was no longer in their work, and said why."""

    __tablename__ = "dossier_openings"
    __table_args__ = (Index("ix_dossier_openings_dossier_id", "dossier_id", "account_id", "at"),)
    id: Mapped[int] = mapped_column(primary_key=True)
    dossier_id: Mapped[int] = mapped_column(ForeignKey("dossiers.id"))
    account_id: Mapped[int] = mapped_column(ForeignKey("accounts.id"))
    at: Mapped[datetime]
    until: Mapped[datetime]
    reason: Mapped[str] = mapped_column(String(20))
    words_sealed: Mapped[bytes | None] = mapped_column(LargeBinary)

    words = Sealed()


class Rating(HasPublicId, Base):
    """What the person says of an office's work when it is over: one choice, and a sentence if they like."""

    __tablename__ = "ratings"
    __table_args__ = (
        Index("ix_ratings_office", "office_id", "rated_at", "choice", "at_kiosk"),
        Index("ix_ratings_days", "rated_at", "choice"),
        Index("ix_ratings_words", "office_id", "rated_at", "id", sqlite_where=_SAID, postgresql_where=_SAID),
    )
    id: Mapped[int] = mapped_column(primary_key=True)
    dossier_id: Mapped[int] = mapped_column(ForeignKey("dossiers.id"), unique=True)
    office_id: Mapped[int] = mapped_column(ForeignKey("offices.id"))
    rated_at: Mapped[datetime]  # the first time: from then on it can be changed for some days
    choice: Mapped[str] = mapped_column(String(12))
    words_sealed: Mapped[bytes | None] = mapped_column(LargeBinary)
    at_kiosk: Mapped[bool] = mapped_column(default=False, server_default=false(), sort_order=1)  # by code, digits

    words = Sealed()


class DailyNumber(Base):
    """The next number of an office's day; taken in the submit's own transaction, so no number is given twice."""

    __tablename__ = "daily_numbers"
    office_id: Mapped[int] = mapped_column(ForeignKey("offices.id"), primary_key=True)
    day: Mapped[date] = mapped_column(primary_key=True)
    last: Mapped[int] = mapped_column(server_default=text("0"))


class DraftCheck(HasPublicId, Base):
    """A draft of the result that the person looks through before it is final; silence means yes."""

    __tablename__ = "draft_checks"
    id: Mapped[int] = mapped_column(primary_key=True)
    dossier_id: Mapped[int] = mapped_column(ForeignKey("dossiers.id"), index=True)
    sent_at: Mapped[datetime]
    sent_by: Mapped[int] = mapped_column(ForeignKey("accounts.id"))
    until: Mapped[datetime]
    text_sealed: Mapped[bytes] = mapped_column(LargeBinary)
    file_id: Mapped[int | None] = mapped_column(ForeignKey("stored_files.id"))
    answered_at: Mapped[datetime | None]
    agreed: Mapped[bool | None]
    words_sealed: Mapped[bytes | None] = mapped_column(LargeBinary)
    closed_at: Mapped[datetime | None]  # a newer draft took its place, or the dossier went on

    text = Sealed()
    words = Sealed()
