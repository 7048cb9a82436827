"""When the office answers: the clock starts at reception, pauses while the citizen has the ball."""

from datetime import date, datetime, timedelta

from sqlalchemy.orm import Session

from webapp.catalogue.formspec import ProcedureSpec
from webapp.core import clock
from webapp.offices import queries as offices
from webapp.offices.workdays import Calendar, closing, due_at

HORIZON = timedelta(days=400)
SUPPLEMENT_DAYS = 7  # Decree 301/2026 for the birth group; used for all until a procedure says otherwise


def calendar(session: Session, around: date) -> Calendar:
    return Calendar(offices.calendar(session, around - HORIZON, around + HORIZON))


def due_if_received(session: Session, spec: ProcedureSpec, at: datetime) -> datetime | None:
    """The due time of a dossier received at this instant; None where the law sets none."""
    if spec.due is None or spec.due.days is None:
        return None
    today = clock.local(at).date()
    return due_at(
        at, spec.due.days, spec.due.unit, same_day=spec.due.same_day_cutoff, calendar=calendar(session, today)
    )


def due_after_pause(session: Session, due: datetime, paused: datetime, resumed: datetime) -> datetime:
    """The due time moves by the working days of the pause (the "shift" mode of the provinces)."""
    start, end = clock.local(paused).date(), clock.local(resumed).date()
    days = calendar(session, end)
    return closing(days.add_working(clock.local(due).date(), days.working_days_between(start, end)))


def supplement_deadline(session: Session, at: datetime) -> date:
    """Seven working days to bring what is missing."""
    today = clock.local(at).date()
    return calendar(session, today).add_working(today, SUPPLEMENT_DAYS)
