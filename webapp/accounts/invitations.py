"""A link by which a member of staff sets their own password and code app; nobody else ever knows them.

The link is handed over in person or read out; it is good once, for three days, and a newer one ends it.
"""

import hashlib
from datetime import timedelta

import pyotp
from sqlalchemy import select, update
from sqlalchemy.orm import Session

from webapp.accounts import passwords, recovery_codes, sessions, staff
from webapp.accounts.models import Account
from webapp.accounts.staff_models import StaffInvitation
from webapp.core import clock, throttle
from webapp.core.actor import Actor, Channel, Role
from webapp.core.audit import audit
from webapp.core.errors import DomainError, TooMany
from webapp.core.ids import new_secret
from webapp.core.text import Text
from webapp.offices.models import Office

ALL, FACTOR = "all", "factor"
GOOD_FOR = timedelta(hours=72)
TRIES = (20, timedelta(hours=1))
ISSUER = "Mot Cua"  # as code apps show it; some of them break accents


class Refused(DomainError):
    """The new password is too easy, the one of now wrong, or the code of the app not right; `field` says which."""

    def __init__(self, field: str, text: Text) -> None:
        super().__init__(text)
        self.field = field


def _digest(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()


def invite(session: Session, account: Account, kind: str, *, by: Actor) -> str:
    """The secret part of a new link. The old ways in are over at once: password (unless it stays), app, codes."""
    now = clock.now()
    session.execute(
        update(StaffInvitation)
        .where(StaffInvitation.account_id == account.id, StaffInvitation.used_at.is_(None))
        .values(used_at=now)
    )
    account.totp_secret = None
    if kind == ALL:
        account.password_hash = None
    recovery_codes.forget(session, account)
    sessions.end_all(session, account.id, sessions.ELSEWHERE)
    token = new_secret()
    row = StaffInvitation(
        account_id=account.id, token_digest=_digest(token), kind=kind, made_by=by.account_id, made_at=now,
        expires_at=now + GOOD_FOR,
    )  # fmt: skip
    row.secret = pyotp.random_base32(32)
    session.add(row)
    session.flush()
    audit(session, by, "staff:invite", account.public_id, kind=kind)
    return token


def find(session: Session, token: str, *, lock: bool = False) -> tuple[StaffInvitation, Account] | None:
    """A link that is still good, and whose it is."""
    query = select(StaffInvitation).where(
        StaffInvitation.token_digest == _digest(token),
        StaffInvitation.used_at.is_(None),
        StaffInvitation.expires_at > clock.now(),
    )
    row = session.scalar(query.with_for_update() if lock else query)
    account = session.get(Account, row.account_id) if row is not None else None
    if row is None or account is None or account.disabled_at is not None:
        return None
    return row, account


def app_address(row: StaffInvitation, account: Account) -> str:
    """What the QR says to a code app (otpauth URI, RFC 6238: SHA-1, six digits, 30 seconds)."""
    uri: str = pyotp.TOTP(row.secret, name=account.username or "", issuer=ISSUER).provisioning_uri()
    return uri


def enrol(session: Session, row: StaffInvitation, account: Account, password: str, otp: str) -> list[str]:
    """Put password and code app in force; the ten recovery codes, to be shown this once.

    Raises Refused. Tries are counted: the view calls `keep_changes()`.
    """
    if not throttle.hit(session, "enrol", row.public_id, *TRIES):
        raise TooMany(Text("Too many tries. Wait an hour, or ask for a new link."), retry_after=3600)
    if row.kind == ALL:
        weak = passwords.weakness(password, *_context(session, account))
        if weak is not None:
            raise Refused("password", weak)
    elif not staff.check_password(account, password):
        raise Refused("password", Text("This is not the password you have used so far."))
    step = staff.step_of(row.secret, otp)
    if step is None:
        raise Refused("otp", Text("The code is not right. Wait for the next one in the app and type that."))
    if row.kind == ALL:
        account.password_hash = staff.hash_password(password)
    account.totp_secret, account.totp_last_step = row.secret, step
    row.used_at = clock.now()
    by = Actor(
        role=Role(account.roles[0]), channel=Channel.COUNTER, account_id=account.id, account_public=account.public_id
    )
    audit(session, by, "staff:enrol", account.public_id, kind=row.kind)
    return recovery_codes.renew(session, account)


def _context(session: Session, account: Account) -> list[str]:
    """Words that somebody who knows the person would try."""
    office = session.get(Office, account.office_id) if account.office_id else None
    words = [account.username or "", account.display_name or ""]
    return words if office is None else [*words, office.name, office.short_name, office.code]
