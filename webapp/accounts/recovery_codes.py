"""Ten codes on paper, each good once, for a member of staff whose code app is gone. Shown once, kept as digests."""

import secrets

from sqlalchemy import delete, func, select, update
from sqlalchemy.orm import Session

from webapp.accounts.models import Account
from webapp.accounts.staff_models import RecoveryCode
from webapp.core import clock, crypto
from webapp.core.ids import SAFE

HOW_MANY, SYMBOLS = 10, 10  # 29 symbols ^ 10: 48 bits; and the log-in allows six tries in five minutes


def renew(session: Session, account: Account) -> list[str]:
    """Ten new codes, to be shown this once; the older ones are worth nothing."""
    forget(session, account)
    codes = ["".join(secrets.choice(SAFE) for _ in range(SYMBOLS)) for _ in range(HOW_MANY)]
    now = clock.now()
    session.add_all(RecoveryCode(account_id=account.id, digest=_digest(account, code), made_at=now) for code in codes)
    session.flush()
    return [f"{code[:5]}-{code[5:]}" for code in codes]


def forget(session: Session, account: Account) -> None:
    session.execute(delete(RecoveryCode).where(RecoveryCode.account_id == account.id))


def use(session: Session, account: Account, typed: str) -> bool:
    """Is it one of theirs and still good? Then it is used up; of two log-ins at once one wins."""
    code = "".join(ch for ch in typed.upper() if ch.isalnum())
    if len(code) != SYMBOLS:
        return False
    taken = session.execute(
        update(RecoveryCode)
        .where(
            RecoveryCode.account_id == account.id,
            RecoveryCode.digest == _digest(account, code),
            RecoveryCode.used_at.is_(None),
        )
        .values(used_at=clock.now())
        .returning(RecoveryCode.id)
        .execution_options(synchronize_session=False)
    )
    return taken.first() is not None


def left(session: Session, account_id: int) -> int:
    """How many can still be used."""
    query = select(func.count()).where(RecoveryCode.account_id == account_id, RecoveryCode.used_at.is_(None))
    return int(session.scalar(query) or 0)


def _digest(account: Account, code: str) -> str:
    return crypto.blind("recovery code", f"{account.public_id}\0{code}")
