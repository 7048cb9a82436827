"""A person asks to be forgotten: each room says what it erased, what it made nameless, and what the law keeps.

Three outcomes per kind of record (Law 91/2025/QH15, Decree 356/2025: erasure ends where another law orders keeping):
erased, pseudonymised, kept with its ground and, where there is one, its date. The list of who was erased (random ids,
no names) is also written to a file outside the database, so that a restored copy does not bring anybody back.
"""

import json
import os
from collections.abc import Callable
from dataclasses import asdict, dataclass
from datetime import date, datetime
from enum import StrEnum
from pathlib import Path
from typing import Any

from sqlalchemy import JSON, String, select
from sqlalchemy.orm import Mapped, Session, mapped_column

from webapp.core import clock
from webapp.core.actor import Actor
from webapp.core.audit import audit
from webapp.core.db import Base
from webapp.core.settings import ensure_parent


class Fate(StrEnum):
    """What became of records."""

    ERASED = "erased"
    PSEUDONYMISED = "pseudonymised"
    KEPT = "kept"


@dataclass(frozen=True)
class Outcome:
    """So many records of this kind: their fate, and for what is kept the law and the last day."""

    what: str
    fate: Fate
    count: int
    ground: str = ""
    until: date | None = None
    waits: bool = False  # something runs that needs the person: to be done again when it is over


class Erasure(Base):
    """That it was done, when, on whose request (its number), with which outcomes; no name, no number of a person."""

    __tablename__ = "erasures"
    id: Mapped[int] = mapped_column(primary_key=True)
    person: Mapped[str] = mapped_column(String(22), index=True)
    at: Mapped[datetime]
    request: Mapped[str] = mapped_column(String(80))
    outcomes: Mapped[list[dict[str, Any]]] = mapped_column(JSON)


Part = Callable[[Session, str, list[Outcome]], list[Outcome]]
_parts: list[tuple[int, str, Part]] = []


def part(name: str, order: int) -> Callable[[Part], Part]:
    """Register a room's share: (session, public id of the person, outcomes so far) → its outcomes.

    Upper rooms go first (a low `order`): they point at what lower ones erase, and say what still needs the person.
    """

    def register(function: Part) -> Part:
        _parts[:] = [known for known in _parts if known[1] != name] + [(order, name, function)]
        return function

    return register


def erase(session: Session, person: str, *, request: str, by: Actor) -> list[Outcome]:
    """Forget the person with this public id, in one transaction. Can be done again: what is gone stays gone."""
    outcomes: list[Outcome] = []
    for _order, _name, run in sorted(_parts, key=lambda p: p[:2]):
        outcomes += [outcome for outcome in run(session, person, outcomes) if outcome.count]
    rows = [{**asdict(o), "until": o.until.isoformat() if o.until else None} for o in outcomes]
    session.add(Erasure(person=person, at=clock.now(), request=request, outcomes=rows))
    audit(session, by, "person:erase", person, **{f"{o.what}: {o.fate}": o.count for o in outcomes})
    return outcomes


def append(path: Path, person: str, at: datetime, request: str) -> None:
    """One line more in the list outside; on the disk before anybody is told that it is done."""
    with ensure_parent(str(path)).open("a", encoding="utf-8") as file:
        file.write(json.dumps({"person": person, "at": at.isoformat(), "request": request}) + "\n")
        file.flush()
        os.fsync(file.fileno())


def waiting(session: Session) -> dict[str, str]:
    """Whose erasure could not be finished the last time: person → number of the request."""
    found: dict[str, str] = {}
    for row in session.scalars(select(Erasure).order_by(Erasure.id)):
        found.pop(row.person, None)
        if any(outcome.get("waits") for outcome in row.outcomes):
            found[row.person] = row.request
    return found


def listed(session: Session, path: Path) -> dict[str, str]:
    """Everybody who was ever erased, by this database and by the list outside: person → number of the request."""
    rows = session.execute(select(Erasure.person, Erasure.request))
    found: dict[str, str] = {row.person: row.request for row in rows}
    if path.exists():
        for line in filter(str.strip, path.read_text(encoding="utf-8").splitlines()):
            row = json.loads(line)
            found[str(row["person"])] = str(row["request"])
    return found
