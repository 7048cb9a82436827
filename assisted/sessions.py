"""A helper's session: opened by a mandate, bound to one log-in, over after an hour, five idle minutes, or *End*."""

from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any

from sqlalchemy import Row, select
from sqlalchemy.orm import Session

from assisted.events import HelperSessionEnded, HelperSessionRunsOut, HelperSessionStarted
from assisted.models import HelperSession
from webapp.accounts.mandates import end_mandate
from webapp.accounts.models import Account, LoginSession, Mandate, Person
from webapp.core import clock
from webapp.core.actor import Actor
from webapp.core.audit import audit
from webapp.core.errors import Conflict
from webapp.core.outbox import record
from webapp.core.text import Text

IDLE = timedelta(minutes=5)
MINUTES = 60


class Standing(StrEnum):
    """Whether a session that was not closed still counts, and if not, why."""

    LIVE = "live"
    IDLE = "idle"
    EXPIRED = "expired"
    REVOKED = "revoked"
    ELSEWHERE = "elsewhere"  # open on another device of the same helper


# What the row says when a session that no longer counts is closed.
REASON = {Standing.IDLE: "expired", Standing.EXPIRED: "expired", Standing.REVOKED: "revoked"}


def open_session(session: Session, account_id: int) -> Row[Any] | None:
    """The helper's session that was not closed, with person, mandate and log-in: one select by a unique index."""
    return session.execute(
        select(
            HelperSession.id,
            HelperSession.public_id,
            HelperSession.login_session_id,
            HelperSession.started_at,
            HelperSession.expires_at,
            Mandate.id.label("mandate_id"),
            Mandate.public_id.label("mandate_public"),
            Mandate.evidence_kind,
            Mandate.expires_at.label("mandate_until"),
            Mandate.ended_at.label("mandate_ended"),
            Mandate.revoked_at.label("mandate_revoked"),
            Person.id.label("person_id"),
            Person.public_id.label("person_public"),
            Person.full_name_sealed,
            LoginSession.ended_at.label("login_ended"),
            LoginSession.expires_at.label("login_until"),
        )
        .join(Mandate, Mandate.id == HelperSession.mandate_id)
        .join(Person, Person.id == HelperSession.person_id)
        .join(LoginSession, LoginSession.id == HelperSession.login_session_id)
        .where(HelperSession.helper_id == account_id, HelperSession.ended_at.is_(None))
    ).first()


def standing(row: Row[Any], login_id: int, seen: int, now: datetime) -> Standing:
    """Does it count in this log-in now? `seen`: when this browser last did something in it (seconds)."""
    if row.mandate_revoked is not None:
        return Standing.REVOKED
    if row.mandate_ended is not None or now >= min(row.expires_at, row.mandate_until):
        return Standing.EXPIRED
    if row.login_session_id != login_id:
        gone = row.login_ended is not None or now >= row.login_until
        return Standing.EXPIRED if gone else Standing.ELSEWHERE
    return Standing.IDLE if now.timestamp() - seen >= IDLE.total_seconds() else Standing.LIVE


def begin(session: Session, mandate: Mandate, *, by: Actor, login_id: int) -> HelperSession:
    """Open a session on a fresh mandate. The caller has made room with `make_room`."""
    row = HelperSession(
        helper_id=mandate.helper_id,
        person_id=mandate.person_id,
        mandate_id=mandate.id,
        login_session_id=login_id,
        started_at=mandate.granted_at,
        expires_at=mandate.expires_at,
    )
    session.add(row)
    session.flush()
    audit(session, by, "assisted:start", row.public_id, mandate=mandate.public_id, how=mandate.evidence_kind)
    record(session, HelperSessionStarted(row.public_id))
    record(session, HelperSessionRunsOut(row.public_id), not_before=row.expires_at)
    return row


def make_room(session: Session, *, by: Actor, login_id: int, seen: int) -> None:
    """One person at a time: close what no longer counts. Raises Conflict while another session is open."""
    assert by.account_id is not None
    # Two windows that agree at the same moment wait for each other here.
    session.execute(select(Account.id).where(Account.id == by.account_id).with_for_update())
    row = open_session(session, by.account_id)
    if row is None:
        return
    now = standing(row, login_id, seen, clock.now())
    if now in (Standing.LIVE, Standing.ELSEWHERE):
        raise Conflict(Text("You are still helping another person. End that session first."))
    close(session, row.id, REASON[now], by=by)


def close(session: Session, session_id: int, reason: str, *, by: Actor) -> HelperSession:
    """End the session and its mandate; whoever listens tells the person what was done."""
    row = session.get_one(HelperSession, session_id, with_for_update=True, populate_existing=True)
    if row.ended_at is not None:
        return row
    row.ended_at = clock.now()
    row.end_reason = reason
    end_mandate(session, session.get_one(Mandate, row.mandate_id))
    audit(session, by, "assisted:end", row.public_id, why=reason)
    record(session, HelperSessionEnded(row.public_id))
    return row
