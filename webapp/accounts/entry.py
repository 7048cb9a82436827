"""Somebody on the way in: what this browser has asked for and proved so far, kept in its signed cookie.

The cookie holds the challenge's id, never the phone; nothing in it is worth anything once the log-in has happened.
"""

from dataclasses import asdict, dataclass, replace

from flask import session
from sqlalchemy.orm import Session

from webapp.accounts import codes, devices, origins, people, sessions
from webapp.accounts.models import Account, CodeChallenge
from webapp.core.actor import Actor, Assurance, Channel, Role
from webapp.core.audit import audit
from webapp.core.errors import TooMany
from webapp.shell.access import safe_path

KEY = "entry"
HOME = "/me"


@dataclass(frozen=True)
class Entry:
    """`new`: came to register; `owner`: whose phone it is (mine, relative); `next`: where to go afterwards.

    `account`: as whom they want to come in, while the second proof is still missing.
    """

    challenge: str
    next: str = HOME
    owner: str = "mine"
    new: bool = False
    account: str | None = None


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


def ask(database: Session, phone: str, wanted: Entry, ticket: str | None = None) -> None:
    """Send a code to this phone, whoever it belongs to, and remember what for."""
    if is_waiting(database, phone):
        waiting = current()
        assert waiting is not None
        keep(replace(wanted, challenge=waiting.challenge))
        return
    try:
        _send(database, phone, wanted, ticket)
    except TooMany:
        # Pressed twice: the browser has thrown the first answer away, and the cookie with it.
        sent = codes.asked_by(database, phone, codes.LOGIN, origins.browser_mark())
        if sent is None:
            raise
        keep(replace(wanted, challenge=sent.public_id))


def ask_again(database: Session, entry: Entry, ticket: str | None = None) -> None:
    """Another code to the same phone."""
    challenge = codes.find(database, entry.challenge)
    assert challenge is not None
    _send(database, challenge.phone, entry, ticket)


def _send(database: Session, phone: str, wanted: Entry, ticket: str | None) -> None:
    device = devices.for_phone(database, phone)
    origins.guard(database, phone, device, ticket)
    mark = origins.browser_mark()
    context = {**({"about": codes.REGISTER} if wanted.new else {}), **({"browser": mark} if mark else {})}
    challenge = codes.request_code(database, phone, codes.LOGIN, context, device=device)
    keep(replace(wanted, challenge=challenge.public_id))


def wait_seconds(database: Session, phone: str) -> int:
    """How long this browser must wait before the next code to this phone."""
    return codes.wait_seconds(database, phone, devices.for_phone(database, phone))


def check(database: Session, entry: Entry, code: str) -> CodeChallenge:
    """The code that was typed in. Wrong tries are counted: the view calls `keep_changes()`."""
    challenge = codes.find(database, entry.challenge)
    device = devices.for_phone(database, challenge.phone) if challenge else None
    used = codes.check_code(database, entry.challenge, code, codes.LOGIN, device=device)
    origins.used(database)
    return used


def proved(database: Session, *, lock: bool = False) -> tuple[Entry, CodeChallenge] | None:
    """The entry and its right code, while they can still be used."""
    entry = current()
    challenge = codes.proof(database, entry.challenge, codes.LOGIN, lock=lock) if entry else None
    return (entry, challenge) if entry and challenge else None


def choose(account: Account) -> None:
    """They want to come in as this account; one fact is still missing."""
    entry = current()
    assert entry is not None
    keep(replace(entry, account=account.public_id))


def chosen(database: Session) -> Account | None:
    """The account they chose, if the phone they have just proved opens it."""
    here = proved(database)
    if here is None or here[0].account is None:
        return None
    holders = people.holders_of(database, here[1].phone)
    return next((h.account for h in holders if h.account.public_id == here[0].account), None)


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
