"""The office takes a dossier on: from this moment its time limit runs."""

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from webapp.core import clock
from webapp.core.actor import Actor
from webapp.core.outbox import record
from webapp.dossiers.events import DossierReceived
from webapp.dossiers.models import Dossier, DossierDocument, DossierFile
from webapp.dossiers.moves import expect_version, record_move


def receive_dossier(session: Session, dossier: Dossier, *, by: Actor, version: int) -> None:
    """Receive; from now on every file of it is at the desk. Raises Conflict."""
    expect_version(dossier, version)
    record_move(session, dossier, "receive", by=by)
    mark_delivered(session, dossier)
    record(session, DossierReceived(dossier.public_id))


def mark_delivered(session: Session, dossier: Dossier) -> None:
    """The desk has the files. What an office's own system has, only that system can say (`interop.agency`)."""
    mine = select(DossierDocument.id).where(DossierDocument.dossier_id == dossier.id)
    session.execute(
        update(DossierFile)
        .where(DossierFile.document_id.in_(mine), DossierFile.delivered_at.is_(None))
        .values(delivered_at=clock.now())
        .execution_options(synchronize_session=False)
    )
