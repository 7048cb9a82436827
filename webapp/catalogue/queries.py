"""Reads of the catalogue. Lists and the search look at the index in memory; contents are parsed once per process."""

from collections import OrderedDict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from threading import Lock
from typing import Any, Protocol

from sqlalchemy import bindparam, select
from sqlalchemy.orm import Session

from webapp.catalogue.formspec import LIFE_EVENTS, ProcedureSpec
from webapp.catalogue.index import Entry, Off
from webapp.catalogue.memory import index
from webapp.catalogue.models import ProcedureRevision
from webapp.catalogue.reading import parse
from webapp.core import clock
from webapp.core.hot import Hot

KEPT_SPECS = 512


class Revision(Protocol):
    """A `ProcedureRevision`, or a row with its hash and content."""

    @property
    def content_hash(self) -> Any: ...
    @property
    def content(self) -> Any: ...


@dataclass(frozen=True)
class Current:
    """A procedure as it is offered today. `off`: an administrator has said that it is not taken for a time."""

    procedure_id: int
    revision_id: int
    number: int
    spec: ProcedureSpec
    off: Off | None = None

    @property
    def is_off(self) -> bool:
        return self.off is not None and self.off.on(clock.today())

    @property
    def off_ahead(self) -> bool:
        """It will be off from a day to come."""
        return self.off is not None and self.off.since > clock.today()

    @property
    def sendable(self) -> bool:
        """Can a dossier be begun and sent from here today?"""
        return self.spec.online and not self.is_off


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


HASH = Hot(select(ProcedureRevision.content_hash).where(ProcedureRevision.id == bindparam("revision")))


def spec_by_revision(session: Session, revision_id: int) -> ProcedureSpec:
    """What a dossier was started under; the content is read only if this process has not parsed it yet."""
    (row,) = HASH.rows(session, revision=revision_id)
    return spec_by_hash(session, row.content_hash)


def specs_by_hash(session: Session, hashes: Iterable[str]) -> dict[str, ProcedureSpec]:
    """hash → spec; contents that this process has not parsed yet come in one query."""
    wanted = set(hashes)
    found = {digest: spec for digest in wanted if (spec := _kept(digest)) is not None}
    unknown = wanted - found.keys()
    if unknown:
        columns = (ProcedureRevision.content_hash, ProcedureRevision.content)
        for row in session.execute(select(*columns).where(ProcedureRevision.content_hash.in_(unknown))):
            found[row.content_hash] = spec_of(row)
    return found


def get_procedure(session: Session, code: str) -> Current | None:
    """One procedure as offered today, by its code."""
    return by_codes(session, (code,)).get(code)


def by_codes(session: Session, codes: Iterable[str]) -> dict[str, Current]:
    """Several at once, for pages that list dossiers."""
    known = index(session).by_code
    entries = [known[code] for code in dict.fromkeys(codes) if code in known]
    specs = specs_by_hash(session, (entry.content_hash for entry in entries))
    return {e.code: Current(e.procedure_id, e.revision_id, e.number, specs[e.content_hash], e.off) for e in entries}


@dataclass(frozen=True)
class Line:
    """One row of a list: the entry, and the whole procedure where its fee and time are said in the row."""

    entry: Entry
    spec: ProcedureSpec | None

    @property
    def is_off(self) -> bool:
        return self.entry.off is not None and self.entry.off.on(clock.today())


def lines(session: Session, entries: Sequence[Entry]) -> list[Line]:
    """Rows of a list. Only what has a form here is opened for its terms: those are few."""
    ours = [entry for entry in entries if entry.ours]
    specs = specs_by_hash(session, (entry.content_hash for entry in ours))
    return [Line(entry, specs.get(entry.content_hash)) for entry in entries]


def grouped(session: Session, per_event: int = 8) -> list[tuple[str, list[Line], int]]:
    """What has a form here for each life event (what is only listed where nothing has), and how many there are."""
    groups: dict[str, list[Entry]] = {event: [] for event in LIFE_EVENTS}
    for entry in index(session).entries:
        if entry.life_event in groups:
            groups[entry.life_event].append(entry)
    first = {event: ([e for e in found if e.ours] or found)[:per_event] for event, found in groups.items()}
    made = {line.entry.code: line for line in lines(session, [e for found in first.values() for e in found])}
    return [(event, [made[e.code] for e in found], len(groups[event])) for event, found in first.items() if found]


def ours_first(entry: Entry) -> tuple[bool, tuple[str, str]]:
    return (not entry.ours, entry.place)
