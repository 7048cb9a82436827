"""A changed calendar (a day, or an office's hours): which open dossiers it shifts, said before it is done; then done in
pieces by the worker.

The days come from the history of each dossier (see `deadlines`), so a holiday that is taken back gives the old day.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from itertools import islice
from typing import Any

from sqlalchemy import Row, or_, select
from sqlalchemy.orm import Session

from webapp.catalogue import queries as catalogue
from webapp.core import clock
from webapp.core.actor import Actor
from webapp.core.audit import audit
from webapp.core.db import upsert
from webapp.core.errors import DomainError
from webapp.core.events import on
from webapp.core.outbox import record
from webapp.core.text import Text
from webapp.dossiers.answer_days import in_scope, move_answer_days, touched
from webapp.dossiers.deadlines import HORIZON, OFFICE, act_by, facts_from, term_of
from webapp.dossiers.events import CalendarChanged, DueDateMoved
from webapp.dossiers.models import Dossier, DossierMove, DueChange
from webapp.dossiers.states import CLOCK, Clock, State
from webapp.offices import queries as offices
from webapp.offices.models import CalendarChange, CalendarYear, Office, SpecialDay
from webapp.offices.queries import DayChange
from webapp.offices.workdays import HOURS, Calendar

BATCH = 200
# So many are worked out in the administrator's own request; more are left to the worker, who says how far it is.
AT_ONCE = 200
MOST = 20_000  # counted one by one before a change; of more it is said that they are more
REACH = timedelta(days=60)  # about the longest of the usual terms, so next year matters from November on


class NothingToChange(DomainError):
    """The day is as it is wanted already."""


@dataclass(frozen=True)
class Shift:
    """One dossier whose day the change moves."""

    id: int
    public_id: str
    code: str
    office_id: int
    state: State
    before: datetime | None
    after: datetime | None
    act_by: datetime

    @property
    def days(self) -> int:
        """By how many days the person's day moves: 0 for another hour of the same day, or for no promised day."""
        if self.before is None or self.after is None:
            return 0
        return (clock.local(self.after).date() - clock.local(self.before).date()).days

    @property
    def moves_due(self) -> bool:
        """Another moment for the person; else only the one until which the office must answer them."""
        return self.after is not None and self.after != self.before


def shifts(session: Session, change: DayChange) -> Iterator[Shift]:
    """Every open dossier whose due day another calendar day moves, by office and number."""
    last = 0
    while rows := _candidates(session, change, last):
        yield from _shifted(session, rows, change.day, change)
        last = rows[-1].id


def _candidates(session: Session, change: DayChange, after: int, *, lock: bool = False) -> Sequence[Row[Any]]:
    """Open ones whose time runs over that day."""
    morning = clock.midnight(change.day)
    query = (
        select(
            Dossier.id,
            Dossier.public_id,
            Dossier.code,
            Dossier.office_id,
            Dossier.revision_id,
            Dossier.state,
            Dossier.received_at,
            Dossier.due_at,
            Dossier.act_by,
        )
        .where(
            Dossier.id > after,
            Dossier.queue <= OFFICE + 1,
            or_(Dossier.due_at >= morning, Dossier.act_by >= morning),
            or_(Dossier.received_at.is_(None), Dossier.received_at < morning + timedelta(days=1)),
        )
        .order_by(Dossier.id)
        .limit(BATCH)
    )
    query = in_scope(query, change)
    return session.execute(query.with_for_update(of=Dossier) if lock else query).all()


def _shifted(
    session: Session, rows: Sequence[Row[Any]], around: date, change: DayChange | None = None
) -> Iterator[Shift]:
    """Those whose days are others by the calendar around that day, or by what it would be after `change`."""
    ids = [row.id for row in rows]
    steps = select(DossierMove).where(DossierMove.dossier_id.in_(ids), DossierMove.from_state != DossierMove.to_state)
    moves = _by_dossier(session, steps.order_by(DossierMove.id))
    extended = _by_dossier(
        session,
        select(DueChange).where(DueChange.dossier_id.in_(ids), DueChange.cause == "extended").order_by(DueChange.id),
    )
    calendars = {
        office: offices.calendar(session, office, around - HORIZON, around + HORIZON, change)
        for office in {row.office_id for row in rows}
    }
    for row in rows:
        made = _shift(session, row, moves.get(row.id, []), extended.get(row.id, []), calendars[row.office_id])
        if made.after != row.due_at or made.act_by != row.act_by:
            yield made


def _shift(session: Session, row: Row[Any], moves: list[Any], extended: list[Any], days: Calendar) -> Shift:
    state = State(row.state)
    term = term_of(catalogue.spec_by_revision(session, row.revision_id))
    due = facts_from(moves, extended, row).due(term, days) if row.due_at is not None else None
    waits = row.act_by
    if CLOCK[state] is Clock.RUNNING or state in (State.SUBMITTED, State.WITHDRAWAL_REQUESTED):
        waits = act_by(state, due, moves[-1].at, days) if moves else (due or row.act_by)
    return Shift(row.id, row.public_id, row.code, row.office_id, state, row.due_at, due, waits)


def _by_dossier(session: Session, query: Any) -> dict[int, list[Any]]:
    found: dict[int, list[Any]] = {}
    for row in session.scalars(query):
        found.setdefault(row.dossier_id, []).append(row)
    return found


# ------------------------------------------------------------------------------------------------ the change itself


def change_day(session: Session, change: DayChange, *, name: str, by: Actor) -> CalendarChange:
    """Put the day into the calendar (or take it out), and move what it shifts: now, or by the worker.

    Raises NothingToChange.
    """
    key = (change.scope, change.day)
    there = session.get(SpecialDay, key)
    if (there.works if there is not None else None) == change.works:
        raise NothingToChange(Text("The calendar says this of the day already."))
    foreseen = list(islice(shifts(session, change), MOST))
    move_answer_days(session, change)
    if there is not None:
        session.delete(there)
        session.flush()
    if change.works is not None:
        kind = "swapped_on" if change.works else "local"
        session.add(SpecialDay(scope=change.scope, day=change.day, works=change.works, name=name, kind=kind))
    return _carry_out(session, change, foreseen, name=name, by=by)


def change_hours(session: Session, office: Office, hours: list[list[str]] | None, *, by: Actor) -> CalendarChange:
    """Other hours (as they are stored) for an office from today on; what they shift moves now, or by the worker.

    Raises NothingToChange.
    """
    change = hours_change(office, hours)
    if offices.read_hours(hours) == offices.read_hours(office.hours):
        raise NothingToChange(Text("These are its hours already."))
    foreseen = list(islice(shifts(session, change), MOST))
    move_answer_days(session, change)
    office.hours = hours
    return _carry_out(session, change, foreseen, name="", by=by)


def hours_change(office: Office, hours: list[list[str]] | None) -> DayChange:
    """What `shifts` asks for; None: the hours of most offices."""
    stored = hours or [[f"{a:%H:%M}", f"{b:%H:%M}"] for a, b in HOURS]
    return DayChange(office.code, clock.today(), None, stored)


def _carry_out(
    session: Session, change: DayChange, foreseen: Sequence[Shift], *, name: str, by: Actor
) -> CalendarChange:
    """Write the change down and move what it shifts. Callers have changed the calendar itself."""
    expected = sum(shift.moves_due for shift in foreseen)
    made = CalendarChange(
        at=clock.now(),
        account_id=by.account_id,
        scope=change.scope,
        day=change.day,
        works=change.works,
        hours=change.hours,
        name=name,
        expected=expected,
        moved=0,
        seen_until=0,
    )
    session.add(made)
    session.flush()
    audit(
        session, by, "calendar:change", made.public_id, day=change.day.isoformat(), scope=change.scope,
        works=change.works, hours=change.hours, shifts=expected,
    )  # fmt: skip
    at_once = len(foreseen) <= AT_ONCE
    if not at_once:
        record(session, CalendarChanged(made.public_id))
    while at_once and made.finished_at is None:
        move_some(session, made)
    return made


def move_some(session: Session, made: CalendarChange) -> None:
    """The next piece of work: move the days of a batch, with a line in each ledger, and tell whom it makes wait."""
    change = DayChange(made.scope, made.day, made.works, made.hours)
    rows = _candidates(session, change, made.seen_until, lock=True)
    now = clock.now()
    for shift in _shifted(session, rows, change.day):  # the calendar says it by now, and what came after it
        _move(session, shift, made, now)
    made.seen_until = rows[-1].id if rows else made.seen_until
    if len(rows) < BATCH:
        made.finished_at = now


def _move(session: Session, shift: Shift, made: CalendarChange, now: datetime) -> None:
    # Past the version on purpose: an officer who is deciding about this dossier is not in conflict with a holiday.
    session.execute(touched(Dossier.id == shift.id, now, due_at=shift.after, act_by=shift.act_by))
    if not shift.moves_due:
        return
    made.moved += 1
    session.add(
        DueChange(
            dossier_id=shift.id, at=now, cause="calendar", due_before=shift.before, due_after=shift.after,
            change_id=made.id,
        )
    )  # fmt: skip
    if shift.days > 0:
        record(session, DueDateMoved(shift.public_id))


@on(CalendarChanged, name="dossiers.move_due_dates")
def go_on_moving(session: Session, event: CalendarChanged) -> None:
    """One batch in one transaction; then the next one waits in the outbox like everything else."""
    made = session.scalar(select(CalendarChange).where(CalendarChange.public_id == event.change).with_for_update())
    if made is None or made.finished_at is not None:
        return
    move_some(session, made)
    if made.finished_at is None:
        record(session, event)


def confirm_year(session: Session, year: int, *, by: Actor) -> None:
    """An administrator has compared this year's days with the published plan."""
    statement = upsert(session, CalendarYear).values(year=year, status="official")
    session.execute(statement.on_conflict_do_update(index_elements=["year"], set_={"status": "official"}))
    audit(session, by, "calendar:confirm-year", None, year=year)


def unsure_years(session: Session, today: date) -> list[tuple[int, str]]:
    """Years that due dates reach into now and whose holidays nobody has confirmed: (year, how sure they are)."""
    status = {row.year: row.status for row in session.execute(select(CalendarYear.year, CalendarYear.status))}
    years = range(today.year, (today + REACH).year + 1)
    return [(year, status.get(year, "missing")) for year in years if status.get(year) != "official"]
