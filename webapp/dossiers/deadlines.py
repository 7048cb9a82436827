"""When the office answers: the clock starts at reception, pauses while the citizen has the ball.

`follow` is called by every move, so that no verb works out a due date of its own: the date comes from the history,
and the same history under another calendar gives what an administrator's change of the calendar shifts.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from webapp.catalogue import queries as catalogue
from webapp.catalogue.formspec import ProcedureSpec
from webapp.core import clock
from webapp.core.errors import DomainError
from webapp.core.text import Text
from webapp.dossiers.models import Dossier, DossierMove, DueChange
from webapp.dossiers.states import CLOCK, Clock, State
from webapp.offices import queries as offices
from webapp.offices.workdays import Calendar, Extension, Pause, Term, reckon

HORIZON = timedelta(days=400)
SUPPLEMENT_DAYS = 7  # Decree 301/2026 for the birth group; used for all until a procedure says otherwise
ANSWER = timedelta(hours=8)  # working hours to accept, decline or ask, as the provinces promise for what is sent online
NO_LIMIT = datetime(2999, 12, 31, tzinfo=UTC)  # sorts behind everything that has a limit

# Whose turn it is; the worklist's first sorting key.
OFFICE, CITIZEN, HAND_OVER, FINISHED = range(4)
QUEUE = {
    State.SUPPLEMENT_REQUESTED: CITIZEN,
    State.PAYMENT_DUE: CITIZEN,
    State.SETTLED: HAND_OVER,
    State.STOPPED: HAND_OVER,
    State.DECLINED: FINISHED,
    State.HANDED_OVER: FINISHED,
}


class DayTooEarly(DomainError):
    """An extension must be later than what was promised, and on a working day."""


def calendar(session: Session, office_id: int | None, around: date) -> Calendar:
    """The working days and hours of an office, far enough to both sides for any term."""
    return offices.calendar(session, office_id, around - HORIZON, around + HORIZON)


def term_of(spec: ProcedureSpec) -> Term | None:
    """None where the law sets no term."""
    if spec.due is None or spec.due.days is None:
        return None
    return Term(spec.due.days, spec.due.unit, spec.due.same_day_cutoff, spec.due.pause)


def due_if_received(
    session: Session, spec: ProcedureSpec, at: datetime, office_id: int | None = None
) -> datetime | None:
    """The due time of a dossier received at this instant; None where the law sets none."""
    term = term_of(spec)
    return term.end(at, calendar(session, office_id, clock.local(at).date())) if term is not None else None


def supplement_deadline(session: Session, at: datetime, office_id: int | None = None) -> date:
    """Seven working days to bring what is missing."""
    today = clock.local(at).date()
    return calendar(session, office_id, today).add_working(today, SUPPLEMENT_DAYS)


# ------------------------------------------------------------------------------------------------ the history's facts


@dataclass(frozen=True)
class Facts:
    """What a due date follows from, besides the term and the calendar."""

    started: datetime | None = None
    pauses: tuple[Pause, ...] = ()
    extensions: tuple[Extension, ...] = ()

    def due(self, term: Term | None, days: Calendar) -> datetime | None:
        if term is None or self.started is None:
            return None
        return reckon(term, days, self.started, self.pauses, self.extensions)


def facts_from(moves: Iterable[Any], extensions: Iterable[Any], dossier: Any) -> Facts:
    """From the rows of history, oldest first. `dossier` stands in where a history begins after its reception."""
    started: datetime | None = dossier.received_at
    stopped: datetime | None = None
    pauses = []
    for move in moves:
        runs = CLOCK[State(move.to_state)] is Clock.RUNNING
        if runs and started is None:
            started = move.at
        elif runs and stopped is not None:
            pauses.append(Pause(stopped, move.at))
            stopped = None
        elif not runs and stopped is None and CLOCK[State(move.from_state)] is Clock.RUNNING:
            stopped = move.at
    until = tuple(Extension(e.at, clock.local(e.due_after).date()) for e in extensions)
    return Facts(started, tuple(pauses), until)


def _facts(session: Session, dossier: Dossier, newest: DossierMove) -> Facts:
    """`newest`: the move that is being made, not yet in the history."""
    moves = session.execute(
        select(DossierMove.at, DossierMove.from_state, DossierMove.to_state)
        .where(DossierMove.dossier_id == dossier.id)
        .order_by(DossierMove.id)
    ).all()
    extended = session.execute(
        select(DueChange.at, DueChange.due_after)
        .where(DueChange.dossier_id == dossier.id, DueChange.cause == "extended")
        .order_by(DueChange.id)
    ).all()
    return facts_from([*moves, newest], extended, dossier)


# ------------------------------------------------------------------------------------------------ what verbs call


def follow(session: Session, dossier: Dossier, move: DossierMove) -> None:
    """The clock and the worklist go along with a move: start, pause, resume, and whose turn it is until when."""
    state, before = State(move.to_state), State(move.from_state)
    runs, ran = (CLOCK[s] is Clock.RUNNING for s in (state, before))
    days = calendar(session, dossier.office_id, clock.local(move.at).date())
    if runs and not ran:
        first = dossier.received_at is None
        dossier.received_at = dossier.received_at or move.at
        spec = catalogue.spec_by_revision(session, dossier.revision_id)
        due = _facts(session, dossier, move).due(term_of(spec), days)
        _set_due(session, dossier, due, "received" if first else "resumed", move.at)
        dossier.paused_at = None
    elif ran and not runs:
        dossier.paused_at = move.at if CLOCK[state] is Clock.PAUSED else None
    dossier.queue = QUEUE.get(state, OFFICE)
    dossier.act_by = act_by(state, dossier.due_at, move.at, days)


def act_by(state: State, due: datetime | None, since: datetime, days: Calendar) -> datetime:
    """Until when the office must do something; for what it waits for or has done, since when."""
    if CLOCK[state] is Clock.RUNNING:
        return due or NO_LIMIT
    if QUEUE.get(state, OFFICE) == OFFICE:
        return days.add_work(since, ANSWER)
    return since


def extend_due(session: Session, dossier: Dossier, *, to: date) -> datetime:
    """Promise a later day, in writing. Raises DayTooEarly. The caller writes history and journal."""
    now = clock.now()
    days = calendar(session, dossier.office_id, to)
    due = days.closing(to)
    if dossier.due_at is None or due <= dossier.due_at or due <= now:
        raise DayTooEarly(Text("The new day must be later than the day that was promised."))
    if not days.works(to):
        raise DayTooEarly(Text("The office does not work on that day. Choose a working day."))
    _set_due(session, dossier, due, "extended", now)
    if CLOCK[State(dossier.state)] is Clock.RUNNING:
        dossier.act_by = due
    return due


def _set_due(session: Session, dossier: Dossier, due: datetime | None, cause: str, at: datetime) -> None:
    if due is None or due == dossier.due_at:
        return
    session.add(DueChange(dossier_id=dossier.id, at=at, cause=cause, due_before=dossier.due_at, due_after=due))
    dossier.due_at = due
