"""Staff have no phone here that a message could reach: a log-in on a device that their account did not know is told in
the app, on every other device, until they say whether it was they.

"This was not me" closes the account: whoever logged in knew its password and its code app, so both have to be new.
"""

from collections.abc import Sequence

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from webapp.accounts import devices, mandates, sessions
from webapp.accounts.device_models import KnownDevice
from webapp.accounts.models import Account
from webapp.core import clock
from webapp.core.actor import Actor
from webapp.core.audit import audit


def unanswered(session: Session, account_id: int) -> Sequence[KnownDevice]:
    """New devices that nobody has said anything about, the newest first; never the one that asks."""
    here = devices.known(session, account_id)
    query = select(KnownDevice).where(
        KnownDevice.account_id == account_id,
        KnownDevice.alarm_digest.is_not(None),
        KnownDevice.forgotten_at.is_(None),
        KnownDevice.id != (here.id if here is not None else 0),
    )
    return session.scalars(query.order_by(KnownDevice.id.desc())).all()


def own_them(session: Session, *, by: Actor) -> int:
    """They were all mine; how many they were."""
    assert by.account_id is not None
    rows = unanswered(session, by.account_id)
    for row in rows:
        row.alarm_digest = None
    if rows:
        audit(session, by, "device:own", by.account_public, devices=[row.public_id for row in rows])
    return len(rows)


def deny_them(session: Session, *, by: Actor) -> bool:
    """They were not: everybody is logged out, and the account closed until somebody opens it again; the last
    administrator's, too: `flask staff enable` helps. False when nothing is asked."""
    assert by.account_id is not None
    if not unanswered(session, by.account_id):
        return False
    account = session.get_one(Account, by.account_id, with_for_update=True)
    account.disabled_at = account.guarded_at = clock.now()
    session.execute(
        update(KnownDevice).where(KnownDevice.account_id == account.id).values(alarm_digest=None)
        .execution_options(synchronize_session=False)
    )  # fmt: skip
    devices.forget(session, account.id)
    ended = sessions.end_all(session, account.id, sessions.NOT_ME)
    mandates.end_all_of_helper(session, account.id, by)
    audit(session, by, "device:deny", account.public_id, ended=ended, closed=True)
    return True
