"""Reads of money. Whose dossier it is, was asked by whoever hands its public id in."""

from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session

from webapp.payments.models import Payment, PaymentRequest


@dataclass(frozen=True)
class Money:
    """One request, and the payment of it if there was one."""

    request: PaymentRequest
    payment: Payment | None

    @property
    def due(self) -> bool:
        """Still to be paid; what was called off is not."""
        return self.request.closed_at is None


def open_request(session: Session, dossier: str) -> PaymentRequest | None:
    """What is to be paid now."""
    return session.scalar(
        select(PaymentRequest).where(PaymentRequest.dossier == dossier, PaymentRequest.closed_at.is_(None))
    )


def money_of(session: Session, dossier: str) -> list[Money]:
    """Everything that was asked for and paid for one dossier, oldest first."""
    rows = session.execute(
        select(PaymentRequest, Payment)
        .outerjoin(Payment, Payment.request_id == PaymentRequest.id)
        .where(PaymentRequest.dossier == dossier)
        .order_by(PaymentRequest.id)
    )
    return [Money(request, payment) for request, payment in rows]
