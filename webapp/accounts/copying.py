"""What this room puts into a person's copy of their own data: who they are, their phones, log-ins and consents."""

from collections.abc import Iterator
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session, aliased

from webapp.accounts import people
from webapp.accounts.device_models import KnownDevice
from webapp.accounts.models import Account, LoginSession, Mandate, Person, Phone
from webapp.accounts.phone_models import PhoneChange, Recovery
from webapp.core.own_copy import chunks, part
from webapp.core.text import N_, mask_phone
from webapp.offices.models import Office


@part("person", N_("Who you are: name, number, date of birth, and the answers that go from form to form."), order=10)
def who(session: Session, person: int) -> dict[str, Any]:
    row = session.get_one(Person, person)
    account = people.account_of(session, person)
    return {
        "id": row.public_id,
        "full_name": row.full_name,
        "personal_number": row.citizen_id,
        "birth_date": row.birth_date,
        "profile": row.profile or {},
        "assurance": row.assurance,
        "known_since": row.created_at,
        "account_since": account.created_at if account else None,
        "results_held_back": account.held_why if account else None,
        "results_held_back_until": account.held_until if account else None,
        "said_not_me_at": account.guarded_at if account else None,
    }


@part("phones", N_("Your phones, also those you no longer use, and each change of them."), order=12)
def phones(session: Session, person: int) -> dict[str, Any]:
    rows = session.scalars(select(Phone).where(Phone.person_id == person).order_by(Phone.id))
    return {
        "numbers": [
            {
                "number": row.number, "owner": row.owner, "relation": row.relation, "messages_only": row.contact_only,
                "since": row.created_at, "verified_at": row.verified_at, "replaced_at": row.replaced_at,
            }
            for row in rows
        ],
        "changes": _phone_changes(session, person),
        "bound_at_a_counter": _recoveries(session, person),
    }  # fmt: skip


def _phone_changes(session: Session, person: int) -> list[dict[str, Any]]:
    old, new = aliased(Phone), aliased(Phone)
    rows = session.execute(
        select(PhoneChange, old, new)
        .join(Account, Account.id == PhoneChange.account_id)
        .join(old, old.id == PhoneChange.old_phone_id)
        .join(new, new.id == PhoneChange.new_phone_id)
        .where(Account.person_id == person)
        .order_by(PhoneChange.id)
    )
    return [
        {
            "at": change.made_at, "way": change.way, "old": mask_phone(before.number), "new": mask_phone(after.number),
            "results_held_back_until": change.held_until, "stopped_at": change.stopped_at,
        }
        for change, before, after in rows
    ]  # fmt: skip


def _recoveries(session: Session, person: int) -> list[dict[str, Any]]:
    """Without the number: where it was refused, it may be that of somebody who only said to be this person."""
    rows = session.execute(
        select(Recovery, Office.name)
        .join(Office, Office.id == Recovery.office_id)
        .where(Recovery.person_id == person)
        .order_by(Recovery.id)
    )
    return [
        {
            "office": office, "reason": row.reason, "state": row.state, "at": row.opened_at,
            "proved_at": row.proved_at, "decided_at": row.decided_at,
        }
        for row, office in rows
    ]  # fmt: skip


@part(
    "log_ins",
    N_("When and with what kind of device you logged in. Not where you were, and nothing about other pages you visit."),
    order=14,
)
def log_ins(session: Session, person: int) -> dict[str, Any]:
    mine = select(Account.id).where(Account.person_id == person).scalar_subquery()
    known = session.scalars(select(KnownDevice).where(KnownDevice.account_id == mine).order_by(KnownDevice.id))
    devices = [
        {"device": row.name, "since": row.created_at, "seen_at": row.seen_at, "forgotten_at": row.forgotten_at}
        for row in known
    ]
    rows = session.scalars(select(LoginSession).where(LoginSession.account_id == mine).order_by(LoginSession.id))
    times = [
        {
            "device": row.device, "at": row.created_at, "seen_at": row.seen_at, "assurance": row.assurance,
            "proved_again_at": row.fresh_at, "until": row.expires_at, "ended_at": row.ended_at,
            "ended_why": row.ended_why,
        }
        for row in rows
    ]  # fmt: skip
    return {"devices": devices, "log_ins": times}


@part("consents", N_("Whom you allowed to act for you, when, and how you agreed."), order=16)
def consents(session: Session, person: int) -> Iterator[dict[str, Any]]:
    ids = session.scalars(select(Mandate.id).where(Mandate.person_id == person).order_by(Mandate.id)).all()
    for some in chunks(ids):
        rows = session.execute(
            select(Mandate, Account.display_name, Office.name)
            .join(Account, Account.id == Mandate.helper_id)
            .join(Office, Office.id == Mandate.office_id)
            .where(Mandate.person_id == person, Mandate.id.in_(some))
            .order_by(Mandate.id)
        )
        for row, helper, office in rows:
            yield {
                "mandate": row.public_id, "helper": helper, "office": office, "agreed_by": row.evidence_kind,
                "words": row.text_version, "at": row.granted_at, "until": row.expires_at, "ended_at": row.ended_at,
                "taken_back_at": row.revoked_at,
            }  # fmt: skip
