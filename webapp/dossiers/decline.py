"""The office does not take a dossier on: before acceptance, or when nobody sent what was missing before it."""

from sqlalchemy.orm import Session

from webapp.core.actor import Actor
from webapp.core.outbox import record
from webapp.dossiers.endings import basis_words, close_what_waits, expect_silence, reason_words
from webapp.dossiers.events import DossierDeclined
from webapp.dossiers.models import Dossier
from webapp.dossiers.moves import expect_version, record_move
from webapp.dossiers.papers.issue import DECLINE, issue_paper
from webapp.dossiers.supplement import open_request


def decline_dossier(session: Session, dossier: Dossier, *, by: Actor, version: int, reason: str, basis: str) -> None:
    """Form 03 says why. Raises ReasonMissing, Conflict."""
    expect_version(dossier, version)
    body = {"reason": reason_words(reason), "basis": basis_words(basis)}
    expect_silence(dossier, open_request(session, dossier.id))
    record_move(session, dossier, "decline", by=by, reason=body["reason"])
    close_what_waits(session, dossier, by=by)
    issue_paper(session, dossier, DECLINE, body, by=by)
    record(session, DossierDeclined(dossier.public_id))
