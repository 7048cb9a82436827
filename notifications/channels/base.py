"""What every SMS gateway looks like from inside, and the two ways in which one can say no."""

from typing import Protocol

from webapp.core.outbox import NotNow

TIMEOUT_SECONDS = 10


class Refused(Exception):
    """The gateway will never take this message: a landline, a number that does not exist. Not tried again."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


class Later(NotNow):
    """The gateway does not take it now: busy, down, slow, or our account is not in order. Tried again."""


class SmsProvider(Protocol):
    """Hands one text over. Raises Refused or Later; neither ever holds the number or the text."""

    def send(self, message_id: str, to: str, text: str) -> str:
        """Hand it over; returns the gateway's own id of it."""
        ...
