"""Looking a dossier up without an account: by its code and a second fact."""

import hmac
import re
from datetime import timedelta
from typing import Any

from sqlalchemy import bindparam, select
from sqlalchemy.orm import Session

from webapp.accounts.models import Person
from webapp.core import ids, keystrokes
from webapp.core.crypto import unseal_text
from webapp.core.hot import Hot
from webapp.core.ids import normalise_lookup_code
from webapp.core.text import one_line
from webapp.core.throttle import give_back, hit
from webapp.dossiers.models import Dossier
from webapp.dossiers.numbers import qr_digest

_FACTS = select(
    Dossier.id, Dossier.person_id, Person.public_id, Person.citizen_id_sealed, Person.birth_date_sealed
).join(Person, Person.id == Dossier.person_id)
BY_LOOKUP_CODE = Hot(_FACTS.where(Dossier.lookup_code == bindparam("code")))
BY_CODE = Hot(_FACTS.where(Dossier.code == bindparam("code")))
WINDOW = timedelta(minutes=5)
PER_CODE = 6
_SCANNED = re.compile(r"/Q/([^/?#]{9,16})(?:[/?#].*)?$")  # marks on it, and fewer letters, if Vietnamese typing was on
Place = tuple[str, str]  # where somebody tries from: what is counted there, and which one


def by_code(session: Session, code: str, proof: str) -> int | None:
    """The key of the dossier with this lookup code or dossier code, if the second fact is right.

    That is the last 4 digits of the ID number or the birth year of the person.
    """
    row = found(session, code)
    return row.id if row is not None and proves(row, one_line(proof)) else None


def found(session: Session, code: str) -> Any | None:
    """Whose dossier that is, for a caller who then asks for a proof: `proves`, or a phone that is known."""
    typed = _typed(code)
    return (BY_LOOKUP_CODE if normalise_lookup_code(typed) else BY_CODE).first(session, code=typed)


def _typed(code: str) -> str:
    """As the code stands in the table, if it is one."""
    typed = one_line(code).upper()
    return normalise_lookup_code(typed) or typed.replace(" ", "")


def count_try(session: Session, place: Place, times: int, code: str) -> bool:
    """A code has few signs; guessing it, or the second fact, must be slow. False: too many, from here or of this code.

    However a code is spelt, and by whatever way it comes (page, API, SMS), its tries are counted together.
    """
    here = hit(session, *place, times, WINDOW)
    return hit(session, "lookup code", _typed(code), PER_CODE, WINDOW) and here


def was_right(session: Session, place: Place) -> None:
    """Whoever knows both guesses nothing: an office, where many ask from one address, is not held up by them."""
    give_back(session, *place, WINDOW)


def proves(row: Any, proof: str) -> bool:
    number = unseal_text("people", "citizen_id", row.public_id, row.citizen_id_sealed) or ""
    birth = unseal_text("people", "birth_date", row.public_id, row.birth_date_sealed) or ""
    facts = (number[-4:], birth[:4])
    return any(len(fact) == 4 and hmac.compare_digest(fact.encode(), proof.encode()) for fact in facts)


def proves_owner(session: Session, person_id: int, typed: str) -> bool:
    """Is this the lookup code of a dossier of theirs? With number and birth it lets them take over what was begun."""
    short = normalise_lookup_code(one_line(typed))
    query = select(Dossier.id).where(Dossier.lookup_code == short, Dossier.person_id == person_id)
    return short is not None and session.scalar(query) is not None


def by_address(session: Session, typed: str) -> Any | None:
    """The dossier whose receipt's QR a scanner typed: its public id and lookup code. None: that was no QR of ours."""
    token = _SCANNED.search(one_line(typed).upper().replace(" ", ""))
    if token is None:
        return None
    digests = [qr_digest(code) for code in keystrokes.possible(token[1], 16, ids.BASE32)]
    found = select(Dossier.public_id, Dossier.lookup_code).where(Dossier.qr_digest.in_(digests))
    rows = session.execute(found.limit(2)).all()
    return rows[0] if len(rows) == 1 else None
