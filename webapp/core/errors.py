"""What can go wrong in the domain, in words for people. Pages turn these into answers in one place."""

from webapp.core.text import Text


class DomainError(Exception):
    """A rule of the domain said no. `text` says what is wrong and what to do; `status` is the HTTP answer."""

    status = 422

    def __init__(self, text: Text) -> None:
        super().__init__(text.msgid)
        self.text = text


class NotAllowed(DomainError):
    """The act exists but not for this actor or not now."""

    status = 403


class NotFound(DomainError):
    """There is no such thing within this actor's reach; said in the words of a made-up address, so nothing is told."""

    status = 404

    def __init__(self, text: Text | None = None) -> None:
        super().__init__(text or Text("The address may be wrong, or the page belongs to somebody else."))


class Conflict(DomainError):
    """Somebody was faster: the thing is in a newer state than the page that was sent."""

    status = 409


class TooMany(DomainError):
    """Too many tries; `retry_after` in seconds."""

    status = 429

    def __init__(self, text: Text, retry_after: int = 60) -> None:
        super().__init__(text)
        self.retry_after = retry_after


class Unavailable(DomainError):
    """A part we need does not answer now; nothing was lost."""

    status = 503
