"""One-time codes: 6 digits, 5 minutes, good once, the newest only. All figures stand in `limits.py`.

A code is bound to its challenge, purpose and phone by a keyed digest; the challenge's id stays in the browser that
asked (its signed cookie), so a code read out to somebody else opens nothing there. The readable code stands sealed in
the row only until it was sent (`forget`).

Whether the phone is known to us is nowhere asked before a right code: known and unknown ones cost the same time and
get the same answers. What follows (finding the gateway, sending) is the worker's.
"""

import hmac
from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import delete, func, select, update
from sqlalchemy.orm import Session

from webapp.accounts import breakers, limits, wrong_codes
from webapp.accounts.device_models import KnownDevice
from webapp.accounts.events import CodeRequested
from webapp.accounts.models import CodeChallenge
from webapp.accounts.people import phone_index
from webapp.core import clock, crypto, outbox, throttle
from webapp.core.errors import DomainError, TooMany
from webapp.core.ids import new_code
from webapp.core.text import Text

LOGIN, CONSENT, FRESH = "login", "consent", "fresh"
RECOVERY, PHONE_CHANGE = "recovery", "phone_change"
JOIN = "join"  # shows that another account is one's own, too
PURPOSES = (LOGIN, CONSENT, FRESH, RECOVERY, PHONE_CHANGE, JOIN)
# `about` in a context: what the message says, where one purpose serves two ends.
REGISTER, CONTACT = "register", "contact"
BESIDE = frozenset({CONSENT, RECOVERY})  # asked for by a helper or an officer, the person beside them
KEPT = timedelta(days=1)  # a challenge, used or not


class WrongCode(DomainError):
    """The digits differ; there are tries left."""


class LateCode(DomainError):
    """The code is too old, was used, or a newer one was sent."""


class BurntCode(DomainError):
    """Too many wrong tries; only a new code helps."""


class NoCodes(TooMany):
    """The installation sends no codes to this device now, whatever the phone."""


def wait_seconds(session: Session, phone: str, device: KnownDevice | None = None) -> int:
    """How long this phone must wait before the next code; 0 when it may be asked for now.

    On a device that its owner uses anyway only that device's codes count: a stranger who presses the button all day
    does not keep her out.
    """
    if throttle.is_relaxed():
        return 0
    now = clock.now()
    unused = (
        select(CodeChallenge.created_at)
        .where(
            CodeChallenge.phone_index == phone_index(phone),
            CodeChallenge.used_at.is_(None),
            CodeChallenge.created_at > now - limits.DAY,
            CodeChallenge.created_at <= now + limits.MINUTE,  # a clock that was set back must not make anybody wait
            *([] if device is None else [CodeChallenge.context["device"].as_string() == device.public_id]),
        )
        .order_by(CodeChallenge.created_at.desc())
        .limit(limits.PHONE_PER_DAY)
    )
    times: list[datetime] = list(session.scalars(unused))
    if not times:
        return 0
    free_at = [now]
    if len(times) >= limits.PHONE_PER_DAY:
        free_at.append(times[limits.PHONE_PER_DAY - 1] + limits.DAY)
    if len(times) >= limits.PHONE_PER_HOUR:
        free_at.append(times[limits.PHONE_PER_HOUR - 1] + limits.HOUR)
    in_hour = sum(at > now - limits.HOUR for at in times)
    used_at = session.scalar(
        select(func.max(CodeChallenge.used_at)).where(CodeChallenge.phone_index == phone_index(phone))
    )
    if in_hour and (used_at is None or used_at < times[0]):
        free_at.append(times[0] + timedelta(seconds=limits.LADDER[min(in_hour, len(limits.LADDER)) - 1]))
    return max(0, int((max(free_at) - now).total_seconds() + 0.999))


def request_code(
    session: Session,
    phone: str,
    purpose: str,
    context: dict[str, Any] | None = None,
    *,
    device: KnownDevice | None = None,
) -> CodeChallenge:
    """Make a code for this phone and have it sent. Older codes for the same purpose are worth nothing from now on.

    `context` may hold public ids and words for the message, never personal data. `device`: the known one that asks.
    """
    index = phone_index(phone)
    wrong_codes.guard(session, _scope(purpose, index, device))
    # With a helper or an officer beside the person nobody pumps messages; everybody else may be a program.
    if purpose not in BESIDE and device is None and breakers.is_open(session, breakers.PUMPING):
        raise NoCodes(_counter_text(), retry_after=int(limits.OPEN_FOR.total_seconds()))
    # Counting first also makes two requests for one phone wait for each other on PostgreSQL.
    within = limits.PHONE_WITH_USED.hit(session, phone)
    wait = wait_seconds(session, phone, device)
    if wait or not within:
        raise TooMany(_wait_text(wait or 3600), retry_after=wait or 3600)
    _within_budget(session, phone)
    _forget_older(session, index, purpose)
    asked_on = {} if device is None else {"device": device.public_id}
    challenge = _new(phone, index, purpose, {**asked_on, **(context or {})})
    session.add(challenge)
    session.flush()
    outbox.record(session, CodeRequested(challenge=challenge.public_id))
    breakers.code_sent(session)
    return challenge


def _forget_older(session: Session, index: str, purpose: str) -> None:
    """Nobody needs to read them again. One that is being checked at this moment is left to its own request, so that
    an asking and a checking request never wait for each other in a circle."""
    older = (
        select(CodeChallenge.id)
        .where(
            CodeChallenge.phone_index == index,
            CodeChallenge.purpose == purpose,
            CodeChallenge.used_at.is_(None),
            CodeChallenge.code_sealed.is_not(None),
        )
        .with_for_update(skip_locked=True)
    )
    session.execute(update(CodeChallenge).where(CodeChallenge.id.in_(older)).values(code_sealed=None))


def _new(phone: str, index: str, purpose: str, context: dict[str, Any]) -> CodeChallenge:
    now = clock.now()
    challenge = CodeChallenge(
        purpose=purpose, phone_index=index, context=context, tries=0, created_at=now, expires_at=now + limits.CODE_LIFE
    )
    code = new_code()
    challenge.phone = phone
    challenge.code = code
    challenge.code_digest = _digest(challenge, phone, code)
    return challenge


def _within_budget(session: Session, phone: str) -> None:
    """What all may ask for together. Messages about dossiers are counted nowhere here and never wait for codes."""
    for limit, who in (
        (limits.PREFIX, limits.prefix_of(phone)),
        (limits.GLOBAL_MINUTE, ""),
        (limits.GLOBAL_DAY, ""),
    ):
        if not limit.hit(session, who):
            raise NoCodes(_counter_text(), retry_after=limit.free_in(session, who))


def check_code(
    session: Session, challenge_public: str, code: str, purpose: str, *, device: KnownDevice | None = None
) -> CodeChallenge:
    """The challenge, now used, when the code is right. Wrong tries are counted: the view calls `keep_changes()`."""
    challenge = find(session, challenge_public, lock=True)
    if challenge is None or challenge.purpose != purpose:
        raise LateCode(Text("This code is no longer good. Ask for a new one."))
    scope = _scope(purpose, challenge.phone_index, device)
    wrong_codes.guard(session, scope)
    if challenge.tries >= limits.TRIES_PER_CODE:
        raise BurntCode(Text("Wrong five times. For your safety this code is no longer good. Ask for a new one."))
    if challenge.used_at is not None:
        raise LateCode(Text("This code was already used. Ask for a new one."))
    if _is_replaced(session, challenge):
        raise LateCode(Text("A newer code was sent to this number. Ask for a new one here."))
    if not _in_time(challenge):
        raise LateCode(Text("This code is older than 5 minutes. Ask for a new one."))
    if not hmac.compare_digest(challenge.code_digest, _digest(challenge, challenge.phone, code)):
        challenge.tries += 1
        wrong_codes.count(session, scope)
        left = limits.TRIES_PER_CODE - challenge.tries
        if left == 0:
            raise BurntCode(Text("Wrong five times. For your safety this code is no longer good. Ask for a new one."))
        raise WrongCode(Text("The code is not right. Look at the newest message. Tries left: %(n)s.", n=left))
    wrong_codes.right(session, scope)
    challenge.used_at = clock.now()
    challenge.code = None
    return challenge


def _in_time(challenge: CodeChallenge) -> bool:
    """Not too old; and not of a future that a clock which was set back has made."""
    now = clock.now()
    return challenge.created_at - limits.MINUTE <= now < challenge.expires_at


def _scope(purpose: str, index: str, device: KnownDevice | None) -> wrong_codes.Scope:
    return wrong_codes.Scope(purpose, index, device.public_id if device else None)


def scopes_of(index: str, known: Iterable[str] = ()) -> list[wrong_codes.Scope]:
    """Everything that is counted for one phone, also on these known devices (public ids)."""
    return [wrong_codes.Scope(purpose, index, device) for purpose in PURPOSES for device in (None, *known)]


def find(session: Session, challenge_public: str | None, *, lock: bool = False) -> CodeChallenge | None:
    if not challenge_public:
        return None
    query = select(CodeChallenge).where(CodeChallenge.public_id == challenge_public)
    # Locked, it is read anew: what this request saw of it before may be older than another request's success.
    return session.scalar(query.with_for_update().execution_options(populate_existing=True) if lock else query)


def code_to_send(session: Session, challenge_public: str) -> CodeChallenge | None:
    """The challenge with `.phone`, `.code`, `.purpose`, `.context`; None when sending it would help nobody any more."""
    challenge = find(session, challenge_public)
    if challenge is None or challenge.code_sealed is None or challenge.used_at or not _in_time(challenge):
        return None
    return challenge


def forget(session: Session, challenge_public: str) -> None:
    """It was sent: from now on only its owner can read it."""
    session.execute(update(CodeChallenge).where(CodeChallenge.public_id == challenge_public).values(code_sealed=None))


def is_open(session: Session, challenge: CodeChallenge) -> bool:
    """Can this code still be typed in?"""
    fresh = challenge.used_at is None and _in_time(challenge) and challenge.tries < limits.TRIES_PER_CODE
    return fresh and not _is_replaced(session, challenge)


def asked_by(session: Session, phone: str, purpose: str, browser: str | None) -> CodeChallenge | None:
    """The code that this very browser has asked for a moment ago, while it can still be typed in."""
    newest = select(CodeChallenge).where(
        CodeChallenge.phone_index == phone_index(phone),
        CodeChallenge.purpose == purpose,
        CodeChallenge.created_at > clock.now() - limits.MINUTE,
    )
    challenge = session.scalar(newest.order_by(CodeChallenge.id.desc()).limit(1))
    is_own = challenge is not None and browser is not None and challenge.context.get("browser") == browser
    return challenge if is_own and challenge is not None and is_open(session, challenge) else None


def proof(session: Session, challenge_public: str | None, purpose: str, *, lock: bool = False) -> CodeChallenge | None:
    """A used challenge that still proves "this browser's owner reads this phone": half an hour, not yet spent."""
    challenge = find(session, challenge_public, lock=lock)
    if challenge is None or challenge.purpose != purpose or challenge.used_at is None:
        return None
    if clock.now() - challenge.used_at > limits.PROOF_LIFE or challenge.context.get("spent"):
        return None
    return challenge


def spend(challenge: CodeChallenge) -> None:
    """The proof did its work; a copied cookie cannot use it again."""
    challenge.context = {**challenge.context, "spent": True}


def sweep(session: Session) -> None:
    """Yesterday's codes are of no use; mandates keep the id of theirs, not the row."""
    session.execute(delete(CodeChallenge).where(CodeChallenge.created_at < clock.now() - KEPT))


def _is_replaced(session: Session, challenge: CodeChallenge) -> bool:
    newer = select(CodeChallenge.id).where(
        CodeChallenge.phone_index == challenge.phone_index,
        CodeChallenge.purpose == challenge.purpose,
        CodeChallenge.id > challenge.id,
    )
    return session.scalar(newer.limit(1)) is not None


def _digest(challenge: CodeChallenge, phone: str, code: str) -> str:
    return crypto.blind("code", "\0".join((challenge.public_id, challenge.purpose, phone, code)))


def _wait_text(seconds: int) -> Text:
    if seconds <= 300:
        return Text("Several codes were sent already. You can ask for the next one in %(n)s seconds.", n=seconds)
    return Text(
        "Many codes were sent already. You can ask for the next one in %(n)s minutes, or come to the counter.",
        n=-(-seconds // 60),
    )


def _counter_text() -> Text:
    return Text(
        "We cannot send codes at this moment. Try again in a quarter of an hour, or come to the one-stop counter with "
        "the ID card: everything can be done there without a code."
    )
