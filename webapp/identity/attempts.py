"""Ways to the issuer and back. Each is bound to the browser that began it, good once, and over after ten minutes."""

import secrets
from dataclasses import asdict, dataclass
from datetime import timedelta

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from webapp.core import clock, crypto
from webapp.identity.claims import Claimed
from webapp.identity.models import OidcAttempt

LIFE = timedelta(minutes=10)
PROOF_LIFE = timedelta(minutes=30)  # as long as a code by SMS proves a phone
LOGIN, LINK, AGAIN = "login", "link", "again"


@dataclass(frozen=True)
class Secrets:
    """What only this attempt knows: RFC 7636's verifier, and the nonce that must stand in the token."""

    verifier: str
    nonce: str

    @classmethod
    def new(cls) -> "Secrets":
        return cls(secrets.token_urlsafe(48), secrets.token_urlsafe(24))


@dataclass(frozen=True)
class Proved:
    """What an attempt brought back, until the person has agreed to what follows from it."""

    attempt: OidcAttempt
    claimed: Claimed


def begin_attempt(
    session: Session, browser: str, mine: Secrets, purpose: str, target: str, account_id: int | None = None
) -> str:
    """The `state` of a new attempt. `browser` is the secret in this browser's cookie."""
    now = clock.now()
    state = secrets.token_urlsafe(24)
    attempt = OidcAttempt(
        state_digest=_digest("state", state),
        browser_digest=_digest("browser", browser),
        purpose=purpose,
        account_id=account_id,
        target=target,
        created_at=now,
        expires_at=now + LIFE,
    )
    attempt.secrets = asdict(mine)
    session.add(attempt)
    return state


def find_attempt(session: Session, state: str, browser: str) -> OidcAttempt | None:
    """The attempt that waits for this answer in this browser."""
    query = select(OidcAttempt).where(
        OidcAttempt.state_digest == _digest("state", state),
        OidcAttempt.browser_digest == _digest("browser", browser),
        OidcAttempt.used_at.is_(None),
        OidcAttempt.expires_at > clock.now(),
    )
    return session.scalar(query)


def redeem_attempt(session: Session, state: str, browser: str) -> tuple[int, Secrets] | None:
    """Use the attempt up, before its code is sent anywhere: of two answers with one state only one gets through."""
    attempt = find_attempt(session, state, browser)
    if attempt is None:
        return None
    mine = Secrets(**attempt.secrets)
    used = session.execute(
        update(OidcAttempt)
        .where(OidcAttempt.id == attempt.id, OidcAttempt.used_at.is_(None))
        .values(used_at=clock.now(), secrets_sealed=None)
    )
    return (attempt.id, mine) if used.rowcount == 1 else None  # type: ignore[attr-defined]


def keep_claims(session: Session, attempt_id: int, claimed: Claimed) -> OidcAttempt:
    attempt = session.get_one(OidcAttempt, attempt_id, populate_existing=True)
    attempt.claims = claimed.dump()
    return attempt


def proved(session: Session, attempt_public: str, browser: str, *, lock: bool = False) -> Proved | None:
    """What this browser's attempt proved: half an hour, and not used yet."""
    query = select(OidcAttempt).where(
        OidcAttempt.public_id == attempt_public,
        OidcAttempt.browser_digest == _digest("browser", browser),
        OidcAttempt.used_at > clock.now() - PROOF_LIFE,
        OidcAttempt.done_at.is_(None),
        OidcAttempt.claims_sealed.is_not(None),
    )
    attempt = session.scalar(query.with_for_update() if lock else query)
    return Proved(attempt, Claimed.load(attempt.claims)) if attempt is not None else None


def finish(attempt: OidcAttempt) -> None:
    """It did its work; what the issuer said is kept with the identity, if anywhere."""
    attempt.done_at = clock.now()
    attempt.claims = None


def _digest(what: str, value: str) -> str:
    return crypto.blind(f"oidc {what}", value)
