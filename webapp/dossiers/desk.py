"""What the desk reads: the dossiers of one's own office, found by what a person brings; today's figures.

Lists select named columns, never whole rows; the number of queries does not depend on the number of rows.
"""

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, case, func, or_, select
from sqlalchemy.orm import Session

from webapp.accounts import people
from webapp.accounts.models import Person, PersonToken
from webapp.catalogue.models import ProcedureRevision
from webapp.catalogue.words import Words
from webapp.core import clock
from webapp.core.actor import Actor
from webapp.core.crypto import unseal_text
from webapp.core.files import StoredFile
from webapp.core.ids import normalise_lookup_code
from webapp.core.text import one_line
from webapp.dossiers.models import Dossier
from webapp.dossiers.numbers import qr_digest
from webapp.dossiers.states import CLOCK, CLOSED, OPEN, Clock, State
from webapp.offices.models import Office
from webapp.vault.models import Reuse

PAUSED = frozenset(state for state in State if CLOCK[state] is Clock.PAUSED)
RUNNING = frozenset(state for state in State if CLOCK[state] is Clock.RUNNING)
# What the worklist may be narrowed to; without a filter it shows everything that is open.
FILTERS: dict[str, frozenset[State]] = {
    "submitted": frozenset({State.SUBMITTED}),
    "received": frozenset({State.RECEIVED}),
    "processing": frozenset({State.PROCESSING}),
    "working": RUNNING,
    "waiting": PAUSED,
    "withdrawal_requested": frozenset({State.WITHDRAWAL_REQUESTED}),
    "today": RUNNING,
    "overdue": RUNNING,
    "settled": frozenset({State.SETTLED}),
    "closed": CLOSED - {State.SETTLED},
}
FOUND_LIMIT = 20
RECENT_DAYS = 180  # how far back the last four digits of a code are looked for
NAMESAKES = 200  # read at most so many when a birth year has to be compared: it is sealed
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_QR = re.compile(r"(?:^|/Q/)([A-Z2-7]{16})(?:[/?#].*)?$")
_CARD = re.compile(r"^(\d{12})(?:\D.*)?$")
_CODE_END = re.compile(r"^-?(\d{6}-)?\d{1,4}$")
_CODE = re.compile(r"^[A-Z]\d[A-Z0-9.]*-\d{6}-\d{4,}$")
_YEAR_AT_END = re.compile(r"^(.*\D)\s*((?:19|20)\d{2})$")
MICROSECOND = timedelta(microseconds=1)


@dataclass(frozen=True)
class DeskRow:
    """One dossier in a list of the desk. `citizen_id` and `birth_year` only when somebody was searched."""

    public_id: str
    code: str
    procedure: Words
    applicant: str
    state: State
    submitted_at: datetime
    due_at: datetime | None
    citizen_id: str | None = None
    birth_year: str | None = None


@dataclass(frozen=True)
class Page:
    """A piece of a list, and the key that the next piece begins after."""

    rows: list[DeskRow]
    next_key: str | None


def officer_dossier(session: Session, actor: Actor, public_id: str) -> Dossier | None:
    """A dossier of the own office; a draft is the person's alone. Locked if something will be written."""
    query = select(Dossier).where(Dossier.public_id == public_id, _mine(actor))
    reading = session.get_bind().get_execution_options().get("motcua_read")
    return session.scalar(query if reading else query.with_for_update())


def worklist(
    session: Session, actor: Actor, *, after: str | None = None, limit: int = 50, filter: str | None = None
) -> Page:
    """What is to be done, by the time that remains; what waits for the citizen comes last.

    Not yet received ones stand at the time they were sent. Closed ones: the newest first.
    """
    newest_first = filter == "closed"
    rank: ColumnElement[int] = case((Dossier.state.in_(_values(PAUSED)), 1), else_=0)
    when: ColumnElement[datetime] = func.coalesce(Dossier.due_at, Dossier.submitted_at)
    if newest_first:
        when = Dossier.updated_at
    query = _columns(rank.label("rank"), when.label("when_")).where(_mine(actor), *_filtered(filter))
    key = _read_key(after)
    if key is not None:
        query = query.where(_past(rank, when, key, newest_first))
    order = (when.desc(), Dossier.public_id.desc()) if newest_first else (rank, when, Dossier.public_id)
    found = session.execute(query.order_by(*order).limit(limit + 1)).all()
    more, found = len(found) > limit, found[:limit]
    next_key = _write_key(found[-1]) if more else None
    return Page(_rows(session, found), next_key)


def _filtered(name: str | None) -> list[ColumnElement[bool]]:
    tests = [Dossier.state.in_(_values(FILTERS.get(name or "", OPEN)))]
    now = clock.now()
    if name == "overdue":
        tests.append(Dossier.due_at < now)
    elif name == "today":
        tests.append(Dossier.due_at.between(now, _midnight(now)))
    return tests


def _midnight(now: datetime) -> datetime:
    """The end of today, where the office stands."""
    tomorrow = clock.local(now).date() + timedelta(days=1)
    return datetime.combine(tomorrow, time(), tzinfo=clock.VIETNAM)


def _values(states: Iterable[State]) -> list[str]:
    return sorted(state.value for state in states)


def _mine(actor: Actor) -> ColumnElement[bool]:
    """Sent to the actor's office. An account without an office has none."""
    return and_(Dossier.office_id == actor.office_id, Dossier.state != State.DRAFT.value)


# ------------------------------------------------------------------------------------------------ keyset

Key = tuple[int, datetime, str]


def _write_key(row: Any) -> str:
    """Where this row stands in the order: nothing of a person, and it stays when the row moves on."""
    return f"{row.rank}.{(row.when_ - _EPOCH) // MICROSECOND}.{row.public_id}"


def _read_key(text: str | None) -> Key | None:
    """A key from a URL; anything else starts at the beginning."""
    rank, _, rest = (text or "").partition(".")
    micro, _, public_id = rest.partition(".")
    if not (rank.isdecimal() and micro.isdecimal() and public_id and len(micro) < 18):
        return None
    return int(rank[:1]), _EPOCH + int(micro) * MICROSECOND, public_id[:22]


def _past(rank: ColumnElement[int], when: ColumnElement[datetime], key: Key, newest_first: bool) -> ColumnElement[bool]:
    at_rank, at, public_id = key
    if newest_first:
        return or_(when < at, and_(when == at, Dossier.public_id < public_id))
    later = or_(when > at, and_(when == at, Dossier.public_id > public_id))
    return or_(rank > at_rank, and_(rank == at_rank, later))


# ------------------------------------------------------------------------------------------------ rows


def _columns(*more: Any) -> Select[Any]:
    return select(
        Dossier.public_id,
        Dossier.code,
        Dossier.revision_id,
        Dossier.state,
        Dossier.submitted_at,
        Dossier.due_at,
        Person.public_id.label("person_public"),
        Person.full_name_sealed,
        *more,
    ).join(Person, Person.id == Dossier.person_id)


def _rows(session: Session, found: Sequence[Any], *, with_person: bool = False) -> list[DeskRow]:
    names = _procedure_names(session, {row.revision_id for row in found})
    return [_row(row, names, with_person) for row in found]


def _row(row: Any, names: dict[int, Words], with_person: bool) -> DeskRow:
    citizen_id = birth = None
    if with_person:
        citizen_id = unseal_text("people", "citizen_id", row.person_public, row.citizen_id_sealed)
        birth = unseal_text("people", "birth_date", row.person_public, row.birth_date_sealed)
    return DeskRow(
        public_id=row.public_id,
        code=row.code or "",
        procedure=names[row.revision_id],
        applicant=unseal_text("people", "full_name", row.person_public, row.full_name_sealed) or "",
        state=State(row.state),
        submitted_at=row.submitted_at,
        due_at=row.due_at,
        citizen_id=citizen_id,
        birth_year=birth[:4] if birth else None,
    )


def _procedure_names(session: Session, revisions: set[int]) -> dict[int, Words]:
    """Plain names, two words out of each text; the texts themselves stay in the database."""
    if not revisions:
        return {}
    plain = [ProcedureRevision.content[f"plain_{language}"].as_string() for language in ("vi", "en")]
    rows = session.execute(select(ProcedureRevision.id, *plain).where(ProcedureRevision.id.in_(revisions)))
    return {row[0]: Words(row[1], row[2]) for row in rows}


# ------------------------------------------------------------------------------------------------ finding


def find_at_counter(session: Session, actor: Actor, text: str) -> list[DeskRow]:
    """The dossiers of the own office that this may mean: QR, code or its end, lookup code, ID number, name.

    A scanner types what stands in the QR; of an ID card only the leading 12 digits are read, because a
    Vietnamese keyboard program changes the letters behind them.
    """
    for test, year in _meanings(session, actor, one_line(text)[:300]):
        query = (
            _columns(Person.citizen_id_sealed, Person.birth_date_sealed)
            .where(_mine(actor), test)
            .order_by(case((Dossier.state.in_(_values(OPEN)), 0), else_=1), Dossier.submitted_at.desc())
            .limit(NAMESAKES if year else FOUND_LIMIT)
        )
        rows = _rows(session, session.execute(query).all(), with_person=True)
        found = [row for row in rows if year in (None, row.birth_year)]
        if found:
            return found[:FOUND_LIMIT]
    return []


def _meanings(session: Session, actor: Actor, typed: str) -> Iterator[tuple[ColumnElement[bool], str | None]]:
    """What the text may be, the most certain first, with the birth year that stands beside a name."""
    plain = typed.upper().replace(" ", "")
    qr = _QR.search(plain)
    if qr:
        yield Dossier.qr_digest == qr_digest(qr[1]), None
    card = _CARD.match(plain.replace(".", ""))
    if card:
        person = people.find_by_citizen_id(session, card[1])
        if person is not None:
            yield Dossier.person_id == person.id, None
        return
    if _CODE.match(plain):
        yield Dossier.code == plain, None
    elif _CODE_END.match(plain):
        codes = _codes_ending(session, actor, plain)
        # In a step of its own: beside the office, the planner of SQLite would read all of the office's dossiers.
        yield Dossier.id.in_(session.scalars(select(Dossier.id).where(Dossier.code.in_(codes))).all()), None
    lookup = normalise_lookup_code(plain)
    if lookup is not None:
        yield Dossier.lookup_code == lookup, None
    name, year = _name_and_year(typed)
    tokens = people.name_tokens(name)[:8]
    if tokens:
        yield and_(*(_has_word(token) for token in tokens)), year


def _has_word(token: str) -> ColumnElement[bool]:
    """The applicant's name has this word; asked dossier by dossier, so that a common word stays cheap."""
    same = and_(PersonToken.person_id == Dossier.person_id, PersonToken.token == token)
    return select(PersonToken.token).where(same).exists()


def _codes_ending(session: Session, actor: Actor, plain: str) -> list[str]:
    """'261122-42' is one code of the own office; '42' or '-0042' one of each day of the last months.

    Written out, so that the index of codes finds them; comparing the ends would read the whole office.
    """
    office = session.scalar(select(Office.code).where(Office.id == actor.office_id))
    day, _, number = plain.strip("-").rpartition("-")
    today = clock.today()
    days = [day] if day else [f"{today - timedelta(days=back):%y%m%d}" for back in range(RECENT_DAYS)]
    return [f"{office}-{one}-{number.zfill(4)}" for one in days]


def _name_and_year(typed: str) -> tuple[str, str | None]:
    """'dao 1996' → ('dao', '1996')."""
    match = _YEAR_AT_END.match(typed)
    return (match[1].strip(), match[2]) if match else (typed, None)


# ------------------------------------------------------------------------------------------------ one dossier


@dataclass(frozen=True)
class Consent:
    """The owner's yes to a record that stands for a paper; `mandate` if a helper pressed."""

    at: datetime
    mandate: str | None


def consents(session: Session, public_id: str) -> dict[str, Consent]:
    """By paper, for one dossier that the officer may read."""
    rows = session.execute(
        select(Reuse.document_key, Reuse.consent_at, Reuse.mandate).where(Reuse.dossier == public_id)
    )
    return {row.document_key: Consent(row.consent_at, row.mandate) for row in rows}


def stored_file(session: Session, file_id: int | None) -> StoredFile | None:
    """The file of a record or of a result; the caller has it from a dossier that the officer may read."""
    return session.get(StoredFile, file_id) if file_id is not None else None


# ------------------------------------------------------------------------------------------------ figures


def desk_figures(session: Session, actor: Actor) -> dict[str, int]:
    """Today's numbers of the office, by the names of the worklist's filters."""
    now = clock.now()
    late = case((Dossier.due_at < now, 1), else_=0)
    soon = case((Dossier.due_at.between(now, _midnight(now)), 1), else_=0)
    query = (
        select(Dossier.state, func.count(), func.sum(late), func.sum(soon))
        .where(_mine(actor), Dossier.state.in_(_values(OPEN | {State.SETTLED})))
        .group_by(Dossier.state)
    )
    by_state = {State(row[0]): row for row in session.execute(query)}

    def total(column: int, states: Iterable[State]) -> int:
        return sum(int(by_state[state][column] or 0) for state in states if state in by_state)

    return {
        **{name: total(1, FILTERS[name]) for name in ("submitted", "working", "waiting", "settled")},
        "withdrawal_requested": total(1, FILTERS["withdrawal_requested"]),
        "overdue": total(2, RUNNING),
        "today": total(3, RUNNING),
    }
