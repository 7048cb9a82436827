"""How long a procedure really takes: working time from acceptance to the result, without the time in which the office
waited for the person, as `dossiers.deadlines` counts it. Noted when a dossier is settled; once a day the worker says
within which time nine of ten were ready.
"""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import groupby
from typing import Any

from sqlalchemy import ColumnElement, bindparam, delete, or_, select
from sqlalchemy.orm import Session

from webapp.core import clock
from webapp.core.db import Database, upsert
from webapp.core.events import on
from webapp.core.hot import Hot
from webapp.core.retention import delete_some, rule
from webapp.dossiers.deadlines import calendar, facts_from
from webapp.dossiers.events import DossierSettled
from webapp.dossiers.models import Dossier, DossierMove
from webapp.offices.models import Office
from webapp.offices.workdays import Calendar
from webapp.transparency.models import ENDED, EVERYWHERE, CountedFact, UsualTime, WorkTime

REACH = timedelta(days=180)
ENOUGH = 20  # of fewer nothing is said: one slow dossier would be "one of ten"
DAY = 8 * 60
PIECE = 500
ONE_OF_TEN = 10

_SETTLED = (
    select(Dossier.id, Dossier.office_id, Dossier.procedure_code, Dossier.received_at, DossierMove.at)
    .join(DossierMove, DossierMove.dossier_id == Dossier.id)
    .where(DossierMove.verb == "settle")
)


def times_of(session: Session, which: ColumnElement[bool], calendars: dict[int, Calendar]) -> list[dict[str, Any]]:
    """Rows of `WorkTime` of these dossiers; `calendars` is filled as offices come up."""
    rows = session.execute(_SETTLED.where(which).order_by(Dossier.id)).all()
    steps = session.execute(
        select(DossierMove.dossier_id, DossierMove.at, DossierMove.from_state, DossierMove.to_state)
        .join(Dossier, Dossier.id == DossierMove.dossier_id)
        .where(which, DossierMove.from_state != DossierMove.to_state)
        .order_by(DossierMove.dossier_id, DossierMove.id)
    )
    moves = {dossier: list(found) for dossier, found in groupby(steps, lambda step: step.dossier_id)}
    made = []
    for row in rows:
        if row.office_id not in calendars:
            calendars[row.office_id] = calendar(session, row.office_id, clock.local(row.at).date())
        minutes = worked(calendars[row.office_id], moves.get(row.id, []), row)
        if minutes is not None:
            made.append(
                {
                    "dossier_id": row.id, "office_id": row.office_id, "procedure_code": row.procedure_code,
                    "day": clock.local(row.at).date(), "minutes": minutes,
                }
            )  # fmt: skip
    return made


def worked(days: Calendar, moves: Iterable[Any], row: Any) -> int | None:
    """Minutes until `row.at`; None where nobody accepted it."""
    facts = facts_from(moves, (), row)
    end: datetime = row.at
    if facts.started is None or not days.full_day:
        return None
    spent = days.work_between(facts.started, end)
    for pause in facts.pauses:
        spent -= days.work_between(pause.start, pause.end)
    return round(spent / days.full_day * DAY)


def note(session: Session, rows: list[dict[str, Any]]) -> None:
    """Those that were not noted yet."""
    if rows:
        session.execute(upsert(session, WorkTime).on_conflict_do_nothing(), rows)


@on(DossierSettled, name="transparency.timed")
def _note(session: Session, event: DossierSettled) -> None:
    note(session, times_of(session, Dossier.public_id == event.dossier, {}))


@rule("working times", "how long single dossiers took; the usual times stay", REACH)
def _forget(session: Session, before: datetime, limit: int) -> int:
    return delete_some(session, WorkTime, limit, WorkTime.day < clock.local(before).date())


def note_missing(database: Database, office: int) -> int:
    """What was settled lately at an office, and counted, but not timed: before an upgrade, or a copy put back."""
    since = clock.today() - REACH
    with database.session(write=False) as session:
        lacking = session.scalars(
            select(CountedFact.dossier_id)
            .outerjoin(WorkTime, WorkTime.dossier_id == CountedFact.dossier_id)
            .where(
                CountedFact.office_id == office,
                CountedFact.day >= since,
                CountedFact.fact == ENDED,
                CountedFact.what.in_(("on_time", "late", "untimed")),
                WorkTime.dossier_id.is_(None),
            )
        ).all()
    calendars: dict[int, Calendar] = {}
    for start in range(0, len(lacking), PIECE):
        with database.session(write=False) as session:
            rows = times_of(session, Dossier.id.in_(lacking[start : start + PIECE]), calendars)
        with database.transaction() as session:
            note(session, rows)
    return len(lacking)


# ------------------------------------------------------------------------------------------------ once a day


def measure(session: Session) -> int:
    """The usual times as of today: how many can be said."""
    today = clock.today()
    times: dict[tuple[str, int], list[int]] = defaultdict(list)
    columns = (WorkTime.procedure_code, WorkTime.office_id, WorkTime.minutes)
    for code, office, minutes in session.execute(select(*columns).where(WorkTime.day >= today - REACH)):
        times[code, office].append(minutes)
        times[code, EVERYWHERE].append(minutes)
    rows = [
        {
            "procedure_code": code, "office_id": office, "dossiers": len(found), "minutes": nine_of_ten(found),
            "measured_on": today,
        }
        for (code, office), found in sorted(times.items())
        if len(found) >= ENOUGH
    ]  # fmt: skip
    if rows:
        query = upsert(session, UsualTime)
        new = {name: query.excluded[name] for name in ("dossiers", "minutes", "measured_on")}
        session.execute(query.on_conflict_do_update(index_elements=["procedure_code", "office_id"], set_=new), rows)
    old = delete(UsualTime).where(UsualTime.measured_on < today)
    session.execute(old.execution_options(synchronize_session=False))
    return len(rows)


def nine_of_ten(minutes: list[int]) -> int:
    """The shortest time within which nine of ten of them were ready."""
    return sorted(minutes)[-(len(minutes) // ONE_OF_TEN) - 1]


def measure_today(database: Database) -> None:
    """What the worker does when it tidies: once a day."""
    with database.session(write=False) as session:
        if session.scalar(select(UsualTime.measured_on).where(UsualTime.measured_on >= clock.today()).limit(1)):
            return
    with database.transaction() as session:
        measure(session)


# ------------------------------------------------------------------------------------------------ for pages

USUAL = Hot(
    select(UsualTime.office_id, UsualTime.dossiers, UsualTime.minutes, Office.name)
    .outerjoin(Office, Office.id == UsualTime.office_id)
    .where(
        UsualTime.procedure_code == bindparam("procedure"),
        or_(UsualTime.office_id == EVERYWHERE, UsualTime.office_id == bindparam("office")),
    )
    .order_by(UsualTime.office_id.desc()),
    rests=True,  # measured once a day
)


@dataclass(frozen=True)
class Usual:
    """Nine of ten of `dossiers` were ready within `count` working hours, or days; `office`: only there."""

    dossiers: int
    count: int
    in_hours: bool
    office: str | None


def usual(session: Session, procedure: str, office: int = EVERYWHERE) -> Usual | None:
    """At this office, or in the whole province where the office settled too few; None where that is too few as well."""
    row = USUAL.first(session, procedure=procedure, office=office)
    if row is None:
        return None
    in_hours = row.minutes <= DAY
    unit = 60 if in_hours else DAY
    return Usual(row.dossiers, max(1, -(-row.minutes // unit)), in_hours, row.name)
