"""Another phone: a fresh log-in, a code on the new phone, word to the old one, and a day in which that one can stop it.

Results stay where they are for the same day (`holds`), and every other device is logged out.
"""

from datetime import timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from webapp.accounts import codes, devices, holds, ownership, people, sessions
from webapp.accounts.events import PhoneChanged, PhoneChangeStopped
from webapp.accounts.models import Account, CodeChallenge, Person, Phone
from webapp.accounts.phone_models import PhoneChange
from webapp.core import clock, crypto, outbox, throttle
from webapp.core.actor import Actor, Assurance, Channel, Role
from webapp.core.audit import audit
from webapp.core.errors import Conflict, DomainError, NotAllowed, NotFound, TooMany
from webapp.core.ids import new_lookup_code, normalise_lookup_code
from webapp.core.text import Text

SELF, COUNTER = "self", "counter"
# Six symbols of 29, and the old number besides: ten tries an hour find nothing.
CHANGE_TRIES = (6, timedelta(hours=1))
STOP_TRIES = (10, timedelta(hours=1))


def own_person(session: Session, who: Actor) -> Person:
    """The actor themselves. A helper beside somebody cannot touch that person's phone."""
    person = session.get(Person, who.person_id) if who.person_id and not who.acts_for_another else None
    if person is None:
        raise NotAllowed(Text("Only the person themselves can change their phone."))
    return person


def own_phone(session: Session, who: Actor, public_id: str) -> Phone | None:
    """One of the actor's own numbers."""
    if who.person_id is None or who.acts_for_another:
        return None
    return next((p for p in people.phones_of(session, who.person_id) if p.public_id == public_id), None)


def say_whose(session: Session, who: Actor, phone: Phone, owner: str, relation: str | None) -> None:
    """Whose phone it is can be said anew at any time; nothing depends on it but who is written in first."""
    phone.owner = owner
    phone.relation = relation if owner == ownership.RELATIVE else None
    audit(session, who, "phone:say_whose", phone.public_id, owner=owner)


def ask_for_change(
    session: Session, who: Actor, phone: Phone, number: str, *, owner: str, relation: str | None
) -> CodeChallenge:
    """Send a code to the new phone; the old one stays in force until that code is typed in."""
    person = own_person(session, who)
    _may_change(session, who)
    if people.phone_index(number) in {p.number_index for p in people.phones_of(session, person.id)}:
        raise DomainError(Text("This number is yours already. Type the new one."))
    if phone.contact_only:
        raise NotFound
    count_try(session, who)
    context = {"account": who.account_public, "phone": phone.public_id, "owner": owner, "relation": relation}
    device = devices.known(session, who.account_id) if who.account_id else None
    return codes.request_code(session, number, codes.PHONE_CHANGE, context, device=device)


def count_try(session: Session, who: Actor) -> None:
    """A log-in that somebody holds must not send codes to half the country."""
    if not throttle.hit(session, "phone change", who.account_public or "", *CHANGE_TRIES):
        raise TooMany(Text("Too many tries. Wait an hour, or come to the counter with the ID card."), 3600)


def _may_change(session: Session, who: Actor) -> None:
    """One change a day: somebody who has just taken a phone over must not move on to a third one."""
    if holds.of_actor(session, who) is not None:
        raise Conflict(
            Text("Your phone was changed a short time ago. Wait until the day is over, or come to the counter.")
        )


def waiting(session: Session, who: Actor, challenge_public: str | None) -> CodeChallenge | None:
    """The code that this account waits for on its new phone."""
    challenge = codes.find(session, challenge_public)
    if challenge is None or challenge.purpose != codes.PHONE_CHANGE:
        return None
    if challenge.context.get("account") != who.account_public:
        return None
    return challenge


def change_phone(session: Session, who: Actor, challenge_public: str, code: str) -> PhoneChange:
    """Put the new phone in the place of the old one. Wrong tries are counted: the view calls `keep_changes()`."""
    person = own_person(session, who)
    account = session.get(Account, who.account_id, with_for_update=True)
    if account is None or waiting(session, who, challenge_public) is None:
        raise NotAllowed(Text("This code is no longer good. Ask for a new one."))
    _may_change(session, who)
    device = devices.known(session, account.id)
    challenge = codes.check_code(session, challenge_public, code, codes.PHONE_CHANGE, device=device)
    codes.spend(challenge)
    old = own_phone(session, who, challenge.context.get("phone", ""))
    if old is None:
        raise NotFound
    new = people.add_phone(
        session, person, challenge.phone, owner=challenge.context["owner"], verified_at=challenge.used_at
    )
    new.owner, new.relation, new.contact_only = challenge.context["owner"], challenge.context["relation"], False
    session.flush()
    change = replace(session, account, old, new, way=SELF)
    holds.put(account, holds.PHONE_CHANGED, change.held_until)
    sessions.end_others(session, account.id)
    sessions.renew(session)
    audit(session, who, "phone:change", account.public_id, change=change.public_id)
    return change


def replace(session: Session, account: Account, old: Phone, new: Phone, *, way: str) -> PhoneChange:
    """Retire the old number for the new one and have its holder told."""
    now = clock.now()
    old.replaced_at = now
    change = PhoneChange(
        account_id=account.id, old_phone_id=old.id, new_phone_id=new.id, way=way, made_at=now,
        held_until=now + holds.TERM,
    )  # fmt: skip
    if way == SELF:  # at a counter two people saw the ID card; a thief with the old phone must not undo that
        stop = new_lookup_code()
        change.stop_code = stop
        change.stop_digest = _stop_digest(old.number_index, stop)
    session.add(change)
    session.flush()
    if old.verified_at is not None:
        outbox.record(session, PhoneChanged(change=change.public_id))
    return change


def _stop_digest(number_index: str, code: str) -> str:
    return crypto.blind("stop phone change", f"{number_index}\0{code}")


def stop_change(session: Session, number: str, code: str, address: str) -> PhoneChange:
    """Whoever holds the old phone undoes the change: that phone is back, everybody is logged out, the hold stays.

    Wrong tries are counted: the view calls `keep_changes()`.
    """
    index = people.phone_index(number)
    allowed = [throttle.hit(session, "stop change", key, *STOP_TRIES) for key in (address, index)]
    if not all(allowed):
        raise TooMany(Text("Too many tries. Wait an hour, or call the one-stop counter."), retry_after=3600)
    symbols = normalise_lookup_code(code) or ""
    change = session.scalar(
        select(PhoneChange).where(PhoneChange.stop_digest == _stop_digest(index, symbols)).with_for_update()
    )
    if change is None or change.stopped_at is not None or change.held_until <= clock.now():
        raise DomainError(Text("Number and code do not belong together, or the day is over. Come to the counter."))
    now = clock.now()
    change.stopped_at = now
    old, new = session.get_one(Phone, change.old_phone_id), session.get_one(Phone, change.new_phone_id)
    account = session.get_one(Account, change.account_id)
    old.replaced_at, new.replaced_at = None, now
    holds.put(account, holds.PHONE_CHANGED, now + holds.TERM)
    sessions.end_all(session, account.id, sessions.NOT_ME)
    by = Actor(
        role=Role.CITIZEN, channel=Channel.SELF, account_id=account.id, account_public=account.public_id,
        person_id=account.person_id, assurance=Assurance.PHONE,
    )  # fmt: skip
    audit(session, by, "phone:stop_change", account.public_id, change=change.public_id)
    outbox.record(session, PhoneChangeStopped(change=change.public_id))
    return change
