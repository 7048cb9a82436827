"""What people said, for whoever sees to an office: how many of each choice, and the sentences without names.

A sentence is shown when it can no longer be changed. By then it stands among others of a week, with its month and no
dossier beside it, so that nobody at the desk reads who said what.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta

from sqlalchemy import ColumnElement, func, select, true, tuple_
from sqlalchemy.orm import Session

from webapp.core import clock
from webapp.core.actor import Actor
from webapp.dossiers.models import Rating
from webapp.dossiers.rate import CHANGEABLE, CHOICES

PAGE = 20
COUNTED = timedelta(days=90)


@dataclass(frozen=True)
class Said:
    """One sentence."""

    public_id: str
    month: str
    choice: str
    words: str


def _in_reach(by: Actor) -> ColumnElement[bool]:
    """An administrator belongs to no office and sees all."""
    return Rating.office_id == by.office_id if by.office_id is not None else true()


def counts(session: Session, by: Actor) -> dict[str, int]:
    """Choice → how many in the last 90 days."""
    rows = session.execute(
        select(Rating.choice, func.count().label("times"))
        .where(_in_reach(by), Rating.rated_at > clock.now() - COUNTED)
        .group_by(Rating.choice)
    )
    found = {row.choice: row.times for row in rows}
    return {choice: found.get(choice, 0) for choice in CHOICES}


def at_kiosk(session: Session, by: Actor) -> int:
    """How many of these were said at a screen in the hall: by code and second fact, which the office knows, too."""
    query = select(func.count()).select_from(Rating).where(
        _in_reach(by), Rating.rated_at > clock.now() - COUNTED, Rating.at_kiosk
    )  # fmt: skip
    return session.scalar(query) or 0


def sentences(session: Session, by: Actor, after: str | None = None) -> tuple[list[Said], str | None]:
    """The newest first, keyed by the last one shown."""
    query = (
        select(Rating)
        .where(_in_reach(by), Rating.words_sealed.is_not(None), Rating.rated_at <= clock.now() - CHANGEABLE)
        .order_by(Rating.rated_at.desc(), Rating.id.desc())
        .limit(PAGE + 1)
    )
    if after:
        place = session.execute(select(Rating.rated_at, Rating.id).where(Rating.public_id == after)).one_or_none()
        if place is None:
            return [], None
        query = query.where(tuple_(Rating.rated_at, Rating.id) < tuple_(place.rated_at, place.id))
    found: Sequence[Rating] = session.scalars(query).all()
    rows = [_said(row) for row in found[:PAGE]]
    return rows, rows[-1].public_id if len(found) > PAGE else None


def _said(row: Rating) -> Said:
    return Said(row.public_id, f"{clock.local(row.rated_at):%m/%Y}", row.choice, row.words or "")
