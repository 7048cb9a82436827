"""What happens to people's ways in. Public ids only; who listens reads the rest."""

from dataclasses import dataclass
from typing import ClassVar

from webapp.core.events import Event, event


@event
@dataclass(frozen=True)
class CodeRequested(Event):
    """A one-time code was made and waits to be sent to its phone."""

    urgent: ClassVar[bool] = True
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


@event
@dataclass(frozen=True)
class PhoneChanged(Event):
    """Another number took the place of one; whoever holds the old phone must hear of it."""

    change: str


@event
@dataclass(frozen=True)
class PhoneChangeStopped(Event):
    """Whoever holds the old phone said that the change was not theirs; it is undone."""

    change: str


@event
@dataclass(frozen=True)
class PhoneRecovered(Event):
    """Two members of staff bound a new phone to somebody who stood at their counter."""

    recovery: str


@event
@dataclass(frozen=True)
class NewDeviceUsed(Event):
    """Somebody logged in to an account on a device that it did not know; its owner hears of it."""

    device: str


@event
@dataclass(frozen=True)
class DeviceDenied(Event):
    """The owner said "this was not me": everybody is logged out, and a new device must show more."""

    device: str
