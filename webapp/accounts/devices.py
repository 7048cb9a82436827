"""Known devices: a browser in which an account has been logged in to before.

The cookie holds 256 random bits, signed; the table only their digest, a row for each account that uses the browser.
It lets nobody in. It decides how much is asked beside the code: nothing more on a known device, one more fact on a new
one. So a thief with a swapped SIM card, or with a number that the network gave to somebody else, has too little.
"""

import hashlib
import hmac
from contextlib import suppress

from flask import Flask, Response, g, request
from itsdangerous import BadSignature, URLSafeSerializer
from sqlalchemy import select, update
from sqlalchemy.orm import Session

from webapp.accounts import limits, people
from webapp.accounts.device_models import KnownDevice
from webapp.accounts.events import NewDeviceUsed
from webapp.accounts.models import Account
from webapp.core import clock, crypto, outbox
from webapp.core.ids import new_lookup_code, new_secret
from webapp.shell.services import settings


def cookie_name() -> str:
    return "__Host-device" if settings().secure else "device"


def _signer() -> URLSafeSerializer:
    return URLSafeSerializer(settings().secret_ring[::-1], salt="device")


def token() -> str | None:
    """What this browser holds, if we gave it."""
    if "device_token" not in g:
        g.device_token = None
        with suppress(BadSignature):
            g.device_token = str(_signer().loads(request.cookies.get(cookie_name(), "")))
    held: str | None = g.device_token
    return held


def _digest(held: str) -> str:
    return hashlib.sha256(held.encode()).hexdigest()


def _here(session: Session) -> list[KnownDevice]:
    """The accounts that know this browser, one row each."""
    held = token()
    if held is None:
        return []
    query = select(KnownDevice).where(
        KnownDevice.token_digest == _digest(held),
        KnownDevice.forgotten_at.is_(None),
        KnownDevice.seen_at > clock.now() - limits.DEVICE_LIFE,
    )
    return list(session.scalars(query))


def known(session: Session, account_id: int) -> KnownDevice | None:
    """This browser, if the account knows it."""
    return next((row for row in _here(session) if row.account_id == account_id), None)


def for_phone(session: Session, phone: str) -> KnownDevice | None:
    """This browser, if somebody who comes in by this phone is known in it. Without the cookie nothing is looked up."""
    rows = _here(session)
    if not rows:
        return None
    accounts = {holder.account.id for holder in people.holders_of(session, phone)}
    return next((row for row in rows if row.account_id in accounts), None)


def has_any(session: Session, account_id: int) -> bool:
    """Was this account ever logged in to on some device?"""
    query = select(KnownDevice.id).where(KnownDevice.account_id == account_id)
    return session.scalar(query.limit(1)) is not None


def of_account(session: Session, account_id: int) -> list[KnownDevice]:
    """The devices that an account knows, the last used first."""
    query = select(KnownDevice).where(
        KnownDevice.account_id == account_id,
        KnownDevice.forgotten_at.is_(None),
        KnownDevice.seen_at > clock.now() - limits.DEVICE_LIFE,
    )
    return list(session.scalars(query.order_by(KnownDevice.seen_at.desc(), KnownDevice.id.desc())))


def ever_known(session: Session, account_id: int) -> list[str]:
    """Public ids of all devices of an account, forgotten ones too: such a browser may be known again under its id."""
    return list(session.scalars(select(KnownDevice.public_id).where(KnownDevice.account_id == account_id)))


def remember(session: Session, account: Account, name: str) -> KnownDevice:
    """Know this browser from now on. A second, third … device is told to the person; the first is where they began.

    Citizens get a message; for staff, whom no message reaches, the device waits for their answer (`staff_devices`).
    """
    held = token() or new_secret()
    g.device_token = g.device_cookie = held
    now = clock.now()
    first = not has_any(session, account.id)
    row = session.scalar(
        select(KnownDevice).where(KnownDevice.account_id == account.id, KnownDevice.token_digest == _digest(held))
    )
    was_known = row is not None and row.forgotten_at is None and row.seen_at > now - limits.DEVICE_LIFE
    if row is None:
        row = KnownDevice(account_id=account.id, token_digest=_digest(held), created_at=now)
        session.add(row)
    row.name, row.seen_at, row.forgotten_at = name, now, None
    session.flush()
    if not was_known and not first and account.kind == "staff":
        new_alarm_code(session, row)  # nobody gets it to read
    elif not was_known and not first:
        outbox.record(session, NewDeviceUsed(device=row.public_id))
    return row


def forget(session: Session, account_id: int, public_id: str | None = None) -> None:
    """A device (or all of them) is a stranger again."""
    query = update(KnownDevice).where(KnownDevice.account_id == account_id, KnownDevice.forgotten_at.is_(None))
    if public_id is not None:
        query = query.where(KnownDevice.public_id == public_id)
    session.execute(query.values(forgotten_at=clock.now()).execution_options(synchronize_session=False))


def trust_again(session: Session, account: Account) -> None:
    """The person has shown who they are: an earlier "this was not me" is settled."""
    account.guarded_at = None


def find(session: Session, public_id: str) -> KnownDevice | None:
    return session.scalar(select(KnownDevice).where(KnownDevice.public_id == public_id))


def new_alarm_code(session: Session, device: KnownDevice) -> str:
    """A code for the message about this device; typed in together with the phone's number, it says "not me"."""
    code = new_lookup_code()
    device.alarm_digest = _alarm_digest(device.account_id, code)
    session.flush()
    return code


def _alarm_digest(account_id: int, code: str) -> str:
    return crypto.blind("not me", f"{account_id} {code}")


def by_alarm_code(session: Session, phone: str, code: str) -> KnownDevice | None:
    """The device that somebody with this phone was told about with this code."""
    accounts = [holder.account.id for holder in people.holders_of(session, phone)]
    digests = [_alarm_digest(account, code) for account in accounts]
    row = session.scalar(select(KnownDevice).where(KnownDevice.alarm_digest.in_(digests))) if digests else None
    return row if row is not None and _alarm_lives(row) else None


def alarm_link(device: KnownDevice) -> str:
    """The same as a signed path, for messages in the app. It lets nobody in."""
    return f"/not-me/{device.public_id}.{_signature(device.public_id)}"


def by_alarm_link(session: Session, signed: str) -> KnownDevice | None:
    public_id, _dot, signature = signed.partition(".")
    if not hmac.compare_digest(signature.encode(), _signature(public_id).encode()):
        return None
    row = find(session, public_id)
    return row if row is not None and _alarm_lives(row) else None


def _signature(public_id: str) -> str:
    return crypto.blind("not me link", public_id)[:32]


def _alarm_lives(row: KnownDevice) -> bool:
    """For a week, and once."""
    return row.alarm_digest is not None and row.seen_at > clock.now() - limits.ALARM_LIFE


def _keep_cookie(response: Response) -> Response:
    held = g.get("device_cookie")
    if held and response.status_code < 400:
        response.set_cookie(
            cookie_name(),
            str(_signer().dumps(held)),
            max_age=limits.DEVICE_LIFE,
            secure=settings().secure,
            httponly=True,
            samesite="Lax",
        )
    return response


def register(app: Flask) -> None:
    app.after_request(_keep_cookie)
