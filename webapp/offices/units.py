"""Offices as an administrator keeps them: added, renamed, given other hours, closed by a decision with a date."""

import re
from collections.abc import Mapping, Sequence
from datetime import date, time
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from webapp.core import clock
from webapp.core.actor import Actor
from webapp.core.audit import audit
from webapp.core.errors import DomainError
from webapp.core.text import Text, one_line, unaccented
from webapp.offices.models import Commune, Office
from webapp.offices.workdays import HOURS, Span

# Identifier of an agency by Decision 20/2020/QĐ-TTg: province or ministry, then two digits a level.
CODE = re.compile(r"^[GH]\d{2}(\.\d{2}){0,3}$")
SPAN = re.compile(r"^\s*(\d{1,2})[:h](\d{2})\s*[-–]\s*(\d{1,2})[:h](\d{2})\s*$")  # noqa: RUF001  (people type both)
LEVELS = ("commune", "province")


class UnitRefused(DomainError):
    """What was typed cannot be an office. `key` is the field."""

    def __init__(self, key: str, text: Text) -> None:
        super().__init__(text)
        self.key = key


def read_hours(typed: str) -> list[list[str]] | None:
    """'07:00-11:30, 13:30-17:00' → as it is stored; empty: as most offices. Raises UnitRefused."""
    if not typed.strip():
        return None
    spans: list[Span] = []
    for part in re.split(r"[,;]", typed):
        found = SPAN.match(part)
        try:
            first, last = (time(int(found[i]), int(found[i + 1])) for i in (1, 3)) if found else (None, None)
        except ValueError:
            first = last = None
        if first is None or last is None or first >= last or (spans and first < spans[-1][1]):
            raise UnitRefused("hours", Text("Write working hours like 07:00-11:30, 13:30-17:00."))
        spans.append((first, last))
    return [[f"{a:%H:%M}", f"{b:%H:%M}"] for a, b in spans]


def hours_words(stored: Sequence[Sequence[str]] | None) -> str:
    """As `read_hours` reads them."""
    pairs = stored or [(f"{a:%H:%M}", f"{b:%H:%M}") for a, b in HOURS]
    return ", ".join(f"{a}-{b}" for a, b in pairs)


def checked(session: Session, given: Mapping[str, str]) -> dict[str, Any]:
    """The columns of an office from texts. Raises UnitRefused."""
    code = one_line(given.get("code", "")).upper()
    if not CODE.match(code):
        raise UnitRefused("code", Text("Write the identifier of the agency, for example H56.38.12."))
    name = one_line(given.get("name", ""))
    if not name or len(name) > 120:
        raise UnitRefused("name", Text("Write the name of the office."))
    level = given.get("level", "").strip()
    if level not in LEVELS:
        raise UnitRefused("level", Text("Choose whether it is an office of a commune or of the province."))
    commune = given.get("commune_code", "").strip() or None
    if commune is not None and session.get(Commune, commune) is None:
        raise UnitRefused("commune_code", Text("There is no commune with this code."))
    short = unaccented(one_line(given.get("short_name", "")) or name)[:60]
    return {
        "code": code,
        "name": name,
        "short_name": short,
        "level": level,
        "commune_code": commune,
        "phone": one_line(given.get("phone", ""))[:20],
        "address": one_line(given.get("address", ""))[:200],
        "hours": read_hours(given.get("hours", "")),
    }


def by_code(session: Session, code: str) -> Office | None:
    return session.scalar(select(Office).where(Office.code == code))


def add_office(session: Session, given: Mapping[str, str], *, by: Actor) -> Office:
    """Raises UnitRefused."""
    values = checked(session, given)
    if by_code(session, values["code"]) is not None:
        raise UnitRefused("code", Text("There is an office with this identifier already."))
    office = Office(**values)
    session.add(office)
    session.flush()
    audit(session, by, "office:add", office.public_id, code=office.code)
    return office


# The code stands in the codes of its dossiers; other hours move due dates, so they are changed with the calendar.
LASTING = ("code", "hours")


def change_office(session: Session, office: Office, given: Mapping[str, str], *, by: Actor) -> list[str]:
    """Everything but what is LASTING; the names of what changed. Raises UnitRefused."""
    values = checked(session, {**given, "code": office.code})
    values = {name: value for name, value in values.items() if name not in LASTING}
    changed = [name for name, value in values.items() if getattr(office, name) != value]
    for name in changed:
        setattr(office, name, values[name])
    if changed:
        audit(session, by, "office:change", office.public_id, changed=changed)
    return changed


def close_office(session: Session, office: Office, last_day: date | None, *, by: Actor) -> None:
    """It takes new dossiers until this day; what it has it finishes. None opens it again. Raises UnitRefused."""
    if last_day is not None and last_day < clock.today():
        raise UnitRefused("valid_to", Text("The last day cannot lie in the past."))
    office.valid_to = last_day
    audit(session, by, "office:close", office.public_id, last_day=last_day.isoformat() if last_day else None)
