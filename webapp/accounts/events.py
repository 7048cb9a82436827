"""What happens to people's ways in. Public ids only; who listens reads the rest."""

from dataclasses import dataclass

from webapp.core.events import Event, event


@event
@dataclass(frozen=True)
class CodeRequested(Event):
    """A one-time code was made and waits to be sent to its phone."""

    challenge: str


@event
@dataclass(frozen=True)
class MandateGranted(Event):
    """A person let a helper act for them, with evidence."""

    mandate: str


@event
@dataclass(frozen=True)
class MandateRevoked(Event):
    """A person, or somebody for their safety, took a mandate back."""

    mandate: str


@event
@dataclass(frozen=True)
class MandateEnded(Event):
    """The visit is over; the helper can no longer act."""

    mandate: str
