"""What every SMS gateway looks like from inside, and the two ways in which one can say no."""

from datetime import UTC, timedelta
from email.utils import parsedate_to_datetime
from typing import Protocol

from webapp.core import clock
from webapp.core.outbox import NotNow

TIMEOUT_SECONDS = 10
# Not the message's fault: a wrong password of ours, or a gateway that asks to slow down.
TRY_AGAIN = frozenset({401, 403, 404, 408, 425, 429})
MOST_SECONDS = 10**6  # more than anybody waits, and no more than a timedelta holds


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


def not_now(status: int, retry_after: str) -> Later | None:
    """What an answer of this HTTP status asks for: to come again, and when. None: it says something else."""
    if status not in TRY_AGAIN and status < 500:
        return None
    return Later(f"gateway answered {status}", wait=asked_to_wait(retry_after))


def asked_to_wait(retry_after: str) -> timedelta:
    """What a Retry-After header asks for (RFC 9110: seconds, or a moment); nothing if there is none or it is odd."""
    if retry_after.isascii() and retry_after.isdigit():
        return timedelta(seconds=min(int(retry_after), MOST_SECONDS))
    try:
        moment = parsedate_to_datetime(retry_after)
    except ValueError:
        return timedelta()
    return max(moment.replace(tzinfo=moment.tzinfo or UTC) - clock.now(), timedelta())
