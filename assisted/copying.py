"""What this house puts into a person's copy of their own data: cards, visits of helpers, what was done in each."""

from collections import defaultdict
from collections.abc import Iterator, Sequence
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from assisted.models import AccessCard, HelperSession
from webapp.accounts.models import Account, Mandate
from webapp.core.own_copy import chunks, part
from webapp.core.text import N_
from webapp.dossiers.models import Dossier, DossierMove
from webapp.offices.models import Office


@part("access_cards", N_("Access cards that were made for you."), order=60)
def cards(session: Session, person: int) -> list[dict[str, Any]]:
    """Without its number: that is half of a way in."""
    rows = session.scalars(select(AccessCard).where(AccessCard.person_id == person).order_by(AccessCard.id))
    return [
        {
            "made_at": row.created_at, "wrong_pins": row.wrong_pins, "locked_until": row.locked_until,
            "blocked_at": row.revoked_at,
        }
        for row in rows
    ]  # fmt: skip


@part("helpers", N_("Who helped you, when, what they did, and what you said about it."), order=62)
def visits(session: Session, person: int) -> Iterator[dict[str, Any]]:
    mine = select(HelperSession.id).where(HelperSession.person_id == person)
    for some in chunks(session.scalars(mine.order_by(HelperSession.id)).all()):
        rows = session.execute(
            select(HelperSession, Mandate, Account.display_name, Office.name)
            .join(Mandate, Mandate.id == HelperSession.mandate_id)
            .join(Account, Account.id == HelperSession.helper_id)
            .join(Office, Office.id == Mandate.office_id)
            .where(HelperSession.person_id == person, HelperSession.id.in_(some))
            .order_by(HelperSession.id)
        ).all()
        done = _done(session, person, [mandate.id for _visit, mandate, _helper, _office in rows])
        for row, mandate, helper, office in rows:
            yield {
                "helper": helper, "office": office, "mandate": mandate.public_id, "agreed_by": mandate.evidence_kind,
                "began_at": row.started_at, "until": row.expires_at, "ended_at": row.ended_at,
                "ended_why": row.end_reason, "taken_back_at": mandate.revoked_at, "done": done[mandate.id],
                "you_objected_at": row.objected_at, "your_words": row.note,
            }  # fmt: skip


def _done(session: Session, person: int, mandates: Sequence[int]) -> dict[int, list[dict[str, Any]]]:
    """Dossiers that were begun in a visit, and each step in one."""
    begun = select(Dossier.mandate_id, Dossier.public_id, Dossier.created_at).where(
        Dossier.person_id == person, Dossier.mandate_id.in_(mandates)
    )
    steps = (
        select(DossierMove.mandate_id, Dossier.public_id, DossierMove.at, DossierMove.verb)
        .join(Dossier, Dossier.id == DossierMove.dossier_id)
        .where(Dossier.person_id == person, DossierMove.mandate_id.in_(mandates))
        .order_by(DossierMove.id)
    )
    found: dict[int, list[dict[str, Any]]] = defaultdict(list)
    for mandate, dossier, at in session.execute(begun.order_by(Dossier.id)):
        found[mandate].append({"dossier": dossier, "act": "begin", "at": at})
    for mandate, dossier, at, verb in session.execute(steps):
        found[mandate].append({"dossier": dossier, "act": verb, "at": at})
    return found
