"""Something is to be paid before the office goes on; meanwhile the time limit waits."""

from sqlalchemy.orm import Session

from webapp.core.actor import Actor
from webapp.core.outbox import record
from webapp.dossiers.events import PaymentRequired
from webapp.dossiers.models import Dossier
from webapp.dossiers.moves import expect_version, record_move
from webapp.payments.request import request_payment


def require_payment(
    session: Session, dossier: Dossier, *, by: Actor, version: int, amount: int, what_for: str, reason: str
) -> None:
    """Whole đồng, what for and why. Raises NotAskable, Conflict."""
    expect_version(dossier, version)
    record_move(session, dossier, "require_payment", by=by, reason=reason.strip()[:1000], amount=amount)
    request_payment(
        session, dossier.public_id, by=by, office_id=dossier.office_id, amount=amount, what_for=what_for, reason=reason
    )
    record(session, PaymentRequired(dossier.public_id))
