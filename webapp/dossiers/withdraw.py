"""The applicant wants the dossier back; the office stops it, or says why it goes on."""

from sqlalchemy.orm import Session

from webapp.core.actor import Actor
from webapp.core.outbox import record
from webapp.core.text import Text, nfc
from webapp.dossiers.endings import ReasonMissing, close_what_waits
from webapp.dossiers.events import WithdrawalAnswered, WithdrawalRequested
from webapp.dossiers.models import Dossier
from webapp.dossiers.moves import expect_version, record_move
from webapp.dossiers.papers.issue import STOP, issue_paper


def withdraw_dossier(session: Session, dossier: Dossier, *, by: Actor, reason: str) -> None:
    """Ask for it back, before it is settled. Raises Conflict."""
    record_move(session, dossier, "withdraw", by=by, reason=nfc(reason)[:1000])
    record(session, WithdrawalRequested(dossier.public_id, by.mandate_public))


def answer_withdrawal(
    session: Session, dossier: Dossier, *, by: Actor, version: int, accept: bool, reason: str = ""
) -> None:
    """Stop it (form 05); or, if it was accepted, go on and say why. Raises Conflict, ReasonMissing."""
    expect_version(dossier, version)
    words = nfc(reason)[:1000]
    if not accept and not words:
        raise ReasonMissing(Text("Write why the dossier goes on; the applicant will read it."))
    verb = "accept_withdrawal" if accept else "refuse_withdrawal"
    record_move(session, dossier, verb, by=by, reason=words)
    close_what_waits(session, dossier, by=by)
    if accept:
        issue_paper(session, dossier, STOP, {"wish": True, "reason": words}, by=by)
    record(session, WithdrawalAnswered(dossier.public_id))
