"""Which dossiers of an office were settled late in the last 30 days, the newest first."""

from collections.abc import Sequence
from datetime import timedelta
from typing import Any

from sqlalchemy import Row, select, tuple_
from sqlalchemy.orm import Session

from webapp.core import clock
from webapp.core.actor import Actor
from webapp.dossiers.models import Dossier
from webapp.transparency.models import ENDED, CountedFact

DAYS = 30
PAGE = 50
MOST = 5_000  # in a file


def settled_late(session: Session, actor: Actor, after: str | None = None, limit: int = PAGE) -> Sequence[Row[Any]]:
    """Of the actor's office, behind the dossier with this public id; one more than `limit`, if there is one."""
    order = (CountedFact.day, CountedFact.dossier_id)
    query = (
        select(
            Dossier.public_id,
            Dossier.code,
            Dossier.procedure_code,
            Dossier.submitted_at,
            Dossier.due_at,
            Dossier.settled_at,
        )
        .join(CountedFact, CountedFact.dossier_id == Dossier.id)
        .where(
            CountedFact.office_id == actor.office_id,
            CountedFact.day > clock.today() - timedelta(days=DAYS),
            CountedFact.fact == ENDED,
            CountedFact.what == "late",
        )
        .order_by(*(column.desc() for column in order))
        .limit(limit + 1)
    )
    if after:
        last = session.execute(
            select(*order)
            .join(Dossier, Dossier.id == CountedFact.dossier_id)
            .where(Dossier.public_id == after[:22], Dossier.office_id == actor.office_id, CountedFact.fact == ENDED)
        ).first()
        query = query.where(tuple_(*order) < tuple(last)) if last else query
    return session.execute(query).all()
