"""What happens in this house. Public ids only."""

from dataclasses import dataclass

from webapp.core.events import Event, event


@event
@dataclass(frozen=True)
class MessageQueued(Event):
    """A text was written down and waits to be handed to the gateway."""

    message: str
