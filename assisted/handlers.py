"""What this house does when something has happened."""

from sqlalchemy import select
from sqlalchemy.orm import Session

from assisted import sessions
from assisted.events import HelperSessionRunsOut
from assisted.models import HelperSession
from webapp.core.actor import SYSTEM
from webapp.core.events import on


@on(HelperSessionRunsOut, name="assisted.close_what_ran_out")
def close_what_ran_out(session: Session, event: HelperSessionRunsOut) -> None:
    """A helper who never pressed End: the session is closed all the same, and the person is told what was done."""
    row = session.scalar(select(HelperSession).where(HelperSession.public_id == event.session))
    if row is not None and row.ended_at is None:
        sessions.close(session, row.id, "expired", by=SYSTEM)
