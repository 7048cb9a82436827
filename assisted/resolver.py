"""Who acts while a helper's session is open: the helper, for the person, with the mandate, on this log-in only."""

from dataclasses import dataclass
from math import ceil
from typing import Any

from flask import g, session
from sqlalchemy import Row

from assisted.sessions import Standing, open_session, standing
from webapp.accounts.sessions import current_login, renew
from webapp.core import clock
from webapp.core.actor import Actor, Assurance, Channel, Role
from webapp.core.crypto import unseal_text
from webapp.shell.unit_of_work import db, look

SEEN = "assisted_seen"
REFRESH = 20  # seconds; a cookie with every answer would be waste
ASSURANCE = {"phone_code": Assurance.PHONE, "card_pin": Assurance.CARD_PIN}


@dataclass(frozen=True)
class Found:
    """The helper's session that was not closed, and whether it counts here and now."""

    row: Row[Any]
    standing: Standing

    @property
    def live(self) -> bool:
        return self.standing is Standing.LIVE

    @property
    def subject_name(self) -> str:
        return unseal_text("people", "full_name", self.row.person_public, self.row.full_name_sealed) or ""

    @property
    def minutes_left(self) -> int:
        """Full minutes and the one that runs."""
        return max(0, ceil((self.row.expires_at - clock.now()).total_seconds() / 60))


def found() -> Found | None:
    """This helper's session, looked up once a request. None for everybody else."""
    if "assisted" not in g:
        g.assisted = _find()
    here: Found | None = g.assisted
    return here


def _find() -> Found | None:
    login = current_login()
    if login is None or login.kind != "staff" or Role.HELPER.value not in login.roles:
        return None
    row = open_session(look(), login.account_id)
    if row is None:
        return None
    return Found(row, standing(row, login.id, seen(), clock.now()))


def seen() -> int:
    """When this browser last did something in a session; 0 if it has none."""
    return int(session.get(SEEN, 0))


def resolve_helper() -> Actor | None:
    """The helper with a subject; None leaves the answer to `accounts`, which knows no subject for staff."""
    here = found()
    if here is None or not here.live:
        return None
    login = current_login()
    assert login is not None
    now = int(clock.now().timestamp())
    if now - seen() > REFRESH:
        session[SEEN] = now
    row = here.row
    return Actor(
        role=Role.HELPER,
        roles=frozenset({Role.HELPER}),  # whatever else this account may do, not in a person's session
        channel=Channel.ASSISTED,
        account_id=login.account_id,
        account_public=login.account_public,
        person_id=row.person_id,
        person_public=row.person_public,
        office_id=login.office_id,
        mandate_id=row.mandate_id,
        mandate_public=row.mandate_public,
        assurance=ASSURANCE[row.evidence_kind],
        name=login.display_name or "",
        subject_name=here.subject_name,
    )


def begin_here() -> None:
    """This browser is in a session from now on; with more rights than before it gets a new id."""
    renew(db())
    session[SEEN] = int(clock.now().timestamp())
    forget_request()


def leave_here() -> None:
    """This browser is in no session any more."""
    for key in [key for key in session if key.startswith("assisted_")]:
        session.pop(key)
    forget_request()


def forget_request() -> None:
    """Ask again who acts, in the rest of this request."""
    g.pop("assisted", None)
    g.pop("actor", None)
