"""What was done in a helper's session: for the slip, for today's list, and for the person who was helped."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlalchemy import Row, Select, select
from sqlalchemy.orm import Session

from assisted.models import AccessCard, HelperSession
from webapp.accounts.models import Account, Mandate, Person
from webapp.catalogue import queries as catalogue
from webapp.catalogue.models import ProcedureRevision
from webapp.core import clock
from webapp.core.crypto import unseal_text
from webapp.core.text import N_
from webapp.dossiers.models import Dossier, DossierMove
from webapp.offices.models import Office

LISTED = 50
# Verb of a dossier's history → what the person reads; a dossier without any of them was begun and not sent.
ACTS = {
    "submit": N_("Sent to the office"),
    "supplement": N_("Sent what was missing"),
    "withdraw": N_("Asked for it back"),
}
BEGUN = N_("Begun, not sent yet")
HOW = {"phone_code": N_("a code to the person's phone"), "card_pin": N_("access card and PIN")}


@dataclass(frozen=True)
class Work:
    """One dossier that was touched: its procedure, its codes, and what was done with it."""

    public_id: str
    title: Any
    code: str | None
    lookup_code: str | None
    qr_token: str | None
    acts: tuple[str, ...]

    @property
    def sent(self) -> bool:
        return "submit" in self.acts

    @property
    def words(self) -> list[str]:
        return [ACTS[act] for act in self.acts] or [BEGUN]


@dataclass(frozen=True)
class Visit:
    """One helper's session, whole."""

    row: Row[Any]
    works: tuple[Work, ...] = field(default=())
    cards: int = 0

    @property
    def public_id(self) -> str:
        return str(self.row.public_id)

    @property
    def person_name(self) -> str:
        return unseal_text("people", "full_name", self.row.person_public, self.row.full_name_sealed) or ""

    @property
    def initials(self) -> str:
        """V. T. N.: a helper knows whom they helped this morning, a passer-by does not."""
        return " ".join(f"{word[0]}." for word in self.person_name.split())

    @property
    def how(self) -> str:
        return HOW[self.row.evidence_kind]

    @property
    def live(self) -> bool:
        row = self.row
        closed = row.ended_at or row.mandate_ended or row.mandate_revoked
        return closed is None and row.expires_at > clock.now()

    @property
    def over_at(self) -> datetime | None:
        """When it was really over; None while it is open."""
        row = self.row
        if self.live:
            return None
        return min(t for t in (row.ended_at, row.mandate_ended, row.mandate_revoked, row.expires_at) if t)

    @property
    def until(self) -> datetime:
        """The end, or for an open one this moment."""
        return self.over_at or clock.now()

    @property
    def sent(self) -> int:
        return sum(work.sent for work in self.works)


def _visits() -> Select[Any]:
    return (
        select(
            HelperSession.id,
            HelperSession.public_id,
            HelperSession.helper_id,
            HelperSession.person_id,
            HelperSession.mandate_id,
            HelperSession.started_at,
            HelperSession.expires_at,
            HelperSession.ended_at,
            HelperSession.end_reason,
            HelperSession.objected_at,
            Mandate.evidence_kind,
            Mandate.public_id.label("mandate_public"),
            Mandate.ended_at.label("mandate_ended"),
            Mandate.revoked_at.label("mandate_revoked"),
            Person.public_id.label("person_public"),
            Person.full_name_sealed,
            Account.display_name.label("helper"),
            Office.name.label("office"),
            Office.phone.label("office_phone"),
        )
        .join(Mandate, Mandate.id == HelperSession.mandate_id)
        .join(Person, Person.id == HelperSession.person_id)
        .join(Account, Account.id == HelperSession.helper_id)
        .join(Office, Office.id == Mandate.office_id)
    )


def visit(session: Session, session_id: int) -> Visit:
    """One session with everything that was done in it."""
    return _with_work(session, session.execute(_visits().where(HelperSession.id == session_id)).all())[0]


def visits_of_person(session: Session, person_id: int) -> list[Visit]:
    """Who helped this person, newest first."""
    query = _visits().where(HelperSession.person_id == person_id)
    query = query.order_by(HelperSession.started_at.desc(), HelperSession.id.desc()).limit(LISTED)
    return _with_work(session, session.execute(query).all())


def visits_today(session: Session, helper_id: int) -> list[Visit]:
    """Whom this helper helped today, on the wall clock of the office."""
    midnight = clock.local(clock.now()).replace(hour=0, minute=0, second=0, microsecond=0)
    query = _visits().where(HelperSession.helper_id == helper_id, HelperSession.started_at >= midnight)
    query = query.order_by(HelperSession.started_at.desc(), HelperSession.id.desc()).limit(LISTED)
    return _with_work(session, session.execute(query).all())


def _with_work(session: Session, rows: Sequence[Row[Any]]) -> list[Visit]:
    """Dossiers and cards of all these sessions in three selects, found by person (indexed), kept by mandate."""
    if not rows:
        return []
    people = {row.person_id for row in rows}
    mandates = {row.mandate_id for row in rows}
    acts = _acts(session, people, mandates)
    works: dict[int, list[Work]] = {}
    for dossier in session.execute(_dossiers(people)):
        done = {m: verbs for (d, m), verbs in acts.items() if d == dossier.id}
        if dossier.mandate_id in mandates:
            done.setdefault(dossier.mandate_id, [])
        for mandate, verbs in done.items():
            works.setdefault(mandate, []).append(_work(session, dossier, verbs))
    cards = session.execute(
        select(AccessCard.person_id, AccessCard.issued_by, AccessCard.created_at).where(
            AccessCard.person_id.in_(people)
        )
    ).all()
    return [
        Visit(row, tuple(works.get(row.mandate_id, ())), sum(_made_in(card, row) for card in cards)) for row in rows
    ]


def _acts(session: Session, people: set[int], mandates: set[int]) -> dict[tuple[int, int], list[str]]:
    """(dossier, mandate) → verbs, in order."""
    moves = session.execute(
        select(DossierMove.dossier_id, DossierMove.mandate_id, DossierMove.verb)
        .join(Dossier, Dossier.id == DossierMove.dossier_id)
        .where(Dossier.person_id.in_(people), DossierMove.mandate_id.in_(mandates))
        .order_by(DossierMove.id)
    )
    found: dict[tuple[int, int], list[str]] = {}
    for move in moves:
        found.setdefault((move.dossier_id, move.mandate_id), []).append(move.verb)
    return found


def _dossiers(people: set[int]) -> Select[Any]:
    return (
        select(
            Dossier.id,
            Dossier.public_id,
            Dossier.mandate_id,
            Dossier.code,
            Dossier.lookup_code,
            Dossier.qr_token_sealed,
            ProcedureRevision.content_hash,
        )
        .join(ProcedureRevision, ProcedureRevision.id == Dossier.revision_id)
        .where(Dossier.person_id.in_(people))
        .order_by(Dossier.id)
    )


def _work(session: Session, dossier: Row[Any], verbs: list[str]) -> Work:
    return Work(
        public_id=dossier.public_id,
        title=catalogue.spec_by_hash(session, dossier.content_hash).name,
        code=dossier.code,
        lookup_code=dossier.lookup_code,
        qr_token=unseal_text("dossiers", "qr_token", dossier.public_id, dossier.qr_token_sealed),
        acts=tuple(verb for verb in verbs if verb in ACTS),
    )


def _made_in(card: Row[Any], row: Row[Any]) -> bool:
    until = row.ended_at or row.expires_at
    return bool(card.issued_by == row.helper_id and row.started_at <= card.created_at <= until)
