"""On a new device: one fact more than the code. Not a wall: who cannot tell it comes to the counter, or calls.

A code says "this browser's owner reads that phone". On a swapped SIM card or a recycled number that is somebody else.
The first device of an account is where its owner began, so nothing more is asked there, unless somebody is just now
trying numbers through (`breakers`), or its owner has told us "this was not me".
"""

from enum import StrEnum
from hmac import compare_digest

from sqlalchemy.orm import Session

from webapp.accounts import breakers, codes, devices, wrong_codes
from webapp.accounts.models import Account, CodeChallenge, Person
from webapp.core.actor import Actor, Assurance, Channel, Role
from webapp.core.audit import audit
from webapp.core.errors import DomainError
from webapp.core.parsing import digits
from webapp.core.text import Text

TRIES = 5


class Fact(StrEnum):
    """What a person can tell; `counter`: nothing that we know of them."""

    LAST_FOUR = "last_four"
    BIRTH_YEAR = "birth_year"
    COUNTER = "counter"


class WrongFact(DomainError):
    """It differs from what we hold."""


class UsedUp(DomainError):
    """Too often wrong; it begins with a new code."""


def needed(session: Session, account: Account) -> Fact | None:
    """What this browser must tell before it may come in as this account; None: nothing more."""
    if devices.known(session, account.id) is not None:
        return None
    strict = account.guarded_at is not None or breakers.is_open(session, breakers.GUESSING)
    if not strict and not devices.has_any(session, account.id):
        return None
    fact = _fact_of(session.get_one(Person, account.person_id))
    # Nothing on record to ask for is not the person's fault, as long as nothing is wrong.
    return None if fact is Fact.COUNTER and not strict else fact


def _fact_of(person: Person) -> Fact:
    if person.citizen_id:
        return Fact.LAST_FOUR
    return Fact.BIRTH_YEAR if person.birth_date else Fact.COUNTER


def scope_of(account: Account) -> wrong_codes.Scope:
    """Where wrong facts are counted."""
    return wrong_codes.Scope("proof", account.public_id)


def give(session: Session, account: Account, challenge: CodeChallenge, typed: str) -> None:
    """Raises unless it is right. Wrong tries are counted: the view calls `keep_changes()`."""
    person = session.get_one(Person, account.person_id)
    scope = scope_of(account)
    wrong_codes.guard(session, scope)
    fact = _fact_of(person)
    held = {
        Fact.LAST_FOUR: (person.citizen_id or "")[-4:],
        Fact.BIRTH_YEAR: (person.birth_date or "")[:4],
        Fact.COUNTER: "",
    }[fact]
    if held and compare_digest(held.encode(), digits(typed).encode()):
        wrong_codes.right(session, scope)
        by = Actor(
            role=Role.CITIZEN, channel=Channel.SELF, account_id=account.id, account_public=account.public_id,
            person_id=account.person_id, assurance=Assurance.PHONE,
        )  # fmt: skip
        audit(session, by, "session:second_proof", account.public_id, fact=fact.value)
        devices.trust_again(session, account)
        return
    wrong_codes.count(session, scope)
    wrong = int(challenge.context.get("wrong_facts", 0)) + 1
    challenge.context = {**challenge.context, "wrong_facts": wrong}
    if wrong >= TRIES:
        codes.spend(challenge)
        raise UsedUp(Text("Wrong five times. Begin again with a new code, or come to the one-stop counter."))
    raise WrongFact(Text("This is not what we hold. Look at the ID card. Tries left: %(n)s.", n=TRIES - wrong))
