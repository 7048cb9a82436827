"""The names of a dossier: code for offices, lookup code for people, token for the QR."""

import hashlib
from typing import Any

from sqlalchemy import bindparam, select
from sqlalchemy.orm import Session

from webapp.core import clock, ids
from webapp.core.hot import Hot, together
from webapp.dossiers.models import DailyNumber, Dossier


def qr_digest(token: str) -> str:
    """Tokens are stored as digests: who reads the table cannot print a working QR."""
    return hashlib.sha256(token.strip().upper().encode()).hexdigest()


def _next(insert: Any) -> Any:
    first = insert(DailyNumber).values(office_id=bindparam("office"), day=bindparam("today"), last=1)
    counted = first.on_conflict_do_update(index_elements=["office_id", "day"], set_={"last": DailyNumber.last + 1})
    return counted.returning(DailyNumber.last)


NEXT = Hot(_next)
TAKEN = Hot(select(Dossier.id).where(Dossier.lookup_code == bindparam("code")))


def give_numbers(session: Session, dossier: Dossier, office_code: str) -> None:
    """Code `H56.38.12-261122-0042` (the office's daily counter), lookup code, QR token; in the submit's transaction."""
    day, lookup = clock.today(), ids.new_lookup_code()
    # Others of this office wait for their number from here on.
    (number,), taken = together(
        session, (NEXT, {"office": dossier.office_id, "today": day}), (TAKEN, {"code": lookup})
    )  # fmt: skip
    while taken:
        lookup = ids.new_lookup_code()
        taken = TAKEN.rows(session, code=lookup)
    token = ids.new_qr_token()
    dossier.code = f"{office_code}-{day:%y%m%d}-{number.last:04d}"
    dossier.lookup_code = lookup
    dossier.qr_token = token
    dossier.qr_digest = qr_digest(token)


def qr_address(base_url: str, token: str) -> str:
    """In capitals: alphanumeric mode makes the QR small enough for a bad camera."""
    return f"{base_url.upper().rstrip('/')}/Q/{token}"
