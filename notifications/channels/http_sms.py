"""A plain gateway inside the country: one JSON document a text, posted to MOTCUA_SMS_BASE_URL.

    → {"id", "account", "sender", "to", "text"}, "Authorization: Bearer <MOTCUA_SMS_TOKEN>", "Idempotency-Key: <id>"
    ← 2xx {"id": the gateway's own id}; 4xx {"error": why it never will} (see `undelivered`); else it is tried again

The same id comes again when its answer was lost: the gateway sends the text once and repeats the answer. What it posts
to us (reports, people's own texts) `callbacks` reads.
"""

from typing import Any

import requests

from notifications.channels.base import TIMEOUT_SECONDS, Later, Refused, not_now
from notifications.models import REF
from webapp.core.db import Database
from webapp.core.settings import Settings


class HttpSms:
    """One account of one gateway, its connection kept."""

    def __init__(self, settings: Settings, _database: Database | None = None) -> None:
        self.url = settings.sms_base_url
        self.same = {"account": settings.sms_account, "sender": settings.sms_sender}
        self.token = settings.sms_token.get_secret_value()
        self.http = requests.Session()
        self.http.auth = self._signed

    def _signed(self, request: requests.PreparedRequest) -> requests.PreparedRequest:
        """By a function, so that no .netrc of the machine puts another password in its place."""
        request.headers["Authorization"] = f"Bearer {self.token}"
        return request

    def send(self, message_id: str, to: str, text: str) -> str:
        body = {"id": message_id, **self.same, "to": to, "text": text}
        headers = {"Idempotency-Key": message_id}
        try:
            answer = self.http.post(
                self.url, json=body, headers=headers, timeout=TIMEOUT_SECONDS, allow_redirects=False
            )
        except requests.Timeout:
            raise Later("gateway did not answer in time") from None
        except requests.RequestException as error:
            raise Later(f"gateway not reached: {type(error).__name__}") from None
        later = not_now(answer.status_code, answer.headers.get("Retry-After", ""))
        if later is not None:
            raise later
        said = _said(answer)
        if answer.status_code >= 400:
            raise Refused(str(said.get("error") or answer.status_code))
        if answer.status_code >= 300 or not said.get("id"):
            raise Later("gateway answered without an id")
        return str(said["id"])[:REF]


def _said(answer: requests.Response) -> dict[str, Any]:
    try:
        said = answer.json()
    except ValueError:
        return {}
    return said if isinstance(said, dict) else {}
