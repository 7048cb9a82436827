"""The moments until which people answer (a request for more, the draft of a result) when the calendar changes.

An earlier moment never takes the place of one that somebody was told.
"""

from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from webapp.catalogue import queries as catalogue
from webapp.core import clock
from webapp.core.outbox import record
from webapp.dossiers.deadlines import HORIZON
from webapp.dossiers.events import DraftTermMoved, SupplementDayMoved
from webapp.dossiers.models import Dossier, DraftCheck, SupplementRequest
from webapp.dossiers.states import State
from webapp.offices import queries as offices
from webapp.offices.models import EVERYWHERE, Office
from webapp.offices.queries import DayChange
from webapp.offices.workdays import due_at


def last_days(session: Session, change: DayChange) -> list[tuple[SupplementRequest, date]]:
    """Open requests for papers whose last day would be a day of rest, and the working day that takes its place (Civil
    Code 2015, art. 148)."""
    if change.hours is not None:
        return []
    query = (
        select(SupplementRequest, Dossier.office_id)
        .join(Dossier, Dossier.id == SupplementRequest.dossier_id)
        .where(
            Dossier.state == State.SUPPLEMENT_REQUESTED.value,
            SupplementRequest.deadline_on == change.day,
            SupplementRequest.answered_at.is_(None),
            SupplementRequest.closed_at.is_(None),
        )
    )
    found = []
    for request, office in session.execute(in_scope(query, change)):
        days = offices.calendar(session, office, change.day, change.day + HORIZON, change)
        if not days.works(change.day):
            found.append((request, days.next_working(change.day)))
    return found


def draft_terms(session: Session, change: DayChange) -> list[tuple[DraftCheck, datetime]]:
    """Drafts that still wait for an answer and would wait longer by the new calendar, and until when."""
    morning = clock.midnight(change.day)
    query = (
        select(DraftCheck, Dossier.office_id, Dossier.revision_id)
        .join(Dossier, Dossier.id == DraftCheck.dossier_id)
        .where(
            DraftCheck.answered_at.is_(None),
            DraftCheck.closed_at.is_(None),
            DraftCheck.until >= max(clock.now(), morning),
            DraftCheck.sent_at < morning + timedelta(days=1),
        )
    )
    found, calendars = [], {}
    for draft, office, revision in session.execute(in_scope(query, change)):
        rule = catalogue.spec_by_revision(session, revision).draft_confirmation
        if office not in calendars:  # a draft waits for days; around the change is far enough for all of them
            calendars[office] = offices.calendar(session, office, change.day - HORIZON, change.day + HORIZON, change)
        days = calendars[office]
        until = due_at(draft.sent_at, rule.days, rule.unit, same_day=False, calendar=days) if rule else draft.until
        if until > draft.until:
            found.append((draft, until))
    return found


def move_answer_days(session: Session, change: DayChange) -> None:
    """Called before the calendar itself is changed. Whoever has another day than the one they were told hears of it."""
    public = select(Dossier.public_id)
    for request, day in last_days(session, change):
        request.deadline_on = day
        session.execute(touched(Dossier.id == request.dossier_id, clock.now()))
        if day >= clock.today():
            dossier = session.scalars(public.where(Dossier.id == request.dossier_id)).one()
            record(session, SupplementDayMoved(dossier))
    for draft, until in draft_terms(session, change):
        later = clock.local(until).date() > clock.local(draft.until).date()
        draft.until = until
        if later:
            dossier = session.scalars(public.where(Dossier.id == draft.dossier_id)).one()
            record(session, DraftTermMoved(dossier))


def in_scope(query: Any, change: DayChange) -> Any:
    """Of the offices whose calendar changes."""
    if change.scope == EVERYWHERE:
        return query
    return query.where(Dossier.office_id.in_(select(Office.id).where(Office.code == change.scope)))


def touched(which: Any, now: datetime, **values: Any) -> Any:
    """Changed for whoever asks what changed since: the agencies' systems."""
    made = update(Dossier).where(which).values(updated_at=now, **values)
    return made.execution_options(synchronize_session=False)
