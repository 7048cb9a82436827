"""Asking for money, and calling it off."""

from sqlalchemy.orm import Session

from webapp.core import clock
from webapp.core.actor import Actor
from webapp.core.audit import audit
from webapp.core.errors import DomainError
from webapp.core.text import Text, nfc, one_line
from webapp.payments.models import PaymentRequest
from webapp.payments.queries import open_request

MOST = 1_000_000_000  # đồng; more is a slip of the finger, and such duties go through the tax office


class NotAskable(DomainError):
    """An amount or its words are missing."""


def request_payment(
    session: Session, dossier: str, *, by: Actor, office_id: int, amount: int, what_for: str, reason: str
) -> PaymentRequest:
    """Ask for whole đồng for one dossier. Raises NotAskable."""
    if not 0 < amount <= MOST:
        raise NotAskable(Text("Write the amount in đồng, without decimals, for example 50000."))
    if not one_line(what_for) or not nfc(reason):
        raise NotAskable(Text("Write what is to be paid for, and why."))
    made = PaymentRequest(
        dossier=dossier, office_id=office_id, amount=amount, asked_at=clock.now(), asked_by=by.account_id
    )
    made.what_for, made.reason = one_line(what_for)[:200], nfc(reason)[:1000]
    session.add(made)
    session.flush()
    audit(session, by, "payment:request", dossier, amount=amount)
    return made


def call_off(session: Session, dossier: str, *, by: Actor) -> None:
    """The dossier ended or was asked back: what was not paid is owed no longer."""
    asked = open_request(session, dossier)
    if asked is not None:
        asked.closed_at = clock.now()
        audit(session, by, "payment:call_off", dossier, amount=asked.amount)
