"""Giving, finding and taking away tokens. `mc_` and 256 random bits; a year long; the secret is shown once."""

import hashlib
from collections.abc import Sequence
from datetime import timedelta
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from webapp.core import clock
from webapp.core.actor import Actor, Channel, Role
from webapp.core.audit import audit
from webapp.core.ids import new_secret
from webapp.interop.models import ApiToken
from webapp.offices.models import Office

PREFIX = "mc_"
LIFE = timedelta(days=365)
SHOWN = 200  # tokens on the page; a province has a few dozen


def digest(secret: str) -> str:
    return hashlib.sha256(secret.encode()).hexdigest()


def issue_token(session: Session, office: Office, label: str, *, by: Actor) -> tuple[ApiToken, str]:
    """A new token for a system of this office, and its secret, which nobody can read again."""
    secret, now = PREFIX + new_secret(), clock.now()
    token = ApiToken(
        office_id=office.id,
        label=label,
        digest=digest(secret),
        ending=secret[-4:],
        created_at=now,
        created_by=by.account_id,
        expires_at=now + LIFE,
    )
    session.add(token)
    session.flush()
    audit(session, by, "api:issue-token", token.public_id, office=office.code)
    return token, secret


def revoke_token(session: Session, token: ApiToken, *, by: Actor) -> None:
    """From the next request on it opens nothing. Done before: nothing more happens."""
    if token.revoked_at is None:
        token.revoked_at = clock.now()
        audit(session, by, "api:revoke-token", token.public_id)


def token_of(session: Session, public_id: str) -> ApiToken | None:
    return session.scalar(select(ApiToken).where(ApiToken.public_id == public_id))


def all_tokens(session: Session) -> Sequence[Any]:
    """Every token with its office, the newest first."""
    query = (
        select(ApiToken, Office.name, Office.code)
        .join(Office, Office.id == ApiToken.office_id)
        .order_by(ApiToken.id.desc())
        .limit(SHOWN)
    )
    return session.execute(query).all()


def actor_of(session: Session, secret: str) -> Actor | None:
    """Who a request with this secret acts as: the system of one office."""
    found = session.execute(
        select(ApiToken.public_id, ApiToken.label, ApiToken.office_id).where(
            ApiToken.digest == digest(secret), ApiToken.revoked_at.is_(None), ApiToken.expires_at > clock.now()
        )
    ).first()
    if found is None:
        return None
    # The token stands where a person's account would: keys and audit rows are scoped to it.
    return Actor(
        role=Role.AGENCY,
        channel=Channel.API,
        account_public=found.public_id,
        office_id=found.office_id,
        name=found.label,
    )
