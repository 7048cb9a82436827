"""Staff come in with a password and a one-time code from their own phone. Every wrong thing gives the same answer."""

from datetime import timedelta

import pyotp
from argon2 import PasswordHasher
from argon2.exceptions import Argon2Error, InvalidHashError
from sqlalchemy import or_, select, update
from sqlalchemy.orm import Session

from webapp.accounts import recovery_codes
from webapp.accounts.models import Account
from webapp.core import clock, throttle
from webapp.core.actor import SYSTEM, Actor, Channel, Role
from webapp.core.audit import audit
from webapp.core.errors import DomainError, TooMany
from webapp.core.text import Text

# OWASP's second choice: 19 MiB, two passes; a small server stands several log-ins at once.
HASHER = PasswordHasher(time_cost=2, memory_cost=19_456, parallelism=1)
# Somebody unknown costs as much time as somebody known.
_NOBODY = HASHER.hash("nobody has this password")
STEP_SECONDS = 30
WINDOW = 1  # a clock may be half a minute wrong
TRIES = ((6, timedelta(minutes=5)), (30, timedelta(hours=1)))
PER_ADDRESS = (60, timedelta(minutes=5))


class NotLetIn(DomainError):
    """User name, password or code are wrong; which one is not said."""

    def __init__(self) -> None:
        super().__init__(Text("The user name, password or code is not right. Check them and wait for a new code."))


def hash_password(password: str) -> str:
    return HASHER.hash(password)


def check_password(account: Account | None, password: str) -> bool:
    """Takes the same time for an account that is not there."""
    try:
        right = HASHER.verify((account.password_hash if account else None) or _NOBODY, password)
    except (Argon2Error, InvalidHashError):
        return False
    return right and account is not None and account.password_hash is not None


def step_of(secret: str, otp: str) -> int | None:
    """The half minute (this one or a neighbour) whose code this is; of two equal ones the later."""
    here = int(clock.now().timestamp()) // STEP_SECONDS
    totp = pyotp.TOTP(secret)
    steps = [
        s for s in range(here - WINDOW, here + WINDOW + 1) if pyotp.utils.strings_equal(totp.at(s * STEP_SECONDS), otp)
    ]
    return steps[-1] if steps else None


def check_totp(session: Session, account: Account, otp: str) -> bool:
    """Is it the code of this half minute (or a neighbour), and not used before? A right one is used up."""
    secret = account.totp_secret
    step = step_of(secret, otp) if secret and otp else None
    if step is None:
        return False
    # In the database, not in memory: two log-ins with one code at the same moment cannot both win.
    taken = session.execute(
        update(Account)
        .where(Account.id == account.id, or_(Account.totp_last_step.is_(None), Account.totp_last_step < step))
        .values(totp_last_step=step)
        .returning(Account.id)
        .execution_options(synchronize_session=False)
    )
    return taken.first() is not None


def staff_log_in(
    session: Session, *, username: str, password: str, address: str, otp: str = "", recovery_code: str = ""
) -> Account:
    """The account, when everything is right: the password and the app's code, or one of the codes on paper.

    Wrong tries are counted: the view calls `keep_changes()`.
    """
    name = username.strip().lower()[:40]
    allowed = [throttle.hit(session, "staff log-in", f"{name} {address}", limit, window) for limit, window in TRIES]
    allowed.append(throttle.hit(session, "staff address", address, *PER_ADDRESS))
    if not all(allowed):
        raise TooMany(Text("Too many tries. Wait five minutes, or ask the manager."), retry_after=300)
    account = session.scalar(select(Account).where(Account.kind == "staff", Account.username == name))
    known = check_password(account, password)
    if account is None or not known or account.disabled_at is not None:
        _note_refusal(session, account, "password")
        raise NotLetIn
    by_paper = bool(recovery_code) and account.totp_secret is not None
    second = recovery_codes.use(session, account, recovery_code) if by_paper else check_totp(session, account, otp)
    if not second:
        _note_refusal(session, account, "recovery code" if by_paper else "code")
        raise NotLetIn
    throttle.give_back(session, "staff address", address, PER_ADDRESS[1])  # a whole office has one address
    by = Actor(
        role=Role(account.roles[0]), channel=Channel.COUNTER, account_id=account.id, account_public=account.public_id
    )
    audit(session, by, "session:begin", account.public_id, way=f"password and {'recovery ' * by_paper}code")
    return account


def _note_refusal(session: Session, account: Account | None, wrong: str) -> None:
    """Into the journal, also for a name that nobody has; not that name: it may be a password in the wrong field."""
    audit(session, SYSTEM, "session:refuse", account.public_id if account else "", wrong=wrong)


def create_staff(
    session: Session,
    *,
    username: str,
    name: str,
    roles: list[Role],
    office_id: int | None,
    password: str | None = None,
    totp_secret: str | None = None,
) -> Account:
    """A staff account of one office, or an administrator's of none. Without both factors it cannot be used."""
    account = Account(
        kind="staff",
        username=username.lower(),
        display_name=name,
        password_hash=hash_password(password) if password else None,
        roles=[role.value for role in roles],
        office_id=office_id,
        created_at=clock.now(),
    )
    account.totp_secret = totp_secret
    session.add(account)
    session.flush()
    return account
