"""What gives power over others needs two administrators: one asks, another one agrees, the first one then does it.

A view that has checked its form calls `require()`, as others call `fresh.require_fresh()`. The form waits here with the
words that the other one decides by; when they agreed, its owner sends the very same form once more, and this time the
view goes on. So a secret is shown to whoever asked for it, and the act is checked again at the moment it is done. One
administrator alone gives nobody power: the table itself forbids it (check `two_people`). Security design 2.3, V2.3.5.
"""

import hashlib
import json
from collections.abc import Mapping, Sequence
from datetime import timedelta
from typing import Any

from flask import abort, redirect, request
from sqlalchemy import ColumnElement, func, select
from sqlalchemy.orm import Session, aliased

from webapp.accounts.models import Account
from webapp.accounts.staff_models import Approval
from webapp.core import clock
from webapp.core.actor import Actor, Role
from webapp.core.audit import audit
from webapp.core.errors import Conflict, NotAllowed
from webapp.core.text import Text
from webapp.shell.access import current_actor
from webapp.shell.unit_of_work import db

PAGE = "/manage/approvals"
WAITING, AGREED, REFUSED, DONE, EXPIRED = "waiting", "agreed", "refused", "done", "expired"
TO_DECIDE = timedelta(days=7)
TO_DO = timedelta(hours=24)
ONCE_MORE = timedelta(minutes=10)  # within it, the same form is a double tap or a reload, not a new wish


def require(title: str, said: Mapping[str, str]) -> None:
    """Go on only when another administrator agreed to this very form; else ask for it, and show how it stands.

    `title` and the keys of `said` are msgids: what is asked for, and what the other one should know of it.
    """
    who, session = current_actor(), db()
    fields = [[name, value] for name, value in request.form.items(multi=True) if name != "csrf_token"]
    row = _of_form(session, who, digest := digest_of(request.path, fields))
    if row is not None and state_of(row) == AGREED:
        row.used_at = clock.now()
        audit(session, who, "approval:use", row.public_id)
        return
    if row is None:
        row = Approval(
            asked_by=who.account_id, asked_at=clock.now(), target=request.path, fields=fields, digest=digest,
            title=title, said=[[name, value] for name, value in said.items()],
        )  # fmt: skip
        session.add(row)
        session.flush()
        audit(session, who, "approval:ask", row.public_id, title=title)
    abort(redirect(f"{PAGE}/{row.public_id}", 303))


def digest_of(target: str, fields: Sequence[Sequence[str]]) -> str:
    """What makes two forms the same one: where they go, and all that stands in them."""
    return hashlib.sha256(json.dumps([target, sorted(fields)]).encode()).hexdigest()


def _of_form(session: Session, who: Actor, digest: str) -> Approval | None:
    """What this administrator asked for with this form, if it still counts."""
    query = select(Approval).where(Approval.asked_by == who.account_id, Approval.digest == digest)
    row = session.scalar(query.order_by(Approval.id.desc()).limit(1).with_for_update())
    if row is None or state_of(row) in (REFUSED, EXPIRED):
        return None
    if row.used_at is not None and row.used_at + ONCE_MORE <= clock.now():
        return None
    return row


def state_of(row: Approval) -> str:
    """As it stands; what nobody decided, or did, in its time is over."""
    now = clock.now()
    if row.used_at is not None:
        return DONE
    if row.decided_at is None:
        return WAITING if row.asked_at + TO_DECIDE > now else EXPIRED
    if not row.agreed:
        return REFUSED
    return AGREED if row.decided_at + TO_DO > now else EXPIRED


def agree(session: Session, row: Approval, *, by: Actor) -> None:
    """The second administrator says yes; the first one has a day to do it."""
    _expect_waiting(row)
    if row.asked_by == by.account_id:
        raise NotAllowed(Text("You asked for this yourself. Another administrator looks at it and agrees."))
    _decide(session, row, agreed=True, by=by)


def refuse(session: Session, row: Approval, *, by: Actor) -> None:
    """Either of the two says no: nothing happens."""
    _expect_waiting(row)
    _decide(session, row, agreed=False, by=by)


def _expect_waiting(row: Approval) -> None:
    if state_of(row) != WAITING:
        raise Conflict(Text("This is already decided or too old. Look at its newest state."))


def _decide(session: Session, row: Approval, *, agreed: bool, by: Actor) -> None:
    row.agreed, row.decided_by, row.decided_at = agreed, by.account_id, clock.now()
    session.flush()
    audit(session, by, f"approval:{'agree' if agreed else 'refuse'}", row.public_id, title=row.title)


# ------------------------------------------------------------------------------------------------- to read


def find(session: Session, public_id: str, *, lock: bool = False) -> Approval | None:
    query = select(Approval).where(Approval.public_id == public_id)
    return session.scalar(query.with_for_update() if lock else query)


def listed(session: Session, *, after: Approval | None = None, limit: int = 30) -> Sequence[Any]:
    """All of the province, the newest first, with the names of both; keyed by id."""
    asker, decider = aliased(Account), aliased(Account)
    query = (
        select(Approval, asker.display_name.label("asker"), decider.display_name.label("decider"))
        .join(asker, asker.id == Approval.asked_by)
        .outerjoin(decider, decider.id == Approval.decided_by)
        .order_by(Approval.id.desc())
        .limit(limit)
    )
    return session.execute(query.where(Approval.id < after.id) if after else query).all()


def names(session: Session, row: Approval) -> tuple[str, str]:
    """Who asked, and who decided; empty while nobody has."""
    found = dict(
        session.execute(
            select(Account.id, Account.display_name).where(Account.id.in_([row.asked_by, row.decided_by or 0]))
        ).all()
    )
    return found.get(row.asked_by) or "", found.get(row.decided_by or 0) or ""


def _still_waiting() -> ColumnElement[bool]:
    return Approval.decided_at.is_(None) & (Approval.asked_at > clock.now() - TO_DECIDE)


def waiting_for(session: Session, by: Actor) -> int:
    """How many wait for this administrator, as the second person."""
    return int(session.scalar(select(func.count()).where(_still_waiting(), Approval.asked_by != by.account_id)) or 0)


def has_another(session: Session, by: Actor) -> bool:
    """Is there another administrator who could agree at all?"""
    rows = session.execute(
        select(Account.roles).where(
            Account.kind == "staff",
            Account.id != by.account_id,
            Account.disabled_at.is_(None),
            Account.password_hash.is_not(None),
            Account.office_id.is_(None),
        )
    )
    return any(Role.ADMIN.value in row.roles for row in rows)
