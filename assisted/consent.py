"""Consent: read aloud, then given by the person's own act. No act, no mandate; no mandate, no session.

Way A: a code sent to the person's own phone. Way B: their card and the PIN in their head.
"""

from dataclasses import dataclass

from sqlalchemy.orm import Session

from assisted import cards, sessions
from assisted.models import HelperSession
from webapp.accounts import codes, people
from webapp.accounts.mandates import CARD_PIN, PHONE_CODE, grant_mandate
from webapp.accounts.models import CodeChallenge, Person, Phone
from webapp.core.actor import Actor
from webapp.core.audit import audit
from webapp.core.errors import DomainError
from webapp.core.text import N_, Text
from webapp.offices.models import Office

# A mandate keeps this: change the words below and the version together.
TEXT_VERSION = "consent-2026-11"
MAY = (
    N_("Fill in forms for you and take photos of your papers."),
    N_("Use papers that the state already holds, if you say yes to each one."),
    N_("Read everything to you again, and send it when you say yes."),
    N_("See how far your dossiers are."),
)
MAY_NOT = (
    N_("Change your phone number or your personal data."),
    N_("Open your results."),
    N_("Do anything after the session has ended."),
    N_("Keep your PIN or the code. Nobody may ask you for them later."),
)


@dataclass(frozen=True)
class Asking:
    """Who asks whom: for the page that is read aloud and for the paper."""

    person: Person
    phones: list[Phone]
    office: Office
    has_card: bool


def asking(session: Session, person: Person, *, by: Actor) -> Asking:
    """What the page of consent shows."""
    return Asking(
        person=person,
        phones=people.own_phones(session, person.id),
        office=session.get_one(Office, by.office_id),
        has_card=cards.card_of(session, person.id) is not None,
    )


def send_code(session: Session, person: Person, phone_id: str, *, by: Actor) -> CodeChallenge:
    """A code to one of the person's own numbers; the message names the helper's office. Raises TooMany."""
    phone = next((p for p in people.own_phones(session, person.id) if p.public_id == phone_id), None)
    if phone is None:
        raise DomainError(Text("Choose one of the person's own numbers."))
    office = session.get_one(Office, by.office_id)
    challenge = codes.request_code(
        session,
        phone.number,
        codes.CONSENT,
        {
            "person": person.public_id,
            "helper": by.account_public,
            "helper_name": by.name,
            "office": office.short_name,
        },
    )
    audit(session, by, "assisted:ask-consent", person.public_id, how=PHONE_CODE)
    return challenge


def agree_by_code(
    session: Session, person: Person, challenge_id: str, code: str, *, by: Actor, login_id: int, seen: int
) -> HelperSession:
    """The code from the person's phone opens the session. Wrong tries count: the view keeps changes."""
    sessions.make_room(session, by=by, login_id=login_id, seen=seen)
    challenge = codes.find(session, challenge_id)
    asked = challenge.context if challenge is not None else {}
    if asked.get("person") != person.public_id or asked.get("helper") != by.account_public:
        raise DomainError(Text("This code was not asked for this person. Send a new code."))
    used = codes.check_code(session, challenge_id, code, codes.CONSENT)
    return _open(session, person, PHONE_CODE, used.public_id, by=by, login_id=login_id)


def agree_by_card(
    session: Session, person: Person, number: str, pin: str, *, by: Actor, login_id: int, seen: int
) -> HelperSession:
    """Card and PIN open the session; the check has an id of its own in the journal."""
    sessions.make_room(session, by=by, login_id=login_id, seen=seen)
    check = cards.check_card(session, person.id, number, pin, by=by)
    return _open(session, person, CARD_PIN, check.evidence_id, by=by, login_id=login_id)


def _open(session: Session, person: Person, kind: str, evidence_id: str, *, by: Actor, login_id: int) -> HelperSession:
    mandate = grant_mandate(
        session,
        person_id=person.id,
        helper=by,
        evidence_kind=kind,
        evidence_id=evidence_id,
        text_version=TEXT_VERSION,
        minutes=sessions.MINUTES,
    )
    return sessions.begin(session, mandate, by=by, login_id=login_id)
