"""Listens. Each handler writes its messages in the transaction that marks the event as told."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from sqlalchemy import exists, select
from sqlalchemy.orm import Session

from assisted.events import HelperSessionEnded
from assisted.models import HelperSession
from notifications import facts, sending
from notifications.events import CodeQueued, MessageQueued
from notifications.messages import sms
from notifications.models import CODE, CREATED, INBOX, NO_PHONE, SMS, Message
from notifications.recipients import phone_for
from webapp.accounts import codes
from webapp.accounts.events import CodeRequested, MandateGranted, MandateRevoked
from webapp.accounts.models import Mandate
from webapp.core import clock
from webapp.core.events import Event, on
from webapp.core.outbox import record
from webapp.dossiers import events as dossiers
from webapp.dossiers.models import DossierMove


@dataclass(frozen=True)
class Told:
    """What a dossier's event is called in messages, the steps it stands for, and by which channels it is told."""

    kind: str
    verbs: tuple[str, ...]
    by_sms: bool = True
    moment: str = ""  # what moved: each of its values is told once


TOLD: dict[type[dossiers.DossierEvent], Told] = {
    dossiers.DossierSubmitted: Told("submitted", ("submit",)),
    dossiers.DossierReceived: Told("received", ("receive",)),
    dossiers.SupplementRequested: Told("supplement", ("request_supplement",)),
    dossiers.SupplementSent: Told("supplement_sent", ("supplement",), by_sms=False),
    dossiers.ProcessingStarted: Told("processing", ("process",), by_sms=False),
    dossiers.DossierSettled: Told("settled", ("settle",)),
    dossiers.ResultHandedOver: Told("handed_over", ("hand_over",)),
    dossiers.WithdrawalRequested: Told("withdrawal_requested", ("withdraw",)),
    dossiers.DossierDeclined: Told("declined", ("decline",)),
    dossiers.DossierStopped: Told("stopped", ("stop",)),
    dossiers.PaymentRequired: Told("payment_required", ("require_payment",)),
    dossiers.PaymentRecorded: Told("paid", ("pay",)),
    dossiers.DueExtended: Told("extended", ("extend",)),
    dossiers.DraftSent: Told("draft_sent", ("send_draft",)),
    dossiers.DraftAnswered: Told("draft_answered", ("confirm_draft", "correct_draft"), by_sms=False),
    dossiers.PaperInfected: Told("infected", ()),
    dossiers.DueDateMoved: Told("due_moved", ()),
    dossiers.SupplementDayMoved: Told("supplement_moved", (), moment="deadline"),
    dossiers.DraftTermMoved: Told("draft_moved", (), moment="check"),
    dossiers.WithdrawalAnswered: Told("withdrawal_answered", ("accept_withdrawal", "refuse_withdrawal")),
}


def tell_about_dossier(told: Told, session: Session, event: dossiers.DossierEvent) -> None:
    """An SMS and a letter in the box of the person whose dossier it is."""
    row = facts.dossier_row(session, event.dossier)
    if row is None or row.code is None:
        return
    move = facts.move_of(session, row.id, told.verbs) if told.verbs else facts.due_change_of(session, row.id)
    kind = "assisted_done" if told.kind == "submitted" and event.mandate else told.kind
    known = facts.of_dossier(session, row, event.mandate)
    move = known.inbox[told.moment] if told.moment else move
    key = f"{event.type_name()}:{event.dossier}:{move or ''}"
    tell(session, key, kind, known, dossier=event.dossier, by_sms=told.by_sms)


def _listen(event_class: type[dossiers.DossierEvent], told: Told) -> Callable[[Session, Any], None]:
    def handle(session: Session, event: dossiers.DossierEvent) -> None:
        tell_about_dossier(told, session, event)

    return on(event_class, name=f"notifications.{told.kind}")(handle)


for _event_class, _told in TOLD.items():
    _listen(_event_class, _told)


@on(CodeRequested, name="notifications.code")
def text_the_code(session: Session, event: CodeRequested) -> None:
    """The code goes to the phone it was asked for, known here or not. Its digits are not copied into the message."""
    challenge = codes.code_to_send(session, event.challenge)
    key = f"{event.type_name()}:{event.challenge}:{SMS}"
    if challenge is None or is_told(session, key):
        return
    message = Message(dedupe_key=key, kind=CODE, channel=SMS, state=CREATED, created_at=clock.now())
    message.to = challenge.phone
    message.body = {"challenge": challenge.public_id}
    queue(session, message)


@on(MandateGranted, name="notifications.mandate_granted")
def tell_mandate_granted(session: Session, event: MandateGranted) -> None:
    """Whoever it was that agreed: the person hears of it on their own phone, with a number to call."""
    _tell_about_mandate(session, event, event.mandate, "mandate_granted", by_sms=True)


@on(MandateRevoked, name="notifications.mandate_revoked")
def tell_mandate_revoked(session: Session, event: MandateRevoked) -> None:
    """A line to keep; the person did it, or somebody for their safety."""
    _tell_about_mandate(session, event, event.mandate, "mandate_revoked", by_sms=False)


@on(HelperSessionEnded, name="notifications.helper_ended")
def tell_helper_ended(session: Session, event: HelperSessionEnded) -> None:
    """The visit is over. Each act on a dossier was told by SMS when it was done; if there was none, this is."""
    done = exists().where(DossierMove.mandate_id == Mandate.id)
    mandate = session.execute(
        select(Mandate.public_id, done.label("acted"))
        .join(HelperSession, HelperSession.mandate_id == Mandate.id)
        .where(HelperSession.public_id == event.session)
    ).one_or_none()
    if mandate is not None:
        _tell_about_mandate(session, event, mandate.public_id, "helper_ended", by_sms=not mandate.acted)


def _tell_about_mandate(session: Session, event: Event, mandate: str, kind: str, *, by_sms: bool) -> None:
    known = facts.of_mandate(session, mandate)
    if known is not None:
        known.sms["inbound"] = sending.Chosen.settings.inbound_number if sending.Chosen.settings else ""
        tell(session, f"{event.type_name()}:{mandate}", kind, known, dossier=None, by_sms=by_sms)


def tell(session: Session, key: str, kind: str, known: facts.Facts, *, dossier: str | None, by_sms: bool) -> None:
    """Write the messages of one happening; a happening that was told before is not told again."""
    if is_told(session, f"{key}:{INBOX}"):
        return
    values = {"person_id": known.person_id, "dossier": dossier, "kind": kind, "created_at": clock.now()}
    letter = Message(dedupe_key=f"{key}:{INBOX}", channel=INBOX, state=CREATED, **values)
    letter.body = {name: value for name, value in known.inbox.items() if value is not None}
    session.add(letter)
    if not by_sms:
        return
    number = phone_for(session, known.person_id)
    message = Message(dedupe_key=f"{key}:{SMS}", channel=SMS, state=CREATED if number else NO_PHONE, **values)
    message.office_id = known.office_id
    message.to = number
    message.body = {"text": sms(kind, known.unit, **known.sms)}
    if number:
        queue(session, message)
    else:
        session.add(message)


def is_told(session: Session, key: str) -> bool:
    """Was this written before? An event may come twice."""
    return session.scalar(select(Message.id).where(Message.dedupe_key == key)) is not None


def queue(session: Session, message: Message) -> None:
    """Keep the text and have it sent."""
    session.add(message)
    record(session, (CodeQueued if "challenge" in message.body else MessageQueued)(message.public_id))
