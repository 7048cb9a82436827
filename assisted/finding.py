"""Finding the one person who stands before the helper: by card, by number, or by name with year of birth.

Every look-up is counted and written down; what comes back is only enough to recognise somebody.
"""

from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from sqlalchemy.orm import Session

from assisted.cards import card_by_number
from webapp.accounts import people
from webapp.accounts.models import Person
from webapp.core import throttle
from webapp.core.actor import Actor, Assurance
from webapp.core.audit import audit
from webapp.core.errors import DomainError, TooMany
from webapp.core.text import Text, fold, mask_id

PER_HOUR, PER_DAY = 30, 120
MOST = 5
# A name may be shared by many; who has the right year is found among the newest of them.
NAMESAKES = 300


@dataclass(frozen=True)
class Candidate:
    """Somebody it could be, as the list shows them."""

    public_id: str
    name: str
    born: str
    citizen_id: str
    place: str


def by_number(session: Session, number: str, *, by: Actor) -> Person | None:
    """The person with this 12-digit number."""
    _count(session, by)
    person = people.find_by_citizen_id(session, number)
    _note(session, by, "number", 0 if person is None else 1)
    return person


def by_card(session: Session, number: str, *, by: Actor) -> Person | None:
    """The owner of the card with this number. Finds them only: the PIN agrees later."""
    _count(session, by)
    card = card_by_number(session, number)
    person = session.get(Person, card.person_id) if card is not None else None
    _note(session, by, "card", 0 if person is None else 1)
    return person


def by_name(session: Session, name: str, year: str, *, by: Actor) -> list[Candidate]:
    """At most five people with all these words in the name, born in this year, masked.

    Raises DomainError for a single word: half a name would open the register.
    """
    if len(set(fold(name).split())) < 2:
        raise DomainError(Text("Write the family name and the given name, for example Vi Nhàn."))
    _count(session, by)
    namesakes = people.find_by_name(session, name, limit=NAMESAKES)
    found = [p for p in namesakes if (p.birth_date or "")[:4] == year]
    _note(session, by, "name", len(found))
    typed = set(fold(name).split())
    return [candidate(person, typed) for person in found[:MOST]]


def candidate(person: Person, typed: set[str]) -> Candidate:
    """Masked: of the name only the words the helper knew already, of the number its ends."""
    home: dict[str, Any] = (person.profile or {}).get("residence") or {}
    words = [word if fold(word) in typed else f"{word[0]}•••" for word in person.full_name.split()]
    return Candidate(
        public_id=person.public_id,
        name=" ".join(words),
        born=(person.birth_date or "")[:4],
        citizen_id=mask_id(person.citizen_id),
        place=home.get("commune") or "",
    )


def register_newcomer(session: Session, values: dict[str, Any], *, by: Actor) -> Person:
    """Write down somebody who is not known yet. Raises DomainError when the number is known: then find them by it."""
    number = values.get("citizen_id")
    _count(session, by)
    if number and people.find_by_citizen_id(session, number) is not None:
        raise DomainError(Text("This number is known already. Find the person by the number."))
    person = people.create_person(
        session,
        full_name=values["name"],
        citizen_id=number,
        birth_date=values["birth_date"],
        profile={"residence": values["residence"]},
        assurance=Assurance.NONE,
    )
    if values.get("phone"):
        people.add_phone(session, person, values["phone"], owner=values.get("phone_owner") or "mine")
    audit(session, by, "assisted:register", person.public_id, phone=bool(values.get("phone")))
    return person


def _count(session: Session, by: Actor) -> None:
    """Nobody walks through the register with a helper's log-in."""
    who = by.account_public or ""
    hour = throttle.hit(session, "assisted look-up", who, PER_HOUR, timedelta(hours=1))
    day = throttle.hit(session, "assisted look-up", who, PER_DAY, timedelta(days=1))
    if not hour or not day:
        audit(session, by, "assisted:look-up-refused")
        raise TooMany(
            Text("You have looked up many people. Wait a while, or ask the manager of your office."),
            retry_after=3600,
        )


def _note(session: Session, by: Actor, way: str, found: int) -> None:
    audit(session, by, "assisted:look-up", way=way, found=found)
