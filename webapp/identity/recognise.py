"""Who is it that came back from the issuer? Reads only; what follows is done by the verbs.

An account that was opened with a phone has a number that its owner typed: the issuer's word alone does not make that
account somebody's. Whoever comes with VNeID then shows that they read that phone, too; so neither a slip of the finger
nor somebody who typed another's number can mix two people up. Data that an office saw on the ID card need no such
proof, because VNeID level 2 counts as that card.
"""

from dataclasses import dataclass
from enum import StrEnum

from sqlalchemy.orm import Session

from webapp.accounts import holds, people
from webapp.accounts.models import Account, Person
from webapp.core.actor import Assurance
from webapp.core.text import Text
from webapp.identity import queries
from webapp.identity.claims import Claimed

SEEN = frozenset({Assurance.IN_PERSON, Assurance.VNEID})


class Way(StrEnum):
    """What may happen now."""

    KNOWN = "known"  # this identity is linked: in
    NEW = "new"  # nobody has this number: a new person
    SAME = "same"  # it is this person: link
    PROVE = "prove"  # it is, if a code from that person's phone comes back
    NO = "no"


@dataclass(frozen=True)
class Recognised:
    """The way, the person it leads to, and words where it leads nowhere."""

    way: Way
    person: Person | None = None
    text: Text | None = None


def recognise(session: Session, claimed: Claimed) -> Recognised:
    """For a log-in: nobody is here yet."""
    identity = queries.find_identity(session, claimed.issuer, claimed.subject)
    if identity is not None:
        owner = session.get_one(Person, identity.person_id)
        if identity.unlinked_at is None:
            return Recognised(Way.KNOWN, owner)
        return Recognised(Way.PROVE, owner) if provable(session, owner) else Recognised(Way.NO, text=_counter())
    person = people.find_by_citizen_id(session, claimed.citizen_id)
    if person is None:
        return Recognised(Way.NEW)
    return _same_number(session, claimed, person)


def recognise_beside(session: Session, claimed: Claimed, here: Person) -> Recognised:
    """For a link: `here` is logged in. A person other than `here` in the answer means that the two are to be joined."""
    identity = queries.find_identity(session, claimed.issuer, claimed.subject)
    if identity is not None and identity.person_id == here.id:
        return Recognised(Way.KNOWN, here)
    if here.citizen_id == claimed.citizen_id:
        if identity is not None:  # linked to somebody whose number is another one: only an office can tell
            return Recognised(Way.NO, text=_counter())
        return Recognised(Way.SAME, here)
    if not claimed.is_like(here.full_name, here.birth_date):
        return Recognised(
            Way.NO,
            text=Text(
                "This VNeID belongs to somebody else than this account. Each person uses their own: "
                "log out first, then log in with that VNeID."
            ),
        )
    if not claimed.counts_as_card or is_seen(session, here):
        return Recognised(Way.NO, text=_counter())
    if identity is not None:
        return Recognised(Way.SAME, session.get_one(Person, identity.person_id))
    other = people.find_by_citizen_id(session, claimed.citizen_id)
    return _same_number(session, claimed, other) if other is not None else Recognised(Way.SAME, here)


def is_seen(session: Session, person: Person) -> bool:
    """Has an office, or an issuer that counts as one, seen who this is?"""
    if Assurance(person.assurance) in SEEN:
        return True
    return any(identity.level >= 2 for identity in queries.identities_of(session, person.id))


def _same_number(session: Session, claimed: Claimed, person: Person) -> Recognised:
    account = people.account_of(session, person.id)
    if claimed.counts_as_card and (account is None or _is_sure(session, person, account)):
        like = claimed.is_like(person.full_name, person.birth_date)
        return Recognised(Way.SAME, person) if like else Recognised(Way.NO, text=_counter())
    if account is not None and provable(session, person):
        return Recognised(Way.PROVE, person)
    return Recognised(Way.NO, text=_counter())


def _is_sure(session: Session, person: Person, account: Account) -> bool:
    """An account that was taken over lately may be in other hands than the person an office saw."""
    return is_seen(session, person) and holds.of_account(account) is None


def provable(session: Session, person: Person) -> list[str]:
    """Phones on which this person can show that the account is theirs."""
    return [phone.number for phone in people.own_phones(session, person.id) if phone.verified_at is not None]


def _counter() -> Text:
    return Text(
        "Your personal number is known here, but the data do not fit together, and we do not want to mix two people "
        "up. Come to the one-stop counter with the ID card; it takes a few minutes."
    )
