"""Reads of units and calendar."""

from collections.abc import Sequence
from datetime import date
from typing import Any

from sqlalchemy import Row, select
from sqlalchemy.orm import Session

from webapp.core.text import fold
from webapp.offices.models import CalendarDay, Commune, Office, Province


def provinces(session: Session) -> Sequence[Row[Any]]:
    """All, by name as people sort them."""
    return session.execute(select(Province.code, Province.name).order_by(Province.short_name)).all()


def communes_like(session: Session, province: str, typed: str, limit: int = 12) -> Sequence[Row[Any]]:
    """Communes of a province whose folded name has what was typed, the ones that begin with it first."""
    words = fold(typed).replace("%", "").replace("_", "")
    if not words:
        return []
    rows = session.execute(
        select(Commune.code, Commune.name, Commune.folded)
        .where(Commune.province_code == province, Commune.valid_to.is_(None), Commune.folded.contains(words))
        .order_by(Commune.folded)
        .limit(60)
    ).all()
    return sorted(rows, key=lambda r: (f" {words}" not in f" {r.folded}", r.folded))[:limit]


def commune_named(session: Session, province: str, name: str) -> Row[Any] | None:
    """The commune a person typed: its full name, or its name without 'xã', 'phường' when only one fits."""
    words = fold(name)
    rows = session.execute(
        select(Commune.code, Commune.name, Commune.folded).where(
            Commune.province_code == province, Commune.valid_to.is_(None), Commune.folded.contains(words)
        )
    ).all()
    exact = [r for r in rows if r.folded == words]
    if exact:
        return exact[0]
    bare = [r for r in rows if r.folded.split(" ", 1)[-1] == words or r.folded.removeprefix("dac khu ") == words]
    return bare[0] if len(bare) == 1 else None


def offices(session: Session, level: str | None = None) -> Sequence[Row[Any]]:
    query = select(Office.id, Office.code, Office.name, Office.level, Office.phone, Office.address, Office.commune_code)
    query = query.where(Office.active).order_by(Office.code)
    return session.execute(query.where(Office.level == level) if level else query).all()


def office(session: Session, office_id: int) -> Office | None:
    return session.get(Office, office_id)


def calendar(session: Session, start: date, end: date) -> dict[date, bool]:
    """day → does it count as a working day, for the days that differ from the week."""
    rows = session.execute(select(CalendarDay.day, CalendarDay.works).where(CalendarDay.day.between(start, end)))
    return {row.day: row.works for row in rows}
