"""One-time codes: 6 digits, 5 minutes, good once, the newest only.

A code is bound to its challenge, purpose and phone by a keyed digest; the challenge's id stays in the browser that
asked (its signed cookie), so a code read out to somebody else opens nothing there. The readable code stands sealed in
the row only until it was sent (`forget`).

Who asks too often waits: 30, 60, 120, 240 seconds, five an hour, ten a day. Codes that were used do not count: whoever
typed one in reads that phone.
"""

import hmac
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import func, select, update
from sqlalchemy.orm import Session

from webapp.accounts.events import CodeRequested
from webapp.accounts.models import CodeChallenge
from webapp.accounts.people import phone_index
from webapp.core import clock, crypto, outbox, throttle
from webapp.core.errors import DomainError, TooMany
from webapp.core.ids import new_code
from webapp.core.text import Text

LIFE = timedelta(minutes=5)
PROOF_LIFE = timedelta(minutes=30)
MAX_TRIES = 5
LADDER = (30, 60, 120, 240)
PER_HOUR, PER_DAY, PER_DAY_WITH_USED = 5, 10, 40
PER_ADDRESS, ADDRESS_WINDOW = 25, timedelta(minutes=5)
LOGIN, CONSENT = "login", "consent"


class WrongCode(DomainError):
    """The digits differ; there are tries left."""


class LateCode(DomainError):
    """The code is too old, was used, or a newer one was sent."""


class BurntCode(DomainError):
    """Too many wrong tries; only a new code helps."""


def wait_seconds(session: Session, phone: str) -> int:
    """How long this phone must wait before the next code; 0 when it may be asked for now."""
    now = clock.now()
    unused = (
        select(CodeChallenge.created_at)
        .where(
            CodeChallenge.phone_index == phone_index(phone),
            CodeChallenge.used_at.is_(None),
            CodeChallenge.created_at > now - timedelta(days=1),
        )
        .order_by(CodeChallenge.created_at.desc())
        .limit(PER_DAY)
    )
    times: list[datetime] = list(session.scalars(unused))
    if not times:
        return 0
    free_at = [now]
    if len(times) >= PER_DAY:
        free_at.append(times[PER_DAY - 1] + timedelta(days=1))
    if len(times) >= PER_HOUR:
        free_at.append(times[PER_HOUR - 1] + timedelta(hours=1))
    in_hour = sum(at > now - timedelta(hours=1) for at in times)
    used_at = session.scalar(
        select(func.max(CodeChallenge.used_at)).where(CodeChallenge.phone_index == phone_index(phone))
    )
    if in_hour and (used_at is None or used_at < times[0]):
        free_at.append(times[0] + timedelta(seconds=LADDER[min(in_hour, len(LADDER)) - 1]))
    return max(0, int((max(free_at) - now).total_seconds() + 0.999))


def request_code(session: Session, phone: str, purpose: str, context: dict[str, Any] | None = None) -> CodeChallenge:
    """Make a code for this phone and have it sent. Older codes for the same purpose are worth nothing from now on.

    `context` may hold public ids and words for the message, never personal data.
    """
    # Counting first also makes two requests for one phone wait for each other on PostgreSQL.
    within = throttle.hit(session, "code phone", phone, PER_DAY_WITH_USED, timedelta(days=1))
    wait = wait_seconds(session, phone)
    if wait or not within:
        raise TooMany(_wait_text(wait or 3600), retry_after=wait or 3600)
    now = clock.now()
    session.execute(
        update(CodeChallenge)
        .where(
            CodeChallenge.phone_index == phone_index(phone),
            CodeChallenge.purpose == purpose,
            CodeChallenge.used_at.is_(None),
            CodeChallenge.code_sealed.is_not(None),
        )
        .values(code_sealed=None)
    )
    challenge = CodeChallenge(
        purpose=purpose,
        phone_index=phone_index(phone),
        context=context or {},
        tries=0,
        created_at=now,
        expires_at=now + LIFE,
    )
    code = new_code()
    challenge.phone = phone
    challenge.code = code
    challenge.code_digest = _digest(challenge, phone, code)
    session.add(challenge)
    session.flush()
    outbox.record(session, CodeRequested(challenge=challenge.public_id))
    return challenge


def guard_address(session: Session, address: str) -> None:
    """25 codes in 5 minutes for one network address; a whole commune office may share one, so the limit is wide."""
    if not throttle.hit(session, "code address", address, PER_ADDRESS, ADDRESS_WINDOW):
        seconds = int(ADDRESS_WINDOW.total_seconds())
        raise TooMany(_wait_text(seconds), retry_after=seconds)


def check_code(session: Session, challenge_public: str, code: str, purpose: str) -> CodeChallenge:
    """The challenge, now used, when the code is right. Wrong tries are counted: the view calls `keep_changes()`."""
    challenge = find(session, challenge_public, lock=True)
    if challenge is None or challenge.purpose != purpose:
        raise LateCode(Text("This code is no longer good. Ask for a new one."))
    if challenge.tries >= MAX_TRIES:
        raise BurntCode(Text("Wrong five times. For your safety this code is no longer good. Ask for a new one."))
    if challenge.used_at is not None:
        raise LateCode(Text("This code was already used. Ask for a new one."))
    if _is_replaced(session, challenge):
        raise LateCode(Text("A newer code was sent to this number. Ask for a new one here."))
    if challenge.expires_at <= clock.now():
        raise LateCode(Text("This code is older than 5 minutes. Ask for a new one."))
    if not hmac.compare_digest(challenge.code_digest, _digest(challenge, challenge.phone, code)):
        challenge.tries += 1
        left = MAX_TRIES - challenge.tries
        if left == 0:
            raise BurntCode(Text("Wrong five times. For your safety this code is no longer good. Ask for a new one."))
        raise WrongCode(Text("The code is not right. Look at the newest message. Tries left: %(n)s.", n=left))
    challenge.used_at = clock.now()
    challenge.code = None
    return challenge


def find(session: Session, challenge_public: str | None, *, lock: bool = False) -> CodeChallenge | None:
    if not challenge_public:
        return None
    query = select(CodeChallenge).where(CodeChallenge.public_id == challenge_public)
    return session.scalar(query.with_for_update() if lock else query)


def code_to_send(session: Session, challenge_public: str) -> CodeChallenge | None:
    """The challenge with `.phone`, `.code`, `.purpose`, `.context`; None when sending it would help nobody any more."""
    challenge = find(session, challenge_public)
    if challenge is None or challenge.code_sealed is None or challenge.used_at or challenge.expires_at <= clock.now():
        return None
    return challenge


def forget(session: Session, challenge_public: str) -> None:
    """It was sent: from now on only its owner can read it."""
    session.execute(update(CodeChallenge).where(CodeChallenge.public_id == challenge_public).values(code_sealed=None))


def is_open(session: Session, challenge: CodeChallenge) -> bool:
    """Can this code still be typed in?"""
    fresh = challenge.used_at is None and challenge.expires_at > clock.now() and challenge.tries < MAX_TRIES
    return fresh and not _is_replaced(session, challenge)


def proof(session: Session, challenge_public: str | None, purpose: str, *, lock: bool = False) -> CodeChallenge | None:
    """A used challenge that still proves "this browser's owner reads this phone": half an hour, not yet spent."""
    challenge = find(session, challenge_public, lock=lock)
    if challenge is None or challenge.purpose != purpose or challenge.used_at is None:
        return None
    if clock.now() - challenge.used_at > PROOF_LIFE or challenge.context.get("spent"):
        return None
    return challenge


def spend(challenge: CodeChallenge) -> None:
    """The proof did its work; a copied cookie cannot use it again."""
    challenge.context = {**challenge.context, "spent": True}


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
