"""Cards and visits when a person asks to be forgotten, and after a copy was put back."""

from sqlalchemy import delete, func, select, update
from sqlalchemy.orm import Session

from assisted.models import AccessCard, HelperSession
from webapp.accounts.models import Mandate, Person
from webapp.core import clock, erasure
from webapp.core.erasure import Fate, Outcome
from webapp.core.restored import on_restored

# The controller must be able to prove the consent that it acted on.
GROUND = "Law 91/2025/QH15, proof of consent"


@erasure.part("assisted", order=20)
def erase_person(session: Session, public_id: str, _so_far: list[Outcome]) -> list[Outcome]:
    """Cards go, also while a dossier is open: a way in is not a way to be answered."""
    person = select(Person.id).where(Person.public_id == public_id)
    cards = delete(AccessCard).where(AccessCard.person_id.in_(person)).returning(AccessCard.id)
    gone = session.execute(cards.execution_options(synchronize_session=False)).all()
    mine = HelperSession.person_id.in_(person)
    session.execute(update(HelperSession).where(mine).values(note_sealed=None))
    visits = session.scalar(select(func.count()).select_from(HelperSession).where(mine)) or 0
    consents = select(func.count()).select_from(Mandate).where(Mandate.person_id.in_(person))
    return [
        Outcome("access cards", Fate.ERASED, len(gone)),
        Outcome("words about visits", Fate.ERASED, visits),
        Outcome("consents", Fate.KEPT, session.scalar(consents) or 0, GROUND),
    ]


@on_restored("visits of helpers ended")
def _end_visits(session: Session) -> int:
    """A consent for one hour, some hours ago."""
    ended = session.execute(
        update(HelperSession)
        .where(HelperSession.ended_at.is_(None))
        .values(ended_at=clock.now(), end_reason="expired")
        .returning(HelperSession.id)
        .execution_options(synchronize_session=False)
    )
    return len(ended.all())
