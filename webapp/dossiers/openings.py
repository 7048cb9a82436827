"""Reading what is no longer anybody's work: an officer says why first, and the person can see who it was."""

from collections.abc import Sequence
from datetime import timedelta
from typing import Any

from sqlalchemy import Row, select
from sqlalchemy.orm import Session

from webapp.accounts.models import Account
from webapp.core import clock
from webapp.core.actor import Actor
from webapp.core.audit import audit
from webapp.core.errors import DomainError
from webapp.core.text import N_, Text, nfc
from webapp.dossiers.deadlines import FINISHED, QUEUE
from webapp.dossiers.models import DossierOpening
from webapp.dossiers.view import DossierView

AFTER = timedelta(days=30)  # so long after the end people still come back with a question about it
OPEN_FOR = timedelta(minutes=30)
REASONS = {
    "person": N_("The person is here, or calls, and asks for it"),
    "complaint": N_("A complaint or an inspection"),
    "mistake": N_("A mistake must be put right"),
    "archive": N_("Work in the archive"),
    "other": N_("Another reason"),
}


class ReasonMissing(DomainError):
    """Curiosity is no reason."""


def out_of_queue(view: DossierView) -> bool:
    """Is it nobody's work any more?"""
    return QUEUE.get(view.state) == FINISHED


def needs_reason(session: Session, view: DossierView, by: Actor) -> bool:
    """Is it out of the queue for long, and has this officer not just said why they read it?"""
    now = clock.now()
    if not out_of_queue(view) or view.row.act_by is None or view.row.act_by > now - AFTER:
        return False
    return (
        session.scalar(
            select(DossierOpening.id)
            .where(
                DossierOpening.dossier_id == view.row.id,
                DossierOpening.account_id == by.account_id,
                DossierOpening.until > now,
            )
            .limit(1)
        )
        is None
    )


def open_out_of_queue(session: Session, view: DossierView, *, by: Actor, reason: str, words: str) -> DossierOpening:
    """Write down who reads it, and why; good for half an hour. Raises ReasonMissing."""
    if reason not in REASONS:
        raise ReasonMissing(Text("Choose why you open this dossier."))
    words = nfc(words)[:500]
    if reason == "other" and not words:
        raise ReasonMissing(Text("Write the reason in a few words."))
    now = clock.now()
    opening = DossierOpening(
        dossier_id=view.row.id, account_id=by.account_id, at=now, until=now + OPEN_FOR, reason=reason
    )
    opening.words = words or None
    session.add(opening)
    audit(session, by, "dossier:open-out-of-queue", view.public_id, reason=reason)
    return opening


def who_looked(session: Session, view: DossierView) -> Sequence[Row[Any]]:
    """For the person: which officers read the finished dossier later, when, and why."""
    return session.execute(
        select(DossierOpening.at, DossierOpening.reason, Account.display_name)
        .join(Account, Account.id == DossierOpening.account_id)
        .where(DossierOpening.dossier_id == view.row.id)
        .order_by(DossierOpening.at.desc())
        .limit(20)
    ).all()
