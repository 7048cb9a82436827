"""Somebody on the way in: what this browser has asked for and proved so far, kept in its signed cookie.

The cookie holds the challenge's id, never the phone; nothing in it is worth anything once the log-in has happened.
"""

from dataclasses import asdict, dataclass

from flask import session
from sqlalchemy.orm import Session

from webapp.accounts import codes, people, sessions
from webapp.accounts.models import Account, CodeChallenge
from webapp.core.actor import Actor, Assurance, Channel, Role
from webapp.core.audit import audit
from webapp.shell.access import safe_path

KEY = "entry"
HOME = "/me"


@dataclass(frozen=True)
class Entry:
    """`new`: came to register; `owner`: whose phone it is (mine, relative); `next`: where to go afterwards."""

    challenge: str
    next: str = HOME
    owner: str = "mine"
    new: bool = False


def keep(entry: Entry) -> None:
    session[KEY] = asdict(entry)


def current() -> Entry | None:
    stored = session.get(KEY)
    return Entry(**stored) if stored else None


def is_waiting(database: Session, phone: str) -> bool:
    """Has this browser a code for this phone that can still be typed in? Then no second one is sent."""
    entry = current()
    challenge = codes.find(database, entry.challenge) if entry else None
    return challenge is not None and codes.is_open(database, challenge) and challenge.phone == phone


def ask(database: Session, phone: str, address: str, *, target: str, owner: str = "mine", new: bool = False) -> None:
    """Send a code to this phone, whoever it belongs to, and remember what for."""
    if is_waiting(database, phone):
        waiting = current()
        assert waiting is not None
        keep(Entry(waiting.challenge, target, owner, new))
        return
    codes.guard_address(database, address)
    challenge = codes.request_code(database, phone, codes.LOGIN)
    keep(Entry(challenge.public_id, target, owner, new))


def ask_again(database: Session, entry: Entry, address: str) -> None:
    """Another code to the same phone."""
    challenge = codes.find(database, entry.challenge)
    assert challenge is not None
    codes.guard_address(database, address)
    newer = codes.request_code(database, challenge.phone, codes.LOGIN)
    keep(Entry(newer.public_id, entry.next, entry.owner, entry.new))


def proved(database: Session, *, lock: bool = False) -> tuple[Entry, CodeChallenge] | None:
    """The entry and its right code, while they can still be used."""
    entry = current()
    challenge = codes.proof(database, entry.challenge, codes.LOGIN, lock=lock) if entry else None
    return (entry, challenge) if entry and challenge else None


def only_holder(database: Session, entry: Entry, challenge: CodeChallenge) -> people.Holder | None:
    """The one person who comes in by this phone, when there is nothing to ask."""
    holders = people.holders_of(database, challenge.phone)
    return holders[0] if len(holders) == 1 and not entry.new else None


def log_in(database: Session, account: Account, challenge: CodeChallenge) -> str:
    """Begin the citizen's session, use up the proof; where to go next."""
    entry = current()
    codes.spend(challenge)
    sessions.begin(database, account, Assurance.PHONE)
    by = Actor(
        role=Role.CITIZEN, channel=Channel.SELF, account_id=account.id, account_public=account.public_id,
        person_id=account.person_id, assurance=Assurance.PHONE,
    )  # fmt: skip
    audit(database, by, "session:begin", account.public_id, way="phone code")
    return safe_path(entry.next if entry else None, HOME)
