"""What somebody had typed when their log-in ended is not lost: sealed for an hour, given back to the same account.

Only a browser that held a log-in of this account can leave something here, and only with its own form's token, so
nobody can put words into another person's form. Codes, passwords and photos are not kept.
"""

from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from flask import Flask, redirect, request, session
from sqlalchemy import select
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response

from webapp.accounts import limits, sessions
from webapp.accounts.device_models import KeptForm
from webapp.accounts.models import Account, LoginSession
from webapp.core import clock
from webapp.shell import access, htmx
from webapp.shell.typed import NEVER_SHOWN_AGAIN, Rows, read_back
from webapp.shell.unit_of_work import db

BACK = "/login/kept"
# What names the page or the session of somebody else's visit must come back as it was, or be refused as such.
_LEFT_OUT = NEVER_SHOWN_AGAIN - {"mandate", "key"}
MOST = 100_000


@dataclass(frozen=True)
class Kept:
    """A form to send once more: where to, and its fields."""

    target: str
    fields: list[tuple[str, str]]

    @property
    def shown(self) -> Rows:
        return read_back(self.target, self.fields)


def keep(database: Session, account_id: int) -> bool:
    """Put this request's form aside; False when there is nothing to keep."""
    fields = [(key, value) for key, value in request.form.items(multi=True) if key not in _LEFT_OUT]
    if not fields or sum(len(key) + len(value) for key, value in fields) > MOST:
        return False
    now = clock.now()
    row = KeptForm(account_id=account_id, target=request.path, created_at=now, expires_at=now + limits.KEPT_FORM_LIFE)
    row.fields = fields
    database.add(row)
    session[sessions.KEPT] = row.public_id
    return True


def _on_logged_out() -> Response | None:
    """A form came from a log-in that is over: keep it, and show the way back to it."""
    held = session.get(sessions.TOKEN)
    if not held or htmx.is_fragment(request):  # a draft that saves itself says on its page that it could not
        return None
    row = (
        db()
        .execute(
            select(Account.id, Account.kind)
            .join(LoginSession, LoginSession.account_id == Account.id)
            .where(LoginSession.token_digest == sessions.digest(held))
        )
        .first()
    )
    if row is None or not keep(db(), row.id):
        return None
    login = "/login" if row.kind == "citizen" else "/staff/login"
    return redirect(f"{login}?{urlencode({'next': BACK})}", 303)


def mine(database: Session) -> Kept | None:
    """What this browser left, if the same account is logged in now."""
    here = sessions.current_login()
    public_id: Any = session.get(sessions.KEPT)
    if here is None or not public_id:
        return None
    row = database.scalar(
        select(KeptForm).where(
            KeptForm.public_id == public_id,
            KeptForm.account_id == here.account_id,
            KeptForm.expires_at > clock.now(),
        )
    )
    return Kept(row.target, [(key, value) for key, value in row.fields]) if row else None


def drop() -> None:
    """It was looked at and is not wanted; the row goes with the next tidying."""
    session.pop(sessions.KEPT, None)


def register(app: Flask) -> None:
    access.add_keeper(app, _on_logged_out)
