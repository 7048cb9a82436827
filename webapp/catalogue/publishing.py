"""An administrator's new revision: plain texts, fee and time, or a whole form; from a day on, with a reason."""

from datetime import date
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from webapp.catalogue.formspec import ProcedureSpec
from webapp.catalogue.load import ADMIN
from webapp.catalogue.models import FORM, Procedure, ProcedureRevision
from webapp.catalogue.reading import parse
from webapp.catalogue.revising import content_hash, newest, revise, touch
from webapp.core import clock
from webapp.core.actor import Actor
from webapp.core.audit import audit
from webapp.core.errors import Conflict, DomainError
from webapp.core.text import Text

IN_THE_PAST = Text("The first day cannot be in the past. Write today or a later day.")

SOMEBODY_WAS_FASTER = Text(
    "Somebody else has revised this procedure meanwhile. Go back and look at yours again: it is kept."
)


def publish(
    session: Session,
    row: Procedure,
    content: dict[str, Any],
    *,
    number: int,
    valid_from: date,
    reason: str,
    by: Actor,
) -> ProcedureRevision:
    """In force from that day; dossiers begun before keep what they were begun under.

    `number` is the newest revision the editor has seen: whoever was slower looks again. Raises place.SpecError for a
    content that is not a procedure.
    """
    latest = newest(session, row)
    if latest is None or latest.number != number:
        raise Conflict(SOMEBODY_WAS_FASTER)
    if valid_from < clock.today():
        raise DomainError(IN_THE_PAST)
    if content_hash(content) == latest.content_hash:
        raise DomainError(Text("Nothing is different from the newest revision."))
    spec = parse(content, row.code)
    check_own(session, row, spec)
    row.origin = FORM
    made = revise(session, row, spec, content, number=number + 1, origin=ADMIN, valid_from=valid_from, reason=reason)
    touch(session)
    day = valid_from.isoformat()
    audit(session, by, "procedure:revise", row.code, revision=made.number, valid_from=day, reason=reason)
    return made


def check_own(session: Session, row: Procedure, spec: ProcedureSpec) -> None:
    """The form is this procedure's, and its short name nobody else's."""
    if spec.code != row.code:
        words = Text("This file is for %(other)s, not for %(code)s.", other=spec.code, code=row.code)
        raise DomainError(words)
    taken = session.scalar(select(Procedure.code).where(Procedure.slug == spec.slug, Procedure.id != row.id).limit(1))
    if taken is not None:
        raise DomainError(Text("The slug %(slug)s belongs to %(code)s. Choose another.", slug=spec.slug, code=taken))
