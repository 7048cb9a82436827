"""People: made once, found by number, by name without marks, by phone. No search column can be read."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from webapp.accounts.models import Account, Person, PersonToken, Phone
from webapp.core import clock, crypto
from webapp.core.actor import Assurance
from webapp.core.text import Text, fold, nfc, one_line

MAX_WORDS = 12
SEXES = {"0": "nam", "1": "nu"}  # the personal number's century digit is even for men, odd for women


def citizen_id_index(number: str) -> str:
    """What stands in the table instead of the number."""
    return crypto.blind("citizen id", number)


def phone_index(number: str) -> str:
    """The same for a phone number in E.164."""
    return crypto.blind("phone", number)


def name_tokens(text: str) -> list[str]:
    """A keyed digest of each different word of a name, without marks: 'Nhàn Vi' finds 'Vi Thị Nhàn'."""
    words = dict.fromkeys(fold(text).split())
    return [crypto.blind("name word", word) for word in list(words)[:MAX_WORDS]]


def create_person(
    session: Session,
    *,
    full_name: str,
    citizen_id: str | None = None,
    birth_date: str | None = None,
    profile: dict[str, Any] | None = None,
    assurance: Assurance = Assurance.NONE,
) -> Person:
    """A new person with what finds them again. The caller has made sure that the number is free."""
    person = Person(assurance=Assurance(assurance).value, created_at=clock.now())
    person.full_name = one_line(full_name)
    person.birth_date = birth_date or None
    person.profile = profile or {}
    if citizen_id:
        person.citizen_id = citizen_id
        person.citizen_id_index = citizen_id_index(citizen_id)
    session.add(person)
    session.flush()  # the tokens need the person's key
    session.add_all(PersonToken(person_id=person.id, token=token) for token in name_tokens(full_name))
    return person


def rename_person(session: Session, person: Person, full_name: str) -> None:
    """Correct a name, and the words it is found by."""
    person.full_name = one_line(full_name)
    wanted = set(name_tokens(full_name))
    for token in session.scalars(select(PersonToken).where(PersonToken.person_id == person.id)):
        if token.token not in wanted:
            session.delete(token)
        wanted.discard(token.token)
    session.add_all(PersonToken(person_id=person.id, token=token) for token in wanted)


def change_profile(person: Person, **values: Any) -> None:
    """Put these answers into the profile; None or an empty text takes one out."""
    profile = {**(person.profile or {}), **{k: nfc(v) if isinstance(v, str) else v for k, v in values.items()}}
    person.profile = {k: v for k, v in profile.items() if v not in (None, "")}


def find_by_citizen_id(session: Session, number: str) -> Person | None:
    return session.scalar(select(Person).where(Person.citizen_id_index == citizen_id_index(number)))


def find_by_public_id(session: Session, public_id: str) -> Person | None:
    return session.scalar(select(Person).where(Person.public_id == public_id))


def find_by_name(session: Session, text: str, limit: int = 10) -> list[Person]:
    """People whose names have every word that was typed, in any order, with or without marks; newest first."""
    tokens = name_tokens(text)
    if not tokens:
        return []
    having_all = (
        select(PersonToken.person_id)
        .where(PersonToken.token.in_(tokens))
        .group_by(PersonToken.person_id)
        .having(func.count() == len(tokens))
    )
    query = select(Person).where(Person.id.in_(having_all)).order_by(Person.id.desc()).limit(limit)
    return list(session.scalars(query))


def add_phone(
    session: Session, person: Person, number: str, *, owner: str = "mine", verified_at: datetime | None = None
) -> Phone:
    """A number that reaches this person; `owner` is mine or relative. The same number twice is one row."""
    index = phone_index(number)
    found = session.scalar(select(Phone).where(Phone.person_id == person.id, Phone.number_index == index))
    if found is not None:
        # What was proved before another phone took its place is no longer proved.
        found.verified_at = verified_at or (found.verified_at if found.replaced_at is None else None)
        found.replaced_at = None
        return found
    phone = Phone(person_id=person.id, number_index=index, owner=owner, verified_at=verified_at, created_at=clock.now())
    phone.number = number
    session.add(phone)
    return phone


def phones_of(session: Session, person_id: int) -> list[Phone]:
    """Numbers of a person, proved ones first, the newest before the older."""
    query = select(Phone).where(Phone.person_id == person_id, Phone.replaced_at.is_(None)).order_by(Phone.id.desc())
    return sorted(session.scalars(query), key=lambda p: p.verified_at is None)


def own_phones(session: Session, person_id: int) -> list[Phone]:
    """The numbers that stand for the person. One that only takes messages proves nothing and consents to nothing."""
    return [phone for phone in phones_of(session, person_id) if not phone.contact_only]


@dataclass(frozen=True)
class Holder:
    """Somebody who can log in with a number."""

    account: Account
    person: Person


def holders_of(session: Session, number: str) -> list[Holder]:
    """Everybody with an open account who proved that this number reaches them."""
    rows = session.execute(
        select(Account, Person)
        .join(Person, Person.id == Account.person_id)
        .join(Phone, Phone.person_id == Person.id)
        .where(
            Phone.number_index == phone_index(number),
            Phone.verified_at.is_not(None),
            Phone.replaced_at.is_(None),
            Phone.contact_only.is_(False),
            Account.kind == "citizen",
            Account.disabled_at.is_(None),
        )
        .order_by(Person.id)
    )
    return [Holder(account, person) for account, person in rows]


def account_of(session: Session, person_id: int) -> Account | None:
    return session.scalar(select(Account).where(Account.person_id == person_id))


def open_account(session: Session, person: Person) -> Account:
    """A citizen's way in."""
    account = Account(kind="citizen", person_id=person.id, roles=["citizen"], created_at=clock.now())
    session.add(account)
    session.flush()  # sessions and the journal point at it
    return account


def doubts(citizen_id: str | None, birth_date: str | None, sex: str | None) -> Sequence[tuple[str, Text]]:
    """Where the 12-digit number and the form do not agree. To look at again, never to refuse: registers err too.

    3 digits province, 1 digit century and sex (0/1: 1900–1999 man/woman, 2/3: 2000–2099 …), 2 digits year of birth.
    """
    if not citizen_id or len(citizen_id) != 12:
        return []
    found = []
    year = 1900 + 100 * (int(citizen_id[3]) // 2) + int(citizen_id[4:6])
    if birth_date and int(birth_date[:4]) != year:
        found.append(
            (
                "birth_date",
                Text(
                    "The personal number is usually that of somebody born in %(number_year)s; you wrote %(year)s.",
                    number_year=year,
                    year=birth_date[:4],
                ),
            )
        )
    if sex and SEXES[str(int(citizen_id[3]) % 2)] != sex:
        found.append(
            (
                "sex",
                Text("The fourth digit of the personal number usually goes with the other sex than the one chosen."),
            )
        )
    return found
