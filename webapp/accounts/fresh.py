"""Some acts need somebody who has proved a short time ago who they are: a phone left open on a table must not do.

A door says it (`@allow(RIGHT, fresh=True)`), or a view that finds it out calls `require_fresh()`: everybody else goes
to `/login/again`, which comes back: to the page, or to the form that was sent, with everything that was typed. Citizens
prove it with a code on their own phone, staff with their code app. Ten minutes for citizens, twenty for staff (security
design 2.3).
"""

from urllib.parse import urlencode

from flask import abort, redirect, request
from sqlalchemy import update
from sqlalchemy.orm import Session

from webapp.accounts import codes, devices, kept, limits, people, sessions, staff
from webapp.accounts.models import Account, CodeChallenge, LoginSession, Phone
from webapp.core import clock, throttle
from webapp.core.actor import Actor
from webapp.core.audit import audit
from webapp.core.errors import NotAllowed, TooMany
from webapp.core.text import Text
from webapp.shell.unit_of_work import SAFE_METHODS, db


def is_fresh(database: Session) -> bool:
    """Was it proved, or logged in, a short time ago?"""
    here = sessions.current_login()
    if here is None:
        return False
    kind = sessions.kind_of(here.kind, here.roles)
    return clock.now() - (here.fresh_at or here.created_at) < limits.FRESH[kind]


def require_fresh() -> None:
    """Go on only for somebody who has just proved who they are; everybody else does so first and comes back."""
    here = sessions.current_login()
    if here is None or is_fresh(db()):
        return
    target = request.full_path.rstrip("?")
    if request.method not in SAFE_METHODS:
        target = kept.BACK if kept.keep(db(), here.account_id) else "/"
    abort(redirect(f"/login/again?{urlencode({'next': target})}", 303))


def own_phone(session: Session, who: Actor) -> Phone | None:
    """The phone that a citizen's proof goes to: the newest of their own that they have shown to read."""
    if who.person_id is None or who.acts_for_another:
        return None
    return next((phone for phone in people.own_phones(session, who.person_id) if phone.verified_at), None)


def ask(session: Session, who: Actor) -> CodeChallenge:
    """Send a code to the citizen's own phone."""
    phone = own_phone(session, who)
    if phone is None or who.account_id is None:
        raise NotAllowed(Text("We know no phone of yours. Log out and log in again, or come to the counter."))
    device = devices.known(session, who.account_id)
    return codes.request_code(session, phone.number, codes.FRESH, {"account": who.account_public}, device=device)


def prove_by_code(session: Session, who: Actor, challenge_public: str, code: str) -> None:
    """The code from the own phone. Wrong tries are counted: the view calls `keep_changes()`."""
    challenge = codes.find(session, challenge_public)
    if challenge is None or challenge.context.get("account") != who.account_public or who.account_id is None:
        raise NotAllowed(Text("This code is no longer good. Ask for a new one."))
    codes.check_code(session, challenge_public, code, codes.FRESH, device=devices.known(session, who.account_id))
    proved(session, who, "phone code")


def prove_by_app(session: Session, who: Actor, otp: str) -> None:
    """The code of a member of staff's own code app. Wrong tries are counted: the view calls `keep_changes()`."""
    account = session.get_one(Account, who.account_id)
    if not all(throttle.hit(session, "fresh proof", account.public_id, *limit) for limit in staff.TRIES):
        raise TooMany(Text("Too many tries. Wait five minutes, or ask the manager."), retry_after=300)
    if not staff.check_totp(session, account, otp):
        raise NotAllowed(Text("This code is not right. Wait for the next one in your code app."))
    proved(session, who, "code app")


def proved(session: Session, who: Actor, way: str) -> None:
    """They have: from now on, for a while, and under a new id. Also for rooms above that know another way."""
    here = sessions.current_login()
    assert here is not None
    session.execute(update(LoginSession).where(LoginSession.id == here.id).values(fresh_at=clock.now()))
    sessions.renew(session)
    audit(session, who, "session:prove", who.account_public, way=way)
