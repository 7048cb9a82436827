"""Acting for somebody: no evidence, no mandate; one evidence, one mandate; taken back, it is over at once."""

from collections.abc import Sequence
from datetime import timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from webapp.accounts.codes import CONSENT
from webapp.accounts.events import MandateEnded, MandateGranted, MandateRevoked
from webapp.accounts.limits import PROOF_LIFE
from webapp.accounts.models import CodeChallenge, Mandate, Person
from webapp.accounts.people import own_phones
from webapp.core import clock, outbox
from webapp.core.actor import SYSTEM, Actor, Role
from webapp.core.audit import audit
from webapp.core.errors import Conflict, NotAllowed
from webapp.core.permissions import COUNTER_SIDE
from webapp.core.text import Text

# The person stood at the counter and showed the ID card; the officer says so with their name.
PHONE_CODE, CARD_PIN, AT_COUNTER = "phone_code", "card_pin", "at_counter"
LONGEST = timedelta(hours=24)


def grant_mandate(
    session: Session,
    *,
    person_id: int,
    helper: Actor,
    evidence_kind: str,
    evidence_id: str,
    text_version: str,
    minutes: int = 60,
) -> Mandate:
    """Let this helper act for this person for a while. The evidence is checked here, not believed."""
    may = (helper.roles | {helper.role}) & COUNTER_SIDE if evidence_kind == AT_COUNTER else helper.has(Role.HELPER)
    if not may or helper.account_id is None or helper.office_id is None:
        raise NotAllowed(Text("Only a helper of the commune can act for somebody."))
    term = timedelta(minutes=minutes)
    if not timedelta(0) < term <= LONGEST:
        raise ValueError("a mandate lasts from one minute to 24 hours")
    person = session.get(Person, person_id)
    if person is None:
        raise NotAllowed(Text("This person is not known here."))
    _check_evidence(session, person, helper, evidence_kind, evidence_id)
    now = clock.now()
    mandate = Mandate(
        person_id=person_id,
        helper_id=helper.account_id,
        office_id=helper.office_id,
        evidence_kind=evidence_kind,
        evidence_id=evidence_id,
        text_version=text_version,
        granted_at=now,
        expires_at=now + term,
    )
    session.add(mandate)
    session.flush()
    audit(session, helper, "mandate:grant", mandate.public_id, evidence=evidence_kind, words=text_version)
    outbox.record(session, MandateGranted(mandate=mandate.public_id))
    return mandate


def _check_evidence(session: Session, person: Person, helper: Actor, kind: str, evidence_id: str) -> None:
    """One evidence makes one mandate; a code must have been asked for consent to this helper, and typed just now."""
    if session.scalar(select(Mandate.id).where(Mandate.evidence_id == evidence_id)) is not None:
        raise Conflict(Text("This consent was already used. Ask the person again."))
    if kind != PHONE_CODE:
        return  # the card's owner (assisted) made the check and its id
    challenge = session.scalar(select(CodeChallenge).where(CodeChallenge.public_id == evidence_id))
    if (
        challenge is None
        or challenge.purpose != CONSENT
        or challenge.used_at is None
        or clock.now() - challenge.used_at > PROOF_LIFE
    ):
        raise NotAllowed(Text("There is no consent yet. Ask the person for the code."))
    asked = (challenge.context.get("person"), challenge.context.get("helper"))
    numbers = {phone.number_index for phone in own_phones(session, person.id)}
    if asked != (person.public_id, helper.account_public) or challenge.phone_index not in numbers:
        raise NotAllowed(Text("This consent was given for somebody else. Ask the person again."))


def is_live(mandate: Mandate) -> bool:
    """May the helper still act?"""
    return mandate.revoked_at is None and mandate.ended_at is None and mandate.expires_at > clock.now()


def end_mandate(session: Session, mandate: Mandate, by: Actor = SYSTEM) -> None:
    """The visit is over. Ending what is over changes nothing."""
    if mandate.ended_at is not None or mandate.revoked_at is not None:
        return
    mandate.ended_at = clock.now()
    audit(session, by, "mandate:end", mandate.public_id)
    outbox.record(session, MandateEnded(mandate=mandate.public_id))


def revoke_mandate(session: Session, mandate: Mandate, by: Actor) -> None:
    """Take it back; the helper's next request finds nothing. Only the person, or the helper's own office, may."""
    own = by.person_id is not None and by.person_id == mandate.person_id and not by.acts_for_another
    office = by.office_id == mandate.office_id and by.has(Role.MANAGER)
    if not (own or office or by.role is Role.SYSTEM):
        raise NotAllowed(Text("Only the person who gave this permission can take it back."))
    if mandate.revoked_at is not None:
        return
    mandate.revoked_at = clock.now()
    audit(session, by, "mandate:revoke", mandate.public_id)
    outbox.record(session, MandateRevoked(mandate=mandate.public_id))


def mandates_of(
    session: Session, person_id: int, *, helper_id: int | None = None, live: bool = False, limit: int = 50
) -> Sequence[Mandate]:
    """Who was ever let to act for this person, newest first."""
    query = select(Mandate).where(Mandate.person_id == person_id).order_by(Mandate.granted_at.desc(), Mandate.id.desc())
    if helper_id is not None:
        query = query.where(Mandate.helper_id == helper_id)
    if live:
        query = query.where(Mandate.revoked_at.is_(None), Mandate.ended_at.is_(None), Mandate.expires_at > clock.now())
    return session.scalars(query.limit(limit)).all()


def end_all_of_helper(session: Session, helper_id: int, by: Actor) -> int:
    """The helper is no longer one: nobody is left with somebody who may not act. How many there were."""
    query = select(Mandate).where(
        Mandate.helper_id == helper_id, Mandate.revoked_at.is_(None), Mandate.ended_at.is_(None),
        Mandate.expires_at > clock.now(),
    )  # fmt: skip
    live = session.scalars(query).all()
    for mandate in live:
        end_mandate(session, mandate, by)
    return len(live)
