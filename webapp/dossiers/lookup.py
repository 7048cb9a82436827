"""Looking a dossier up without an account: by QR (nothing else needed) or by code and a second fact."""

import hmac

from sqlalchemy import select
from sqlalchemy.orm import Session

from webapp.accounts.models import Person
from webapp.core.ids import normalise_lookup_code
from webapp.core.text import one_line
from webapp.dossiers.models import Dossier
from webapp.dossiers.numbers import qr_digest


def by_token(session: Session, token: str) -> Dossier | None:
    return session.scalar(select(Dossier).where(Dossier.qr_digest == qr_digest(token)))


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
