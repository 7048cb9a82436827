"""A new citizen: from a proved phone and what they say about themselves to a person with an account."""

from collections.abc import Mapping
from datetime import timedelta
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from webapp.accounts import claiming, ownership, people
from webapp.accounts.models import Account, CodeChallenge, Phone
from webapp.core import throttle
from webapp.core.actor import Actor, Assurance, Channel, Role
from webapp.core.audit import audit
from webapp.core.errors import DomainError, TooMany
from webapp.core.text import Text

CONSENT_TEXT = "register-1"  # the version of the words beside the box; /privacy says the same at length
NATIONALITY = "Việt Nam"
PER_PHONE = (6, timedelta(hours=1))
PER_NUMBER = (20, timedelta(days=1))


class NumberKnown(DomainError):
    """Somebody with this personal number is known already: the way back in, not a second person."""


def guard(session: Session, challenge: CodeChallenge, number: str) -> None:
    """The number of another person must not be looked for by trying; and one number has one try at a time."""
    allowed = (
        throttle.hit(session, "register", challenge.phone_index, *PER_PHONE),
        throttle.hit(session, "register number", number, *PER_NUMBER),
    )
    if not all(allowed):
        raise TooMany(Text("Too many tries. Wait an hour, or come to the counter with the ID card."), 3600)


def register_person(session: Session, challenge: CodeChallenge, owner: str, answers: Mapping[str, Any]) -> Account:
    """The account of somebody new, or of somebody whom an office wrote down with this phone.

    Raises NumberKnown for a number that is known otherwise: its owner comes back in by another way.
    """
    guard(session, challenge, answers["citizen_id"])
    written_down = claiming.by_phone(session, challenge, answers)
    known = people.find_by_citizen_id(session, answers["citizen_id"])
    if written_down is not None and (known is None or known.id == written_down.id):
        return claiming.claim_by_phone(session, written_down, challenge, owner, answers)
    if known is not None:
        raise NumberKnown(Text("With this number you are known here already. See below how you get in."))
    person = people.create_person(
        session,
        full_name=answers["full_name"],
        citizen_id=answers["citizen_id"],
        birth_date=answers["birth_date"],
        profile={
            "sex": answers["sex"],
            "nationality": NATIONALITY,
            "residence": answers["residence"],
            "id_type": "can_cuoc",
            **({"ethnicity": answers["ethnicity"]} if answers.get("ethnicity") else {}),
        },
        assurance=Assurance.PHONE,
    )
    account = people.open_account(session, person)
    people.add_phone(session, person, challenge.phone, owner=owner, verified_at=challenge.used_at)
    by = Actor(
        role=Role.CITIZEN, channel=Channel.SELF, account_id=account.id, account_public=account.public_id,
        person_id=person.id, person_public=person.public_id, assurance=Assurance.PHONE,
    )  # fmt: skip
    audit(session, by, "account:register", account.public_id, phone=owner, words=CONSENT_TEXT)
    return account


def claim(session: Session, challenge: CodeChallenge, owner: str, answers: Mapping[str, Any]) -> Account:
    """By the code of a dossier; tries count as those of registering do."""
    guard(session, challenge, answers["citizen_id"])
    return claiming.claim_by_code(
        session, challenge, owner, answers["citizen_id"], answers["birth_date"], answers["lookup"]
    )


def is_somebody_elses(session: Session, phone: str, owner: str) -> bool:
    """Does somebody else call this phone their own, too? To be asked about, never to refuse."""
    if owner != ownership.MINE:
        return False
    query = select(Phone.id).where(
        Phone.number_index == people.phone_index(phone),
        Phone.owner == ownership.MINE,
        Phone.verified_at.is_not(None),
        Phone.replaced_at.is_(None),
    )
    return session.scalar(query.limit(1)) is not None
