"""What decline, stop and an accepted withdrawal have in common: reasons in words, and nothing left waiting."""

from datetime import date

from sqlalchemy import update
from sqlalchemy.orm import Session

from webapp.core import clock
from webapp.core.actor import Actor
from webapp.core.errors import Conflict, DomainError
from webapp.core.text import Text, nfc
from webapp.dossiers.models import Dossier, SupplementRequest
from webapp.dossiers.states import State
from webapp.payments.request import call_off
from webapp.shell.formats import day


class ReasonMissing(DomainError):
    """Whoever gets a no reads why, and what law it rests on."""


def reason_words(reason: str) -> str:
    """Clean and not empty. Raises ReasonMissing."""
    words = nfc(reason)[:2000]
    if not words:
        raise ReasonMissing(Text("Write the reason in words; the applicant will read it."))
    return words


def basis_words(basis: str) -> str:
    """The article of law. Raises ReasonMissing."""
    words = nfc(basis)[:500]
    if not words:
        raise ReasonMissing(Text("Write the legal basis: the act and its article."))
    return words


def may_still_answer(state: State, deadline_on: date | None) -> bool:
    """Somebody was asked for papers and their day is not over: nothing may be ended under their hands."""
    return state is State.SUPPLEMENT_REQUESTED and deadline_on is not None and clock.today() <= deadline_on


def expect_silence(dossier: Dossier, request: SupplementRequest | None) -> None:
    """An unanswered supplement may end a dossier only after its day. Raises Conflict."""
    if request is not None and may_still_answer(State(dossier.state), request.deadline_on):
        until = day(request.deadline_on)
        raise Conflict(Text("The applicant may send what is missing until %(day)s. Wait for that day.", day=until))


def close_what_waits(session: Session, dossier: Dossier, *, by: Actor) -> None:
    """Nobody has to answer or to pay any more."""
    session.execute(
        update(SupplementRequest)
        .where(
            SupplementRequest.dossier_id == dossier.id,
            SupplementRequest.answered_at.is_(None),
            SupplementRequest.closed_at.is_(None),
        )
        .values(closed_at=clock.now())
    )
    call_off(session, dossier.public_id, by=by)
