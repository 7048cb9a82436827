"""A case officer begins to work on a dossier."""

from sqlalchemy.orm import Session

from webapp.core.actor import Actor
from webapp.core.outbox import record
from webapp.dossiers.events import ProcessingStarted
from webapp.dossiers.models import Dossier
from webapp.dossiers.moves import expect_version, record_move


def start_processing(session: Session, dossier: Dossier, *, by: Actor, version: int) -> None:
    """Raises Conflict."""
    expect_version(dossier, version)
    record_move(session, dossier, "process", by=by)
    record(session, ProcessingStarted(dossier.public_id))
