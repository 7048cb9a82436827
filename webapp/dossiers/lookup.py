"""Looking a dossier up without an account: by its code and a second fact."""

import hmac
from typing import Any

from sqlalchemy import bindparam, select
from sqlalchemy.orm import Session

from webapp.accounts.models import Person
from webapp.core.crypto import unseal_text
from webapp.core.hot import Hot
from webapp.core.ids import normalise_lookup_code
from webapp.core.text import one_line
from webapp.dossiers.models import Dossier

_FACTS = select(Dossier.id, Person.public_id, Person.citizen_id_sealed, Person.birth_date_sealed).join(
    Person, Person.id == Dossier.person_id
)
BY_LOOKUP_CODE = Hot(_FACTS.where(Dossier.lookup_code == bindparam("code")))
BY_CODE = Hot(_FACTS.where(Dossier.code == bindparam("code")))


def by_code(session: Session, code: str, proof: str) -> int | None:
    """The key of the dossier with this lookup code or dossier code, if the second fact is right.

    That is the last 4 digits of the ID number or the birth year of the person.
    """
    typed = one_line(code).upper()
    short = normalise_lookup_code(typed)
    asked, code = (BY_LOOKUP_CODE, short) if short else (BY_CODE, typed.replace(" ", ""))
    found = asked.first(session, code=code)
    return found.id if found is not None and _proves(found, one_line(proof)) else None


def _proves(row: Any, proof: str) -> bool:
    number = unseal_text("people", "citizen_id", row.public_id, row.citizen_id_sealed) or ""
    birth = unseal_text("people", "birth_date", row.public_id, row.birth_date_sealed) or ""
    facts = (number[-4:], birth[:4])
    return any(len(fact) == 4 and hmac.compare_digest(fact.encode(), proof.encode()) for fact in facts)


def proves_owner(session: Session, person_id: int, typed: str) -> bool:
    """Is this the lookup code of a dossier of theirs? With number and birth it lets them take over what was begun."""
    short = normalise_lookup_code(one_line(typed))
    query = select(Dossier.id).where(Dossier.lookup_code == short, Dossier.person_id == person_id)
    return short is not None and session.scalar(query) is not None
