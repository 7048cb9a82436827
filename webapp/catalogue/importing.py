"""The national list into the tables, batch by batch: what stands there unchanged is left alone.

Each batch is a transaction of its own, so an import that was cut off is simply started again. A procedure that has a
form here keeps it: the list may say what the law says, but not take a working form away.
"""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from itertools import islice
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from webapp.catalogue.models import FORM, LIST, Procedure, ProcedureRevision
from webapp.catalogue.national_list import Reject, Row
from webapp.catalogue.reading import parse
from webapp.catalogue.revising import content_hash, facts_of, put_facts, revise, touch
from webapp.core.db import Database

BATCH = 200


@dataclass
class ImportReport:
    """What became of the lines."""

    new: int = 0
    changed: int = 0
    unchanged: int = 0
    kept: int = 0
    rejects: list[Reject] = field(default_factory=list)
    # Codes of earlier lists that this one does not have. Left as they are: a file may be a part of the list, and what
    # was taken off the list may still be somebody's open dossier; an administrator switches off what is gone.
    absent: list[str] = field(default_factory=list)

    def __str__(self) -> str:
        said = f"{self.new} new, {self.changed} changed, {self.unchanged} unchanged"
        said += f", {self.kept} with a form of their own here left alone" if self.kept else ""
        return said + f", {len(self.rejects)} rejected"


def import_lines(
    database: Database,
    lines: Iterable[Row | Reject],
    *,
    batch: int = BATCH,
    step: Callable[[int], None] = lambda _line: None,
) -> ImportReport:
    """Take them in. `step` is told the line reached, after each batch is safe."""
    report = ImportReport()
    seen: dict[str, int] = {}
    for rows in _batches(lines, report, seen, batch):
        with database.transaction() as session:
            _take(session, report, rows)
        step(rows[-1].line)
    with database.session(write=False) as session:
        listed = select(Procedure.code).where(Procedure.origin == LIST, Procedure.active).order_by(Procedure.code)
        report.absent = [code for code in session.scalars(listed) if code not in seen]
    return report


def _batches(
    lines: Iterable[Row | Reject], report: ImportReport, seen: dict[str, int], size: int
) -> Iterator[list[Row]]:
    """Good lines in batches; the others, and a code that was there before, go to the rejects."""

    def good() -> Iterator[Row]:
        for line in lines:
            if isinstance(line, Reject):
                report.rejects.append(line)
            elif line.code in seen:
                report.rejects.append(Reject(line.line, line.code, f"the code stood in line {seen[line.code]} already"))
            else:
                seen[line.code] = line.line
                yield line

    rows = good()
    while part := list(islice(rows, size)):
        yield part


def _take(session: Session, report: ImportReport, rows: list[Row]) -> None:
    codes = [row.code for row in rows]
    known = {p.code: p for p in session.scalars(select(Procedure).where(Procedure.code.in_(codes)))}
    newest = [p.revision_id for p in known.values() if p.origin == LIST and p.revision_id]
    latest = {r.id: r for r in session.scalars(select(ProcedureRevision).where(ProcedureRevision.id.in_(newest)))}
    written = False
    for row in rows:
        procedure = known.get(row.code)
        if procedure is not None and procedure.origin == FORM:
            report.kept += 1
        else:
            written |= _one(session, report, row, procedure, latest)
    if written:
        touch(session)


def _one(
    session: Session, report: ImportReport, row: Row, procedure: Procedure | None, latest: dict[int, ProcedureRevision]
) -> bool:
    before = latest.get(procedure.revision_id or 0) if procedure else None
    content = _with_the_rest(row, before.content if before else None)
    spec = parse(content)
    if procedure is not None and before is not None and before.content_hash == content_hash(content):
        report.unchanged += 1
        return put_facts(procedure, spec)
    if procedure is None:
        procedure = Procedure(code=row.code, revision_id=None, origin=LIST, **facts_of(spec))
        session.add(procedure)
        session.flush()
        report.new += 1
    else:
        report.changed += 1
    revise(session, procedure, spec, content, number=before.number + 1 if before else 1, origin=LIST)
    return True


def _with_the_rest(row: Row, before: dict[str, Any] | None) -> dict[str, Any]:
    """An index row says less than the whole text; what it does not speak of stays as it was."""
    if not row.index or before is None or "listing" not in before:
        return row.content
    return {**before, "listing": {**before["listing"], **row.content["listing"]}}
