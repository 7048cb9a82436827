"""Texts are thrown away after a while or at a person's wish; a draft that will be deleted is announced."""

from datetime import datetime, timedelta

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from notifications.facts import Facts
from notifications.handlers import tell
from notifications.models import CREATED, SMS, DemoText, Message
from webapp.accounts.models import Person
from webapp.catalogue import queries as catalogue
from webapp.core import erasure
from webapp.core.erasure import Fate, Outcome
from webapp.core.events import on
from webapp.core.retention import delete_some, rule
from webapp.dossiers.events import DossierEvent, DraftEndsSoon, DraftWaits
from webapp.dossiers.models import Dossier
from webapp.dossiers.states import State
from webapp.offices.models import Office

TERM = timedelta(days=90)


@rule("text messages", "words and number of an SMS; that it was sent stays. What people text us is never kept", TERM)
def _texts(session: Session, before: datetime, limit: int) -> int:
    old = select(Message).where(
        Message.channel == SMS, Message.created_at < before, Message.to_sealed.is_not(None), Message.state != CREATED
    )
    found = session.scalars(old.limit(limit)).all()
    for message in found:
        message.to, message.body = None, {}
    return len(found)


@rule("texts on the demo's phone", "what the demo gateway shows", TERM)
def _demo_texts(session: Session, before: datetime, limit: int) -> int:
    return delete_some(session, DemoText, limit, DemoText.at < before)


@erasure.part("notifications", order=10)
def erase_person(session: Session, public_id: str, _so_far: list[Outcome]) -> list[Outcome]:
    mine = Message.person_id.in_(select(Person.id).where(Person.public_id == public_id))
    gone = session.execute(
        delete(Message).where(mine).returning(Message.id).execution_options(synchronize_session=False)
    )
    return [Outcome("messages", Fate.ERASED, len(gone.all()))]


@on(DraftEndsSoon, name="notifications.draft_ends")
def tell_draft_ends(session: Session, event: DraftEndsSoon) -> None:
    """In the app only: a text costs money, and the first reminder went by SMS."""
    _tell(session, event, "draft_ends", event.until, by_sms=False, deadline=event.until)


@on(DraftWaits, name="notifications.draft_waits")
def tell_draft_waits(session: Session, event: DraftWaits) -> None:
    """By SMS too: whoever believes to have sent it does not look into the app."""
    _tell(session, event, "draft_waits", "", by_sms=True)


def _tell(session: Session, event: DossierEvent, kind: str, key: str, *, by_sms: bool, **more: str) -> None:
    """About a draft that is still one, by its procedure's name: it has no code yet."""
    row = session.execute(
        select(
            Dossier.person_id, Dossier.revision_id, Dossier.procedure_code, Dossier.office_id, Office.short_name,
            Office.phone,
        )
        .join(Office, Office.id == Dossier.office_id)
        .where(Dossier.public_id == event.dossier, Dossier.state == State.DRAFT.value)
    ).one_or_none()  # fmt: skip
    if row is None:
        return
    spec = catalogue.spec_by_revision(session, row.revision_id)
    name = {"vi": spec.name.vi, "en": spec.name.en} if spec else {"vi": row.procedure_code, "en": row.procedure_code}
    words = {"procedure": name, **more}
    known = Facts(row.person_id, row.short_name, {"phone": row.phone}, words, row.office_id)
    tell(session, f"{event.type_name()}:{event.dossier}:{key}", kind, known, dossier=event.dossier, by_sms=by_sms)
