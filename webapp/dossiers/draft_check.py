"""A draft of the result goes to the person before it is final; they say yes or what is wrong. Silence means yes.

Not a state: the office goes on working, and the dossier stays where it is.
"""

from datetime import datetime

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from webapp.catalogue import queries as catalogue
from webapp.catalogue.formspec import ProcedureSpec
from webapp.core import clock
from webapp.core.actor import Actor, Channel
from webapp.core.errors import Conflict, DomainError
from webapp.core.files import Given, keep_given
from webapp.core.outbox import record
from webapp.core.storage import Storage
from webapp.core.text import Text, nfc
from webapp.dossiers.deadlines import calendar
from webapp.dossiers.events import DraftAnswered, DraftSent
from webapp.dossiers.models import Dossier, DraftCheck
from webapp.dossiers.moves import expect_version, record_note
from webapp.dossiers.states import State
from webapp.offices.workdays import due_at
from webapp.shell.formats import daytime


class DraftIncomplete(DomainError):
    """A draft or its answer needs words."""


def may_send(state: State, spec: ProcedureSpec) -> bool:
    """While it is worked on, where the procedure has this step."""
    return state is State.PROCESSING and spec.draft_confirmation is not None


def newest(session: Session, dossier_id: int) -> DraftCheck | None:
    return session.scalar(
        select(DraftCheck).where(DraftCheck.dossier_id == dossier_id).order_by(DraftCheck.id.desc()).limit(1)
    )


def waits(check: DraftCheck | None, now: datetime) -> bool:
    """May it still be answered?"""
    return check is not None and check.answered_at is None and check.closed_at is None and now <= check.until


def lacks_draft(session: Session, spec: ProcedureSpec, channel: str, dossier_id: int) -> bool:
    """It was sent online, its procedure wants a draft to be seen first, and none was answered or left to its day."""
    if spec.draft_confirmation is None or Channel(channel) in (Channel.COUNTER, Channel.POST):
        return False
    draft = newest(session, dossier_id)
    return draft is None or (draft.answered_at is None and draft.closed_at is not None)


def send_draft(
    session: Session,
    storage: Storage,
    dossier: Dossier,
    *,
    by: Actor,
    version: int,
    text: str,
    file: Given | None = None,
) -> DraftCheck:
    """Show a draft; an older one that was not answered is put aside. Raises DraftIncomplete, Conflict."""
    expect_version(dossier, version)
    spec = catalogue.spec_by_revision(session, dossier.revision_id)
    rule = spec.draft_confirmation
    if rule is None or not may_send(State(dossier.state), spec):
        raise Conflict(Text("A draft is shown while the dossier is worked on, where the procedure has this step."))
    if not nfc(text):
        raise DraftIncomplete(Text("Write what will stand on the result, line by line."))
    now = clock.now()
    close_drafts(session, dossier)
    days = calendar(session, dossier.office_id, clock.local(now).date())
    until = due_at(now, rule.days, rule.unit, same_day=False, calendar=days)
    made = DraftCheck(dossier_id=dossier.id, sent_at=now, sent_by=by.account_id, until=until)
    made.text = nfc(text)[:5000]
    if file is not None:
        stored = keep_given(session, storage, file)
        if isinstance(stored, Text):
            raise DraftIncomplete(stored)
        made.file_id = stored.id
    session.add(made)
    record_note(session, dossier, "send_draft", by=by)
    record(session, DraftSent(dossier.public_id))
    return made


def answer_draft(session: Session, dossier: Dossier, *, by: Actor, check: str, agreed: bool, words: str = "") -> bool:
    """The person's answer. False when this draft was answered a moment ago. Raises DraftIncomplete, Conflict."""
    draft = newest(session, dossier.id)
    if draft is not None and draft.public_id == check and draft.answered_at is not None:
        return False
    if draft is None or draft.public_id != check or not waits(draft, clock.now()):
        raise Conflict(Text("This draft can no longer be answered. Call the office if something is wrong in it."))
    if not agreed and not nfc(words):
        raise DraftIncomplete(Text("Write what is wrong and how it should read."))
    draft.answered_at, draft.agreed = clock.now(), agreed
    draft.words = nfc(words)[:2000] or None
    record_note(session, dossier, "confirm_draft" if agreed else "correct_draft", by=by, reason=draft.words)
    record(session, DraftAnswered(dossier.public_id, by.mandate_public))
    return True


def expect_draft_answered(session: Session, dossier: Dossier) -> None:
    """Nothing becomes final while somebody still looks through its draft. Raises Conflict."""
    draft = newest(session, dossier.id)
    if draft is not None and waits(draft, clock.now()):
        until = daytime(draft.until)
        raise Conflict(Text("The applicant looks through the draft until %(when)s. Wait for the answer.", when=until))


def close_drafts(session: Session, dossier: Dossier) -> None:
    """Nobody has to answer them any more."""
    session.execute(
        update(DraftCheck)
        .where(DraftCheck.dossier_id == dossier.id, DraftCheck.answered_at.is_(None), DraftCheck.closed_at.is_(None))
        .values(closed_at=clock.now())
    )
