"""What happens to records, told to whoever listens. Public ids only."""

from dataclasses import dataclass

from webapp.core.events import Event, event


@event
@dataclass(frozen=True)
class RecordKept(Event):
    """A result became a record of its owner."""

    record: str


@event
@dataclass(frozen=True)
class RecordReused(Event):
    """A record stands for a paper of a dossier; its owner agreed."""

    record: str
    dossier: str
    mandate: str | None = None
