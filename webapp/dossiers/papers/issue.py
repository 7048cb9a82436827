"""Issuing a paper: its words are kept, and whom it names, under the next number of the office's year."""

from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from webapp.core import clock
from webapp.core.actor import Actor
from webapp.core.db import upsert
from webapp.dossiers.models import Dossier
from webapp.dossiers.papers.facts import sides_now
from webapp.dossiers.papers.models import IssuedPaper, PaperNumber

SUPPLEMENT, DECLINE, EXTENSION, STOP = "02", "03", "04", "05"


def issue_paper(session: Session, dossier: Dossier, form: str, body: dict[str, Any], *, by: Actor) -> IssuedPaper:
    """In the transaction of the act that the paper tells of."""
    now = clock.now()
    year = clock.local(now).year
    made = IssuedPaper(
        dossier_id=dossier.id, office_id=dossier.office_id, form=form, year=year,
        number=_next(session, dossier.office_id, form, year), issued_at=now, issued_by=by.account_id,
        issuer_name=by.name,
    )  # fmt: skip
    made.body = {**body, "sides": sides_now(session, dossier.office_id, dossier.person_id).kept()}
    session.add(made)
    return made


def _next(session: Session, office_id: int, form: str, year: int) -> int:
    query = (
        upsert(session, PaperNumber)
        .values(office_id=office_id, form=form, year=year, last=1)
        .on_conflict_do_update(index_elements=["office_id", "form", "year"], set_={"last": PaperNumber.last + 1})
        .returning(PaperNumber.last)
    )
    return int(session.execute(query).scalar_one())


def issued(session: Session, dossier_id: int) -> list[IssuedPaper]:
    """All papers of one dossier, oldest first."""
    query = select(IssuedPaper).where(IssuedPaper.dossier_id == dossier_id).order_by(IssuedPaper.id)
    return list(session.scalars(query))


def was_issued(session: Session, dossier_id: int, form: str) -> bool:
    query = select(IssuedPaper.id).where(IssuedPaper.dossier_id == dossier_id, IssuedPaper.form == form)
    return session.scalar(query.limit(1)) is not None
