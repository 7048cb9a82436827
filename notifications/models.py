"""Messages to people and what became of them; and the demo gateway's own phone."""

from datetime import datetime

from sqlalchemy import ForeignKey, Index, LargeBinary, String, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from webapp.core.crypto import Sealed, SealedJSON
from webapp.core.db import Base, HasPublicId

SMS, INBOX = "sms", "inbox"
# created → sent → delivered or failed; or never handed over: no_phone, expired. What did not arrive ends when staff see
# to it: again (a new message took its place) or told (they told the person themselves). Only the first two go on.
CREATED, SENT, DELIVERED, FAILED = "created", "sent", "delivered", "failed"
NO_PHONE, EXPIRED, AGAIN, TOLD = "no_phone", "expired", "again", "told"
FINAL = frozenset({DELIVERED, FAILED, NO_PHONE, EXPIRED, AGAIN, TOLD})
CODE, ANSWER = "code", "answer"  # kinds that somebody asked for a moment ago, and nobody else needs to see to
REF = 60  # signs of a gateway's own id that are kept
# Where staff look for what did not arrive; a created one is among them when the gateway takes nothing for hours.
_TROUBLE = text(f"channel = '{SMS}' AND state IN ('{CREATED}', '{FAILED}', '{NO_PHONE}')")


class Message(HasPublicId, Base):
    """One text to one person by one channel. Final states stay."""

    __tablename__ = "messages"
    __table_args__ = (
        UniqueConstraint("dedupe_key"),
        Index("ix_messages_inbox", "person_id", "channel", "created_at", "id"),
        Index("ix_messages_provider_ref", "provider_ref"),
        Index("ix_messages_hour", "channel", "created_at", "state"),
        Index("ix_messages_trouble", "office_id", "id", sqlite_where=_TROUBLE, postgresql_where=_TROUBLE),
    )
    id: Mapped[int] = mapped_column(primary_key=True)
    dedupe_key: Mapped[str] = mapped_column(String(120))  # one event, one kind, one channel: told once
    person_id: Mapped[int | None] = mapped_column(ForeignKey("people.id"))
    dossier: Mapped[str | None] = mapped_column(String(22), index=True)
    kind: Mapped[str] = mapped_column(String(30))
    channel: Mapped[str] = mapped_column(String(8))  # sms or inbox
    to_sealed: Mapped[bytes | None] = mapped_column(LargeBinary)
    body_sealed: Mapped[bytes] = mapped_column(LargeBinary)
    state: Mapped[str] = mapped_column(String(10), default=CREATED)
    provider_ref: Mapped[str | None] = mapped_column(String(REF))
    created_at: Mapped[datetime]
    sent_at: Mapped[datetime | None]
    delivered_at: Mapped[datetime | None]
    read_at: Mapped[datetime | None]
    # In whose name it was sent (None: the whole province's, or nobody's); the gateway's code for why it did not arrive.
    office_id: Mapped[int | None] = mapped_column(sort_order=2)
    why: Mapped[str | None] = mapped_column(String(12), sort_order=2)

    to = Sealed()
    # sms: {"text"}, or {"challenge"} whose code is read at the moment of sending and never stored here;
    # inbox: the values of its sentences, which are put into words in the reader's language.
    body = SealedJSON()


class DemoText(HasPublicId, Base):
    """What the demo gateway's phones received. Exists only where ENV is demo or test."""

    __tablename__ = "demo_texts"
    id: Mapped[int] = mapped_column(primary_key=True)
    message: Mapped[str] = mapped_column(String(22), unique=True)  # the gateway takes one message once
    number_index: Mapped[str] = mapped_column(String(64), index=True)
    number_sealed: Mapped[bytes] = mapped_column(LargeBinary)
    body_sealed: Mapped[bytes] = mapped_column(LargeBinary)
    at: Mapped[datetime]

    number = Sealed()
    body = Sealed()
