"""Recounting: what was counted beside what the history says, and (if wanted) put right. Safe while people work, and to
be repeated: only what differs is written, in short transactions.
"""

from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager
from typing import Any

from sqlalchemy import delete, func, select, tuple_
from sqlalchemy.orm import Session

from webapp.core.db import Database, upsert
from webapp.dossiers.models import Dossier
from webapp.offices.models import Office
from webapp.transparency import measuring
from webapp.transparency.counting import KEY, Sums, add_up
from webapp.transparency.facts import Fact, facts_of
from webapp.transparency.models import COUNTERS, CountedFact, UnitStanding

BATCH = 1_000
ROWS = 200  # named in one statement
FACT_KEY = ("dossier_id", "fact")
Progress = Callable[[str, int, int], None]


def silent(_stage: str, _done: int, _total: int) -> None:
    """Nobody watches."""


def recount(database: Database, progress: Progress = silent, *, mend: bool = True) -> tuple[int, int]:
    """How many facts, and how many sums, were not as the history says; with `mend` they are now."""
    with database.session(write=False) as session:
        newest = session.scalar(select(func.max(Dossier.id))) or 0
        offices = session.scalars(select(Office.id).order_by(Office.id)).all()
    facts = sums = 0
    for start in range(0, newest, BATCH):
        facts += _facts(database, start, mend=mend)
        progress("dossiers", min(start + BATCH, newest), newest)
    for number, office in enumerate(offices, 1):
        sums += _sums(database, office, mend=mend)
        if mend:
            measuring.note_missing(database, office)
        progress("offices", number, len(offices))
    if mend:
        with database.transaction() as session:
            measuring.measure(session)
    return facts, sums


def _facts(database: Database, start: int, *, mend: bool) -> int:
    """Of the dossiers behind this number."""
    with database.session(write=False) as session:
        counted = {
            key_of(row): Fact(*row)
            for row in session.execute(
                select(*(getattr(CountedFact, name) for name in Fact._fields)).where(
                    CountedFact.dossier_id > start, CountedFact.dossier_id <= start + BATCH
                )
            )
        }
        true = {key_of(fact): fact for fact in facts_of(session, Dossier.id > start, Dossier.id <= start + BATCH)}
    wrong = [fact._asdict() for key, fact in true.items() if counted.get(key) != fact]
    gone = [key for key in counted if key not in true]
    if mend and (wrong or gone):
        with database.transaction() as session:
            _write(session, CountedFact, FACT_KEY, wrong)
            _drop(session, CountedFact, FACT_KEY, gone)
    return len(wrong) + len(gone)


def key_of(fact: Any) -> tuple[int, str]:
    return fact.dossier_id, fact.fact


def _sums(database: Database, office: int, *, mend: bool) -> int:
    """Of one office. Whoever counts there meanwhile waits: a fact that is written names its office, which is locked."""
    opened: AbstractContextManager[Session] = database.transaction() if mend else database.session(write=False)
    with opened as session:
        if mend:
            session.execute(select(Office.id).where(Office.id == office).with_for_update())
        true = {(office, *key): sum_ for key, sum_ in _added_up(session, office).items()}
        columns = (getattr(UnitStanding, name) for name in (*KEY, *COUNTERS))
        rows = session.execute(select(*columns).where(UnitStanding.office_id == office))
        stored = {tuple(row[: len(KEY)]): dict(zip(COUNTERS, row[len(KEY) :], strict=True)) for row in rows}
        wrong = [dict(zip(KEY, key, strict=True)) | sum_ for key, sum_ in true.items() if stored.get(key) != sum_]
        gone = [key for key in stored if key not in true]
        if mend:
            _write(session, UnitStanding, KEY, wrong)
            _drop(session, UnitStanding, KEY, gone)
    return len(wrong) + len(gone)


def _added_up(session: Session, office: int) -> Sums:
    by = (CountedFact.day, CountedFact.procedure_code, CountedFact.what)
    totals = (func.count(), func.sum(CountedFact.papers), func.sum(CountedFact.reused))
    sums: Sums = {}
    for day, procedure, what, count, papers, reused in session.execute(
        select(*by, *totals).where(CountedFact.office_id == office).group_by(*by)
    ):
        add_up(sums, day, procedure, what, count, int(papers), int(reused))
    return sums


def _write(session: Session, table: type[Any], key: Sequence[str], rows: list[dict[str, Any]]) -> None:
    if rows:
        query = upsert(session, table)
        others = {name: query.excluded[name] for name in rows[0] if name not in key}
        session.execute(query.on_conflict_do_update(index_elements=key, set_=others), rows)


def _drop(session: Session, table: type[Any], key: Sequence[str], keys: list[tuple[Any, ...]]) -> None:
    columns = tuple_(*(getattr(table, name) for name in key))
    for start in range(0, len(keys), ROWS):
        some = columns.in_(keys[start : start + ROWS])
        session.execute(delete(table).where(some).execution_options(synchronize_session=False))
