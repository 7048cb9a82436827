"""Reads of units and calendar."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, time
from typing import Any

from sqlalchemy import Date, Row, and_, bindparam, or_, select
from sqlalchemy.orm import Session

from webapp.core import clock
from webapp.core.hot import Hot
from webapp.core.text import fold, one_line
from webapp.offices.models import EVERYWHERE, Commune, FormerCommune, Office, Province, SpecialDay
from webapp.offices.workdays import HOURS, Calendar, Span


def provinces(session: Session) -> Sequence[Row[Any]]:
    """All, by name as people sort them."""
    return session.execute(select(Province.code, Province.name).order_by(Province.short_name)).all()


@dataclass(frozen=True)
class Suggestion:
    """A commune of today; `was`: the former name that fits what was typed."""

    code: str
    name: str
    was: str = ""


def communes_like(session: Session, province: str, typed: str, limit: int = 12) -> list[Suggestion]:
    """Communes of a province whose folded name has what was typed, the ones that begin with it first.

    Behind them those that a former commune, or a former district, of that name went into on 01/07/2025.
    """
    words = fold(typed).replace("%", "").replace("_", "")
    if not words:
        return []
    rows = session.execute(
        select(Commune.code, Commune.name, Commune.folded)
        .where(Commune.province_code == province, Commune.valid_to.is_(None), Commune.folded.contains(words))
        .order_by(Commune.folded)
    ).all()  # a province has some hundred at most; a limit here would cut off the best ones before they are sorted
    best = sorted(rows, key=lambda r: (f" {words}" not in f" {r.folded}", r.folded))[:limit]
    found = {row.code: Suggestion(row.code, row.name) for row in best}
    if len(found) < limit:
        former = select(Commune.code, Commune.name, FormerCommune.name.label("was"), FormerCommune.district).join(
            Commune, Commune.code == FormerCommune.commune_code
        )
        former = former.where(FormerCommune.province_code == province, FormerCommune.folded.contains(words))
        for row in session.execute(former.order_by(FormerCommune.folded).limit(10 * limit)):
            found.setdefault(row.code, Suggestion(row.code, row.name, f"{row.was}, {row.district}"))
    return list(found.values())[:limit]


def commune_named(session: Session, province: str, name: str) -> Row[Any] | None:
    """The commune a person typed: its full name, or its name without 'xã', 'phường'; None when several fit.

    Marks decide where they were typed: Văn Lang and Văn Lăng are two communes of one province.
    """
    words = fold(name)
    if not words:
        return None
    rows = session.execute(
        select(Commune.code, Commune.name, Commune.folded).where(
            Commune.province_code == province, Commune.valid_to.is_(None), Commune.folded.contains(words)
        )
    ).all()
    full = [r for r in rows if r.folded == words]
    fitting = full or [r for r in rows if _bare(r.folded) == words]
    if len(fitting) > 1:
        typed = one_line(name).casefold()
        fitting = [r for r in fitting if typed in (r.name.casefold(), _bare(r.name.casefold()))]
    if not fitting:
        fitting = successors(session, province, name)
    return fitting[0] if len(fitting) == 1 else None


def successors(session: Session, province: str, name: str) -> Sequence[Row[Any]]:
    """Communes of today that a former commune of this name went into, wholly or in part; its district may follow."""
    words = fold(name)
    rows = session.execute(
        select(Commune.code, Commune.name, Commune.folded, FormerCommune.folded.label("was"))
        .join(Commune, Commune.code == FormerCommune.commune_code)
        .where(FormerCommune.province_code == province, FormerCommune.folded.contains(words))
        .order_by(Commune.code)
    ).all()
    fitting = [r for r in rows if words in _spellings(r.was)]
    return list({r.code: r for r in fitting}.values())


def _spellings(was: str) -> set[str]:
    """'xa hoang thinh, huyen hoang hoa' as people write it: with and without kinds, with and without the district."""
    commune, _, district = was.partition(", ")
    names = (commune, _bare(commune))
    return {*names, *(f"{name}, {one}" for name in names for one in (district, _bare(district)))}


def _bare(name: str) -> str:
    """Without its kind: xã, phường, đặc khu."""
    for kind in ("đặc khu ", "dac khu "):
        if name.startswith(kind):
            return name.removeprefix(kind)
    return name.split(" ", 1)[-1]


def offices(session: Session, level: str | None = None) -> Sequence[Row[Any]]:
    """Offices that take dossiers today."""
    query = select(Office.id, Office.code, Office.name, Office.level, Office.phone, Office.address, Office.commune_code)
    query = query.where(Office.active, or_(Office.valid_to.is_(None), Office.valid_to >= clock.today()))
    query = query.order_by(Office.code)
    return session.execute(query.where(Office.level == level) if level else query).all()


def office(session: Session, office_id: int) -> Office | None:
    return session.get(Office, office_id)


@dataclass(frozen=True)
class DayChange:
    """A day that is to differ from the week (works or not), or no longer to differ (None).

    With `hours` (as they are stored): the hours of the office `scope` from that day on, and no day differs.
    """

    scope: str
    day: date
    works: bool | None
    hours: Sequence[Sequence[str]] | None = None


_DAYS = SpecialDay.day.between(bindparam("start", type_=Date), bindparam("end", type_=Date))
# They change a few times a year, and an administrator sees before that what shifts: a kept page need not ask each time.
COMMON_DAYS = Hot(
    select(SpecialDay.scope, SpecialDay.day, SpecialDay.works).where(SpecialDay.scope == EVERYWHERE, _DAYS), rests=True
)
OFFICE_DAYS = Hot(
    select(Office.hours, Office.code, SpecialDay.scope, SpecialDay.day, SpecialDay.works)
    .outerjoin(SpecialDay, and_(or_(SpecialDay.scope == EVERYWHERE, SpecialDay.scope == Office.code), _DAYS))
    .where(Office.id == bindparam("office")),
    rests=True,
)


def calendar(
    session: Session, office_id: int | None, start: date, end: date, change: DayChange | None = None
) -> Calendar:
    """The days that differ from the week between these dates and the hours, of one office or (None) of most.

    With `change`: as it would be after that.
    """
    if office_id is None:
        return Calendar(_merged(COMMON_DAYS.rows(session, start=start, end=end), change))
    rows = OFFICE_DAYS.rows(session, office=office_id, start=start, end=end)
    hours = rows[0].hours if rows else None
    if change is not None and rows and change.scope not in (EVERYWHERE, rows[0].code):
        change = None
    if change is not None and change.hours is not None:
        hours, change = change.hours, None
    return Calendar(_merged(rows, change), read_hours(hours))


def _merged(rows: Sequence[Any], change: DayChange | None) -> dict[date, bool]:
    """What an office says of its own days wins over what holds everywhere."""
    days = {(row.scope, row.day): row.works for row in rows if row.day is not None}
    if change is not None:
        days.pop((change.scope, change.day), None)
        if change.works is not None:
            days[change.scope, change.day] = change.works
    return {day: works for (_scope, day), works in sorted(days.items(), key=lambda item: item[0][0] != EVERYWHERE)}


def read_hours(stored: Sequence[Sequence[str]] | None) -> tuple[Span, ...]:
    """Hours as they are stored, or those of most offices."""
    if not stored:
        return HOURS
    return tuple((time.fromisoformat(opens), time.fromisoformat(closes)) for opens, closes in stored)
