"""Put the procedures of `data/procedures` into the tables; running it again changes nothing."""

import hashlib
import json
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from webapp.catalogue.formspec import ProcedureSpec
from webapp.catalogue.matching import searchable
from webapp.catalogue.models import Procedure, ProcedureRevision
from webapp.catalogue.reading import PROCEDURES, SpecError, parse, read_file
from webapp.core import clock


@dataclass
class LoadReport:
    """Codes by what became of them."""

    added: list[str] = field(default_factory=list)
    revised: list[str] = field(default_factory=list)
    unchanged: list[str] = field(default_factory=list)
    retired: list[str] = field(default_factory=list)

    def __str__(self) -> str:
        parts = {
            "added": self.added,
            "revised": self.revised,
            "unchanged": self.unchanged,
            "no longer offered": self.retired,
        }
        return ", ".join(f"{len(codes)} {what}" for what, codes in parts.items() if codes) or "nothing to load"


Step = Callable[[str], None]


def content_hash(content: dict[str, Any]) -> str:
    """The same for the same content, however the file was laid out."""
    text = json.dumps(content, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(text.encode()).hexdigest()


def files(folder: Path = PROCEDURES) -> list[Path]:
    found = sorted(folder.glob("*.yaml"))
    if not found:
        raise SpecError(f"{folder}: no procedure files here; give the folder that holds <code>.yaml")
    return found


def load_procedures(session: Session, folder: Path = PROCEDURES, step: Step | None = None) -> LoadReport:
    """All or nothing: every file is checked before the first row is written.

    Changed content becomes a new revision; open dossiers keep the one they were started under. A procedure
    whose file is gone is no longer offered and keeps its revisions.
    """
    read = [(path, read_file(path)) for path in files(folder)]
    specs = [(parse(content, path.name), content) for path, content in read]
    _check_distinct([spec for spec, _ in specs])
    rows = session.scalars(select(Procedure)).all()
    known = {row.code: row for row in rows}
    current = _current_hashes(session)
    report = LoadReport()
    for spec, content in specs:
        _load(session, report, spec, content, known.get(spec.code), current)
        if step is not None:
            step(spec.code)
    offered = {spec.code for spec, _ in specs}
    for row in rows:
        if row.code not in offered and row.active:
            row.active = False
            report.retired.append(row.code)
    session.flush()
    return report


def _check_distinct(specs: Iterable[ProcedureSpec]) -> None:
    seen: set[str] = set()
    for spec in specs:
        for name in (spec.code, spec.slug):
            if name in seen:
                raise SpecError(f"{name} stands in two files; keep one of them")
            seen.add(name)


def _current_hashes(session: Session) -> dict[int, tuple[int, str]]:
    """revision id → its number and hash, for the current ones."""
    rows = session.execute(
        select(ProcedureRevision.id, ProcedureRevision.number, ProcedureRevision.content_hash).where(
            ProcedureRevision.valid_to.is_(None)
        )
    )
    return {row.id: (row.number, row.content_hash) for row in rows}


def _load(
    session: Session,
    report: LoadReport,
    spec: ProcedureSpec,
    content: dict[str, Any],
    row: Procedure | None,
    current: dict[int, tuple[int, str]],
) -> None:
    digest = content_hash(content)
    facts = {
        "slug": spec.slug,
        "level": spec.level,
        "field": spec.field.vi,
        "life_event": spec.life_event,
        "active": True,
        "search_text": searchable(spec),
    }
    number, old = current.get(row.revision_id or 0, (0, "")) if row else (0, "")
    if row is not None and old == digest:
        # The way we search or group may have changed without the content.
        for name, value in facts.items():
            if getattr(row, name) != value:
                setattr(row, name, value)
        report.unchanged.append(spec.code)
        return
    if row is None:
        row = Procedure(code=spec.code, revision_id=None, **facts)
        session.add(row)
        session.flush()
        report.added.append(spec.code)
    else:
        for name, value in facts.items():
            setattr(row, name, value)
        report.revised.append(spec.code)
    row.revision_id = _revise(session, row.id, number + 1, content, digest)


def _revise(session: Session, procedure_id: int, number: int, content: dict[str, Any], digest: str) -> int:
    today = clock.today()
    session.execute(
        update(ProcedureRevision)
        .where(ProcedureRevision.procedure_id == procedure_id, ProcedureRevision.valid_to.is_(None))
        .values(valid_to=today)
    )
    revision = ProcedureRevision(
        procedure_id=procedure_id,
        number=number,
        content=content,
        content_hash=digest,
        valid_from=today,
        valid_to=None,
        loaded_at=clock.now(),
    )
    session.add(revision)
    session.flush()
    return revision.id


def seed(session: Session) -> str:
    """For `flask seed`: one line for people."""
    return str(load_procedures(session))
