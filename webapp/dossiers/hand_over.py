"""The result, or the papers of a stopped dossier, go into somebody's hand."""

from sqlalchemy.orm import Session

from webapp.core import clock
from webapp.core.actor import Actor
from webapp.core.errors import DomainError
from webapp.core.outbox import record
from webapp.core.text import Text, one_line
from webapp.dossiers.events import ResultHandedOver
from webapp.dossiers.models import Dossier
from webapp.dossiers.moves import expect_version, record_move


class WhoMissing(DomainError):
    """It must be known who took it."""


def hand_over(session: Session, dossier: Dossier, *, by: Actor, version: int, to_whom: str) -> None:
    """Raises WhoMissing, Conflict."""
    expect_version(dossier, version)
    if not one_line(to_whom):
        raise WhoMissing(Text("Write who took the result."))
    record_move(session, dossier, "hand_over", by=by, reason=one_line(to_whom)[:200])
    dossier.handed_over_at = clock.now()
    record(session, ResultHandedOver(dossier.public_id))
