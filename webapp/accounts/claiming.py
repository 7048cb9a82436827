"""Somebody whom an office or a helper wrote down comes by themselves: the same person, not a second one.

Two ways: the phone that was written down (and number, name and birth agree), or the code of a dossier. Whoever comes
by a code has only shown a paper that can be found or read over a shoulder: their results wait for the ID card.
"""

from collections.abc import Callable, Mapping
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from webapp.accounts import holds, people
from webapp.accounts.models import Account, CodeChallenge, Person, Phone
from webapp.core import clock
from webapp.core.actor import Actor, Assurance, Channel, Role
from webapp.core.audit import audit
from webapp.core.errors import DomainError
from webapp.core.text import Text, fold

Proof = Callable[[Session, int, str], bool]
_proofs: dict[str, Proof] = {}


def add_proof(name: str, proof: Proof) -> None:
    """A room above knows papers that only their owner should have: (session, person, code typed) → is it theirs?"""
    _proofs[name] = proof


def by_phone(session: Session, challenge: CodeChallenge, answers: Mapping[str, Any]) -> Person | None:
    """The one person without an account who was written down with this phone, this name and this birth."""
    rows = session.scalars(
        select(Person)
        .join(Phone, Phone.person_id == Person.id)
        .outerjoin(Account, Account.person_id == Person.id)
        .where(Phone.number_index == challenge.phone_index, Phone.replaced_at.is_(None), Account.id.is_(None))
        .with_for_update(of=Person)
    ).all()
    fitting = [person for person in rows if _is_same(person, answers)]
    return fitting[0] if len(fitting) == 1 else None


def _is_same(person: Person, answers: Mapping[str, Any]) -> bool:
    if person.citizen_id not in (None, answers["citizen_id"]):
        return False
    return fold(person.full_name) == fold(answers["full_name"]) and _born(person, answers["birth_date"])


def _born(person: Person, typed: str) -> bool:
    """As exactly as both know it: of elders often only the year is written down."""
    known = person.birth_date or ""
    return len(known) >= 4 and (known.startswith(typed) or typed.startswith(known))


def claim_by_phone(
    session: Session, person: Person, challenge: CodeChallenge, owner: str, answers: Mapping[str, Any]
) -> Account:
    """Open this person's account; what they have just answered fills in what was not known."""
    if person.citizen_id is None:
        person.citizen_id = answers["citizen_id"]
        person.citizen_id_index = people.citizen_id_index(answers["citizen_id"])
    known = person.profile or {}
    asked = {key: answers.get(key) for key in ("sex", "residence", "ethnicity") if not known.get(key)}
    people.change_profile(person, **asked)
    account = _open(session, person, challenge, owner, "phone")
    holds.put(account, holds.CLAIMED, clock.now() + holds.TERM)
    return account


def claim_by_code(
    session: Session, challenge: CodeChallenge, owner: str, number: str, birth: str, code: str
) -> Account:
    """The same by number, birth and the code of one of their dossiers. Every wrong thing gets the same answer."""
    person = session.scalar(
        select(Person).where(Person.citizen_id_index == people.citizen_id_index(number)).with_for_update()
    )
    proved = person is not None and any(proof(session, person.id, code) for proof in _proofs.values())
    if person is None or not proved or not _born(person, birth) or people.account_of(session, person.id) is not None:
        raise DomainError(
            Text(
                "Number, date of birth and code do not belong together, or there is an account already. "
                "Look at all three once more, or come to the counter with the ID card."
            )
        )
    account = _open(session, person, challenge, owner, "code")
    holds.put(account, holds.CLAIMED, None)
    return account


def _open(session: Session, person: Person, challenge: CodeChallenge, owner: str, way: str) -> Account:
    account = people.open_account(session, person)
    phone = people.add_phone(session, person, challenge.phone, owner=owner, verified_at=challenge.used_at)
    phone.owner, phone.contact_only = owner, False
    if way == "phone" and Assurance(person.assurance) is Assurance.NONE:
        person.assurance = Assurance.PHONE.value
    by = Actor(
        role=Role.CITIZEN, channel=Channel.SELF, account_id=account.id, account_public=account.public_id,
        person_id=person.id, person_public=person.public_id, assurance=Assurance.PHONE,
    )  # fmt: skip
    audit(session, by, "account:claim", account.public_id, way=way, phone=owner)
    return account
