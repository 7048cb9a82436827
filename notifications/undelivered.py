"""Texts that did not arrive, for the people of the office who then call, write, or send them again.

A manager sees those of the own office, an administrator all. What a text says is not shown, nor the whole number.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, and_, or_, select
from sqlalchemy.orm import Session

from notifications.handlers import queue
from notifications.inbox import letter
from notifications.models import AGAIN, ANSWER, CODE, CREATED, FAILED, INBOX, NO_PHONE, SMS, TOLD, Message
from notifications.recipients import phone_for
from webapp.accounts.models import Person
from webapp.core import clock
from webapp.core.actor import Actor
from webapp.core.audit import audit
from webapp.core.errors import DomainError
from webapp.core.text import Text, mask_phone
from webapp.dossiers.models import Dossier

PAGE = 20
SHOWN = timedelta(days=30)  # what is older was told in some way, or is no news any more
STUCK = timedelta(hours=5)  # longer than the outbox tries by itself
ACCOUNT = Text("About the log-in or the phone")

# Twilio's codes (twilio.com/docs/api/errors), which gateways that speak as it does use too; and those of a plain one.
NO_SUCH_NUMBER = frozenset({"21211", "21214", "21217", "21614", "30005", "30006", "no-number"})
AWAY, BLOCKED = frozenset({"30003", "away"}), frozenset({"21610", "30004", "blocked"})


@dataclass(frozen=True)
class Row:
    """One text as the page shows it."""

    public_id: str
    at: datetime
    said: Text
    name: str | None
    code: str | None
    dossier: str | None
    phone: str
    why: Text


def _open() -> ColumnElement[bool]:
    now = clock.now()
    stuck = and_(Message.state == CREATED, Message.created_at < now - STUCK)
    return and_(
        Message.channel == SMS,
        Message.state.in_([CREATED, FAILED, NO_PHONE]),  # as the index says it
        Message.kind.not_in([CODE, ANSWER]),  # nobody needs it a minute later
        or_(Message.state != CREATED, stuck),
        Message.created_at > now - SHOWN,
    )


def _in_reach(by: Actor) -> ColumnElement[bool]:
    """An administrator belongs to no office and sees to all."""
    return and_(_open(), Message.office_id == by.office_id) if by.office_id is not None else _open()


def listed(session: Session, by: Actor, *, no_phone: bool, after: str | None = None) -> tuple[list[Row], str | None]:
    """The newest first, keyed by the last one shown; `no_phone`: of people who have none, else the others."""
    query = (
        select(Message, Person, Dossier.code)
        .outerjoin(Person, Person.id == Message.person_id)
        .outerjoin(Dossier, Dossier.public_id == Message.dossier)
        .where(_in_reach(by), (Message.state == NO_PHONE) if no_phone else (Message.state != NO_PHONE))
        .order_by(Message.id.desc())
        .limit(PAGE + 1)
    )
    if after:
        query = query.where(Message.id < select(Message.id).where(Message.public_id == after).scalar_subquery())
    found = session.execute(query).all()
    titles = _titles(session, [row.Message for row in found[:PAGE]])
    rows = [_row(row.Message, row.Person, row.code, titles) for row in found[:PAGE]]
    return rows, rows[-1].public_id if len(found) > PAGE else None


def _titles(session: Session, messages: Sequence[Message]) -> dict[str, Text]:
    """What each was about, as the letter in the app is headed that told the same."""
    keys = [message.dedupe_key.removesuffix(SMS) + INBOX for message in messages]
    letters = session.scalars(select(Message).where(Message.dedupe_key.in_(keys))).all() if keys else []
    return {one.dedupe_key.removesuffix(INBOX) + SMS: letter(one.kind, one.body).title for one in letters}


def _row(message: Message, person: Person | None, code: str | None, titles: Mapping[str, Text]) -> Row:
    return Row(
        public_id=message.public_id, at=message.created_at, said=titles.get(message.dedupe_key, ACCOUNT),
        name=person.full_name if person else None, code=code, dossier=message.dossier, phone=mask_phone(message.to),
        why=_why(message),
    )  # fmt: skip


def _why(message: Message) -> Text:
    if message.state == NO_PHONE:
        return Text("We know no phone of this person.")
    if message.state == CREATED:
        return Text("The SMS service has not taken it for hours.")
    if message.why in NO_SUCH_NUMBER:
        return Text("This number takes no text messages: it does not exist, or it is a landline.")
    if message.why in AWAY:
        return Text("The phone was switched off or out of reach.")
    if message.why in BLOCKED:
        return Text("This phone blocks our messages.")
    return Text("The phone network did not pass it on.")


def find(session: Session, by: Actor, public_id: str) -> Message | None:
    """A text in this actor's reach, seen to or not, to be changed: of two who press at once, one waits."""
    here = [] if by.office_id is None else [Message.office_id == by.office_id]
    query = select(Message).where(
        Message.public_id == public_id, Message.channel == SMS, Message.kind.not_in([CODE, ANSWER]), *here
    )
    return session.scalar(query.with_for_update().execution_options(populate_existing=True))


def is_open(session: Session, message: Message) -> bool:
    """Does anybody still have to see to it? A second press finds that nobody has."""
    return session.scalar(select(Message.id).where(Message.id == message.id, _open())) is not None


def send_again(session: Session, message: Message, *, by: Actor) -> Message:
    """A new message in its place, to the number that the person has now. Raises DomainError where there is none.

    News about phones and log-ins stay with the number that they were for: the newest may be a thief's.
    """
    number = message.to
    if message.person_id is not None and (number is None or message.dossier is not None):
        number = phone_for(session, message.person_id) or number
    if number is None:
        raise DomainError(Text("We still know no phone of this person. Call or write, then press the other button."))
    again = Message(
        dedupe_key=f"again:{message.public_id}:{SMS}", person_id=message.person_id, dossier=message.dossier,
        kind=message.kind, channel=SMS, state=CREATED, created_at=clock.now(), office_id=message.office_id,
    )  # fmt: skip
    again.to, again.body = number, message.body
    queue(session, again)
    message.state = AGAIN
    audit(session, by, "message:send_again", message.public_id, again=again.public_id)
    return again


def told(session: Session, message: Message, *, by: Actor) -> None:
    """Somebody of the office has told the person."""
    message.state = TOLD
    audit(session, by, "message:told", message.public_id)
