"""What was asked for is paid: the dossier goes on by itself to where it was.

An officer only writes down the receipt; that the dossier moves is the rule's doing, so its party is the system.
"""

from dataclasses import replace

from sqlalchemy.orm import Session

from webapp.core.actor import Actor, Role
from webapp.core.errors import Conflict
from webapp.core.outbox import record
from webapp.core.text import Text
from webapp.dossiers.events import PaymentRecorded
from webapp.dossiers.models import Dossier
from webapp.dossiers.moves import expect_version, record_move
from webapp.payments.queries import open_request
from webapp.payments.record import record_payment


def pay_dossier(
    session: Session, dossier: Dossier, *, by: Actor, version: int, method: str, receipt_number: str
) -> None:
    """Record a payment at the counter, in full. Raises NotRecorded, Conflict."""
    expect_version(dossier, version)
    asked = open_request(session, dossier.public_id)
    if asked is None:
        raise Conflict(Text("Nothing is to be paid for this dossier now."))
    rule = replace(by, role=Role.SYSTEM, roles=frozenset())
    record_move(session, dossier, "pay", by=rule, amount=asked.amount)
    record_payment(session, asked, by=by, method=method, receipt_number=receipt_number)
    record(session, PaymentRecorded(dossier.public_id))
