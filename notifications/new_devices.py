"""Tells people of a log-in on a device that their account did not know, with a way to say "this was not me".

The SMS carries a short code to type in, no link: offices do not send links, and "you logged in on a new device, press
here" is the very text of those who fish for passwords. The link stands in the app.
"""

from sqlalchemy.orm import Session

from notifications import facts
from notifications.handlers import tell
from notifications.sending import Chosen
from webapp.accounts import devices
from webapp.accounts.device_models import KnownDevice
from webapp.accounts.events import DeviceDenied, NewDeviceUsed
from webapp.accounts.models import Account
from webapp.core import clock
from webapp.core.events import on


def _owner(session: Session, device: KnownDevice) -> int | None:
    return session.get_one(Account, device.account_id).person_id


def _known(session: Session, device: KnownDevice, person_id: int) -> facts.Facts:
    settings = Chosen.settings
    assert settings is not None, "sending.configure(settings) was not called"
    at = clock.local(device.seen_at)
    time = f"{at:%H:%M %d/%m/%Y}"
    unit = facts.unit_of_code(session, {}, settings.province_code)
    texts = {"phone": settings.help_phone, "until": time}
    return facts.Facts(person_id, unit, texts, {"phone": settings.help_phone, "time": time, "device": device.name})


@on(NewDeviceUsed, name="notifications.new_device")
def tell_new_device(session: Session, event: NewDeviceUsed) -> None:
    """On the phone, because whoever logged in may not be the owner; and in the app."""
    device = devices.find(session, event.device)
    person_id = _owner(session, device) if device is not None else None
    if device is None or person_id is None or device.forgotten_at is not None:
        return
    known = _known(session, device, person_id)
    known.sms["stop"] = devices.new_alarm_code(session, device)
    known.inbox["link"] = devices.alarm_link(device)
    key = f"{event.type_name()}:{event.device}:{int(device.seen_at.timestamp())}"
    tell(session, key, "new_device", known, dossier=None, by_sms=True)


@on(DeviceDenied, name="notifications.device_denied")
def tell_device_denied(session: Session, event: DeviceDenied) -> None:
    """A line to keep: what was done, and what comes next."""
    device = devices.find(session, event.device)
    person_id = _owner(session, device) if device is not None else None
    if device is not None and person_id is not None:
        known = _known(session, device, person_id)
        tell(session, f"{event.type_name()}:{event.device}", "device_denied", known, dossier=None, by_sms=False)
