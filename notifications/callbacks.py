"""What the gateway reports later. A report may be forged, late, doubled or out of order; a final state stays."""

from collections.abc import Mapping

from sqlalchemy import select
from sqlalchemy.orm import Session
from twilio.request_validator import RequestValidator
from werkzeug.datastructures import MultiDict

from notifications.models import CREATED, DELIVERED, EXPIRED, FAILED, FINAL, NO_PHONE, SENT, SMS, Message
from webapp.core import clock
from webapp.core.settings import Settings

PATH = "/hooks/sms/status"
STATES: Mapping[str, str] = {
    "accepted": SENT,
    "queued": SENT,
    "sending": SENT,
    "sent": SENT,
    "delivered": DELIVERED,
    "read": DELIVERED,
    "undelivered": FAILED,
    "failed": FAILED,
    "canceled": FAILED,
}


def is_genuine(settings: Settings, query: str, form: MultiDict[str, str], signature: str | None) -> bool:
    """Did our gateway write this? Signed over the address the world knows us by, not over what a proxy made of it."""
    token = settings.sms_token.get_secret_value()
    if settings.sms_provider != "twilio" or not token or not signature:
        return False
    url = f"{settings.base_url.rstrip('/')}{PATH}" + (f"?{query}" if query else "")
    return bool(RequestValidator(token).validate(url, form, signature))


def has_repeats(form: MultiDict[str, str]) -> bool:
    """The signature folds equal values of one field together, so a repeated field proves nothing."""
    return any(len(values) > 1 for values in form.listvalues())


def take_report(session: Session, message_id: str | None, ref: str, status: str, why: str = "") -> bool:
    """Note what the gateway says of a message; False when it is none of ours.

    `message_id` rode along in the address: the report may be here before the gateway's answer was written down.
    `why`: the gateway's code for a failure.
    """
    if not ref:
        return False
    ours = Message.public_id == message_id if message_id else Message.provider_ref == ref
    message = session.scalar(select(Message).where(ours, Message.channel == SMS).with_for_update())
    if message is None or message.provider_ref not in (None, ref) or message.state in (NO_PHONE, EXPIRED):
        return False
    message.provider_ref = ref
    state = STATES.get(status)
    if state is None or message.state in FINAL:
        return True
    now = clock.now()
    message.sent_at = message.sent_at or now
    if state != SENT or message.state == CREATED:
        message.state = state
    if state == FAILED:
        message.why = why[:12] or None
    if state == DELIVERED:
        message.delivered_at = now
    return True
