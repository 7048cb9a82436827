"""Verb: "this was not me". Everybody is logged out, no device is known any more, and the next one must show more.

It lets nobody in and changes nothing else, so that a found or guessed message is worth nothing to anybody.
"""

from sqlalchemy.orm import Session

from webapp.accounts import devices, limits, sessions
from webapp.accounts.device_models import KnownDevice
from webapp.accounts.events import DeviceDenied
from webapp.accounts.models import Account
from webapp.core import clock, outbox
from webapp.core.actor import Actor, Assurance, Channel, Role
from webapp.core.audit import audit
from webapp.core.errors import DomainError, TooMany
from webapp.core.ids import normalise_lookup_code
from webapp.core.text import Text


def told(session: Session, phone: str, code: str, address: str) -> KnownDevice:
    """The device that a message to this phone was about. Wrong tries are counted: the view calls `keep_changes()`."""
    key = limits.address_key(address)
    if not limits.ALARM_TRIES.hit(session, key):
        raise TooMany(
            Text("Too many tries. Wait five minutes, or call the number below."),
            limits.ALARM_TRIES.free_in(session, key),
        )
    device = devices.by_alarm_code(session, phone, normalise_lookup_code(code) or "")
    if device is None:
        raise DomainError(
            Text("Number and code do not belong together, or it was done already. Look at the newest message, or call.")
        )
    return device


def deny(session: Session, device: KnownDevice) -> int:
    """The owner says that this device is not theirs; how many log-ins were ended."""
    account = session.get_one(Account, device.account_id, with_for_update=True)
    device.alarm_digest = None
    account.guarded_at = clock.now()
    devices.forget(session, account.id)
    ended = sessions.end_all(session, account.id, sessions.NOT_ME)
    by = Actor(
        role=Role.CITIZEN, channel=Channel.SELF, account_id=account.id, account_public=account.public_id,
        person_id=account.person_id, assurance=Assurance.NONE,
    )  # fmt: skip
    audit(session, by, "device:deny", account.public_id, device=device.public_id, ended=ended)
    outbox.record(session, DeviceDenied(device=device.public_id))
    return ended
