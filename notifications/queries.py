"""Reads of messages: the box of one person, and the demo gateway's phones."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, select, tuple_, update
from sqlalchemy.orm import Session

from notifications.channels.demo import number_index
from notifications.inbox import Letter, letter
from notifications.models import AGAIN, CREATED, DELIVERED, FAILED, INBOX, NO_PHONE, SENT, SMS, TOLD, DemoText, Message
from webapp.core import clock
from webapp.core.text import Text, mask_phone

PAGE = 20
KEPT_TEXTS = 60


@dataclass(frozen=True)
class Row:
    """One letter of the box as a page shows it."""

    public_id: str
    letter: Letter
    at: datetime
    is_new: bool
    dossier: str | None
    about_helper: bool
    link: str | None  # where to say "this was not me"
    by_sms: Text | None


def inbox_of(session: Session, person_id: int, after: str | None = None) -> tuple[list[Row], str | None]:
    """The newest letters, or those older than letter `after`; and the key of the next page."""
    query = (
        select(Message)
        .where(Message.person_id == person_id, Message.channel == INBOX)
        .order_by(Message.created_at.desc(), Message.id.desc())
        .limit(PAGE + 1)
    )
    if after:
        place = select(Message.created_at, Message.id).where(
            Message.public_id == after, Message.person_id == person_id
        )
        found = session.execute(place).one_or_none()
        if found is not None:
            query = query.where(tuple_(Message.created_at, Message.id) < tuple_(found.created_at, found.id))
    letters = session.scalars(query).all()
    shown = letters[:PAGE]
    texts = _texts_of(session, shown)
    rows = [_row(m, texts.get(m.dedupe_key.removesuffix(INBOX))) for m in shown]
    return rows, shown[-1].public_id if len(letters) > PAGE else None


def _texts_of(session: Session, letters: Sequence[Message]) -> dict[str, Message]:
    """The SMS that told the same things, by what they told."""
    keys = [m.dedupe_key.removesuffix(INBOX) + SMS for m in letters]
    found = session.scalars(select(Message).where(Message.dedupe_key.in_(keys))).all() if keys else []
    return {m.dedupe_key.removesuffix(SMS): m for m in found}


def _row(message: Message, text: Message | None) -> Row:
    return Row(
        public_id=message.public_id,
        letter=letter(message.kind, message.body),
        at=message.created_at,
        is_new=message.read_at is None,
        dossier=message.dossier,
        about_helper=message.dossier is None,
        link=message.body.get("link"),
        by_sms=fate(text) if text is not None else None,
    )


def fate(text: Message) -> Text | None:
    """What is known of an SMS, and no more: handed over is not arrived."""
    phone = mask_phone(text.to)
    return {
        CREATED: Text("The text message to %(phone)s waits to be sent.", phone=phone),
        SENT: Text("A text message was sent to %(phone)s. We do not know yet whether it arrived.", phone=phone),
        DELIVERED: Text("The network says that the text message reached %(phone)s.", phone=phone),
        FAILED: Text("The text message to %(phone)s did not arrive. Is the number still right?", phone=phone),
        NO_PHONE: Text("No text message was sent: we know no phone number of yours."),
        AGAIN: Text("The text message to %(phone)s did not arrive. The office sent it once more.", phone=phone),
        TOLD: Text("The office told you this in another way."),
    }.get(text.state)


def unread(session: Session, person_id: int) -> int:
    """How many letters are new."""
    query = select(func.count()).where(
        Message.person_id == person_id, Message.channel == INBOX, Message.read_at.is_(None)
    )
    return session.scalar(query) or 0


def mark_read(session: Session, person_id: int) -> None:
    """The person says: I have read these."""
    session.execute(
        update(Message)
        .where(Message.person_id == person_id, Message.channel == INBOX, Message.read_at.is_(None))
        .values(read_at=clock.now())
        .execution_options(synchronize_session=False)
    )


def demo_texts(session: Session, number: str | None = None) -> Sequence[DemoText]:
    """What the demo gateway's phones have, newest first."""
    query = select(DemoText).order_by(DemoText.id.desc()).limit(KEPT_TEXTS)
    if number is not None:
        query = query.where(DemoText.number_index == number_index(number))
    return session.scalars(query).all()
