"""Drafts that nobody goes on with, and what becomes of dossiers when a person asks to be forgotten."""

from datetime import date, datetime, timedelta

from sqlalchemy import ColumnElement, func, select, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from webapp.accounts.models import Person
from webapp.core import clock, erasure, idempotency, outbox
from webapp.core.actor import SYSTEM, Channel
from webapp.core.erasure import Fate, Outcome
from webapp.core.retention import rule
from webapp.dossiers.draft import delete_draft
from webapp.dossiers.events import DraftEndsSoon, DraftWaits
from webapp.dossiers.models import Dossier, Rating
from webapp.dossiers.states import CLOSED, OPEN, State

KEEP = timedelta(days=30)
TELL = timedelta(days=5)  # before
ALL = 10**6  # more than one person has
REMIND = timedelta(hours=48)  # many fill everything in and never press "Send"
# Archives Law 33/2024/QH15: registers of civil status for good, files of the one-stop counter 5 to 20 years by list.
ARCHIVE_YEARS = 20
ARCHIVES = "Archives Law 33/2024/QH15, file of an administrative procedure"
WORK = "Law on administrative procedures in progress: the office must answer"


@rule("drafts", "drafts that nobody touched for so long, with their photos; the person is told before", KEEP)
def _drafts(session: Session, before: datetime, limit: int) -> int:
    old = select(Dossier).where(Dossier.state == State.DRAFT.value, Dossier.updated_at < before).limit(limit)
    gone = 0
    for dossier in session.scalars(old).all():
        try:
            with session.begin_nested():
                delete_draft(session, dossier, by=SYSTEM)
            gone += 1
        except IntegrityError:
            continue  # something else still names it: a visit at the counter; it goes with that
    return gone


@rule("drafts, told before", "the message that a draft will be deleted in five days", KEEP - TELL)
def _tell(session: Session, before: datetime, _limit: int) -> int:
    """Once for each time that a draft was left alone."""
    resting = select(Dossier.public_id, Dossier.updated_at).where(
        Dossier.state == State.DRAFT.value, Dossier.updated_at < before, Dossier.updated_at >= before - TELL
    )
    for draft in session.execute(resting).all():
        key = f"{draft.public_id} {draft.updated_at:%Y%m%d%H%M}"
        if idempotency.begin(session, "draft ends soon", key, "") is None:
            idempotency.complete(session, "draft ends soon", key, "told")
            until = clock.local(draft.updated_at + KEEP).date()
            outbox.record(session, DraftEndsSoon(draft.public_id, until=until.isoformat()))
    return 0


@rule("drafts, not sent", "the message, once, that a draft of two days ago was not sent", REMIND)
def _remind(session: Session, before: datetime, _limit: int) -> int:
    """Not about what an officer types at a counter: the person is beside them."""
    resting = select(Dossier.public_id).where(
        Dossier.state == State.DRAFT.value, Dossier.channel != Channel.COUNTER.value,
        Dossier.updated_at < before, Dossier.updated_at >= before - REMIND,
    )  # fmt: skip
    for public_id in session.scalars(resting).all():
        if idempotency.begin(session, "draft waits", public_id, "") is None:
            idempotency.complete(session, "draft waits", public_id, "told")
            outbox.record(session, DraftWaits(public_id))
    return 0


@rule("sentences of ratings", "what people wrote beside a rating; their choice stays", timedelta(days=365))
def _sentences(session: Session, before: datetime, limit: int) -> int:
    return _forget_sentences(session, Rating.rated_at < before, limit)


def _forget_sentences(session: Session, whose: ColumnElement[bool], limit: int) -> int:
    some = select(Rating.id).where(whose, Rating.words_sealed.is_not(None)).limit(limit)
    gone = update(Rating).where(Rating.id.in_(some)).values(words_sealed=None).returning(Rating.id)
    return len(session.execute(gone.execution_options(synchronize_session=False)).all())


@erasure.part("dossiers", order=30)
def erase_person(session: Session, public_id: str, _so_far: list[Outcome]) -> list[Outcome]:
    """Drafts go. What an office works on, and what it has answered, is its file and stays."""
    mine = Dossier.person_id.in_(select(Person.id).where(Person.public_id == public_id))
    drafts = session.scalars(select(Dossier).where(mine, Dossier.state == State.DRAFT.value)).all()
    for dossier in drafts:
        delete_draft(session, dossier, by=SYSTEM)
    sentences = _forget_sentences(session, Rating.dossier_id.in_(select(Dossier.id).where(mine)), ALL)
    return [
        Outcome("drafts", Fate.ERASED, len(drafts)),
        Outcome("sentences of ratings", Fate.ERASED, sentences),
        Outcome("open dossiers", Fate.KEPT, _count(session, mine, OPEN), WORK, waits=True),
        Outcome("closed dossiers", Fate.KEPT, _count(session, mine, CLOSED), ARCHIVES, _last_day(session, mine)),
    ]


def _count(session: Session, mine: object, states: frozenset[State]) -> int:
    chosen = Dossier.state.in_([state.value for state in states])
    return session.scalar(select(func.count()).select_from(Dossier).where(mine, chosen)) or 0  # type: ignore[arg-type]


def _last_day(session: Session, mine: object) -> date | None:
    """When the archive looks at the newest of them again; registers of civil status stay for good."""
    closed = Dossier.state.in_([state.value for state in CLOSED])
    newest = session.scalar(select(func.max(Dossier.updated_at)).where(mine, closed))  # type: ignore[arg-type]
    return date(clock.local(newest).year + ARCHIVE_YEARS, 12, 31) if newest else None
