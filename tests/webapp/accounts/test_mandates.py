"""Nobody acts for a person without that person's word, and the word can be taken back."""

from dataclasses import replace

import pytest
from sqlalchemy import select

from tests import people
from webapp.accounts import codes, mandates
from webapp.accounts.models import CodeChallenge, Mandate
from webapp.core.actor import Actor, Assurance, Channel, Role
from webapp.core.audit import AuditEntry
from webapp.core.errors import Conflict, DomainError, NotAllowed
from webapp.core.outbox import OutboxEvent

PHONE = "+84912000001"


@pytest.fixture
def session(services):
    with services.database.session() as session:
        yield session


def staff_actor(session, username, role):
    account = people.staff(session, username)
    return Actor(
        role=role,
        channel=Channel.ASSISTED,
        account_id=account.id,
        account_public=account.public_id,
        office_id=account.office_id,
        assurance=Assurance.NONE,
    )


@pytest.fixture
def helper(session):
    return staff_actor(session, "helper", Role.HELPER)


@pytest.fixture
def dao(session):
    return people.person(session)


def consent(session, who, by, *, phone=PHONE, purpose=codes.CONSENT, used=True, **context):
    asked = {"person": who.public_id, "helper": by.account_public, **context}
    challenge = codes.request_code(session, phone, purpose, asked)
    if used:
        codes.check_code(session, challenge.public_id, challenge.code, purpose)
    return challenge.public_id


def grant(session, person, helper, evidence, **more):
    return mandates.grant_mandate(
        session,
        person_id=person.id,
        helper=helper,
        evidence_kind="phone_code",
        evidence_id=evidence,
        text_version="consent-1",
        **more,
    )


def test_with_the_code_from_her_phone_the_helper_may_act_for_an_hour(session, dao, helper, later):
    mandate = grant(session, dao, helper, consent(session, dao, helper))
    assert mandates.is_live(mandate)
    assert list(mandates.mandates_of(session, dao.id, live=True)) == [mandate]
    later(minutes=60)
    assert not mandates.is_live(mandate)
    assert list(mandates.mandates_of(session, dao.id, live=True)) == []
    assert list(mandates.mandates_of(session, dao.id)) == [mandate]


def test_a_grant_is_written_down_and_told(session, dao, helper):
    mandate = grant(session, dao, helper, consent(session, dao, helper))
    entry = session.scalars(select(AuditEntry).where(AuditEntry.action == "mandate:grant")).one()
    assert (entry.actor, entry.object) == (helper.account_public, mandate.public_id)
    event = session.scalars(select(OutboxEvent).where(OutboxEvent.type == "MandateGranted")).one()
    assert event.payload == {"mandate": mandate.public_id}


def test_one_consent_is_good_for_one_mandate(session, dao, helper):
    evidence = consent(session, dao, helper)
    grant(session, dao, helper, evidence)
    with pytest.raises(Conflict):
        grant(session, dao, helper, evidence)


def test_no_evidence_that_is_not_hers_and_fresh_is_believed(session, dao, helper, later):
    nhan = people.person(session, people.NHAN_ID)
    wrong = [
        "A" * 22,
        consent(session, dao, helper, used=False),
        consent(session, dao, helper, purpose=codes.LOGIN, phone="+84987000001"),
        consent(session, dao, helper, person=nhan.public_id, phone="+84987000002"),
        consent(session, dao, helper, helper="another helper", phone="+84987000003"),
        consent(session, dao, helper, phone="+84987000004"),  # a number that is not hers
    ]
    for evidence in wrong:
        with pytest.raises(NotAllowed):
            grant(session, dao, helper, evidence)
    later(minutes=1)
    good = consent(session, dao, helper)
    later(minutes=31)
    with pytest.raises(NotAllowed):
        grant(session, dao, helper, good)
    assert session.scalars(select(Mandate)).all() == []


def test_only_a_helper_with_an_office_can_be_let(session, dao, helper):
    evidence = consent(session, dao, helper)
    for other in (
        staff_actor(session, "officer", Role.RECEPTION),
        replace(helper, office_id=None),
        people.as_citizen(session, dao),
    ):
        with pytest.raises(NotAllowed):
            grant(session, dao, other, evidence)


@pytest.mark.parametrize("minutes", [0, -1, 24 * 60 + 1])
def test_a_mandate_has_an_end_in_sight(session, dao, helper, minutes):
    with pytest.raises(ValueError, match="24 hours"):
        grant(session, dao, helper, consent(session, dao, helper), minutes=minutes)


def test_she_takes_it_back_and_it_is_over_at_once(session, dao, helper):
    mandate = grant(session, dao, helper, consent(session, dao, helper))
    mandates.revoke_mandate(session, mandate, people.as_citizen(session, dao))
    assert not mandates.is_live(mandate)
    first = mandate.revoked_at
    mandates.revoke_mandate(session, mandate, people.as_citizen(session, dao))
    assert mandate.revoked_at == first
    assert len(session.scalars(select(OutboxEvent).where(OutboxEvent.type == "MandateRevoked")).all()) == 1


def test_nobody_else_takes_it_back(session, dao, helper):
    mandate = grant(session, dao, helper, consent(session, dao, helper))
    acting_as_her = replace(helper, person_id=dao.id, mandate_id=mandate.id)
    for other in (
        staff_actor(session, "officer", Role.RECEPTION),
        staff_actor(session, "officer2", Role.RECEPTION),
        acting_as_her,
    ):
        with pytest.raises(DomainError):
            mandates.revoke_mandate(session, mandate, other)
    assert mandates.is_live(mandate)
    mandates.revoke_mandate(session, mandate, staff_actor(session, "manager", Role.MANAGER))
    assert not mandates.is_live(mandate)


def test_ending_a_visit_ends_the_mandate_once(session, dao, helper):
    mandate = grant(session, dao, helper, consent(session, dao, helper))
    mandates.end_mandate(session, mandate, helper)
    mandates.end_mandate(session, mandate, helper)
    assert not mandates.is_live(mandate)
    assert len(session.scalars(select(OutboxEvent).where(OutboxEvent.type == "MandateEnded")).all()) == 1


def test_a_consent_that_was_used_cannot_be_used_to_log_in(session, dao, helper):
    evidence = consent(session, dao, helper)
    challenge = session.scalars(select(CodeChallenge).where(CodeChallenge.public_id == evidence)).one()
    assert codes.proof(session, challenge.public_id, codes.LOGIN) is None
