"""Hands queued texts to the gateway: read, close, call, write down; no transaction is open during the call."""

import logging
from collections.abc import Callable
from functools import lru_cache
from importlib import import_module

from sqlalchemy import select
from sqlalchemy.orm import Session

from assisted import sessions
from notifications import facts
from notifications.channels.base import Refused, SmsProvider
from notifications.events import CodeQueued, MessageQueued
from notifications.messages import sms
from notifications.models import CREATED, EXPIRED, FAILED, SENT, Message
from webapp.accounts import codes
from webapp.core import clock
from webapp.core.db import Database
from webapp.core.events import on
from webapp.core.settings import Settings

log = logging.getLogger("motcua.notifications")

# Loaded when the settings choose it: a vendor's library is large, and most installations have another gateway.
PROVIDERS = {
    "demo": "notifications.channels.demo:DemoGateway",
    "twilio": "notifications.channels.twilio_sms:TwilioSms",
    "http": "notifications.channels.http_sms:HttpSms",
}
CODE_KINDS = {
    codes.LOGIN: "code_login",
    codes.REGISTER: "code_register",
    codes.FRESH: "code_fresh",
    codes.JOIN: "code_join",
    codes.CONSENT: "code_consent",
    codes.RECOVERY: "code_recovery",
    codes.PHONE_CHANGE: "code_phone_change",
    codes.CONTACT: "code_contact",
}


class Chosen:
    """The process's gateway: one process, one gateway, set once by the composition root."""

    settings: Settings | None = None


def configure(settings: Settings) -> None:
    """Use these settings' gateway in this process."""
    Chosen.settings = settings
    _chosen(settings)  # now, so that all processes of a web server share it


def _chosen(settings: Settings) -> Callable[[Settings, Database], SmsProvider]:
    module, _colon, name = PROVIDERS[settings.sms_provider].partition(":")
    made: Callable[[Settings, Database], SmsProvider] = getattr(import_module(module), name)
    return made


@lru_cache(maxsize=8)
def provider(settings: Settings, database: Database) -> SmsProvider:
    """The gateway of these settings, its connections kept."""
    return _chosen(settings)(settings, database)


@on(CodeQueued, name="notifications.send_code", outside=True)
@on(MessageQueued, name="notifications.send", outside=True)
def send(database: Database, event: MessageQueued) -> None:
    """Hand one text over. Raises Later: the outbox then tries again, and at last shows it to a person."""
    settings = Chosen.settings
    if settings is None:
        raise RuntimeError("sending.configure(settings) was not called")
    ready = _text_to_send(database, event.message, settings)
    if ready is None:
        return
    try:
        ref = provider(settings, database).send(event.message, *ready)
    except Refused as refused:
        log.warning("text refused", extra={"sms": event.message, "code": refused.code})
        _write_down(database, event.message, FAILED, None, why=refused.code)
        return
    _write_down(database, event.message, SENT, ref)


def _text_to_send(database: Database, public_id: str, settings: Settings) -> tuple[str, str] | None:
    """Number and text, or None when there is nothing to send (any more)."""
    with database.transaction() as session:
        message = _find(session, public_id)
        if message is None or message.state != CREATED:
            return None
        body = message.body
        if "text" in body:
            return message.to, body["text"]
        text = _code_text(session, body["challenge"], settings)
        if text is None:
            message.state = EXPIRED
            codes.forget(session, body["challenge"])
            return None
        return message.to, text


def _code_text(session: Session, challenge_id: str, settings: Settings) -> str | None:
    """The words of a one-time code; None when it would help nobody any more."""
    challenge = codes.code_to_send(session, challenge_id)
    if challenge is None:
        return None
    minutes = round((challenge.expires_at - challenge.created_at).total_seconds() / 60)
    host = settings.base_url.partition("://")[2].partition("/")[0].partition(":")[0]
    unit = facts.unit_of_code(session, challenge.context, settings.province_code)
    kind = CODE_KINDS[challenge.context.get("about", challenge.purpose)]
    beside = {"helper": challenge.context.get("helper_name"), "visit": sessions.MINUTES}
    return sms(kind, unit, otp=challenge.code, minutes=minutes, host=host, **beside)


def _write_down(database: Database, public_id: str, state: str, ref: str | None, *, why: str | None = None) -> None:
    """What became of it. A report of the gateway may have been here first; it knows better than we do."""
    with database.transaction() as session:
        message = _find(session, public_id)
        if message is None:
            return
        message.provider_ref = message.provider_ref or ref
        if message.state == CREATED:
            message.state, message.why = state, why and why[:12]
        if state == SENT:
            message.sent_at = message.sent_at or clock.now()
        if "challenge" in message.body:
            codes.forget(session, message.body["challenge"])


def _find(session: Session, public_id: str) -> Message | None:
    return session.scalar(select(Message).where(Message.public_id == public_id).with_for_update())
