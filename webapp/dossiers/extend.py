"""The office will be late, says so before the day, and names a new one: an apology in writing, at most once.

Form 04 of Circular 03/2025/TT-VPCP; "before the due date, once" is the rule of the one-stop decrees.
"""

from collections.abc import Iterable
from datetime import date, datetime

from sqlalchemy.orm import Session

from webapp.core import clock
from webapp.core.actor import Actor
from webapp.core.errors import Conflict
from webapp.core.outbox import record
from webapp.core.text import Text
from webapp.dossiers.deadlines import extend_due
from webapp.dossiers.endings import reason_words
from webapp.dossiers.events import DueExtended
from webapp.dossiers.models import Dossier
from webapp.dossiers.moves import expect_version, record_note
from webapp.dossiers.papers.issue import EXTENSION, issue_paper, was_issued
from webapp.dossiers.states import CLOCK, Clock, State

VERB = "extend"


def may_extend(state: State, due_at: datetime | None, verbs: Iterable[str]) -> bool:
    """The clock runs, the day is not over, and it was not done before."""
    in_time = due_at is not None and clock.now() < due_at
    return CLOCK[state] is Clock.RUNNING and in_time and VERB not in verbs


def extend_dossier(
    session: Session, dossier: Dossier, *, by: Actor, version: int, due_on: date, reason: str
) -> datetime:
    """The new due time. Raises ReasonMissing, DayTooEarly, Conflict."""
    expect_version(dossier, version)
    words = reason_words(reason)
    before = [VERB] if was_issued(session, dossier.id, EXTENSION) else []
    old = dossier.due_at
    if old is None or not may_extend(State(dossier.state), old, before):
        raise Conflict(
            Text("The time can be extended once, while it runs and before it is over. This dossier is past that.")
        )
    new = extend_due(session, dossier, to=due_on)
    record_note(session, dossier, VERB, by=by, reason=words)
    issue_paper(session, dossier, EXTENSION, {"reason": words, "old": old.isoformat(), "new": new.isoformat()}, by=by)
    record(session, DueExtended(dossier.public_id))
    return new
