"""What happens to a dossier, told to whoever listens. Public ids only."""

from dataclasses import dataclass

from webapp.core.events import Event, event


@dataclass(frozen=True)
class DossierEvent(Event):
    """Base: which dossier, and the mandate if somebody acted for the person."""

    dossier: str
    mandate: str | None = None


@event
@dataclass(frozen=True)
class DossierSubmitted(DossierEvent):
    """All files were counted and hashed; the dossier is at the office's desk."""


@event
@dataclass(frozen=True)
class DossierReceived(DossierEvent):
    """The office took it on; the time limit runs."""


@event
@dataclass(frozen=True)
class SupplementRequested(DossierEvent):
    """Something is missing; everything that is missing was asked for at once."""


@event
@dataclass(frozen=True)
class SupplementSent(DossierEvent):
    """What was asked for has arrived whole."""


@event
@dataclass(frozen=True)
class ProcessingStarted(DossierEvent):
    """A case officer works on it."""


@event
@dataclass(frozen=True)
class DossierSettled(DossierEvent):
    """There is a result (granted or refused)."""


@event
@dataclass(frozen=True)
class ResultHandedOver(DossierEvent):
    """The result, or the papers, are in the person's hand."""


@event
@dataclass(frozen=True)
class WithdrawalRequested(DossierEvent):
    """The applicant wants the dossier back."""


@event
@dataclass(frozen=True)
class WithdrawalAnswered(DossierEvent):
    """The office stopped the dossier, or went on with it and said why."""


@event
@dataclass(frozen=True)
class DossierDeclined(DossierEvent):
    """The office did not take it on, and said why."""


@event
@dataclass(frozen=True)
class DossierStopped(DossierEvent):
    """The office stopped a dossier that it had accepted, and said why."""


@event
@dataclass(frozen=True)
class PaymentRequired(DossierEvent):
    """Something is to be paid; the time limit waits."""


@event
@dataclass(frozen=True)
class PaymentRecorded(DossierEvent):
    """It was paid, and the dossier goes on."""


@event
@dataclass(frozen=True)
class DueExtended(DossierEvent):
    """The office apologised and named a new day."""


@event
@dataclass(frozen=True)
class DraftSent(DossierEvent):
    """The person may look through a draft of the result."""


@event
@dataclass(frozen=True)
class DraftAnswered(DossierEvent):
    """The person agreed with the draft, or said what is wrong."""


@event
@dataclass(frozen=True)
class DueDateMoved(DossierEvent):
    """A changed calendar made the promised day a later one."""


@event
@dataclass(frozen=True)
class SupplementDayMoved(DossierEvent):
    """A changed calendar gave the person until another day to send what is missing."""


@event
@dataclass(frozen=True)
class DraftTermMoved(DossierEvent):
    """A changed calendar gave the person until another day to look through the draft of a result."""


@event
@dataclass(frozen=True)
class CalendarChanged(Event):
    """A day of the calendar is another; the worker goes on to move the due dates."""

    change: str


@event
@dataclass(frozen=True)
class DraftEndsSoon(DossierEvent):
    """Nobody goes on with a draft; it will be deleted on the day `until`."""

    until: str = ""


@event
@dataclass(frozen=True)
class DraftWaits(DossierEvent):
    """Two days ago somebody went on with a draft for the last time; it was not sent."""


@event
@dataclass(frozen=True)
class DossierRated(DossierEvent):
    """The person said how content they are with it, or changed what they had said."""


@event
@dataclass(frozen=True)
class PaperInfected(DossierEvent):
    """A virus was found in a file that the office has; nobody can open it."""
