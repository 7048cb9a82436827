"""Who hears that a phone was changed: the person in the app, and the old phone, because a thief reads the new one."""

from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from notifications import facts, sending
from notifications.handlers import is_told, queue, tell
from notifications.messages import sms
from notifications.models import CREATED, SMS, Message
from webapp.accounts.events import PhoneChanged, PhoneChangeStopped, PhoneRecovered
from webapp.accounts.models import Account, Phone
from webapp.accounts.phone_models import PhoneChange, Recovery
from webapp.core import clock
from webapp.core.events import on
from webapp.core.text import mask_phone
from webapp.offices.models import Office


def _change(session: Session, public_id: str) -> tuple[PhoneChange, Account, Phone, Phone] | None:
    change = session.scalar(select(PhoneChange).where(PhoneChange.public_id == public_id))
    if change is None:
        return None
    return (
        change,
        session.get_one(Account, change.account_id),
        session.get_one(Phone, change.old_phone_id),
        session.get_one(Phone, change.new_phone_id),
    )


def _sender(session: Session) -> tuple[str, str]:
    """The province and the number it answers at: the change was made on no office's page."""
    settings = sending.Chosen.settings
    if settings is None:
        raise RuntimeError("sending.configure(settings) was not called")
    return facts.unit_of_code(session, {}, settings.province_code), settings.help_phone


def text_to(session: Session, key: str, person_id: int | None, number: str, kind: str, unit: str, **v: Any) -> None:
    """One SMS to this very number, whoever's messages go where."""
    if is_told(session, f"{key}:{SMS}"):
        return
    message = Message(
        dedupe_key=f"{key}:{SMS}", person_id=person_id, kind=kind, channel=SMS, state=CREATED, created_at=clock.now()
    )
    message.to = number
    message.body = {"text": sms(kind, unit, **v)}
    queue(session, message)


@on(PhoneChanged, name="notifications.phone_changed")
def tell_phone_changed(session: Session, event: PhoneChanged) -> None:
    """The old phone gets the code that stops it (or, after a counter, a number to call); the app gets a letter."""
    found = _change(session, event.change)
    if found is None:
        return
    change, account, old, new = found
    unit, phone = _sender(session)
    kind = "phone_changed" if change.stop_code else "phone_replaced"
    key = f"{event.type_name()}:{event.change}"
    text_to(session, key, account.person_id, old.number, kind, unit, stop=change.stop_code, phone=phone)
    change.stop_code = None  # from now on only the old phone knows it
    if kind == "phone_changed" and account.person_id is not None:
        words = {"old": mask_phone(old.number), "new": mask_phone(new.number), "phone": phone}
        known = facts.Facts(account.person_id, unit, {}, words)
        tell(session, key, kind, known, dossier=None, by_sms=False)


@on(PhoneChangeStopped, name="notifications.phone_change_stopped")
def tell_change_stopped(session: Session, event: PhoneChangeStopped) -> None:
    """To the phone that is in force again."""
    found = _change(session, event.change)
    if found is None:
        return
    _change_row, account, old, _new = found
    unit, phone = _sender(session)
    key = f"{event.type_name()}:{event.change}"
    text_to(session, key, account.person_id, old.number, "phone_change_stopped", unit, phone=phone)
    if account.person_id is not None:
        known = facts.Facts(account.person_id, unit, {}, {"old": mask_phone(old.number), "phone": phone})
        tell(session, key, "phone_change_stopped", known, dossier=None, by_sms=False)


@on(PhoneRecovered, name="notifications.phone_recovered")
def tell_recovered(session: Session, event: PhoneRecovered) -> None:
    """The new phone, from the office that did it; each old phone hears of it by its own event."""
    row = session.scalar(select(Recovery).where(Recovery.public_id == event.recovery))
    if row is None:
        return
    office = session.get_one(Office, row.office_id)
    key = f"{event.type_name()}:{event.recovery}"
    text_to(session, key, row.person_id, row.number, "phone_recovered", office.short_name, phone=office.phone)
    words = {"office": office.name, "phone": office.phone}
    known = facts.Facts(row.person_id, office.short_name, {}, words)
    tell(session, key, "phone_recovered", known, dossier=None, by_sms=False)
