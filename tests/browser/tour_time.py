"""The part of the tour that is about time: a dossier that is finished for long, and the day that many are due on."""

from datetime import timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from tests.factories import dossiers as factory
from webapp.accounts.models import Person
from webapp.core import clock
from webapp.core.actor import Actor
from webapp.core.storage import Storage
from webapp.dossiers.deadlines import FINISHED
from webapp.dossiers.models import Dossier, DossierOpening
from webapp.offices.models import Office


def long_ago(session: Session, storage: Storage, person: Person, officer: Actor, extended: str) -> dict[str, str]:
    """name → what a path needs."""
    then = clock.now() - timedelta(days=45)
    row = factory.sent(session, storage, person)
    row.state, row.queue, row.act_by, row.handed_over_at = "handed_over", FINISHED, then, then
    session.add(
        DossierOpening(
            dossier_id=row.id, account_id=officer.account_id, at=then, until=then, reason="complaint"
        )
    )  # fmt: skip
    late = session.scalars(select(Dossier).where(Dossier.public_id == extended)).one()
    assert late.due_at is not None
    unit = session.scalars(select(Office).where(Office.code == factory.NEXT_DOOR)).one()
    return {
        "old": row.public_id,
        "holiday": clock.local(late.due_at).date().isoformat(),
        "unit": unit.public_id,
    }
