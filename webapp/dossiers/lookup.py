"""Looking a dossier up without an account: by its code and a second fact."""

import hmac

from sqlalchemy import select
from sqlalchemy.orm import Session

from webapp.accounts.models import Person
from webapp.core.ids import normalise_lookup_code
from webapp.core.text import one_line
from webapp.dossiers.models import Dossier


def by_code(session: Session, code: str, proof: str) -> Dossier | None:
    """Lookup code or dossier code, and the last 4 digits of the ID number or the birth year of the person."""
    typed = one_line(code).upper()
    short = normalise_lookup_code(typed)
    where = Dossier.lookup_code == short if short else Dossier.code == typed.replace(" ", "")
    found = session.execute(select(Dossier, Person).join(Person, Person.id == Dossier.person_id).where(where)).first()
    if found is None:
        return None
    dossier, person = found
    return dossier if _proves(person, one_line(proof)) else None


def _proves(person: Person, proof: str) -> bool:
    facts = [(person.citizen_id or "")[-4:], (person.birth_date or "")[:4]]
    return any(len(fact) == 4 and hmac.compare_digest(fact.encode(), proof.encode()) for fact in facts)


def proves_owner(session: Session, person_id: int, typed: str) -> bool:
    """Is this the lookup code of a dossier of theirs? With number and birth it lets them take over what was begun."""
    short = normalise_lookup_code(one_line(typed))
    query = select(Dossier.id).where(Dossier.lookup_code == short, Dossier.person_id == person_id)
    return short is not None and session.scalar(query) is not None
