"""Writing down what was paid: once for each request, under a number of the office's receipt book."""

from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from webapp.core import clock
from webapp.core.actor import Actor
from webapp.core.audit import audit
from webapp.core.errors import Conflict, DomainError
from webapp.core.text import Text, one_line
from webapp.payments.models import Payment, PaymentRequest

METHODS = ("cash", "transfer")


class NotRecorded(DomainError):
    """Something about the payment does not fit; nothing was written."""


def record_payment(session: Session, asked: PaymentRequest, *, by: Actor, method: str, receipt_number: str) -> Payment:
    """The whole amount, never a part of it. Raises NotRecorded; Conflict when it was recorded before."""
    number = one_line(receipt_number)[:40].upper()
    if asked.closed_at is not None:
        raise Conflict(Text("This payment was recorded already."))
    if method not in METHODS or not number:
        raise NotRecorded(Text("Choose how it was paid, and write the number of the receipt."))
    now = clock.now()
    made = Payment(
        request_id=asked.id, office_id=asked.office_id, amount=asked.amount, method=method, receipt_number=number,
        recorded_at=now, recorded_by=by.account_id,
    )  # fmt: skip
    try:
        with session.begin_nested():
            session.add(made)
    except IntegrityError as twice:
        raise NotRecorded(
            Text("This receipt number was used for another payment. Look at the receipt again.")
        ) from twice
    asked.closed_at = now
    audit(session, by, "payment:record", asked.dossier, amount=asked.amount, method=method)
    return made
