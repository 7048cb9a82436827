"""Somebody stands at the counter with papers: one person, one dossier, one officer who types on the citizen's pages.

The officer never logs in as the person. A mandate says why they may act: the person stood before them and showed the
ID card. It lets them into this one dossier, for an hour, on this log-in; what they do there is written down as theirs.
"""

from dataclasses import dataclass, replace
from datetime import timedelta
from math import ceil
from typing import Any

from flask import g, request
from flask import session as browser
from sqlalchemy import Row, select
from sqlalchemy.orm import Session

from webapp.accounts import people
from webapp.accounts.mandates import AT_COUNTER, end_mandate, grant_mandate
from webapp.accounts.models import Account, Mandate, Person
from webapp.accounts.sessions import current_login, resolve_account
from webapp.catalogue import queries as catalogue
from webapp.catalogue.models import FORM, Procedure
from webapp.catalogue.words import Words
from webapp.core import clock, throttle
from webapp.core.actor import Actor, Assurance, Channel, Role
from webapp.core.audit import audit
from webapp.core.crypto import unseal_text
from webapp.core.errors import Conflict, DomainError, TooMany
from webapp.core.ids import new_public_id
from webapp.core.permissions import COUNTER_SIDE
from webapp.core.text import Text, fold
from webapp.counter.models import CounterVisit
from webapp.dossiers import draft
from webapp.dossiers.models import Dossier
from webapp.dossiers.states import State
from webapp.offices.models import Office
from webapp.shell.unit_of_work import db

MINUTES = 60
TEXT_VERSION = "at-counter-2026-11"
MOST = 5
OPEN = "counter_visit"  # this browser has begun a visit: the others need not be asked at every page
PER_HOUR = 120  # a busy desk sees forty people a day; more look-ups than this are a walk through the register


@dataclass(frozen=True)
class Visit:
    """The visit that this officer has open on this log-in."""

    row: Row[Any]

    @property
    def name(self) -> str:
        return unseal_text("people", "full_name", self.row.person_public, self.row.full_name_sealed) or ""

    @property
    def minutes_left(self) -> int:
        return max(0, ceil((self.row.expires_at - clock.now()).total_seconds() / 60))

    @property
    def path(self) -> str:
        """The person's own pages of this dossier; only there the officer is more than an officer."""
        return f"/dossiers/{self.row.dossier}"


# ------------------------------------------------------------------------------------------------ who acts


def current_visit() -> Visit | None:
    """Looked up once a request; None for everybody without one."""
    if "counter_visit" not in g:
        g.counter_visit = _find()
    found: Visit | None = g.counter_visit
    return found


def _find() -> Visit | None:
    if not browser.get(OPEN):
        return None
    login = current_login()
    if login is None or login.kind != "staff" or not {Role(r) for r in login.roles} & COUNTER_SIDE:
        return None
    row = db().execute(_open().where(CounterVisit.officer_id == login.account_id)).first()
    if row is None or row.login_session_id != login.id or row.expires_at <= clock.now() or row.revoked_at:
        return None
    return Visit(row)


def _open() -> Any:
    return (
        select(
            CounterVisit.id,
            CounterVisit.public_id,
            CounterVisit.login_session_id,
            CounterVisit.expires_at,
            CounterVisit.person_id,
            Mandate.id.label("mandate_id"),
            Mandate.public_id.label("mandate_public"),
            Mandate.revoked_at,
            Person.public_id.label("person_public"),
            Person.full_name_sealed,
            Dossier.public_id.label("dossier"),
            Dossier.state,
        )
        .join(Mandate, Mandate.id == CounterVisit.mandate_id)
        .join(Person, Person.id == CounterVisit.person_id)
        .join(Dossier, Dossier.id == CounterVisit.dossier_id)
        .where(CounterVisit.ended_at.is_(None))
    )


def resolve_visit() -> Actor | None:
    """The officer with a subject, on the pages of the visit's dossier and nowhere else."""
    if not request.path.startswith("/dossiers/"):
        return None
    visit = current_visit()
    if visit is None or not (request.path == visit.path or request.path.startswith(f"{visit.path}/")):
        return None
    officer = resolve_account()
    return acting(officer, visit.row, visit.name) if officer is not None else None


def acting(officer: Actor, row: Any, name: str) -> Actor:
    """The officer for the person. HELPER among the roles opens the pages that somebody beside a person may use."""
    return replace(
        officer,
        roles=officer.roles | {officer.role, Role.HELPER},
        channel=Channel.COUNTER,
        person_id=row.person_id,
        person_public=row.person_public,
        mandate_id=row.mandate_id,
        mandate_public=row.mandate_public,
        assurance=Assurance.IN_PERSON,
        subject_name=name,
    )


# ------------------------------------------------------------------------------------------------ finding the person


def look_up(session: Session, typed: str, *, by: Actor) -> list[Person]:
    """Whom the ID card or the name means. A single word is refused: half a name would open the register."""
    if not throttle.hit(session, "counter look-up", by.account_public or "", PER_HOUR, timedelta(hours=1)):
        raise TooMany(Text("You have looked up many people. Wait a while, or ask the manager of your office."), 3600)
    digits = "".join(ch for ch in typed[:16] if ch.isdigit())[:12]
    if len(digits) == 12:
        person = people.find_by_citizen_id(session, digits)
        found = [person] if person is not None else []
    elif len(set(fold(typed).split())) < 2:
        raise DomainError(Text("Scan the ID card, type its 12 digits, or the family name and the given name."))
    else:
        found = people.find_by_name(session, typed, limit=MOST)
    audit(session, by, "counter:look-up", way="number" if len(digits) == 12 else "name", found=len(found))
    return found


def register_person(session: Session, values: dict[str, Any], *, by: Actor) -> Person:
    """Write down somebody who is not known yet; without an account, they may claim it later with the same number."""
    number = values.get("citizen_id")
    if number and people.find_by_citizen_id(session, number) is not None:
        raise DomainError(Text("This number is known already. Find the person by the number."))
    person = people.create_person(
        session,
        full_name=values["name"],
        citizen_id=number,
        birth_date=values.get("birth_date"),
        assurance=Assurance.IN_PERSON,
    )
    if values.get("phone"):
        people.add_phone(session, person, values["phone"])
    audit(session, by, "counter:register-person", person.public_id, phone=bool(values.get("phone")))
    return person


def procedures(session: Session) -> dict[str, Words]:
    """Code → name of everything that has a form here, those that are done only at the counter too."""
    codes = session.scalars(select(Procedure.code).where(Procedure.active, Procedure.origin == FORM))
    found = catalogue.by_codes(session, codes.all()).values()
    return {one.spec.code: one.spec.plain for one in sorted(found, key=lambda one: fold(one.spec.plain.vi))}


# ------------------------------------------------------------------------------------------------ the visit


def begin(session: Session, person: Person, procedure: str, *, by: Actor, login_id: int) -> Dossier:
    """The card was seen: a mandate, a draft, a visit. Raises Conflict while another visit is open."""
    # Two windows of one officer wait for each other here.
    session.execute(select(Account.id).where(Account.id == by.account_id).with_for_update())
    there = session.execute(_open().where(CounterVisit.officer_id == by.account_id)).first()
    if there is not None:
        if there.login_session_id == login_id and there.expires_at > clock.now() and there.state == State.DRAFT.value:
            raise Conflict(Text("You are still typing for another person. End that visit first."))
        end(session, there.id, by=by)
    mandate = grant_mandate(
        session,
        person_id=person.id,
        helper=by,
        evidence_kind=AT_COUNTER,
        evidence_id=new_public_id(),
        text_version=TEXT_VERSION,
        minutes=MINUTES,
    )
    who = replace(by, person_id=person.id, mandate_id=mandate.id, mandate_public=mandate.public_id)
    office = session.get_one(Office, by.office_id)
    dossier = draft.start_draft(session, procedure_code=procedure, office=office, by=who)
    visit = CounterVisit(
        officer_id=by.account_id,
        person_id=person.id,
        mandate_id=mandate.id,
        login_session_id=login_id,
        dossier_id=dossier.id,
        started_at=mandate.granted_at,
        expires_at=mandate.expires_at,
    )
    session.add(visit)
    session.flush()
    audit(session, by, "counter:visit", visit.public_id, mandate=mandate.public_id, card="seen", procedure=procedure)
    return dossier


def end(session: Session, visit_id: int, *, by: Actor) -> CounterVisit:
    """The person goes; the mandate with them. A draft that was not sent stays the person's."""
    row = session.get_one(CounterVisit, visit_id, with_for_update=True)
    if row.ended_at is None:
        row.ended_at = clock.now()
        end_mandate(session, session.get_one(Mandate, row.mandate_id))
        audit(session, by, "counter:visit-end", row.public_id)
    return row
