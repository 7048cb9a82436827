"""What is counted of a dossier, read from where it can be proved: its history and its first receipt.

A fact never changes once it is there: nobody sends a dossier twice, and nothing that ended begins again.
"""

from collections.abc import Iterable
from datetime import date
from typing import Any, NamedTuple

from sqlalchemy import ColumnElement, and_, select
from sqlalchemy.orm import Session

from webapp.core import clock
from webapp.dossiers.models import Dossier, DossierMove, Receipt
from webapp.transparency.models import ENDED, FILED

WAY = {"self": "online", "assisted": "assisted", "counter": "at_counter"}
# Verb that ends a dossier → what it came to; a settled one is on time or not.
END = {"settle": "", "decline": "declined", "stop": "stopped", "accept_withdrawal": "withdrawn"}


class Fact(NamedTuple):
    """A row of `CountedFact`."""

    dossier_id: int
    fact: str
    office_id: int
    procedure_code: str
    day: date
    what: str
    papers: int = 0
    reused: int = 0


def facts_of(session: Session, *which: ColumnElement[bool]) -> list[Fact]:
    """Of these dossiers, as far as they have come; drafts have none."""
    rows = session.execute(
        select(
            Dossier.id, Dossier.office_id, Dossier.procedure_code, Dossier.channel, Dossier.submitted_at,
            Dossier.due_at, Receipt.manifest, DossierMove.verb, DossierMove.at,
        )
        .outerjoin(Receipt, and_(Receipt.dossier_id == Dossier.id, Receipt.kind == "submit"))
        .outerjoin(DossierMove, and_(DossierMove.dossier_id == Dossier.id, DossierMove.verb.in_(END)))
        .where(Dossier.submitted_at.is_not(None), *which)
    )  # fmt: skip
    return [fact for row in rows for fact in _of(row)]


def _of(row: Any) -> Iterable[Fact]:
    papers = row.manifest["papers"] if row.manifest else []
    reused = sum(1 for paper in papers if "reused" in paper)
    place = (row.office_id, row.procedure_code)
    way = WAY.get(row.channel, "elsewhere")
    yield Fact(row.id, FILED, *place, _day(row.submitted_at), way, len(papers), reused)
    if row.verb is not None:
        yield Fact(row.id, ENDED, *place, _day(row.at), END[row.verb] or _settled(row))


def _day(at: Any) -> date:
    return clock.local(at).date()


def _settled(row: Any) -> str:
    """Beside the day that was promised last: moved by pauses, and by an extension that was asked for in time."""
    if row.due_at is None:
        return "untimed"
    return "on_time" if row.at <= row.due_at else "late"
