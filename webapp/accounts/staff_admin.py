"""Who works where and as what. A manager sees to the own office, an administrator to the whole province.

Nobody changes their own account: a slip would lock them out, and rights are given by somebody else.
"""

import re
from collections.abc import Sequence
from typing import Any

from sqlalchemy import ColumnElement, or_, select
from sqlalchemy.orm import Session

from webapp.accounts import invitations, mandates, sessions, staff
from webapp.accounts.models import Account
from webapp.core import clock
from webapp.core.actor import Actor, Role
from webapp.core.audit import audit
from webapp.core.errors import Conflict, DomainError, NotAllowed
from webapp.core.text import Text
from webapp.offices.models import Office

OFFICE_ROLES = (Role.HELPER, Role.RECEPTION, Role.CASE)
ALL_ROLES = (*OFFICE_ROLES, Role.MANAGER, Role.ADMIN)
_USERNAME = re.compile(r"^[a-z][a-z0-9._-]{2,39}$")


class WrongStaff(DomainError):
    """One answer of the form cannot be; `field` says which."""

    def __init__(self, field: str, text: Text) -> None:
        super().__init__(text)
        self.field = field


def sees_all(by: Actor) -> bool:
    return by.has(Role.ADMIN) or by.role is Role.SYSTEM


def grantable(by: Actor) -> tuple[Role, ...]:
    """The roles this actor may give: a manager makes no managers."""
    return ALL_ROLES if sees_all(by) else OFFICE_ROLES


def _reach(by: Actor) -> ColumnElement[bool]:
    here = Account.kind == "staff"
    return here if sees_all(by) else here & (Account.office_id == by.office_id)


def find(session: Session, by: Actor, public_id: str, *, lock: bool = False) -> Account | None:
    """Somebody within this actor's reach; anybody else is not there."""
    query = select(Account).where(Account.public_id == public_id, _reach(by))
    return session.scalar(query.with_for_update() if lock else query)


def listed(
    session: Session, by: Actor, *, after: str = "", text: str = "", office: str = "", limit: int = 40
) -> Sequence[Any]:
    """Staff by user name, from `after` on; `text` is a part of the user name or the name."""
    query = (
        select(Account, Office.name.label("office"))
        .outerjoin(Office, Office.id == Account.office_id)
        .where(_reach(by), Account.username > after)
        .order_by(Account.username)
        .limit(limit)
    )
    if text:
        part = "%" + re.sub(r"([%_\\])", r"\\\1", text) + "%"
        named = (column.ilike(part, escape="\\") for column in (Account.username, Account.display_name))
        query = query.where(or_(*named))
    if office:
        query = query.where(Office.code == office)
    return session.execute(query).all()


def office_of_code(session: Session, code: str) -> Office | None:
    return session.scalar(select(Office).where(Office.code == code)) if code else None


def state_of(account: Account) -> str:
    """disabled, invited (has not enrolled yet) or active."""
    if account.disabled_at is not None:
        return "disabled"
    return "active" if account.password_hash and account.totp_secret_sealed else "invited"


def create(
    session: Session, *, username: str, name: str, roles: Sequence[Role], office: Office | None, by: Actor
) -> tuple[Account, str]:
    """A new member of staff, and the secret part of the link by which they enrol."""
    username, office_id = check_new(session, username, roles, office, by)
    made = staff.create_staff(session, username=username, name=name, roles=list(roles), office_id=office_id)
    audit(session, by, "staff:create", made.public_id, roles=[r.value for r in roles], office=_code(office))
    return made, invitations.invite(session, made, invitations.ALL, by=by)


def check_new(
    session: Session, username: str, roles: Sequence[Role], office: Office | None, by: Actor
) -> tuple[str, int | None]:
    """The user name as it is kept, and the office's key. Raises WrongStaff when this cannot be made."""
    username = username.strip().lower()
    if not _USERNAME.match(username):
        raise WrongStaff(
            "username", Text("3 to 40 small letters without marks, digits, dots or hyphens; a letter comes first.")
        )
    if session.scalar(select(Account.id).where(Account.username == username)) is not None:
        raise WrongStaff("username", Text("This user name is taken. Choose another one."))
    return username, check(by, roles, office)


def check(by: Actor, roles: Sequence[Role], office: Office | None) -> int | None:
    """May this actor give these roles in this office? The office's key, or None for an administrator."""
    if not roles:
        raise WrongStaff("roles", Text("Choose at least one task."))
    if not set(roles) <= set(grantable(by)):
        raise NotAllowed(Text("Only an administrator of the province makes managers and administrators."))
    if Role.ADMIN in roles:
        if len(roles) > 1:
            raise WrongStaff("roles", Text("An administrator works on no dossiers. Choose this task alone."))
        return None
    if office is None:
        raise WrongStaff("office", Text("Choose the office."))
    if not sees_all(by) and office.id != by.office_id:
        raise NotAllowed(Text("You see to the staff of your own office only."))
    return office.id


def _code(office: Office | None) -> str | None:
    return office.code if office is not None else None


def guard(session: Session, account: Account, by: Actor) -> None:
    """May this actor change this account at all?"""
    if account.id == by.account_id:
        raise NotAllowed(Text("Nobody changes their own account. Ask another manager or the administrator."))
    if not sees_all(by) and not set(account.roles) <= {role.value for role in OFFICE_ROLES}:
        raise NotAllowed(Text("Only an administrator of the province changes managers and administrators."))


def _keep_one_admin(session: Session, account: Account) -> None:
    """Somebody must be able to let the others in."""
    if Role.ADMIN.value not in account.roles:
        return
    # All in order of their keys, so that two who disable each other at one moment wait and do not pass.
    rows = session.scalars(
        select(Account).where(Account.kind == "staff", Account.disabled_at.is_(None)).order_by(Account.id)
        .with_for_update()
    )  # fmt: skip
    if not any(Role.ADMIN.value in row.roles and row.id != account.id and row.password_hash for row in rows):
        raise Conflict(Text("This is the last administrator. Make another one first."))


def change(
    session: Session, account: Account, *, name: str, roles: Sequence[Role], office: Office | None, by: Actor
) -> None:
    """Another name, other tasks, another office; in force at their next click."""
    guard(session, account, by)
    office_id = check(by, roles, office)
    if Role.ADMIN not in roles:
        _keep_one_admin(session, account)
    before = {"roles": account.roles, "office": account.office_id}
    if Role.HELPER.value in account.roles and (Role.HELPER not in roles or office_id != account.office_id):
        mandates.end_all_of_helper(session, account.id, by)
    account.display_name, account.roles, account.office_id = name, [role.value for role in roles], office_id
    after = {"roles": account.roles, "office": account.office_id}
    audit(session, by, "staff:change", account.public_id, before=before, after=after)


def disable(session: Session, account: Account, *, by: Actor) -> None:
    """Out at the next click, on every device; whoever they were helping is alone again."""
    guard(session, account, by)
    if account.disabled_at is not None:
        raise Conflict(Text("This account is closed already."))
    _keep_one_admin(session, account)
    account.disabled_at = clock.now()
    ended = sessions.end_all(session, account.id, sessions.ELSEWHERE)
    mandates.end_all_of_helper(session, account.id, by)
    audit(session, by, "staff:disable", account.public_id, sessions=ended)


def enable(session: Session, account: Account, *, by: Actor) -> str:
    """Back again, with a new link: what they knew before may be known to others by now."""
    guard(session, account, by)
    if account.disabled_at is None:
        raise Conflict(Text("This account is open already."))
    account.disabled_at = account.guarded_at = None
    audit(session, by, "staff:enable", account.public_id)
    return invitations.invite(session, account, invitations.ALL, by=by)


def reset(session: Session, account: Account, kind: str, *, by: Actor) -> str:
    """A new link for somebody whose code app (or password, too) is gone; the old ways in are over at once."""
    guard(session, account, by)
    if account.disabled_at is not None:
        raise Conflict(Text("This account is closed. Open it again first."))
    if kind == invitations.FACTOR and account.password_hash is None:
        kind = invitations.ALL  # there is no password yet to keep
    audit(session, by, "staff:reset", account.public_id, kind=kind)
    return invitations.invite(session, account, kind, by=by)
