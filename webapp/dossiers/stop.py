"""The office stops a dossier it had accepted: by its manager, or by the desk when a supplement was not answered."""

from sqlalchemy.orm import Session

from webapp.core.actor import Actor
from webapp.core.outbox import record
from webapp.core.text import nfc
from webapp.dossiers.endings import basis_words, close_what_waits, expect_silence, reason_words
from webapp.dossiers.events import DossierStopped
from webapp.dossiers.models import Dossier
from webapp.dossiers.moves import expect_version, record_move
from webapp.dossiers.papers.issue import STOP, issue_paper
from webapp.dossiers.supplement import open_request


def stop_dossier(
    session: Session,
    dossier: Dossier,
    *,
    by: Actor,
    version: int,
    reason: str,
    basis: str,
    papers_back: str = "",
    refund: str = "",
) -> None:
    """Form 05 says why, which papers go back and what becomes of the fee. Raises ReasonMissing, Conflict."""
    expect_version(dossier, version)
    body = {
        "reason": reason_words(reason),
        "basis": basis_words(basis),
        "papers_back": nfc(papers_back)[:500],
        "refund": nfc(refund)[:500],
    }
    expect_silence(dossier, open_request(session, dossier.id))
    record_move(session, dossier, "stop", by=by, reason=body["reason"])
    close_what_waits(session, dossier, by=by)
    issue_paper(session, dossier, STOP, body, by=by)
    record(session, DossierStopped(dossier.public_id))
