"""Tie an electronic identity to a person, and untie it again. What the issuer says then stands in the person's data."""

from sqlalchemy.orm import Session

from webapp.accounts import holds, people
from webapp.accounts.models import Account, Person
from webapp.accounts.registration import NATIONALITY
from webapp.core import clock, outbox
from webapp.core.actor import Actor, Assurance, Channel, Role
from webapp.core.audit import audit
from webapp.core.errors import Conflict, NotAllowed
from webapp.core.text import Text
from webapp.identity import queries
from webapp.identity.claims import Claimed
from webapp.identity.events import IdentityLinked, IdentityUnlinked
from webapp.identity.models import NationalIdentity
from webapp.identity.recognise import is_seen


def as_actor(account: Account, person: Person, assurance: Assurance) -> Actor:
    """Whoever has just proved to be this person, before there is a log-in."""
    return Actor(
        role=Role.CITIZEN, channel=Channel.SELF, account_id=account.id, account_public=account.public_id,
        person_id=person.id, person_public=person.public_id, assurance=assurance, name=person.full_name,
        subject_name=person.full_name,
    )  # fmt: skip


def register_by_identity(session: Session, claimed: Claimed) -> tuple[Account, Person]:
    """Nobody has this number: the issuer's words make a person and a way in, without a phone."""
    person = people.create_person(
        session,
        full_name=claimed.full_name,
        citizen_id=claimed.citizen_id,
        birth_date=claimed.birth_date,
        profile={"nationality": NATIONALITY, "id_type": "can_cuoc", **({"sex": claimed.sex} if claimed.sex else {})},
        assurance=claimed.assurance,
    )
    account = people.open_account(session, person)
    by = as_actor(account, person, claimed.assurance)
    audit(session, by, "account:register", account.public_id, way="vneid", level=claimed.level)
    link_identity(session, person, claimed, by)
    return account, person


def link_identity(session: Session, person: Person, claimed: Claimed, by: Actor) -> NationalIdentity:
    """From now on this identity is a way in. Linking what is linked brings its words up to date."""
    now = clock.now()
    identity = queries.find_identity(session, claimed.issuer, claimed.subject)
    if identity is not None and identity.person_id != person.id:
        raise Conflict(Text("This VNeID is linked to another account. Join the two accounts instead."))
    _take_over(session, person, claimed)
    account = people.account_of(session, person.id)
    if claimed.counts_as_card and account is not None and account.held_why == holds.CLAIMED:
        holds.lift(account)  # it waited for the ID card, and this counts as one
    if identity is not None:
        identity.level, identity.claims, identity.used_at = claimed.level, claimed.facts(), now
        if identity.unlinked_at is None:
            return identity
        identity.linked_at, identity.unlinked_at = now, None
        return _told(session, person, identity, by)
    identity = NationalIdentity(
        person_id=person.id,
        issuer=claimed.issuer,
        subject_index=queries.subject_index(claimed.issuer, claimed.subject),
        level=claimed.level,
        linked_at=now,
        used_at=now,
    )
    identity.claims = claimed.facts()
    session.add(identity)
    session.flush()
    return _told(session, person, identity, by)


def _told(session: Session, person: Person, identity: NationalIdentity, by: Actor) -> NationalIdentity:
    audit(session, by, "identity:link", person.public_id, level=identity.level)
    outbox.record(session, IdentityLinked(person=person.public_id, identity=identity.public_id))
    return identity


def _take_over(session: Session, person: Person, claimed: Claimed) -> None:
    """The issuer's words take the place of typed ones; level 1 does not overrule what an office saw on the card."""
    if not claimed.counts_as_card and is_seen(session, person):
        return
    if claimed.full_name.casefold() != person.full_name.casefold():
        people.rename_person(session, person, claimed.full_name)
    if claimed.birth_date and not (person.birth_date or "").startswith(claimed.birth_date):
        person.birth_date = claimed.birth_date
    if person.citizen_id != claimed.citizen_id:
        person.citizen_id = claimed.citizen_id
        person.citizen_id_index = people.citizen_id_index(claimed.citizen_id)
    if claimed.sex:
        people.change_profile(person, sex=claimed.sex)
    if claimed.counts_as_card or Assurance(person.assurance) is Assurance.NONE:
        person.assurance = claimed.assurance.value


def unlink_identity(session: Session, identity: NationalIdentity, by: Actor) -> None:
    """Take this way in away. Not the last one: who could then still come in?"""
    if by.acts_for_another or by.person_id != identity.person_id:
        raise NotAllowed(Text("Only you can take your VNeID away from your account."))
    others = [one for one in queries.identities_of(session, identity.person_id) if one.id != identity.id]
    phones = [phone for phone in people.own_phones(session, identity.person_id) if phone.verified_at is not None]
    if not others and not phones:
        raise Conflict(
            Text("VNeID is the only way into your account. Add a phone number first, then you can take VNeID away.")
        )
    person = session.get_one(Person, identity.person_id)
    audit(session, by, "identity:unlink", person.public_id)
    outbox.record(session, IdentityUnlinked(person=person.public_id, identity=identity.public_id))
    identity.unlinked_at = clock.now()
