"""What happens to proofs of who somebody is."""

from dataclasses import dataclass

from webapp.core.events import Event, event


@event
@dataclass(frozen=True)
class IdentityLinked(Event):
    """An electronic identity is from now on a way into somebody's account."""

    person: str
    identity: str


@event
@dataclass(frozen=True)
class IdentityUnlinked(Event):
    """The person took this way in away again."""

    person: str
    identity: str


@event
@dataclass(frozen=True)
class AccountsJoined(Event):
    """Two accounts of one person became one."""

    person: str
    join: str
