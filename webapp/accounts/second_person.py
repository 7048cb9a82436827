"""What gives power over others, erases somebody or takes many along needs two: one asks, another one agrees.

A view that has checked its form calls `require()`, as others call `fresh.require_fresh()`. The form waits here with the
words that the other one decides by; when they agreed, its owner sends the very same form once more, and this time the
view goes on. So a secret or a file is given to whoever asked for it, and the act is checked again at the moment it is
done. A command calls `take()`. One person alone does none of it: the table itself forbids it (check `two_people`).
Who decides: for the province its administrators, for an office whoever may stand at its desk. Security design V2.3.5.
"""

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from flask import abort, redirect, request
from sqlalchemy import ColumnElement, Select, func, select
from sqlalchemy.orm import Session, aliased

from webapp.accounts.models import Account
from webapp.accounts.staff_models import Approval
from webapp.core import clock
from webapp.core.actor import Actor, Role
from webapp.core.audit import audit
from webapp.core.errors import Conflict, NotAllowed
from webapp.core.permissions import COUNTER_SIDE
from webapp.core.text import Text
from webapp.shell.access import current_actor
from webapp.shell.unit_of_work import db

PROVINCE, OFFICE = "/manage/approvals", "/counter/approvals"
WAITING, AGREED, REFUSED, DONE, EXPIRED = "waiting", "agreed", "refused", "done", "expired"
TO_DECIDE = timedelta(days=7)
TO_DO = timedelta(hours=24)
ONCE_MORE = timedelta(minutes=10)  # within it, the same form is a double tap or a reload, not a new wish
GROWN = 10  # rows that may be added to a short list between the yes and the act; to a long one a tenth


@dataclass(frozen=True)
class Wish:
    """What somebody wants to do that needs two.

    `title` and the keys of `said` are msgids: what is asked for, and what the other one should know of it. `target` and
    `fields` are the act itself, to the letter; `amount` is how many rows it is about.
    """

    title: str
    said: Mapping[str, str]
    target: str
    fields: list[list[str]]
    office_id: int | None = None
    amount: int | None = None


def require(
    title: str, said: Mapping[str, str], *, office_id: int | None = None, amount: int | None = None
) -> Approval:
    """Go on only when somebody else agreed to this very form; else ask for it, and show how it stands."""
    fields = [[name, value] for name, value in request.form.items(multi=True) if name != "csrf_token"]
    row, agreed = take(db(), current_actor(), Wish(title, said, request.path, fields, office_id, amount))
    if not agreed:
        abort(redirect(page_of(row), 303))
    return row


def take(session: Session, who: Actor, wish: Wish) -> tuple[Approval, bool]:
    """The request for this very act, and whether it is to be done now: it was agreed to, and this uses it up."""
    row = _of_wish(session, who, wish)
    if row is not None and state_of(row) == AGREED:
        row.used_at = clock.now()
        audit(session, who, "approval:use", row.public_id)
        return row, True
    if row is None:
        row = Approval(
            asked_by=who.account_id, asked_at=clock.now(), target=wish.target, fields=wish.fields, title=wish.title,
            digest=digest_of(wish.target, wish.fields), said=[[name, value] for name, value in wish.said.items()],
            office_id=wish.office_id, amount=wish.amount,
        )  # fmt: skip
        session.add(row)
        session.flush()
        audit(session, who, "approval:ask", row.public_id, **_facts(row))
    return row, False


def at_most(amount: int) -> int:
    """People work on while somebody thinks it over: so far a list may have grown and still be what was agreed to."""
    return amount + max(GROWN, amount // 10)


def page_of(row: Approval) -> str:
    """Where it is decided."""
    return f"{PROVINCE if row.office_id is None else OFFICE}/{row.public_id}"


def digest_of(target: str, fields: Sequence[Sequence[str]]) -> str:
    """What makes two forms the same one: where they go, and all that stands in them."""
    return hashlib.sha256(json.dumps([target, sorted(fields)]).encode()).hexdigest()


def _of_wish(session: Session, who: Actor, wish: Wish) -> Approval | None:
    """What this person asked for with this form, if it still counts; what has outgrown it is asked for anew."""
    query = select(Approval).where(
        Approval.asked_by == who.account_id,
        Approval.digest == digest_of(wish.target, wish.fields),
        Approval.office_id.is_not_distinct_from(wish.office_id),
    )
    row = session.scalar(query.order_by(Approval.id.desc()).limit(1).with_for_update())
    if row is None or state_of(row) in (REFUSED, EXPIRED):
        return None
    if row.used_at is not None and row.used_at + ONCE_MORE <= clock.now():
        return None
    return row if (wish.amount or 0) <= at_most(row.amount or 0) else None


def _facts(row: Approval) -> dict[str, Any]:
    """For the journal."""
    return {"title": row.title, **({"rows": row.amount} if row.amount is not None else {})}


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
    """The second person says yes; the first one has a day to do it."""
    _expect_waiting(row)
    if row.asked_by == by.account_id:
        raise NotAllowed(Text("You asked for this yourself. Somebody else looks at it and agrees."))
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
    audit(session, by, f"approval:{'agree' if agreed else 'refuse'}", row.public_id, **_facts(row))


# ------------------------------------------------------------------------------------------------- to read


def _reach(by: Actor) -> ColumnElement[bool]:
    """Of the own office; for administrators, who have none, of the province."""
    return Approval.office_id.is_not_distinct_from(by.office_id)


def find(session: Session, by: Actor, public_id: str, *, lock: bool = False) -> Approval | None:
    """One within this actor's reach; any other is not there."""
    query = select(Approval).where(Approval.public_id == public_id, _reach(by))
    return session.scalar(query.with_for_update() if lock else query)


def listed(session: Session, by: Actor, *, after: Approval | None = None, limit: int = 30) -> Sequence[Any]:
    """All within reach, the newest first, with the names of both; keyed by id."""
    asker, decider = aliased(Account), aliased(Account)
    query = (
        select(Approval, asker.display_name.label("asker"), decider.display_name.label("decider"))
        .join(asker, asker.id == Approval.asked_by)
        .outerjoin(decider, decider.id == Approval.decided_by)
        .where(_reach(by))
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


def waiting_for(by: Actor) -> Select[tuple[int]]:
    """How many wait for this actor, as the second person."""
    return select(func.count()).where(
        _reach(by),
        Approval.decided_at.is_(None),
        Approval.asked_at > clock.now() - TO_DECIDE,
        Approval.asked_by != by.account_id,
    )


def has_another(session: Session, by: Actor) -> bool:
    """Is there anybody else who could agree at all?"""
    wanted = {Role.ADMIN} if by.office_id is None else COUNTER_SIDE
    rows = session.execute(
        select(Account.roles).where(
            Account.kind == "staff",
            Account.id != by.account_id,
            Account.disabled_at.is_(None),
            Account.password_hash.is_not(None),
            Account.office_id.is_not_distinct_from(by.office_id),
        )
    )
    return any(not wanted.isdisjoint(row.roles) for row in rows)
