"""Reads of the catalogue. Lists join the current revision and parse each content once per process."""

from collections import OrderedDict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from threading import Lock
from typing import Any, Protocol

from sqlalchemy import Select, case, func, or_, select
from sqlalchemy.orm import Session

from webapp.catalogue import matching
from webapp.catalogue.formspec import LIFE_EVENTS, ProcedureSpec
from webapp.catalogue.models import Procedure, ProcedureRevision
from webapp.catalogue.reading import parse

KEPT_SPECS = 512
MAX_CANDIDATES = 300


class Revision(Protocol):
    """A `ProcedureRevision`, or a row with its hash and content."""

    content_hash: Any
    content: Any


@dataclass(frozen=True)
class Current:
    """A procedure as it is offered today."""

    procedure_id: int
    revision_id: int
    number: int
    spec: ProcedureSpec


_specs: OrderedDict[str, ProcedureSpec] = OrderedDict()
_lock = Lock()


def _kept(content_hash: str) -> ProcedureSpec | None:
    with _lock:
        spec = _specs.get(content_hash)
        if spec is not None:
            _specs.move_to_end(content_hash)
        return spec


def _keep(content_hash: str, spec: ProcedureSpec) -> ProcedureSpec:
    with _lock:
        _specs[content_hash] = spec
        while len(_specs) > KEPT_SPECS:
            _specs.popitem(last=False)
    return spec


def spec_of(revision: Revision) -> ProcedureSpec:
    """The revision as a value; the same content is parsed once per process."""
    return _kept(revision.content_hash) or _keep(revision.content_hash, parse(revision.content))


def spec_by_hash(session: Session, content_hash: str) -> ProcedureSpec:
    """The spec of a row that brought its hash along: no query once this process has parsed it."""
    kept = _kept(content_hash)
    if kept is not None:
        return kept
    columns = (ProcedureRevision.content_hash, ProcedureRevision.content)
    full = session.execute(select(*columns).where(ProcedureRevision.content_hash == content_hash).limit(1)).one()
    return spec_of(full)


def spec_by_revision(session: Session, revision_id: int) -> ProcedureSpec:
    """What a dossier was started under; the content is read only if this process has not parsed it yet."""
    query = select(ProcedureRevision.content_hash).where(ProcedureRevision.id == revision_id)
    return spec_by_hash(session, session.execute(query).scalar_one())


def _offered() -> Select[*tuple[Any, ...]]:
    columns = (
        Procedure.id,
        Procedure.code,
        Procedure.revision_id,
        ProcedureRevision.number,
        ProcedureRevision.content_hash,
    )
    return (
        select(*columns).join(ProcedureRevision, ProcedureRevision.id == Procedure.revision_id).where(Procedure.active)
    )


def _current(session: Session, rows: Sequence[Any]) -> list[Current]:
    """Rows with their specs; contents not parsed yet come in one query."""
    unknown = [row.revision_id for row in rows if _kept(row.content_hash) is None]
    fresh: dict[str, ProcedureSpec] = {}
    if unknown:
        contents = session.execute(
            select(ProcedureRevision.content_hash, ProcedureRevision.content).where(ProcedureRevision.id.in_(unknown))
        )
        fresh = {content.content_hash: spec_of(content) for content in contents}
    found = []
    for row in rows:
        spec = fresh.get(row.content_hash) or _kept(row.content_hash)
        if spec is not None:
            found.append(Current(row.id, row.revision_id, row.number, spec))
    return found


def get_procedure(session: Session, code: str) -> Current | None:
    """One procedure as offered today, by its code."""
    rows = session.execute(_offered().where(Procedure.code == code)).all()
    found = _current(session, rows)
    return found[0] if found else None


def by_codes(session: Session, codes: Iterable[str]) -> dict[str, Current]:
    """Several at once, for pages that list dossiers."""
    rows = session.execute(_offered().where(Procedure.code.in_(set(codes)))).all()
    return {found.spec.code: found for found in _current(session, rows)}


def list_procedures(
    session: Session, life_event: str | None = None, *, after: str | None = None, limit: int | None = None
) -> list[Current]:
    """By code; of one life event, or all. `after` is the last code of the page before."""
    query = _offered().order_by(Procedure.code)
    if life_event is not None:
        query = query.where(Procedure.life_event == life_event)
    if after is not None:
        query = query.where(Procedure.code > after)
    return _current(session, session.execute(query.limit(limit) if limit else query).all())


def grouped(session: Session, per_event: int = 8) -> list[tuple[str, list[Current], int]]:
    """The first procedures of each life event and how many there are, in the home page's order; one query."""
    place = func.row_number().over(partition_by=Procedure.life_event, order_by=Procedure.code).label("place")
    total = func.count().over(partition_by=Procedure.life_event).label("total")
    ranked = _offered().add_columns(Procedure.life_event, place, total).subquery()
    rows = session.execute(select(ranked).where(ranked.c.place <= per_event)).all()
    counts = {row.life_event: row.total for row in rows}
    groups: dict[str, list[Current]] = {event: [] for event in LIFE_EVENTS}
    for found in sorted(_current(session, rows), key=lambda one: one.spec.code):
        groups[found.spec.life_event].append(found)
    return [(event, found, counts[event]) for event, found in groups.items() if found]


def life_events(session: Session) -> list[str]:
    """Those that have something to offer, in the order of the home page."""
    used = set(session.scalars(select(Procedure.life_event).where(Procedure.active).distinct()))
    return [event for event in LIFE_EVENTS if event in used]


def search(session: Session, q: str, limit: int = 20) -> list[Current]:
    """Procedures by what people call them, best first; nothing rather than a wild guess."""
    words = matching.terms(q)
    if not words:
        return []
    ranked = _ranked(q, session.execute(_narrowed(q, words)).all())
    if not ranked:  # every word may have a slip in it: compare with all
        ranked = _ranked(
            q, session.execute(select(Procedure.code, Procedure.search_text).where(Procedure.active)).all()
        )
    found = by_codes(session, ranked[:limit])
    return [found[code] for code in ranked[:limit] if code in found]


def _narrowed(q: str, words: Sequence[str]) -> Select[*tuple[Any, ...]]:
    """Those whose names hold one of the words, or all of it without spaces; the fullest first."""
    joined = matching.key(q).replace(" ", "")
    tests = [Procedure.search_text.contains(word, autoescape=True) for word in words]
    if len(joined) >= 5:
        tests.append(func.replace(Procedure.search_text, " ", "").contains(joined, autoescape=True))
    hits = sum((case((test, 1), else_=0) for test in tests[1:]), start=case((tests[0], 1), else_=0))
    return (
        select(Procedure.code, Procedure.search_text)
        .where(Procedure.active, or_(*tests))
        .order_by(hits.desc(), Procedure.code)
        .limit(MAX_CANDIDATES)
    )


def _ranked(q: str, rows: Sequence[Any]) -> list[str]:
    return matching.best((matching.score(q, row.search_text), row.code) for row in rows)
