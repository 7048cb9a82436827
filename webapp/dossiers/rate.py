"""What the person says of the work when it is over: once for each dossier, and another way for a week.

It stands in the journal, not in the dossier's history: that is what the office and its system read, and whoever is
rated by name would soon be thanked for kindness. Managers read it without names (`ratings`).
"""

from datetime import datetime, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from webapp.core import clock
from webapp.core.actor import Actor
from webapp.core.audit import audit
from webapp.core.errors import Conflict, DomainError
from webapp.core.outbox import record
from webapp.core.text import Text, nfc
from webapp.dossiers.events import DossierRated
from webapp.dossiers.models import Dossier, Rating
from webapp.dossiers.states import CLOSED, State

SATISFIED = "satisfied"
CHOICES = (SATISFIED, "neutral", "dissatisfied")
CHANGEABLE = timedelta(days=7)
MOST_LETTERS = 500


class TooLong(DomainError):
    """One sentence was asked for."""


def rating_of(session: Session, dossier_id: int) -> Rating | None:
    return session.scalar(select(Rating).where(Rating.dossier_id == dossier_id))


def may_change(rating: Rating, by: Actor, now: datetime) -> bool:
    """The person alone, for a week: what was said without the helper is not theirs to read or to change."""
    return not by.acts_for_another and now - rating.rated_at < CHANGEABLE


def rate_dossier(session: Session, dossier: Dossier, *, by: Actor, choice: str, words: str = "") -> None:
    """Keep it, or put it in the place of what was said before. The same twice is once. Raises Conflict, TooLong.

    The dossier is locked by its loading, so of two taps one waits for the other.
    """
    if choice not in CHOICES:
        raise ValueError(f"no such choice: {choice}")
    words = nfc(words)
    if len(words) > MOST_LETTERS:
        raise TooLong(Text("This is too long. Keep it under %(n)s letters.", n=MOST_LETTERS))
    if State(dossier.state) not in CLOSED:
        raise Conflict(Text("The office still works on it. You can say how it went when it is over."))
    rating, now = rating_of(session, dossier.id), clock.now()
    if rating is None:
        rating = Rating(dossier_id=dossier.id, office_id=dossier.office_id, rated_at=now)
        session.add(rating)
    elif (rating.choice, rating.words or "") == (choice, words):
        return
    elif not may_change(rating, by, now):
        raise Conflict(Text("What you said before stays: it can be changed for 7 days."))
    rating.choice, rating.words = choice, words or None
    audit(session, by, "dossier:rate", dossier.public_id)
    record(session, DossierRated(dossier.public_id, by.mandate_public))
