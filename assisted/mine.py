"""What the person who was helped may do about it: stop a helper at once, say that something is not right."""

from sqlalchemy import select
from sqlalchemy.orm import Session

from assisted import sessions
from assisted.events import HelperSessionDisputed
from assisted.models import HelperSession
from webapp.accounts.mandates import is_live, revoke_mandate
from webapp.accounts.models import Mandate
from webapp.core import clock
from webapp.core.actor import Actor
from webapp.core.audit import audit
from webapp.core.outbox import record


def own_session(session: Session, public_id: str, *, by: Actor) -> HelperSession | None:
    """A session that was held for this very person."""
    return session.scalar(
        select(HelperSession).where(HelperSession.public_id == public_id, HelperSession.person_id == by.person_id)
    )


def stop_helper(session: Session, row: HelperSession, *, by: Actor) -> bool:
    """Take the consent back; the helper's next request finds nothing. False when it was over already."""
    mandate = session.get_one(Mandate, row.mandate_id, with_for_update=True, populate_existing=True)
    if not is_live(mandate):
        return False
    revoke_mandate(session, mandate, by)
    sessions.close(session, row.id, "revoked", by=by)
    return True


def stop_all_helpers(session: Session, person_id: int, *, by: Actor) -> list[HelperSession]:
    """Whoever helps this person now is stopped: those that were."""
    live = (
        select(HelperSession)
        .join(Mandate, Mandate.id == HelperSession.mandate_id)
        .where(
            HelperSession.person_id == person_id, HelperSession.ended_at.is_(None), Mandate.revoked_at.is_(None),
            Mandate.ended_at.is_(None), Mandate.expires_at > clock.now(),
        )
    )  # fmt: skip
    return [row for row in session.scalars(live).all() if stop_helper(session, row, by=by)]


def object_to(session: Session, row: HelperSession, words: str | None, *, by: Actor) -> None:
    """Not right, says the person: written down in their words, told to the office; a helper still there is stopped."""
    stop_helper(session, row, by=by)
    row.note = words or row.note
    if row.objected_at is not None:
        return
    row.objected_at = clock.now()
    audit(session, by, "mandates:object", row.public_id)
    record(session, HelperSessionDisputed(row.public_id))
