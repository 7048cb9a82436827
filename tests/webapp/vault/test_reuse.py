"""A record stands for a paper once its owner agrees; nobody else's record ever does."""

from datetime import date

import pytest
from sqlalchemy import func, select

from webapp.core import clock
from webapp.core.audit import AuditEntry
from webapp.core.errors import DomainError, NotFound
from webapp.core.outbox import OutboxEvent
from webapp.vault.carry import MARRIAGE
from webapp.vault.models import Reuse
from webapp.vault.queries import reuses_in, uses_of
from webapp.vault.reuse import CONSENT_VERSION, drop_reuse, offers, reuse_record

DOSSIER = "d" * 22


def count(session, model=Reuse, *where):
    return session.scalar(select(func.count()).select_from(model).where(*where))


def happened(session):
    """Everything that a use leaves behind."""
    return (
        count(session),
        count(session, AuditEntry, AuditEntry.action.like("vault:%reuse")),
        count(session, OutboxEvent, OutboxEvent.type == "RecordReused"),
    )


@pytest.fixture
def marriage(session, dao):
    return offers(session, dao.person_id, [MARRIAGE])[0]


def test_dao_uses_her_marriage_record_and_her_consent_is_kept(session, dao, marriage):
    use = reuse_record(session, item=marriage, dossier_public=DOSSIER, document_key="marriage_info", by=dao)
    assert (use.item_id, use.dossier, use.document_key) == (marriage.id, DOSSIER, "marriage_info")
    assert (use.consent_text, use.actor, use.mandate) == (CONSENT_VERSION, dao.account_public, None)
    assert use.consent_at <= clock.now()
    event = session.scalars(select(OutboxEvent).where(OutboxEvent.type == "RecordReused")).one()
    assert event.payload == {"record": marriage.public_id, "dossier": DOSSIER, "mandate": None}


def test_a_helper_uses_it_with_her_mandate_and_it_is_said_who_pressed(session, pha, marriage):
    use = reuse_record(session, item=marriage, dossier_public=DOSSIER, document_key="marriage_info", by=pha)
    assert (use.actor, use.mandate) == (pha.account_public, pha.mandate_public)
    (shown,) = uses_of(session, [marriage.id])[marriage.id]
    assert (shown.helper, shown.dossier) == ("Lò Văn Pha", DOSSIER)


def test_pressing_twice_is_one_use_with_the_first_consent(session, dao, marriage):
    first = reuse_record(session, item=marriage, dossier_public=DOSSIER, document_key="marriage_info", by=dao)
    at = first.consent_at
    before = happened(session)
    again = reuse_record(session, item=marriage, dossier_public=DOSSIER, document_key="marriage_info", by=dao)
    assert (again.id, again.consent_at) == (first.id, at)
    assert happened(session) == before


def test_the_same_record_serves_two_papers_and_two_dossiers(session, dao, marriage):
    for dossier, key in ((DOSSIER, "a"), (DOSSIER, "b"), ("e" * 22, "a")):
        reuse_record(session, item=marriage, dossier_public=dossier, document_key=key, by=dao)
    assert set(reuses_in(session, DOSSIER)) == {"a", "b"}
    assert len(uses_of(session, [marriage.id])[marriage.id]) == 3


def test_another_record_for_the_same_paper_takes_the_first_ones_place(session, dao, marriage, keep):
    other = keep(dao.person_id, issued_on=date(2023, 1, 1))
    reuse_record(session, item=marriage, dossier_public=DOSSIER, document_key="marriage_info", by=dao)
    reuse_record(session, item=other, dossier_public=DOSSIER, document_key="marriage_info", by=dao)
    assert reuses_in(session, DOSSIER) == {"marriage_info": other}


def refused(session, item, by):
    before = happened(session)
    with pytest.raises(NotFound) as said:
        reuse_record(session, item=item, dossier_public=DOSSIER, document_key="marriage_info", by=by)
    session.flush()
    assert happened(session) == before
    return said.value


def test_the_record_of_somebody_else_is_answered_like_one_that_does_not_exist(session, stranger, marriage):
    said = refused(session, marriage, stranger)
    assert isinstance(said, DomainError)
    assert said.status == 404
    assert "belongs to somebody else" in str(said.text)


def test_a_withdrawn_record_stands_for_nothing(session, dao, marriage):
    marriage.revoked_at = clock.now()
    session.flush()
    refused(session, marriage, dao)


def test_an_ended_record_stands_for_nothing(session, dao, keep):
    refused(session, keep(dao.person_id, valid_until=date(2025, 12, 31)), dao)


def test_staff_without_a_person_use_nobodys_record(session, dao, pha, marriage):
    nobody = type(pha)(role=pha.role, channel=pha.channel, account_id=pha.account_id, person_id=None)
    refused(session, marriage, nobody)


def test_a_refused_try_leaves_an_earlier_use_in_place(session, dao, stranger, marriage, keep):
    theirs = keep(stranger.person_id)
    reuse_record(session, item=marriage, dossier_public=DOSSIER, document_key="marriage_info", by=dao)
    refused(session, theirs, dao)
    assert reuses_in(session, DOSSIER) == {"marriage_info": marriage}


def test_dao_changes_her_mind_and_the_journal_remembers(session, dao, marriage):
    reuse_record(session, item=marriage, dossier_public=DOSSIER, document_key="marriage_info", by=dao)
    assert drop_reuse(session, dossier_public=DOSSIER, document_key="marriage_info", by=dao)
    assert reuses_in(session, DOSSIER) == {}
    assert not drop_reuse(session, dossier_public=DOSSIER, document_key="marriage_info", by=dao)
    actions = session.scalars(select(AuditEntry.action).where(AuditEntry.action.like("vault:%reuse"))).all()
    assert actions == ["vault:reuse", "vault:drop-reuse"]


def test_nobody_takes_back_the_consent_of_somebody_else(session, dao, stranger, marriage):
    reuse_record(session, item=marriage, dossier_public=DOSSIER, document_key="marriage_info", by=dao)
    assert not drop_reuse(session, dossier_public=DOSSIER, document_key="marriage_info", by=stranger)
    assert reuses_in(session, DOSSIER) == {"marriage_info": marriage}
