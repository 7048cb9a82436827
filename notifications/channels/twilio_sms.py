"""Twilio, or any gateway that speaks as Twilio does (MOTCUA_SMS_BASE_URL).

Twilio has no idempotency key for messages: if the worker dies between its answer and our writing it down, the person
may get the text twice. Never more than once a crash; the alternative would be never.
"""

import logging
from typing import Any
from urllib.parse import urlencode, urlsplit

import requests
from twilio.base.exceptions import TwilioException, TwilioRestException
from twilio.http.http_client import TwilioHttpClient
from twilio.rest import Client

from notifications.channels.base import TIMEOUT_SECONDS, Later, Refused, not_now
from webapp.core.db import Database
from webapp.core.settings import Settings

# Twilio's own logger would write numbers and texts.
_silent = logging.getLogger("motcua.twilio")
_silent.addHandler(logging.NullHandler())
_silent.setLevel(logging.CRITICAL + 1)
_silent.propagate = False


class Elsewhere(TwilioHttpClient):
    """Sends to `base` in place of the vendor's host; the path stays.

    Raises Later itself when the gateway says "not now": the library's own error has lost the answer's headers by then.
    """

    def __init__(self, base: str) -> None:
        super().__init__(timeout=TIMEOUT_SECONDS, max_retries=0, logger=_silent)
        self.base = base.rstrip("/")

    def request(self, method: str, url: str, *args: Any, **kwargs: Any) -> Any:
        if self.base:
            parts = urlsplit(url)
            url = f"{self.base}{parts.path}" + (f"?{parts.query}" if parts.query else "")
        answer = super().request(method, url, *args, **kwargs)
        later = not_now(answer.status_code, answer.headers.get("Retry-After", ""))
        if later is not None:
            raise later
        return answer


class TwilioSms:
    """One account of one gateway."""

    def __init__(self, settings: Settings, _database: Database | None = None) -> None:
        self.sender = settings.sms_sender
        self.callback = f"{settings.base_url.rstrip('/')}/hooks/sms/status"
        self.client = Client(
            settings.sms_account, settings.sms_token.get_secret_value(), http_client=Elsewhere(settings.sms_base_url)
        )

    def send(self, message_id: str, to: str, text: str) -> str:
        # Our own id rides along, so that a report that overtakes the answer still finds its message.
        callback = f"{self.callback}?{urlencode({'message': message_id})}"
        try:
            made = self.client.messages.create(to=to, from_=self.sender, body=text, status_callback=callback)
        except TwilioRestException as error:
            # "from None": the library's words quote the number.
            raise Refused(str(error.code or error.status)) from None
        except requests.Timeout:
            raise Later("gateway did not answer in time") from None
        except (requests.RequestException, TwilioException, ValueError) as error:
            raise Later(f"gateway not reached: {type(error).__name__}") from None
        if not made.sid:
            raise Later("gateway answered without an id")
        return str(made.sid)
