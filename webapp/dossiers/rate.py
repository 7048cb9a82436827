"""What the person says of the work when it is over: once for each dossier, and another way for a week.

It stands in the journal, not in the dossier's history: that is what the office and its system read, and whoever is
rated by name would soon be thanked for kindness. Managers read it without names (`ratings`).

At a screen in the hall a code and a second fact are enough, and the office that is rated knows both of all its
dossiers. So what was said there is counted apart, is no part of the public figure, and never takes the place of what
the person said on the own phone, who may say it another way there.
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


def may_change(rating: Rating, by: Actor, now: datetime, *, kiosk: str | None = None) -> bool:
    """The person alone, for a week: what was said without the helper is not theirs to read or to change."""
    said_here = rating.at_kiosk or kiosk is None
    return said_here and not by.acts_for_another and now - rating.rated_at < CHANGEABLE


def rate_dossier(
    session: Session, dossier: Dossier, *, by: Actor, choice: str, words: str = "", kiosk: str | None = None
) -> None:
    """Keep it, or put it in the place of what was said before. The same twice is once. Raises Conflict, TooLong.

    `kiosk`: the screen at which it is said, by whoever showed code and second fact there. The dossier is locked by its
    loading, so of two taps one waits for the other.
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
    elif (rating.choice, rating.words or "", rating.at_kiosk) == (choice, words, rating.at_kiosk and kiosk is not None):
        return
    elif not may_change(rating, by, now, kiosk=kiosk):
        raise Conflict(Text("What you said before stays: it can be changed for 7 days."))
    rating.choice, rating.words, rating.at_kiosk = choice, words or None, kiosk is not None
    audit(session, by, "dossier:rate", dossier.public_id, **({"kiosk": kiosk} if kiosk else {}))
    record(session, DossierRated(dossier.public_id, by.mandate_public))
