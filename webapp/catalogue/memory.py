"""The index of this process: built once for each state of the catalogue, whoever changed it."""

from collections import OrderedDict
from collections.abc import Mapping
from datetime import date
from threading import Lock
from typing import Any

from sqlalchemy import Select, or_, select
from sqlalchemy.orm import Session

from webapp.catalogue import matching
from webapp.catalogue.index import Entry, Index, Off
from webapp.catalogue.models import FORM, CatalogueVersion, Procedure, ProcedureRevision
from webapp.catalogue.reading import parse
from webapp.catalogue.revising import facts_of
from webapp.catalogue.words import Words
from webapp.core import clock
from webapp.core.hot import Hot
from webapp.core.text import fold

KEPT = 2  # today's, and the one before while requests still use it
_kept: OrderedDict[tuple[str, date], Index] = OrderedDict()
_lock = Lock()

P, R = Procedure, ProcedureRevision
STAMP = Hot(select(CatalogueVersion.stamp))


def in_force(day: date) -> Select[*tuple[Any, ...]]:
    """Each procedure on offer with the revision of that day."""
    dated = (R.procedure_id == P.id) & (R.valid_from <= day) & or_(R.valid_to.is_(None), R.valid_to > day)
    columns = (P.id, P.code, P.off_from, P.off_until, P.off_reason, R.number, R.content_hash)
    return select(*columns, R.id.label("revision_id")).join(R, dated).where(P.active)


def off_of(row: Any) -> Off | None:
    """Of a row with the three columns."""
    return Off(row.off_from, row.off_until, row.off_reason or "") if row.off_from else None


def index(session: Session) -> Index:
    """One small question to the database: has anything changed?"""
    version = STAMP.first(session)
    today = clock.today()
    if version is None:
        return _build(session, today)
    key = (version.stamp, today)
    with _lock:  # whoever comes second waits for the first instead of doing the same work
        made = _kept.get(key)
        if made is None:
            made = _build(session, today)
            _kept[key] = made
            while len(_kept) > KEPT:
                _kept.popitem(last=False)
        return made


def _build(session: Session, today: date) -> Index:
    names = (P.title, P.title_en, P.field, P.field_vi, P.field_en, P.levels, P.life_event, P.search_text)
    facts = (*names, P.online, P.origin, P.revision_id.label("newest"))
    rows = session.execute(in_force(today).add_columns(*facts)).all()
    planned = [row.revision_id for row in rows if row.revision_id != row.newest]
    contents = session.execute(select(R.id, R.content).where(R.id.in_(planned))) if planned else ()
    before = {row.id: facts_of(parse(row.content)) for row in contents}
    return Index(_entry(row, before.get(row.revision_id) or row._asdict()) for row in rows)


def _entry(row: Any, facts: Mapping[str, Any]) -> Entry:
    """`facts` are the newest revision's; where that one is for a day to come, those of today's content."""
    return Entry(
        procedure_id=row.id,
        revision_id=row.revision_id,
        number=row.number,
        content_hash=row.content_hash,
        code=row.code,
        title=Words(facts["title"], facts["title_en"]),
        field=Words(facts["field_vi"], facts["field_en"]),
        field_key=facts["field"],
        levels=tuple(facts["levels"].split()),
        life_event=facts["life_event"],
        online=facts["online"],
        ours=row.origin == FORM,
        off=off_of(row),
        phrases=matching.phrases_of(facts["search_text"]),
        place=(fold(facts["title"]), row.code),
    )


def forget() -> None:
    """Let go of what is kept (for measuring what laying it out costs)."""
    with _lock:
        _kept.clear()
