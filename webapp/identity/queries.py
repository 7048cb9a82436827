"""Reads: whose identity this is, and which of a person's data an issuer stands for."""

from collections.abc import Sequence

from sqlalchemy import select
from sqlalchemy.orm import Session

from webapp.accounts.models import Person
from webapp.core import crypto
from webapp.core.text import fold
from webapp.identity.models import NationalIdentity

SHOWN = ("full_name", "birth_date", "citizen_id")


def subject_index(issuer: str, subject: str) -> str:
    """`sub` is only unique at its issuer, so both are the key (OpenID Connect Core 5.7)."""
    return crypto.blind("identity", f"{issuer}\0{subject}")


def find_identity(session: Session, issuer: str, subject: str) -> NationalIdentity | None:
    """Also one that was taken away: it still says whose it is."""
    query = select(NationalIdentity).where(
        NationalIdentity.issuer == issuer, NationalIdentity.subject_index == subject_index(issuer, subject)
    )
    return session.scalar(query)


def identities_of(session: Session, person_id: int) -> Sequence[NationalIdentity]:
    """The ones that open the account now."""
    query = select(NationalIdentity).where(
        NationalIdentity.person_id == person_id, NationalIdentity.unlinked_at.is_(None)
    )
    return session.scalars(query.order_by(NationalIdentity.id)).all()


def identity_of(session: Session, person_id: int, public_id: str) -> NationalIdentity | None:
    """One of this person's own; anybody else's is not there."""
    query = select(NationalIdentity).where(
        NationalIdentity.person_id == person_id,
        NationalIdentity.public_id == public_id,
        NationalIdentity.unlinked_at.is_(None),
    )
    return session.scalar(query)


def confirmed(session: Session, person: Person) -> set[str]:
    """Which of name, birth date and number stand as an issuer said them: compared, so a later change is seen."""
    found: set[str] = set()
    for identity in identities_of(session, person.id):
        claims = identity.claims
        found |= {key for key in SHOWN if claims.get(key) and claims[key] == getattr(person, key)}
    return found


def is_like(one: Person, other: Person) -> bool:
    """The same name, marks aside, and the same year of birth."""
    years = {(person.birth_date or "")[:4] for person in (one, other)}
    return fold(one.full_name) == fold(other.full_name) and len(years) == 1 and "" not in years
