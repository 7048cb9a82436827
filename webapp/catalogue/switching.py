"""Switching a procedure off and on again: for everybody, from a day on, with a reason that the public reads."""

from datetime import date

from sqlalchemy.orm import Session

from webapp.catalogue.models import Procedure
from webapp.catalogue.revising import touch
from webapp.core import clock
from webapp.core.actor import Actor
from webapp.core.audit import audit
from webapp.core.errors import Conflict, DomainError
from webapp.core.text import Text


def switch_off(
    session: Session, row: Procedure, *, reason: str, since: date, until: date | None = None, by: Actor
) -> None:
    """Not taken from `since` on, to `until` if that is known. What was sent before goes on; drafts are kept."""
    if since < clock.today():
        raise DomainError(Text("The first day cannot be in the past. Write today or a later day."))
    if until is not None and until <= since:
        raise DomainError(Text("The day it is taken again must be after the day it is switched off."))
    row.off_from, row.off_until, row.off_reason = since, until, reason
    touch(session)
    days = {"since": since.isoformat(), "until": until.isoformat() if until else None}
    audit(session, by, "procedure:switch_off", row.code, reason=reason, **days)


def switch_on(session: Session, row: Procedure, *, reason: str, by: Actor) -> None:
    """Taken again, from this moment."""
    if row.off_from is None:
        raise Conflict(Text("This procedure is switched on already."))
    row.off_from = row.off_until = row.off_reason = None
    touch(session)
    audit(session, by, "procedure:switch_on", row.code, reason=reason)
