"""Access cards: the printed number finds a person, the PIN in their head agrees. Alone, neither is worth much.

The PIN is digested with a key from outside before it is hashed: four digits would not survive a stolen table.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta

from argon2 import PasswordHasher
from argon2.exceptions import VerifyMismatchError
from sqlalchemy import Select, select, update
from sqlalchemy.orm import Session

from assisted.events import AccessCardIssued
from assisted.models import AccessCard
from webapp.accounts.models import Person
from webapp.core import clock, crypto
from webapp.core.actor import Actor
from webapp.core.audit import audit
from webapp.core.errors import DomainError, TooMany
from webapp.core.ids import new_lookup_code, new_public_id
from webapp.core.outbox import record
from webapp.core.text import Text

TRIES = 5
LOCK = timedelta(minutes=15)
# After the second five the card is blocked: whoever is guessing has had ten of ten thousand tries.
LAST_TRY = 2 * TRIES
# 19 MiB and two passes: a four-digit PIN is short, so each guess at a stolen table must cost something.
HASHER = PasswordHasher(time_cost=2, memory_cost=19 * 1024, parallelism=1)


@dataclass(frozen=True)
class CardCheck:
    """A PIN that was right: the evidence of a consent. Its id is in the journal."""

    evidence_id: str
    card: AccessCard


def weak_pin(pin: str, birth_date: str | None) -> Text | None:
    """Why this PIN is too easy to guess, or None. One digit four times, runs, the year on the ID card."""
    steps = {(int(b) - int(a)) % 10 for a, b in zip(pin, pin[1:], strict=False)}
    if steps in ({0}, {1}, {9}) or pin[:2] == pin[2:]:
        return Text("This PIN is easy to guess. Choose four digits without an order; not 1234, not 0000.")
    if birth_date and pin in (birth_date[:4], birth_date[8:10] + birth_date[5:7]):
        return Text("The PIN must not be the year or the day of birth. Anybody can read it on the ID card.")
    return None


def card_by_number(session: Session, number: str) -> AccessCard | None:
    """A card that is good, by its printed number."""
    return session.scalar(_good().where(AccessCard.number == number))


def card_of(session: Session, person_id: int) -> AccessCard | None:
    """The person's card that is good now."""
    return session.scalar(_good().where(AccessCard.person_id == person_id).order_by(AccessCard.id.desc()).limit(1))


def issue_card(session: Session, person: Person, pin: str, *, by: Actor, number: str | None = None) -> AccessCard:
    """A new card with a PIN the person chose; cards before it stop. Raises DomainError for an easy PIN."""
    weak = weak_pin(pin, person.birth_date)
    if weak is not None:
        raise DomainError(weak)
    now = clock.now()
    _stop_cards(session, person.id, now)
    card = AccessCard(
        person_id=person.id,
        number=number or _free_number(session),
        wrong_pins=0,
        issued_by=by.account_id,
        created_at=now,
    )
    card.pin_hash = HASHER.hash(_peppered(card, pin))
    session.add(card)
    session.flush()
    audit(session, by, "assisted:issue-card", card.public_id)
    record(session, AccessCardIssued(card.public_id))
    return card


def revoke_card(session: Session, person_id: int, *, by: Actor) -> bool:
    """Block the person's card; True if there was one."""
    card = card_of(session, person_id)
    if card is None:
        return False
    _stop_cards(session, person_id, clock.now())
    audit(session, by, "assisted:revoke-card", card.public_id)
    return True


def check_card(session: Session, person_id: int, number: str, pin: str, *, by: Actor) -> CardCheck:
    """Is this the person's own card and PIN? Counts wrong tries, says how many are left. Raises DomainError.

    The card is locked before it is read, so that parallel guesses are counted one by one.
    """
    card = session.scalar(
        _good().where(AccessCard.number == number, AccessCard.person_id == person_id).with_for_update()
    )
    if card is None:
        raise DomainError(Text("This is not a card of this person. Compare the number on the card."))
    _refuse_locked(card)
    try:
        HASHER.verify(card.pin_hash, _peppered(card, pin))
    except VerifyMismatchError:
        raise _wrong_pin(session, card, by) from None
    card.wrong_pins = 0
    card.locked_until = None
    evidence = new_public_id()
    audit(session, by, "assisted:card-check", card.public_id, evidence=evidence)
    return CardCheck(evidence, card)


def _refuse_locked(card: AccessCard) -> None:
    now = clock.now()
    if card.locked_until is not None and card.locked_until > now:
        left = card.locked_until - now
        raise TooMany(
            Text(
                "The card is locked after five wrong PINs. Try again in %(minutes)s minutes, or come to the"
                " one-stop counter with the ID card.",
                minutes=int(left.total_seconds() // 60) + 1,
            ),
            retry_after=int(left.total_seconds()) + 1,
        )


def _wrong_pin(session: Session, card: AccessCard, by: Actor) -> DomainError:
    """Count it, and say what is left."""
    card.wrong_pins += 1
    audit(session, by, "assisted:wrong-pin", card.public_id, tries=card.wrong_pins)
    if card.wrong_pins >= LAST_TRY:
        card.revoked_at = clock.now()
        audit(session, by, "assisted:revoke-card", card.public_id, why="wrong-pins")
        return DomainError(
            Text(
                "Wrong PIN ten times: this card is blocked for good. Come to the one-stop counter with the"
                " ID card to get a new one."
            )
        )
    left = TRIES - card.wrong_pins % TRIES
    if card.wrong_pins % TRIES == 0:
        card.locked_until = clock.now() + LOCK
        return TooMany(
            Text(
                "Wrong PIN five times: the card is locked for 15 minutes. After five more wrong tries it is"
                " blocked, and a new one is made only at the one-stop counter."
            ),
            retry_after=int(LOCK.total_seconds()),
        )
    return DomainError(Text("Wrong PIN. Tries left: %(n)s.", n=left))


def _good() -> Select[AccessCard]:
    return select(AccessCard).where(AccessCard.revoked_at.is_(None))


def _peppered(card: AccessCard, pin: str) -> str:
    return crypto.blind("card pin", f"{card.public_id} {pin}")


def _stop_cards(session: Session, person_id: int, now: datetime) -> None:
    session.execute(
        update(AccessCard)
        .where(AccessCard.person_id == person_id, AccessCard.revoked_at.is_(None))
        .values(revoked_at=now)
    )


def _free_number(session: Session) -> str:
    """595 million numbers; one that was ever printed is never given again."""
    while True:
        number = new_lookup_code()
        if session.scalar(select(AccessCard.id).where(AccessCard.number == number)) is None:
            return number
