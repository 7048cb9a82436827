"""What happens in the assisted way in. Public ids only."""

from dataclasses import dataclass

from webapp.core.events import Event, event


@event
@dataclass(frozen=True)
class HelperSessionStarted(Event):
    """A person agreed, and a helper may act for them for an hour at most."""

    session: str


@event
@dataclass(frozen=True)
class HelperSessionRunsOut(Event):
    """The hour of a session is over; recorded when it opens, told when the hour has passed."""

    session: str


@event
@dataclass(frozen=True)
class HelperSessionEnded(Event):
    """A helper's session is over; the person is told what was done."""

    session: str


@event
@dataclass(frozen=True)
class HelperSessionDisputed(Event):
    """A person says that what a helper did is not right."""

    session: str


@event
@dataclass(frozen=True)
class AccessCardIssued(Event):
    """A person has a new access card; an older one is worth nothing any more."""

    card: str
