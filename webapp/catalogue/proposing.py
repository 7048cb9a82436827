"""What an administrator is about to publish, kept as it was looked at: theirs alone, unchanged, for some days."""

from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from webapp.catalogue.history import Past
from webapp.catalogue.models import Procedure, Proposal
from webapp.catalogue.revising import content_hash
from webapp.core import clock
from webapp.core.actor import Actor
from webapp.core.retention import delete_some, rule

KEPT = timedelta(days=14)


def propose(
    session: Session,
    row: Procedure,
    content: dict[str, Any],
    *,
    number: int,
    valid_from: date,
    reason: str,
    by: Actor,
) -> Proposal:
    """Each look is a row of its own: what one tab shows is never replaced by what another one sent."""
    made = Proposal(
        procedure_id=row.id, account=by.account_public, number=number, content=content, valid_from=valid_from,
        reason=reason, created_at=clock.now(),
    )  # fmt: skip
    session.add(made)
    return made


def own_proposal(session: Session, row: Procedure, public_id: str, by: Actor) -> Proposal | None:
    """Of this procedure and this administrator; somebody else's is not there."""
    return session.scalar(
        select(Proposal).where(
            Proposal.public_id == public_id, Proposal.procedure_id == row.id, Proposal.account == by.account_public
        )
    )


def open_proposal(session: Session, row: Procedure, number: int, by: Actor) -> Proposal | None:
    """The last one they looked at since the newest revision and have not published."""
    mine = Proposal.procedure_id == row.id, Proposal.account == by.account_public, Proposal.number == number
    return session.scalar(select(Proposal).where(*mine).order_by(Proposal.id.desc()).limit(1))


def is_published(proposal: Proposal, latest: Past) -> bool:
    """Is it the newest revision already? So it is after the second tap on the button."""
    return latest.number == proposal.number + 1 and latest.content_hash == content_hash(proposal.content)


@rule("proposed texts of procedures", "what an administrator looked at and may still publish", KEPT)
def _sweep(session: Session, before: datetime, limit: int) -> int:
    return delete_some(session, Proposal, limit, Proposal.created_at < before)
