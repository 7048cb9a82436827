"""The phone is gone: somebody stands at a counter with their ID card. One member of staff opens, another one approves.

One person alone, honest or not, binds no phone to anybody: the table itself forbids it (check `two_people`). The new
phone shows that it is there by a code read aloud; a typed digit too many would hand the account to a stranger.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from sqlalchemy import Select, func, select
from sqlalchemy.orm import Session, aliased

from webapp.accounts import codes, devices, holds, ownership, people, phone_change, second_proof, sessions, wrong_codes
from webapp.accounts.events import PhoneRecovered
from webapp.accounts.models import Account, CodeChallenge, Person
from webapp.accounts.phone_models import Recovery
from webapp.core import clock, outbox, throttle
from webapp.core.actor import Actor, Assurance
from webapp.core.audit import audit
from webapp.core.errors import Conflict, DomainError, NotAllowed, TooMany
from webapp.core.text import Text

PROVING, WAITING, APPROVED, REFUSED = "proving", "waiting", "approved", "refused"
OPEN = (PROVING, WAITING)
# The person is in the room; the next morning it is another visit and begins anew.
GOOD_FOR = timedelta(hours=12)
PER_OFFICER = (30, timedelta(hours=1))
REASONS = (
    ("lost", Text("The phone is lost or stolen")),
    ("new_number", Text("The person has a new number")),
    ("recycled", Text("The number belongs to somebody else now")),
    ("other_owner", Text("The number was always a relative's")),
    ("claimed", Text("The person took the account over with a code and shows the ID card now")),
    ("first", Text("The person has no account yet")),
)
# Reason → the cause that is counted for the province.
CAUSES = {"recycled": "recycled", "other_owner": "other_owner"}


@dataclass(frozen=True)
class Request:
    """One request as a page shows it."""

    row: Recovery
    person: Person
    opener: str
    decider: str | None
    state: str


def open_recovery(
    session: Session, *, citizen_id: str, birth_date: str, reason: str, number: str, owner: str, by: Actor
) -> Recovery:
    """Begin for the person of this card, and send a code to the new phone. Raises DomainError in words for the desk."""
    if not throttle.hit(session, "recovery look-up", by.account_public or "", *PER_OFFICER):
        raise TooMany(Text("You have looked up many people. Wait a while, or ask the manager of your office."), 3600)
    person = people.find_by_citizen_id(session, citizen_id)
    if person is None or (person.birth_date or "")[:4] != birth_date[:4]:
        audit(session, by, "recovery:look-up", found=False)
        raise DomainError(
            Text("Nobody is known with this number and this birth. Compare both with the card, digit by digit.")
        )
    if _open_one(session, person.id) is not None:
        raise Conflict(Text("There is an open request for this person. Finish it first, or refuse it."))
    now = clock.now()
    row = Recovery(
        person_id=person.id, office_id=by.office_id, opened_by=by.account_id, reason=reason, owner=owner,
        state=PROVING, opened_at=now,
    )  # fmt: skip
    row.number = number
    session.add(row)
    session.flush()
    send_code(session, row, by=by)
    if reason in CAUSES:
        ownership.count(session, CAUSES[reason], ownership.COUNTER)
    audit(session, by, "recovery:open", row.public_id, reason=reason)
    return row


def _open_one(session: Session, person_id: int) -> Recovery | None:
    query = select(Recovery).where(
        Recovery.person_id == person_id, Recovery.state.in_(OPEN), Recovery.opened_at > clock.now() - GOOD_FOR
    )
    return session.scalar(query.limit(1))


def send_code(session: Session, row: Recovery, *, by: Actor) -> None:
    """A code to the new phone; the message says that it is for the officer at the counter."""
    _expect(row, PROVING)
    context = {"recovery": row.public_id, "helper": by.account_public}
    row.challenge = codes.request_code(session, row.number, codes.RECOVERY, context).public_id


def prove_phone(session: Session, row: Recovery, code: str, *, by: Actor) -> None:
    """The person read the code aloud. Wrong tries are counted: the view calls `keep_changes()`."""
    _expect(row, PROVING)
    challenge = codes.check_code(session, row.challenge or "", code, codes.RECOVERY)
    codes.spend(challenge)
    row.state, row.proved_at = WAITING, challenge.used_at
    audit(session, by, "recovery:prove", row.public_id)


def _expect(row: Recovery, state: str) -> None:
    if state_of(row) != state:
        raise Conflict(Text("This request is already decided or too old. Look at its newest state."))


def state_of(row: Recovery) -> str:
    """As it stands; what nobody decided in its time is over."""
    if row.state in OPEN and row.opened_at + GOOD_FOR <= clock.now():
        return "expired"
    return row.state


def approve(session: Session, row: Recovery, *, by: Actor) -> None:
    """The second person says yes: the new phone is the person's, every old one is not, everybody is logged out."""
    _expect(row, WAITING)
    if by.account_id == row.opened_by:
        raise NotAllowed(
            Text("You opened this request. Somebody else of your office looks at the ID card and approves it.")
        )
    person = session.get_one(Person, row.person_id, with_for_update=True)
    account = people.account_of(session, person.id) or people.open_account(session, person)
    new = people.add_phone(session, person, row.number, owner=row.owner, verified_at=row.proved_at)
    new.owner, new.contact_only = row.owner, False
    session.flush()
    for old in people.own_phones(session, person.id):
        if old.id != new.id:
            phone_change.replace(session, account, old, new, way=phone_change.COUNTER)
    person.assurance = _surer(person.assurance)
    devices.trust_again(session, account)
    devices.forget(session, account.id)  # the old phone may be in other hands
    scopes = codes.scopes_of(new.number_index, devices.ever_known(session, account.id))
    wrong_codes.forgive(session, [second_proof.scope_of(account), *scopes])
    holds.put(account, holds.RECOVERED, clock.now() + holds.TERM)
    sessions.end_all(session, account.id, sessions.ELSEWHERE)
    _decide(session, row, APPROVED, by)
    outbox.record(session, PhoneRecovered(recovery=row.public_id))


def _surer(assurance: str) -> str:
    """Somebody has seen the card; VNeID at level 2 is no less."""
    return assurance if assurance == Assurance.VNEID.value else Assurance.IN_PERSON.value


def refuse(session: Session, row: Recovery, *, by: Actor) -> None:
    """Something is not right, or the person has left. Whoever opened it may take it back, too."""
    if state_of(row) not in OPEN:
        _expect(row, WAITING)
    row.decided_at, row.state = clock.now(), REFUSED
    if by.account_id != row.opened_by:
        row.decided_by = by.account_id
    audit(session, by, "recovery:refuse", row.public_id)


def _decide(session: Session, row: Recovery, state: str, by: Actor) -> None:
    row.state, row.decided_by, row.decided_at = state, by.account_id, clock.now()
    session.flush()
    audit(session, by, f"recovery:{'approve' if state == APPROVED else 'refuse'}", row.public_id, reason=row.reason)


# ------------------------------------------------------------------------------------------------- to read


def of_office(session: Session, by: Actor, public_id: str, *, lock: bool = False) -> Recovery | None:
    """A request of the actor's own office."""
    query = select(Recovery).where(Recovery.public_id == public_id, Recovery.office_id == by.office_id)
    return session.scalar(query.with_for_update() if lock else query)


def view(session: Session, row: Recovery) -> Request:
    """Everything that a page about one request needs."""
    names = dict(
        session.execute(
            select(Account.id, Account.display_name).where(Account.id.in_([row.opened_by, row.decided_by or 0]))
        ).all()
    )
    person = session.get_one(Person, row.person_id)
    return Request(row, person, names.get(row.opened_by) or "", names.get(row.decided_by or 0), state_of(row))


def listed(session: Session, by: Actor, *, after: int | None = None, limit: int = 30) -> Sequence[Any]:
    """Requests of the office, the open ones first, then the newest; keyed by id."""
    opener = aliased(Account)
    query = (
        select(Recovery, Person, opener.display_name.label("opener"))
        .join(Person, Person.id == Recovery.person_id)
        .join(opener, opener.id == Recovery.opened_by)
        .where(Recovery.office_id == by.office_id)
        .order_by(Recovery.id.desc())
        .limit(limit)
    )
    return session.execute(query.where(Recovery.id < after) if after else query).all()


def waiting_for(by: Actor) -> Select[tuple[int]]:
    """How many wait for this member of staff, as the second person."""
    return select(func.count()).where(
        Recovery.office_id == by.office_id,
        Recovery.state == WAITING,
        Recovery.opened_by != by.account_id,
        Recovery.opened_at > clock.now() - GOOD_FOR,
    )


def challenge_of(session: Session, row: Recovery) -> CodeChallenge | None:
    return codes.find(session, row.challenge)
