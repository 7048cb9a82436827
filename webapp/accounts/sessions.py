"""Log-ins: the browser keeps a signed random token, the table its digest; idle time is signed into the cookie.

flask-login carries the token in Flask's signed session; what it stands for is ours (the table, the limits).

Idle and absolute limits by kind of account (security design 2.3): citizens 30 min / 12 h, staff 15 min / 10 h.
"""

import hashlib
from collections.abc import Sequence
from datetime import timedelta
from typing import Any

from flask import Flask, g, request, session
from flask_login import LoginManager, UserMixin, current_user, login_user, logout_user
from sqlalchemy import Row, select, update
from sqlalchemy.orm import Session

from webapp.accounts.models import Account, LoginSession, Person
from webapp.core import clock
from webapp.core.actor import Actor, Assurance, Channel, Role
from webapp.core.crypto import unseal_text
from webapp.core.ids import new_secret
from webapp.shell import access
from webapp.shell.unit_of_work import db

IDLE = {"citizen": timedelta(minutes=30), "staff": timedelta(minutes=15)}
ABSOLUTE = {"citizen": timedelta(hours=12), "staff": timedelta(hours=10)}
REFRESH = timedelta(seconds=60)
# How many devices may be logged in at once; the oldest log-in ends when one more begins.
AT_ONCE = {"citizen": 5, "staff": 1}
# Where flask-login keeps what `get_id` gives it.
TOKEN = "_user_id"  # noqa: S105  (a name, not a secret)
STAFF_ORDER = (Role.ADMIN, Role.MANAGER, Role.CASE, Role.RECEPTION, Role.HELPER)


class Login(UserMixin):  # type: ignore[misc]
    """One log-in as flask-login knows it: the token, and the row it stands for."""

    def __init__(self, token: str, row: Row[Any] | None = None) -> None:
        self.token = token
        self.row = row

    def get_id(self) -> str:
        return self.token


def digest(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()


def begin(database: Session, account: Account, assurance: Assurance) -> LoginSession:
    """Log this browser in: a new id, so that nothing known before the log-in is worth anything after it."""
    token = new_secret()
    now = clock.now()
    _make_room(database, account)
    row = LoginSession(
        token_digest=digest(token),
        account_id=account.id,
        assurance=assurance.value,
        device=_device(request.user_agent.string),
        created_at=now,
        expires_at=now + ABSOLUTE[account.kind],
    )
    database.add(row)
    session.clear()
    login_user(Login(token))
    session["seen"] = int(now.timestamp())
    _forget()
    return row


def _forget() -> None:
    """The rest of this request asks anew who is there."""
    g.pop("actor", None)
    g.pop("_login_user", None)


def _make_room(database: Session, account: Account) -> None:
    """End the oldest log-ins of this account, so that with the new one there are not too many."""
    open_ones = open_sessions(database, account.id)
    now = clock.now()
    for row in open_ones[AT_ONCE[account.kind] - 1 :]:
        row.ended_at = now


def open_sessions(database: Session, account_id: int) -> Sequence[LoginSession]:
    """Where this account is logged in, the newest first."""
    query = select(LoginSession).where(
        LoginSession.account_id == account_id,
        LoginSession.ended_at.is_(None),
        LoginSession.expires_at > clock.now(),
    )
    return database.scalars(query.order_by(LoginSession.id.desc())).all()


def end_others(database: Session, account_id: int) -> int:
    """End every log-in of this account but the one of this browser; how many there were."""
    here = current_login()
    others = [row for row in open_sessions(database, account_id) if here is None or row.id != here.id]
    for row in others:
        row.ended_at = clock.now()
    return len(others)


def end(database: Session) -> None:
    """Log this browser out."""
    token = session.get(TOKEN)
    if token:
        database.execute(
            update(LoginSession)
            .where(LoginSession.token_digest == digest(token), LoginSession.ended_at.is_(None))
            .values(ended_at=clock.now())
        )
    logout_user()
    session.clear()
    _forget()


def current_login() -> Row[Any] | None:
    """The session row of this request with its account and person, in one indexed select; None if there is none."""
    row: Row[Any] | None = current_user.row if current_user.is_authenticated else None
    return row


def _load(token: str) -> Login | None:
    """flask-login's question: who holds this token? None when it is ended, too old, or idle for too long."""
    now = clock.now()
    row = (
        db()
        .execute(
            select(
                LoginSession.id,
                LoginSession.assurance,
                Account.id.label("account_id"),
                Account.public_id.label("account_public"),
                Account.kind,
                Account.roles,
                Account.office_id,
                Account.display_name,
                Account.person_id,
                Person.public_id.label("person_public"),
                Person.full_name_sealed,
            )
            .join(Account, Account.id == LoginSession.account_id)
            .outerjoin(Person, Person.id == Account.person_id)
            .where(
                LoginSession.token_digest == digest(token),
                LoginSession.ended_at.is_(None),
                LoginSession.expires_at > now,
                Account.disabled_at.is_(None),
            )
        )
        .first()
    )
    seen = int(session.get("seen", 0))
    if row is None or now.timestamp() - seen > IDLE[row.kind].total_seconds():
        return None
    if now.timestamp() - seen > REFRESH.total_seconds():
        session["seen"] = int(now.timestamp())
    return Login(token, row)


def resolve_account() -> Actor | None:
    """Whoever is logged in, acting for themselves; staff without an open session act for nobody."""
    row = current_login()
    if row is None:
        return None
    if row.kind == "citizen":
        name = unseal_text("people", "full_name", row.person_public, row.full_name_sealed) or ""
        return Actor(
            role=Role.CITIZEN,
            channel=Channel.SELF,
            account_id=row.account_id,
            account_public=row.account_public,
            person_id=row.person_id,
            person_public=row.person_public,
            assurance=Assurance(row.assurance),
            name=name,
            subject_name=name,
        )
    roles = frozenset(Role(r) for r in row.roles)
    main = next((r for r in STAFF_ORDER if r in roles), Role.HELPER)
    return Actor(
        role=main,
        roles=roles,
        channel=Channel.COUNTER,
        account_id=row.account_id,
        account_public=row.account_public,
        office_id=row.office_id,
        name=row.display_name or "",
    )


def _device(agent: str) -> str:
    """'Chrome · Android': enough to recognise one's own phone in a list, not enough to follow anybody."""
    browser = next((b for b in ("Edg", "Firefox", "Chrome", "Safari") if b in agent), "?")
    system = next((s for s in ("Android", "iPhone", "Windows", "Mac OS", "Linux") if s in agent), "?")
    return f"{browser} · {system}"


def register(app: Flask) -> None:
    manager = LoginManager(app)
    # A carrier changes a phone's address all day; tying the log-in to it would only throw people out.
    manager.session_protection = None
    manager.user_loader(_load)
    access.add_resolver(app, resolve_account)
