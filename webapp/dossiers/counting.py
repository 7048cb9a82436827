"""Figures for whoever watches the machine; figures for people have their own pages."""

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from webapp.dossiers.deadlines import HAND_OVER, OFFICE
from webapp.dossiers.models import Dossier
from webapp.offices.models import Office


def by_state(session: Session) -> list[tuple[tuple[str, ...], float]]:
    """How many dossiers are in which state, of those that somebody still has to do with.

    What is finished is not counted: that would take longer every year, and the boards have it. Office by office, so
    that the worklist's index answers it.
    """
    counts: dict[str, float] = {}
    for here in (Dossier.queue.between(OFFICE, HAND_OVER), Dossier.queue.is_(None)):  # none: drafts
        query = select(Dossier.state, func.count()).where(Dossier.office_id.in_(select(Office.id)), here)
        for state, count in session.execute(query.group_by(Dossier.state)):
            counts[state] = counts.get(state, 0) + count
    return [((state,), count) for state, count in sorted(counts.items())]
