"""What the desk reads: the dossiers of one's own office, found by what a person brings.

Lists select named columns, never whole rows; the number of queries does not depend on the number of rows.
"""

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, bindparam, case, or_, select
from sqlalchemy.orm import Session

from webapp.accounts import people
from webapp.accounts.models import Person
from webapp.catalogue import queries as catalogue
from webapp.catalogue.models import ProcedureRevision
from webapp.catalogue.words import Words
from webapp.core import clock, ids, keystrokes
from webapp.core.actor import Actor
from webapp.core.crypto import unseal_text
from webapp.core.files import StoredFile
from webapp.core.hot import Hot
from webapp.core.ids import normalise_lookup_code
from webapp.core.text import one_line
from webapp.dossiers import names
from webapp.dossiers.models import Dossier
from webapp.dossiers.numbers import qr_digest
from webapp.dossiers.states import CLOCK, OPEN, Clock, State
from webapp.offices.models import Office
from webapp.vault.models import Reuse

PAUSED = frozenset(state for state in State if CLOCK[state] is Clock.PAUSED)
RUNNING = frozenset(state for state in State if CLOCK[state] is Clock.RUNNING)
FOUND_LIMIT = 20
RECENT_DAYS = 180  # how far back the last four digits of a code are looked for
NAMESAKES = 200  # read at most so many when a birth year has to be compared: it is sealed
_QR = re.compile(r"(?:^|/Q/)([A-Z2-7]{16})(?:[/?#].*)?$")
_SCANNED = re.compile(r"(?:^|/Q/)([^/?#]{9,16})(?:[/?#].*)?$")  # marks on it, and fewer letters than were typed
_CARD = re.compile(r"^(\d{12})(?:\D.*)?$")
_CODE_END = re.compile(r"^-?(\d{6}-)?\d{1,4}$")
_CODE = re.compile(r"^[A-Z]\d[A-Z0-9.]*-\d{6}-\d{4,}$")
_YEAR_AT_END = re.compile(r"^(.*\D)\s*((?:19|20)\d{2})$")


@dataclass(frozen=True)
class DeskRow:
    """One dossier in a list of the desk. `citizen_id` and `birth_year` only when somebody was searched."""

    public_id: str
    code: str
    procedure: Words
    applicant: str
    state: State
    channel: str
    submitted_at: datetime
    due_at: datetime | None
    act_by: datetime | None
    citizen_id: str | None = None
    birth_year: str | None = None


def officer_dossier(session: Session, actor: Actor, public_id: str) -> Dossier | None:
    """A dossier of the own office; a draft is the person's alone. Locked if something will be written."""
    query = select(Dossier).where(Dossier.public_id == public_id, of_office(actor))
    reading = session.get_bind().get_execution_options().get("motcua_read")
    return session.scalar(query if reading else query.with_for_update())


def _values(states: Iterable[State]) -> list[str]:
    return sorted(state.value for state in states)


def of_office(actor: Actor) -> ColumnElement[bool]:
    """Sent to the actor's office. An account without an office has none."""
    return sent_to(actor.office_id)


def sent_to(office: Any) -> ColumnElement[bool]:
    """Sent to this office (a key, or a place for one); a draft is the person's alone."""
    return and_(Dossier.office_id == office, Dossier.state != State.DRAFT.value)


# ------------------------------------------------------------------------------------------------ rows


def columns(*more: Any) -> Select[Any]:
    return (
        select(
            Dossier.public_id,
            Dossier.code,
            ProcedureRevision.content_hash,
            Dossier.state,
            Dossier.channel,
            Dossier.submitted_at,
            Dossier.due_at,
            Dossier.act_by,
            Person.public_id.label("person_public"),
            Person.full_name_sealed,
            *more,
        )
        .join_from(Dossier, Person, Person.id == Dossier.person_id)
        .join(ProcedureRevision, ProcedureRevision.id == Dossier.revision_id)
    )


def rows(session: Session, found: Sequence[Any], *, with_person: bool = False) -> list[DeskRow]:
    specs = catalogue.specs_by_hash(session, {row.content_hash for row in found})
    return [_row(row, specs[row.content_hash].plain, with_person) for row in found]


def _row(row: Any, procedure: Words, with_person: bool) -> DeskRow:
    citizen_id = birth_year = None
    if with_person:
        citizen_id = unseal_text("people", "citizen_id", row.person_public, row.citizen_id_sealed)
        birth_year = _birth_year(row)
    return DeskRow(
        public_id=row.public_id,
        code=row.code or "",
        procedure=procedure,
        applicant=unseal_text("people", "full_name", row.person_public, row.full_name_sealed) or "",
        state=State(row.state),
        channel=row.channel,
        submitted_at=row.submitted_at,
        due_at=row.due_at,
        act_by=row.act_by,
        citizen_id=citizen_id,
        birth_year=birth_year,
    )


def _birth_year(row: Any) -> str | None:
    birth = unseal_text("people", "birth_date", row.person_public, row.birth_date_sealed)
    return birth[:4] if birth else None


# ------------------------------------------------------------------------------------------------ finding


@dataclass(frozen=True)
class Found:
    """What a text led to. `brought`: by what only the person's own paper or card says; a name anybody can guess."""

    rows: list[DeskRow]
    brought: bool = False


OPEN_FIRST = (
    case((or_(*(Dossier.state == state for state in _values(OPEN))), 0), else_=1), Dossier.submitted_at.desc()
)  # fmt: skip
FOUND = columns(Person.citizen_id_sealed, Person.birth_date_sealed).order_by(*OPEN_FIRST)


def find_at_counter(session: Session, actor: Actor, text: str) -> Found:
    """The dossiers of the own office that this may mean: QR, code or its end, lookup code, ID number, name.

    A scanner types what stands in the QR; of an ID card only the leading 12 digits are read, because a
    Vietnamese keyboard program changes the letters behind them.
    """
    for test, year, brought in _meanings(session, actor, one_line(text)[:300]):
        meant = _meant(session, actor, test, NAMESAKES if year else FOUND_LIMIT)
        fitting = [row for row in meant if year in (None, _birth_year(row))]
        found = rows(session, fitting[:FOUND_LIMIT], with_person=True)
        if found:
            return Found(found, brought)
    return Found([])


Test = ColumnElement[bool] | list[str]  # of a dossier, or the words of a name
Meaning = tuple[Test, str | None, bool]


def _meanings(session: Session, actor: Actor, typed: str) -> Iterator[Meaning]:
    """What the text may be, the most certain first; the birth year beside a name; is it from the person's own paper?"""
    plain = typed.upper().replace(" ", "")
    qr = _QR.search(plain)
    if qr:
        yield Dossier.qr_digest == qr_digest(qr[1]), None, True
    card = _CARD.match(plain.replace(".", ""))
    if card:
        person = people.find_by_citizen_id(session, card[1])
        if person is not None:
            yield Dossier.person_id == person.id, None, True
        return
    if _CODE.match(plain):
        yield Dossier.code == plain, None, False
    elif _CODE_END.match(plain):
        yield Dossier.code.in_(_codes_ending(session, actor, plain)), None, False
    lookup = normalise_lookup_code(plain)
    if lookup is not None:
        yield Dossier.lookup_code == lookup, None, True
    name, year = _name_and_year(typed)
    tokens = people.name_tokens(name)
    if tokens:
        yield tokens[: names.MOST], year, False
    yield from _scanned_wrongly(plain)


def _meant(session: Session, actor: Actor, test: Test, most: int) -> Sequence[Any]:
    if isinstance(test, list):
        return BY_NAME[len(test)].rows(session, office=actor.office_id, most=most, **names.looked_for(test))
    return session.execute(FOUND.where(_of_office_too(actor.office_id), test).limit(most)).all()


def _of_office_too(office: Any) -> ColumnElement[bool]:
    """`sent_to`, said so that no index answers it: the planner of SQLite would read all of the office's dossiers."""
    return and_(Dossier.office_id + 0 == office, Dossier.state != State.DRAFT.value)


def _by_name(count: int) -> Select[Any]:
    """So many words. A family name alone fits thousands: people are opened only of those that are shown."""
    fitting = select(Dossier.id).where(_of_office_too(bindparam("office")), names.having_all(count))
    first = fitting.order_by(*OPEN_FIRST).limit(bindparam("most")).correlate(None)
    return FOUND.where(Dossier.id.in_(first))


BY_NAME = {count: Hot(_by_name(count)) for count in range(1, names.MOST + 1)}


def _scanned_wrongly(plain: str) -> Iterator[Meaning]:
    """What a scanner typed while Telex or VNI was on: every code that it may have been."""
    token = _SCANNED.search(plain)
    if token is not None:
        digests = [qr_digest(code) for code in keystrokes.possible(token[1], 16, ids.BASE32)]
        yield Dossier.qr_digest.in_(digests), None, True
    short = plain.replace("-", "")
    if len(short) <= 6 and not short.isascii():
        codes = [f"{code[:3]}-{code[3:]}" for code in keystrokes.possible(short, 6, ids.SAFE)]
        yield Dossier.lookup_code.in_(codes), None, True


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


CONSENTS = Hot(
    select(Reuse.document_key, Reuse.consent_at, Reuse.mandate).where(Reuse.dossier == bindparam("dossier"))
)


def consents(session: Session, public_id: str) -> dict[str, Consent]:
    """By paper, for one dossier that the officer may read."""
    rows = CONSENTS.rows(session, dossier=public_id)
    return {row.document_key: Consent(row.consent_at, row.mandate) for row in rows}


def stored_file(session: Session, file_id: int | None) -> StoredFile | None:
    """The file of a record or of a result; the caller has it from a dossier that the officer may read."""
    return session.get(StoredFile, file_id) if file_id is not None else None
