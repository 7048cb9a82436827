"""What the pages share: leaving for the issuer, the browser's own secret, and the page of a way that ended."""

import secrets
from datetime import timedelta
from typing import TYPE_CHECKING, Any

from flask import abort, redirect, request, session

from webapp.accounts import codes, devices, limits, origins
from webapp.core import throttle
from webapp.core.errors import DomainError, TooMany
from webapp.core.text import Text
from webapp.identity import attempts
from webapp.identity.attempts import Secrets
from webapp.identity.issuers import provider
from webapp.shell.i18n import t
from webapp.shell.pages import page
from webapp.shell.unit_of_work import db, let_go

if TYPE_CHECKING:
    from webapp.identity.provider import Provider

KEY = "vneid"
PER_ADDRESS, WINDOW = 60, timedelta(minutes=5)


def there() -> "Provider":
    """The issuer; without one these pages do not exist."""
    found = provider()
    if found is None:
        abort(404)
    return found


def browser() -> str:
    """A random secret in this browser's signed cookie; an answer that comes back to another browser is nobody's."""
    kept: dict[str, str] = session.get(KEY) or {}
    if "browser" not in kept:
        session[KEY] = {**kept, "browser": secrets.token_urlsafe(32)}
    return str(session[KEY]["browser"])


def remember(**values: str) -> None:
    session[KEY] = {**(session.get(KEY) or {}), **values}


def remembered(name: str) -> str:
    return str((session.get(KEY) or {}).get(name, ""))


def proved(purpose: str, *, lock: bool = False) -> attempts.Proved | None:
    """What this browser brought back from the issuer and has not used yet."""
    found = attempts.proved(db(), remembered("attempt"), remembered("browser"), lock=lock)
    return found if found is not None and found.attempt.purpose == purpose else None


def leave(purpose: str, target: str, account_id: int | None = None) -> Any:
    """Off to the issuer. Raises DomainError: it is down, or this address has begun too often and not come back."""
    issuer = there()
    if not throttle.hit(db(), *_here(), PER_ADDRESS, WINDOW):
        seconds = int(WINDOW.total_seconds())
        raise TooMany(Text("Too many tries. Wait a few minutes, or log in with your phone."), seconds)
    let_go()
    issuer.metadata()
    mine = Secrets.new()
    state = attempts.begin_attempt(db(), browser(), mine, purpose, target, account_id)
    url = issuer.address(state, mine, anew=purpose == attempts.AGAIN)
    # Where the issuer's log-in stands on another site than the issuer, our content policy would stop the redirect.
    return redirect(url, 303) if issuer.is_own_origin(url) else page("identity/go.html", href=url)


def arrived() -> None:
    """Somebody came back and was believed: an office, where many do from one address, is not held up by them."""
    throttle.give_back(db(), *_here(), WINDOW)


def _here() -> tuple[str, str]:
    return "vneid address", limits.address_key(request.remote_addr or "")


def stopped(text: Text, status: int, *, cancelled: bool = False) -> tuple[str, int]:
    """The way ended; by phone it always goes on."""
    errors = [("", t(text))] if status == 422 else None  # the page's title says so, too
    return page("identity/stopped.html", text=text, cancelled=cancelled, errors=errors), status


def send_code(numbers: list[str], wanted: str, context: dict[str, str]) -> None:
    """A code to one of these phones. Raises DomainError; whoever must wait first presses the same button again."""
    number = numbers[int(wanted)] if wanted.isdigit() and int(wanted) < len(numbers) else numbers[0]
    device = devices.for_phone(db(), number)
    try:
        origins.guard(db(), number, device, remembered("ticket"))
    except origins.WaitFirst as wait:
        remember(ticket=wait.ticket)
        raise
    challenge = codes.request_code(db(), number, codes.JOIN, context, device=device)
    remember(challenge=challenge.public_id)


def check_code(code: str, numbers: list[str], context: dict[str, str]) -> None:
    """The right code, from one of these phones, asked for here and for this. Raises DomainError."""
    waiting = codes.find(db(), remembered("challenge"))
    device = devices.for_phone(db(), waiting.phone) if waiting else None
    challenge = codes.check_code(db(), remembered("challenge"), code, codes.JOIN, device=device)
    origins.used(db())
    asked = {key: challenge.context.get(key) for key in context}
    if asked != context or challenge.phone not in numbers:
        raise DomainError(Text("This code was sent for something else. Ask for a new one."))
    codes.spend(challenge)


def code_sent() -> str | None:
    """The number a code that can still be typed in went to."""
    challenge = codes.find(db(), remembered("challenge"))
    if challenge is None or challenge.purpose != codes.JOIN or not codes.is_open(db(), challenge):
        return None
    return str(challenge.phone)
