"""Figures for whoever watches the machine; figures for people have their own pages."""

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from webapp.dossiers.models import Dossier


def by_state(session: Session) -> list[tuple[tuple[str, ...], float]]:
    """How many dossiers are in which state; answered from the worklist's index alone."""
    rows = session.execute(select(Dossier.state, func.count()).group_by(Dossier.state))
    return [((state,), count) for state, count in rows]
