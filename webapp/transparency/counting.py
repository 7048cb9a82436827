"""Counting: each fact once, into the sums of its day and month, by the worker and never while somebody sends.

An event may come twice, late, or after `recount` has seen its dossier: what is counted is the fact, and the row of the
fact says that it was.
"""

from collections.abc import Iterable
from datetime import date

from sqlalchemy import select
from sqlalchemy.orm import Session

from webapp.core.db import upsert
from webapp.core.events import on
from webapp.dossiers.events import (
    DossierDeclined,
    DossierEvent,
    DossierSettled,
    DossierStopped,
    DossierSubmitted,
    WithdrawalAnswered,
)
from webapp.dossiers.models import Dossier
from webapp.transparency.facts import Fact, facts_of
from webapp.transparency.models import ALL, COUNTERS, DAY, MONTH, CountedFact, UnitStanding

# (span, first day, procedure) → counter → how many
Sums = dict[tuple[str, date, str], dict[str, int]]
KEY = ("office_id", "span", "starts_on", "procedure_code")


def add_up(sums: Sums, day: date, procedure: str, what: str, count: int, papers: int, reused: int) -> None:
    """So many equal facts, into the four sums they belong to."""
    for span, starts_on in ((DAY, day), (MONTH, day.replace(day=1))):
        for code in (procedure, ALL):
            sum_ = sums.setdefault((span, starts_on, code), dict.fromkeys(COUNTERS, 0))
            sum_[what] += count
            sum_["papers"] += papers
            sum_["reused"] += reused


def count(session: Session, facts: Iterable[Fact]) -> None:
    """Those that were not counted yet."""
    for fact in facts:
        new = upsert(session, CountedFact).values(fact._asdict()).on_conflict_do_nothing()
        if session.execute(new.returning(CountedFact.dossier_id)).first() is None:
            continue
        sums: Sums = {}
        add_up(sums, fact.day, fact.procedure_code, fact.what, 1, fact.papers, fact.reused)
        rows = [dict(zip(KEY, (fact.office_id, *key), strict=True)) | sum_ for key, sum_ in sums.items()]
        query = upsert(session, UnitStanding)
        more = {name: getattr(UnitStanding, name) + query.excluded[name] for name in COUNTERS}
        session.execute(query.on_conflict_do_update(index_elements=KEY, set_=more), rows)


@on(DossierSubmitted, name="transparency.sent")
@on(DossierSettled, name="transparency.settled")
@on(DossierDeclined, name="transparency.declined")
@on(DossierStopped, name="transparency.stopped")
@on(WithdrawalAnswered, name="transparency.withdrawn")
def _count(session: Session, event: DossierEvent) -> None:
    dossier = session.scalar(select(Dossier.id).where(Dossier.public_id == event.dossier))
    if dossier is not None:
        count(session, facts_of(session, Dossier.id == dossier))
