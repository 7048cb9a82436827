"""Make a browser a screen of the office, and put an end to that."""

import hashlib

from sqlalchemy.orm import Session

from webapp.core import clock
from webapp.core.actor import Actor
from webapp.core.audit import audit
from webapp.core.errors import NotAllowed
from webapp.core.ids import new_secret
from webapp.core.text import Text
from webapp.kiosk.models import Kiosk


def digest(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()


def set_up_kiosk(session: Session, *, by: Actor, name: str) -> str:
    """A new screen of the officer's own office; what its browser holds from now on."""
    if by.office_id is None or by.account_id is None:
        raise NotAllowed(Text("This page is for other tasks. Go back, or log in with the right account."))
    token = new_secret()
    kiosk = Kiosk(
        office_id=by.office_id, name=name, token_digest=digest(token), set_up_by=by.account_id,
        set_up_at=clock.now(), seen_on=clock.today(),
    )  # fmt: skip
    session.add(kiosk)
    audit(session, by, "kiosk:set-up", kiosk.public_id)
    return token


def end_kiosk(session: Session, kiosk: Kiosk, *, by: Actor) -> None:
    """The browser is one like any other again. The same twice is once."""
    if kiosk.ended_at is None:
        kiosk.ended_at = clock.now()
        audit(session, by, "kiosk:end", kiosk.public_id)
