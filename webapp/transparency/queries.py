"""What the boards read: sums, never dossiers, but for what is open now, which one index counts."""

from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import Date, Select, String, and_, bindparam, case, func, literal_column, or_, select
from sqlalchemy.orm import Session

from webapp.core import clock
from webapp.core.hot import Hot
from webapp.core.text import fold
from webapp.dossiers.deadlines import OFFICE
from webapp.dossiers.desk import RUNNING
from webapp.dossiers.models import Dossier, Rating
from webapp.dossiers.rate import SATISFIED
from webapp.offices.models import Office
from webapp.transparency.figures import NOTHING, Period, Standing
from webapp.transparency.models import ALL, COUNTERS, MONTH, UnitStanding

_TOTALS = tuple(func.sum(getattr(UnitStanding, name)).label(name) for name in COUNTERS)
_WITHIN = UnitStanding.starts_on.between(bindparam("start", type_=Date), bindparam("end", type_=Date))
_SPAN = UnitStanding.span == bindparam("span")
_OFFICE = UnitStanding.office_id == bindparam("office")

OF_ALL = Hot(
    select(UnitStanding.office_id, *_TOTALS)
    .where(UnitStanding.procedure_code == ALL, _SPAN, _WITHIN)
    .group_by(UnitStanding.office_id),
    rests=True,
)
# Said so that no index answers it: with statistics of the first day SQLite would rather read the sums of all offices.
_CODE = (UnitStanding.procedure_code + literal_column("''", String)).label("procedure_code")
OF_PROCEDURES = Hot(select(_CODE, *_TOTALS).where(_OFFICE, _SPAN, _WITHIN).group_by(_CODE), rests=True)
OF_MONTHS = Hot(
    select(UnitStanding.starts_on, *(getattr(UnitStanding, name) for name in COUNTERS)).where(
        _OFFICE, UnitStanding.span == MONTH, _WITHIN, _CODE.element == ALL
    ),
    rests=True,
)


def _now() -> Select[Any]:
    """Each office with what lies there: all that is open, and of what it works on whatever is past its day."""
    here = Dossier.office_id == Office.id
    opened = select(func.count()).where(here, Dossier.queue.between(OFFICE, OFFICE + 1))
    running = or_(*(Dossier.state == state.value for state in sorted(RUNNING)))
    late = select(func.count()).where(here, Dossier.queue == OFFICE, Dossier.act_by < bindparam("now"), running)
    return select(
        Office.id,
        Office.code,
        Office.name,
        Office.address,
        Office.phone,
        opened.correlate(Office).scalar_subquery().label("open"),
        late.correlate(Office).scalar_subquery().label("late"),
    )


_STANDS = and_(Office.active, or_(Office.valid_to.is_(None), Office.valid_to >= bindparam("today", type_=Date)))
ALL_NOW = Hot(_now().where(_STANDS), rests=True)
ONE_NOW = Hot(_now().where(Office.code == bindparam("code")), rests=True)
ONE_BY_KEY = Hot(_now().where(Office.id == bindparam("office")), rests=True)


@dataclass(frozen=True)
class Line:
    """One office of the board."""

    office: Any  # a row of `_now`
    standing: Standing


def board(session: Session, period: Period) -> list[Line]:
    """Every office that takes dossiers, by name."""
    within = {"span": period.span, "start": period.start, "end": period.end}
    sums = {row.office_id: Standing.of(row) for row in OF_ALL.rows(session, **within)}
    offices = ALL_NOW.rows(session, now=clock.now(), today=clock.today())
    lines = [Line(office, sums.get(office.id, NOTHING)) for office in offices]
    return sorted(lines, key=lambda line: (fold(line.office.name), line.office.code))


def named(lines: list[Line], words: str) -> list[Line]:
    """Those whose name has all these words, with or without marks; or whose code it is."""
    wanted = fold(words).split()
    return [
        line for line in lines
        if line.office.code == words or all(word in fold(line.office.name) for word in wanted)
    ]  # fmt: skip


def unit(session: Session, code: str) -> Any | None:
    """An office, also one that was closed since."""
    return ONE_NOW.first(session, code=code, now=clock.now())


def unit_by_key(session: Session, office: int | None) -> Any | None:
    return ONE_BY_KEY.first(session, office=office, now=clock.now())


def by_procedure(session: Session, office: int, period: Period) -> dict[str, Standing]:
    """Code of a procedure (ALL: of all) → what the office did."""
    within = {"span": period.span, "start": period.start, "end": period.end}
    rows = OF_PROCEDURES.rows(session, office=office, **within)
    return {row.procedure_code: Standing.of(row) for row in rows}


SAID = Hot(
    select(func.count().label("said"), func.count(case((Rating.choice == SATISFIED, 1))).label("satisfied")).where(
        Rating.office_id == bindparam("office"), Rating.rated_at >= bindparam("since"), Rating.at_kiosk.is_(False)
    ),
    rests=True,
)


def satisfied(session: Session, office: int, period: Period) -> tuple[int, int]:
    """How many said that they were satisfied with the office, and how many said anything, since the period began.

    Not at the office's own screen: there the office itself could say it.
    """
    row = SAID.first(session, office=office, since=clock.midnight(period.start))
    return row.satisfied, row.said


def by_month(session: Session, office: int, months: list[date]) -> dict[date, Standing]:
    """Month → what the office did, the newest first; without the months before anything happened."""
    rows = OF_MONTHS.rows(session, office=office, start=months[-1], end=months[0])
    found = {row.starts_on: Standing.of(row) for row in rows}
    return {month: found.get(month, NOTHING) for month in months if month >= min(found, default=months[0])}
