"""Who of the office reads a dossier: each opening is written down, and the person can see who it was and why.

What the office works on, and what the person has just shown at the counter, opens at once: whoever has eleven people
waiting is asked nothing. What is finished is nobody's work any more: some days later an officer says why first.
"""

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

AFTER = timedelta(days=3)  # so long after the end it is still the same piece of work: a print, a call, a mistake
OPEN_FOR = timedelta(minutes=30)  # one opening, however often the officer turns its pages meanwhile
REASONS = {
    "person": N_("The person is here, or calls, and asks for it"),
    "complaint": N_("A complaint or an inspection"),
    "mistake": N_("A mistake must be put right"),
    "archive": N_("Work in the archive"),
    "other": N_("Another reason"),
}
# What needs no words of an officer.
WORK, BROUGHT = "work", "brought"
SHOWN = {
    **REASONS,
    WORK: N_("Work on the dossier"),
    BROUGHT: N_("Its code or the ID card was shown at the counter"),
}


class ReasonMissing(DomainError):
    """Curiosity is no reason."""


def is_open(view: DossierView) -> bool:
    """Has this officer opened it a short time ago, and was that written down? For a view of `office_view`."""
    return view.row.opening is not None


def without_asking(view: DossierView, *, brought: bool) -> str | None:
    """Why it opens at once; None when the officer has to say why."""
    if QUEUE.get(view.state) != FINISHED:
        return WORK
    if brought:
        return BROUGHT
    ended = view.row.act_by
    return WORK if ended is None or ended > clock.now() - AFTER else None


def note(session: Session, view: DossierView, *, by: Actor, reason: str, words: str | None = None) -> DossierOpening:
    """Write down who reads it, and why; good for half an hour."""
    now = clock.now()
    opening = DossierOpening(
        dossier_id=view.row.id, account_id=by.account_id, at=now, until=now + OPEN_FOR, reason=reason
    )
    opening.words = words
    session.add(opening)
    audit(
        session,
        by,
        "dossier:open" if reason in (WORK, BROUGHT) else "dossier:open-out-of-queue",
        view.public_id,
        reason=reason,
    )
    return opening


def open_out_of_queue(session: Session, view: DossierView, *, by: Actor, reason: str, words: str) -> DossierOpening:
    """For what is nobody's work. Raises ReasonMissing."""
    if reason not in REASONS:
        raise ReasonMissing(Text("Choose why you open this dossier."))
    words = nfc(words)[:500]
    if reason == "other" and not words:
        raise ReasonMissing(Text("Write the reason in a few words."))
    return note(session, view, by=by, reason=reason, words=words or None)


def who_looked(session: Session, view: DossierView) -> Sequence[Row[Any]]:
    """For the person: which officers opened it, when, and why; the newest first."""
    return session.execute(
        select(DossierOpening.at, DossierOpening.reason, Account.display_name)
        .join(Account, Account.id == DossierOpening.account_id)
        .where(DossierOpening.dossier_id == view.row.id)
        .order_by(DossierOpening.at.desc())
        .limit(20)
    ).all()
