"""What the gateway posts to us: what became of a text, and the texts that people send themselves.

Either may be forged, late, doubled or out of order. A final state stays; each text is answered once (`texts_in`).
"""

import hashlib
import hmac
import json
from collections.abc import Mapping
from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session
from twilio.request_validator import RequestValidator
from werkzeug.datastructures import MultiDict

from notifications.models import CREATED, DELIVERED, EXPIRED, FAILED, FINAL, NO_PHONE, REF, SENT, SMS, Message
from webapp.core import clock
from webapp.core.settings import Settings

PATH = "/hooks/sms/status"
INBOUND = "/hooks/sms/inbound"
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
# A plain gateway signs with a moment; what is older may be somebody who recorded it.
MOMENT, SEAL = "X-Sms-Timestamp", "X-Sms-Signature"
OLDEST_SECONDS = 300


@dataclass(frozen=True)
class Posted:
    """A request as it was signed."""

    path: str
    query: str
    args: MultiDict[str, str]
    form: MultiDict[str, str]
    body: bytes
    headers: Mapping[str, str]


def said_by_gateway(settings: Settings, posted: Posted) -> Mapping[str, str] | None:
    """What our gateway says, under the names of a plain gateway; None when it was somebody else.

    id, from, to, text of what came in; message (our id), id, status, error of what we sent. The demo's gateway posts
    nothing.
    """
    if settings.sms_provider == "twilio":
        signature = posted.headers.get("X-Twilio-Signature")
        if not is_genuine(settings, posted.query, posted.form, signature, path=posted.path):
            return None
        said = {ours: posted.form[theirs] for theirs, ours in OF_TWILIO.items() if theirs in posted.form}
        return {**posted.args, **said}
    if settings.sms_provider == "http" and _is_sealed(settings, posted):
        return _fields(posted.body)
    return None


OF_TWILIO = {
    "MessageSid": "id", "SmsStatus": "status", "MessageStatus": "status", "ErrorCode": "error",
    "From": "from", "To": "to", "Body": "text",
}  # fmt: skip


def is_genuine(
    settings: Settings, query: str, form: MultiDict[str, str], signature: str | None, *, path: str = PATH
) -> bool:
    """Did Twilio write this? Signed over the address the world knows us by, not over what a proxy made of it."""
    token = settings.sms_token.get_secret_value()
    if settings.sms_provider != "twilio" or not token or not signature:
        return False
    url = f"{settings.base_url.rstrip('/')}{path}" + (f"?{query}" if query else "")
    return bool(RequestValidator(token).validate(url, form, signature))


def seal(token: str, path: str, moment: str, body: bytes) -> str:
    """The signature of a plain gateway: HMAC-SHA256 over moment, path and body, each on a line of its own."""
    return hmac.new(token.encode(), f"{moment}\n{path}\n".encode() + body, hashlib.sha256).hexdigest()


def _is_sealed(settings: Settings, posted: Posted) -> bool:
    token = settings.sms_token.get_secret_value()
    moment, given = posted.headers.get(MOMENT, ""), posted.headers.get(SEAL, "")
    if not token or not (moment.isascii() and moment.isdigit() and len(moment) < 12):
        return False
    if abs(clock.now().timestamp() - int(moment)) > OLDEST_SECONDS:
        return False
    return hmac.compare_digest(seal(token, posted.path, moment, posted.body).encode(), given.encode())


def _fields(body: bytes) -> Mapping[str, str]:
    """A flat JSON object; of anything else nothing."""
    try:
        said = json.loads(body)
    except (ValueError, RecursionError):
        return {}
    return {name: str(value) for name, value in said.items()} if isinstance(said, dict) else {}


def has_repeats(form: MultiDict[str, str]) -> bool:
    """The signature folds equal values of one field together, so a repeated field proves nothing."""
    return any(len(values) > 1 for values in form.listvalues())


def take_report(session: Session, message_id: str | None, ref: str, status: str, why: str = "") -> bool:
    """Note what the gateway says of a message; False when it is none of ours.

    `message_id` rode along in the address: the report may be here before the gateway's answer was written down.
    `why`: the gateway's code for a failure.
    """
    ref = ref[:REF]
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
