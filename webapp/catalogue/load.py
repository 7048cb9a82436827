"""Put the procedures of `data/procedures` into the tables; running it again changes nothing."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from webapp.catalogue.formspec import ProcedureSpec
from webapp.catalogue.models import FORM, LIST, Procedure
from webapp.catalogue.place import SpecError
from webapp.catalogue.reading import PROCEDURES, parse, read_file
from webapp.catalogue.revising import content_hash, facts_of, newest, put_facts, revise, touch

FILE, ADMIN = "file", "admin"  # where a revision comes from; beside them the national list


@dataclass
class LoadReport:
    """Codes by what became of them. kept: an administrator has revised it here, so the changed file waits."""

    added: list[str] = field(default_factory=list)
    revised: list[str] = field(default_factory=list)
    unchanged: list[str] = field(default_factory=list)
    kept: list[str] = field(default_factory=list)
    retired: list[str] = field(default_factory=list)

    def __str__(self) -> str:
        parts = {
            "added": self.added,
            "revised": self.revised,
            "unchanged": self.unchanged,
            "kept as revised here": self.kept,
            "no longer offered": self.retired,
        }
        return ", ".join(f"{len(codes)} {what}" for what, codes in parts.items() if codes) or "nothing to load"


Step = Callable[[str], None]


def files(folder: Path = PROCEDURES) -> list[Path]:
    found = sorted(folder.glob("*.yaml"))
    if not found:
        raise SpecError(f"{folder}: no procedure files here; give the folder that holds <code>.yaml")
    return found


def load_procedures(session: Session, folder: Path = PROCEDURES, step: Step | None = None) -> LoadReport:
    """All or nothing: every file is checked before the first row is written.

    Changed content becomes a new revision; open dossiers keep the one they were started under. A procedure
    whose file is gone is no longer offered and keeps its revisions. Imported procedures are not touched.
    """
    read = [(path, read_file(path)) for path in files(folder)]
    specs = [(parse(content, path.name), content) for path, content in read]
    _check_distinct([spec for spec, _ in specs])
    known = {row.code: row for row in session.scalars(select(Procedure))}
    report = LoadReport()
    changed = False
    for spec, content in specs:
        changed |= _load(session, report, spec, content, known.get(spec.code))
        if step is not None:
            step(spec.code)
    offered = {spec.code for spec, _ in specs}
    for row in known.values():
        if row.code not in offered and row.active and row.loaded_hash is not None:
            row.active = False
            report.retired.append(row.code)
    if changed or report.retired:
        touch(session)
    session.flush()
    return report


def _check_distinct(specs: Iterable[ProcedureSpec]) -> None:
    seen: set[str] = set()
    for spec in specs:
        for name in (spec.code, spec.slug):
            if name in seen:
                raise SpecError(f"{name} stands in two files; keep one of them")
            seen.add(name)


def _load(
    session: Session, report: LoadReport, spec: ProcedureSpec, content: dict[str, Any], row: Procedure | None
) -> bool:
    """True if anything was written that a list or the search shows."""
    digest = content_hash(content)
    if row is None:
        row = Procedure(code=spec.code, revision_id=None, origin=FORM, loaded_hash=digest, **facts_of(spec))
        session.add(row)
        session.flush()
        revise(session, row, spec, content, number=1, origin=FILE)
        report.added.append(spec.code)
        return True
    latest = newest(session, row)
    came_back, row.active = not row.active, True
    if latest is not None and digest in (row.loaded_hash, latest.content_hash):
        row.loaded_hash = digest
        report.unchanged.append(spec.code)
        return (latest.origin == FILE and put_facts(row, spec)) or came_back
    if latest is not None and latest.origin == ADMIN and row.origin != LIST:
        report.kept.append(spec.code)
        return came_back
    row.origin, row.loaded_hash = FORM, digest
    revise(session, row, spec, content, number=latest.number + 1 if latest else 1, origin=FILE)
    report.revised.append(spec.code)
    return True


def seed(session: Session) -> str:
    """For `flask seed`: one line for people."""
    return str(load_procedures(session))
