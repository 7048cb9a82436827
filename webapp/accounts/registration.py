"""Register: a proved phone and a few answers make a person, their account and their number."""

from collections.abc import Mapping
from datetime import timedelta
from typing import Any

from sqlalchemy.orm import Session

from webapp.accounts import people
from webapp.accounts.models import Account, CodeChallenge
from webapp.core import throttle
from webapp.core.actor import Actor, Assurance, Channel, Role
from webapp.core.audit import audit
from webapp.core.errors import DomainError, TooMany
from webapp.core.text import Text

CONSENT_TEXT = "register-1"  # the version of the words beside the box; /privacy says the same at length
NATIONALITY = "Việt Nam"


class NumberTaken(DomainError):
    """Somebody with this personal number is known already. Who, and by which phone, is not said."""


def register_person(session: Session, challenge: CodeChallenge, owner: str, answers: Mapping[str, Any]) -> Account:
    """The new account. A number that is known already is refused: at the counter its owner shows the ID card."""
    # The number of another person must not be looked for by trying.
    if not throttle.hit(session, "register", challenge.phone_index, 6, timedelta(hours=1)):
        raise TooMany(Text("Too many tries. Wait an hour, or come to the counter with the ID card."), 3600)
    if people.find_by_citizen_id(session, answers["citizen_id"]) is not None:
        raise NumberTaken(Text("This personal number is already registered."))
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
