"""The names of a dossier: code for offices, lookup code for people, token for the QR."""

import hashlib

from sqlalchemy import select
from sqlalchemy.orm import Session

from webapp.core import clock, ids
from webapp.core.db import upsert
from webapp.dossiers.models import DailyNumber, Dossier


def qr_digest(token: str) -> str:
    """Tokens are stored as digests: who reads the table cannot print a working QR."""
    return hashlib.sha256(token.strip().upper().encode()).hexdigest()


def give_numbers(session: Session, dossier: Dossier, office_code: str) -> None:
    """Code `H56.38.12-261122-0042` (the office's daily counter), lookup code, QR token; in the submit's transaction."""
    day = clock.today()
    query = (
        upsert(session, DailyNumber)
        .values(office_id=dossier.office_id, day=day, last=1)
        .on_conflict_do_update(index_elements=["office_id", "day"], set_={"last": DailyNumber.last + 1})
        .returning(DailyNumber.last)
    )
    number = session.execute(query).scalar_one()
    dossier.code = f"{office_code}-{day:%y%m%d}-{number:04d}"
    dossier.lookup_code = _free_lookup_code(session)
    token = ids.new_qr_token()
    dossier.qr_token = token
    dossier.qr_digest = qr_digest(token)


def _free_lookup_code(session: Session) -> str:
    while True:
        code = ids.new_lookup_code()
        if session.scalar(select(Dossier.id).where(Dossier.lookup_code == code)) is None:
            return code


def qr_address(base_url: str, token: str) -> str:
    """In capitals: alphanumeric mode makes the QR small enough for a bad camera."""
    return f"{base_url.upper().rstrip('/')}/Q/{token}"
