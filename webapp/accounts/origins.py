"""From where a code is asked for: how much comes from one device, one address, one network.

A device's limit refuses. Those of an address and a network only hold up, because a commune office, or everybody behind
a mobile network in one district, may be one address. Who is over them gets a page to wait on: twenty seconds, then the
same button once more. Why no picture puzzle: old people and screen readers fail at them, programs no longer do, and
they need a foreign company's script. Waiting needs no script, no sight and no skill; and for a program it is the dear
part, because one address gets a single code every five seconds that way. The ticket is signed, good for one phone and
one address, once. A device that the phone's owner uses anyway is not held up.
"""

import hashlib
from dataclasses import dataclass
from typing import Any

from flask import request, session
from itsdangerous import BadSignature, URLSafeSerializer
from sqlalchemy.orm import Session

from webapp.accounts import devices, limits
from webapp.accounts.device_models import KnownDevice
from webapp.accounts.people import phone_index
from webapp.core import clock, crypto, throttle
from webapp.core.errors import TooMany
from webapp.core.ids import new_public_id
from webapp.core.text import Text
from webapp.shell.services import settings


@dataclass(frozen=True)
class Origin:
    """An address, and the browser by what it holds: its device cookie, else its form token."""

    address: str
    browser: str | None


class WaitFirst(TooMany):
    """Not refused: wait `retry_after` seconds, then send the same form with this ticket."""

    def __init__(self, ticket: str, seconds: int) -> None:
        super().__init__(Text("Wait %(n)s seconds, then press the button once more.", n=seconds), seconds)
        self.ticket = ticket


def here() -> Origin:
    """Where this request comes from."""
    form_token = session.get("csrf_token")
    browser = devices.token() or (hashlib.sha256(form_token.encode()).hexdigest() if form_token else None)
    return Origin(request.remote_addr or "", browser)


def browser_mark() -> str | None:
    """This browser as a word that only our key makes; None for one that has shown no form of ours."""
    held = here().browser
    return crypto.blind("asking browser", held)[:32] if held else None


def guard(database: Session, phone: str, device: KnownDevice | None, ticket: str | None) -> None:
    """Count one code that is asked for from here. Raises TooMany, or WaitFirst."""
    origin = here()
    if origin.browser is not None and not limits.DEVICE.hit(database, origin.browser):
        seconds = limits.DEVICE.free_in(database, origin.browser)
        raise TooMany(
            Text(
                "Many codes were asked for on this device. You can ask for the next one in %(n)s minutes, "
                "or come to the counter.",
                n=-(-seconds // 60),
            ),
            seconds,
        )
    within = [limit.hit(database, key) for limit, key in _soft(origin)]
    if device is None and not all(within):
        _wait(database, phone, limits.address_key(origin.address), ticket)


def used(database: Session) -> None:
    """The code was typed in: asking for it was in order and does not count."""
    origin = here()
    if origin.browser is not None:
        limits.DEVICE.give_back(database, origin.browser)
    for limit, key in _soft(origin):
        limit.give_back(database, key)


def _soft(origin: Origin) -> list[tuple[limits.Limit, str]]:
    address = limits.address_key(origin.address)
    return [
        (limits.ADDRESS, address),
        (limits.ADDRESS_DAY, address),
        (limits.NETWORK, limits.network_key(origin.address)),
    ]


def _signer() -> URLSafeSerializer:
    return URLSafeSerializer(settings().secret_ring[::-1], salt="wait")


def _wait(database: Session, phone: str, address: str, ticket: str | None) -> None:
    """Raises WaitFirst unless this ticket's time has come."""
    now = int(clock.now().timestamp())
    held = _read(ticket)
    if held is None or held["phone"] != phone_index(phone) or held["address"] != address or now > held["until"]:
        seconds = int(limits.WAIT.total_seconds())
        values = {
            "phone": phone_index(phone),
            "address": address,
            "from": now + seconds,
            "until": now + int(limits.TICKET_LIFE.total_seconds()),
            "id": new_public_id(),
        }
        raise WaitFirst(str(_signer().dumps(values)), seconds)
    assert ticket is not None
    if now < held["from"]:
        raise WaitFirst(ticket, held["from"] - now)
    if not limits.AFTER_WAIT.hit(database, address):
        raise WaitFirst(ticket, limits.AFTER_WAIT.free_in(database, address))
    if not throttle.hit(database, "ticket", held["id"], 1, limits.TICKET_LIFE):
        _wait(database, phone, address, None)


def _read(ticket: str | None) -> dict[str, Any] | None:
    try:
        values: dict[str, Any] = _signer().loads(ticket or "")
    except BadSignature:
        return None
    return values
