"""What happens in this house. Public ids only."""

from dataclasses import dataclass
from typing import ClassVar

from webapp.core.events import Event, event


@event
@dataclass(frozen=True)
class MessageQueued(Event):
    """A text was written down and waits to be handed to the gateway."""

    message: str


@event
@dataclass(frozen=True)
class CodeQueued(MessageQueued):
    """A text with a one-time code waits to be handed to the gateway: before all others, and without them."""

    urgent: ClassVar[bool] = True
