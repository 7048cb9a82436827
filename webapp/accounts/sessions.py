"""Log-ins: the browser keeps a signed random token, the table its digest; idle time is signed into the cookie.

flask-login carries the token in Flask's signed session; what it stands for is ours (the table, the limits).
How long each kind of account may be idle, and stay at all, stands in `limits.SESSIONS`.
"""

import hashlib
from collections.abc import Iterable, Sequence
from datetime import timedelta
from typing import Any

from flask import Flask, g, request, session
from flask_login import LoginManager, UserMixin, current_user, login_user, logout_user
from sqlalchemy import ColumnElement, Row, bindparam, select, update
from sqlalchemy.orm import Session

from webapp.accounts import devices, limits
from webapp.accounts.models import Account, LoginSession, Person
from webapp.core import clock
from webapp.core.actor import Actor, Assurance, Channel, Role
from webapp.core.crypto import unseal_text
from webapp.core.hot import Hot
from webapp.core.ids import new_secret
from webapp.core.text import Text
from webapp.shell import access, errors
from webapp.shell.i18n import gettext as _
from webapp.shell.pages import flash
from webapp.shell.unit_of_work import SAFE_METHODS, look, note

REFRESH = timedelta(seconds=60)
NOTED = timedelta(minutes=5)  # how exactly the table knows when a device was last used
# Where flask-login keeps what `get_id` gives it.
TOKEN = "_user_id"  # noqa: S105  (a name, not a secret)
KEPT = "kept"  # in the cookie: a form that a log-out cut off (`kept.py`)
STAFF_ORDER = (Role.ADMIN, Role.MANAGER, Role.CASE, Role.RECEPTION, Role.HELPER)
# Why a log-in was ended by something else than its own button.
ROOM, NOT_ME, ELSEWHERE = "room", "not_me", "elsewhere"
WHY_OUT = {
    ROOM: Text("You logged in on another device, so the oldest of your log-ins ended: this one."),
    NOT_ME: Text("Somebody told us that a log-in was not theirs, so all log-ins of this account were ended."),
    ELSEWHERE: Text("The log-ins of this account were ended on another device."),
}
AWAY = Text("You did nothing here for a while, so we logged you out. What you typed is kept.")


def kind_of(kind: str, roles: Iterable[str]) -> str:
    """citizen, helper, officer or admin: what the limits go by."""
    if kind == "citizen":
        return kind
    held = set(roles)
    if Role.ADMIN in held:
        return "admin"
    return "helper" if held <= {Role.HELPER} else "officer"


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
    kind = kind_of(account.kind, account.roles)
    ended = _make_room(database, account, kind)
    name = _device(request.user_agent.string)
    row = LoginSession(
        token_digest=digest(token),
        account_id=account.id,
        assurance=assurance.value,
        device=name,
        created_at=now,
        expires_at=now + limits.SESSIONS[kind][1],
        seen_at=now,
        fresh_at=now,
        known_device=devices.remember(database, account, name).public_id,
    )
    database.add(row)
    kept = session.get(KEPT)
    session.clear()
    if kept:  # what was typed before the log-out; it opens for its own account only
        session[KEPT] = kept
    login_user(Login(token))
    session["seen"] = int(now.timestamp())
    _forget()
    if ended and kind == "citizen":
        flash(_("You were logged in on five devices already, so the oldest of these log-ins was ended."), "info")
    return row


def renew(database: Session) -> None:
    """A new id for this log-in: it has just got more than it had (a fresh proof, somebody's consent)."""
    held, token = session.get(TOKEN), new_secret()
    if not held:
        return
    database.execute(
        update(LoginSession).where(LoginSession.token_digest == digest(held)).values(token_digest=digest(token))
    )
    session[TOKEN] = token
    g.pop("_login_user", None)


def _forget() -> None:
    """The rest of this request asks anew who is there."""
    g.pop("actor", None)
    g.pop("_login_user", None)


def _make_room(database: Session, account: Account, kind: str) -> int:
    """End the oldest log-ins of this account, so that with the new one there are not too many; how many it were."""
    # Two log-ins at once wait for each other here.
    database.execute(select(Account.id).where(Account.id == account.id).with_for_update())
    surplus = open_sessions(database, account.id)[limits.AT_ONCE[kind] - 1 :]
    for row in surplus:
        row.ended_at, row.ended_why = clock.now(), ROOM
    return len(surplus)


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
    return _end(database, account_id, ELSEWHERE, *([] if here is None else [LoginSession.id != here.id]))


def end_all(database: Session, account_id: int, why: str) -> int:
    """End every log-in of this account, this browser's too; how many there were."""
    return _end(database, account_id, why)


def end_of_device(database: Session, account_id: int, known_device: str) -> int:
    """End the log-ins of this account on one device; how many there were."""
    return _end(database, account_id, ELSEWHERE, LoginSession.known_device == known_device)


def _end(database: Session, account_id: int, why: str, *which: ColumnElement[bool]) -> int:
    now = clock.now()
    ended = database.execute(
        update(LoginSession)
        .where(
            LoginSession.account_id == account_id,
            LoginSession.ended_at.is_(None),
            LoginSession.expires_at > now,
            *which,
        )
        .values(ended_at=now, ended_why=why)
        .returning(LoginSession.id)
        .execution_options(synchronize_session=False)
    )
    return len(ended.all())


def why_out(database: Session) -> Text | None:
    """Why this browser, which was logged in, is so no longer; None when it never was, or pressed "log out"."""
    held = session.get(TOKEN)
    if not held or current_login() is not None:
        return None
    row = database.execute(
        select(LoginSession.ended_at, LoginSession.ended_why).where(LoginSession.token_digest == digest(held))
    ).first()
    if row is None:
        return None
    return AWAY if row.ended_at is None else WHY_OUT.get(row.ended_why or "")


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
    if TOKEN not in session:
        return None
    row: Row[Any] | None = current_user.row if current_user.is_authenticated else None
    return row


def kind_of_login() -> str:
    """Whose limits this browser's log-in has."""
    row = current_login()
    return kind_of(row.kind, row.roles) if row is not None else "citizen"


def idle_of(row: Row[Any]) -> timedelta:
    """How long this log-in may rest."""
    return limits.SESSIONS[kind_of(row.kind, row.roles)][0]


LOGGED_IN = Hot(
    select(
        LoginSession.id,
        LoginSession.assurance,
        LoginSession.created_at,
        LoginSession.expires_at,
        LoginSession.seen_at,
        LoginSession.fresh_at,
        LoginSession.known_device,
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
        LoginSession.token_digest == bindparam("token"),
        LoginSession.ended_at.is_(None),
        LoginSession.expires_at > bindparam("now"),
        Account.disabled_at.is_(None),
    )
)


SEEN = Hot(update(LoginSession).where(LoginSession.id == bindparam("login")).values(seen_at=bindparam("seen")))


def _load(token: str) -> Login | None:
    """flask-login's question: who holds this token? None when it is ended, too old, or idle for too long.

    None, too, for the page that says that the database is away: it must not have to know.
    """
    if errors.is_away():
        return None
    now = clock.now()
    row = LOGGED_IN.first(look(), token=digest(token), now=now)
    seen = int(session.get("seen", 0))
    if row is None or now.timestamp() - seen > idle_of(row).total_seconds():
        return None
    if request.method not in SAFE_METHODS and (row.seen_at is None or now - row.seen_at > NOTED):
        note(lambda database: SEEN.send(database, {"login": row.id, "seen": now}))
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
    devices.register(app)
    manager = LoginManager(app)
    # A carrier changes a phone's address all day; tying the log-in to it would only throw people out.
    manager.session_protection = None
    manager.user_loader(_load)
    access.add_resolver(app, resolve_account)
