"""What happens is told once, to the right person, in words that keep their secret."""

import re

import pytest

from notifications.inbox import letter
from notifications.messages import fits
from notifications.models import INBOX, NO_PHONE, SENT, SMS
from tests import people, sms
from tests.notifications import stories
from tests.notifications.conftest import DAO_PHONE
from webapp.accounts.events import MandateGranted
from webapp.accounts.models import Phone
from webapp.accounts.people import add_phone, phone_index
from webapp.core import clock, worker
from webapp.core.outbox import record
from webapp.dossiers import events
from webapp.shell.i18n import t

BY_SMS = {
    events.DossierSubmitted: "da duoc gui",
    events.DossierReceived: "da duoc tiep nhan. Hen tra ket qua: 02/12/2026.",
    events.SupplementRequested: "can bo sung, cham nhat ngay 09/12/2026",
    events.DossierSettled: "da xong",
    events.ResultHandedOver: "da tra ket qua",
    events.WithdrawalRequested: "Da nhan yeu cau rut ho so",
    events.WithdrawalAnswered: "da co tra loi",
    events.DossierDeclined: "khong duoc tiep nhan",
    events.DossierStopped: "da dung giai quyet",
    events.PaymentRequired: "can nop phi tai Bo phan Mot cua. Khong chuyen tien theo tin nhan.",
    events.PaymentRecorded: "Da ghi nhan tien nop",
    events.DueExtended: "hen tra lai ngay 02/12/2026",
    events.DraftSent: "Xem va tra loi truoc 17:00 25/11/2026, qua han coi nhu dung.",
    events.DueDateMoved: "doi ngay hen tra: 02/12/2026",
    events.SupplementDayMoved: "lui han bo sung den het ngay 09/12/2026. Vi lich lam viec thay doi.",
    events.DraftTermMoved: "lui han xem ban nhap den 17:00 25/11/2026. Vi lich lam viec thay doi.",
}
IN_APP_ONLY = (events.SupplementSent, events.ProcessingStarted, events.DraftAnswered)


def _phone(session, who, number, owner):
    """A number that was read by whoever has it."""
    now = clock.now()
    row = Phone(person_id=who.id, number_index=phone_index(number), owner=owner, verified_at=now, created_at=now)
    row.number = number
    session.add(row)


@pytest.mark.parametrize("kind", BY_SMS, ids=lambda kind: kind.__name__)
def test_a_person_is_told_by_sms_and_in_the_app(app, happen, messages, kind):
    happen(kind)
    (text,) = sms.texts(app, DAO_PHONE)
    assert BY_SMS[kind] in text and stories.CODE in text and text.startswith("TTHC UBND Hoang Loc: ")
    assert fits(text)
    assert [m.state for m in messages(channel=SMS)] == [SENT]
    assert len(messages(channel=INBOX)) == 1


@pytest.mark.parametrize("kind", IN_APP_ONLY, ids=lambda kind: kind.__name__)
def test_small_steps_stand_in_the_app_and_cost_no_sms(app, happen, messages, kind):
    happen(kind)
    assert sms.texts(app) == []
    assert len(messages(channel=INBOX)) == 1


def test_a_whole_dossier_costs_four_texts(app, happen):
    happen(
        events.DossierSubmitted,
        events.DossierReceived,
        events.ProcessingStarted,
        events.DossierSettled,
        events.ResultHandedOver,
    )
    assert len(sms.texts(app, DAO_PHONE)) == 4


def test_an_event_that_is_delivered_twice_is_told_once(app, happen, messages, deliver_again):
    happen(*BY_SMS, *IN_APP_ONLY)
    first = sms.texts(app, DAO_PHONE)
    deliver_again()
    assert sms.texts(app, DAO_PHONE) == first
    assert len(first) == len(BY_SMS)
    assert len(messages(channel=INBOX)) == len(BY_SMS) + len(IN_APP_ONLY)


def test_an_event_that_is_written_twice_for_one_step_is_told_once(app, services, happen):
    dossier = happen(events.DossierReceived)
    with services.database.transaction() as session:
        record(session, events.DossierReceived(dossier.public_id))
    assert len(sms.texts(app, DAO_PHONE)) == 1


def test_of_two_requests_that_waited_for_the_worker_only_the_newest_is_told(app, happen):
    happen(events.SupplementRequested, events.SupplementSent, events.SupplementRequested)
    assert len(sms.texts(app, DAO_PHONE)) == 1


def test_a_second_request_for_papers_is_told_again(app, services, happen):
    dossier = happen(events.SupplementRequested)
    assert len(sms.texts(app, DAO_PHONE)) == 1
    with services.database.transaction() as session:
        stories.happens(session, session.merge(dossier), events.SupplementRequested)
    assert len(sms.texts(app, DAO_PHONE)) == 2


def test_a_person_without_a_phone_finds_it_in_the_app_and_nobody_believes_that_they_got_an_sms(app, happen, messages):
    happen(events.DossierReceived, who=people.NHAN_ID)
    assert sms.texts(app) == []
    assert [(m.state, m.to) for m in messages(channel=SMS)] == [(NO_PHONE, None)]
    assert len(messages(channel=INBOX)) == 1


def test_an_unknown_number_is_never_written_to(app, services, happen):
    """Nhàn typed a number but nobody ever read a code on it: it may be anybody's."""
    with services.database.transaction() as session:
        add_phone(session, people.person(session, people.NHAN_ID), "+84912000009", verified_at=None)
    happen(events.DossierReceived, who=people.NHAN_ID)
    assert sms.texts(app) == []


def test_somebody_with_two_phones_is_told_on_their_own_newest_one(app, services, happen):
    with services.database.transaction() as session:
        dao = people.person(session)
        for number, owner in (("+84912000002", "mine"), ("+84912000003", "relative")):
            _phone(session, dao, number, owner)
    happen(events.DossierReceived)
    assert len(sms.texts(app, "0912000002")) == len(sms.texts(app)) == 1


def test_somebody_without_a_phone_of_their_own_is_told_on_a_relatives(app, services, happen):
    with services.database.transaction() as session:
        _phone(session, people.person(session, people.NHAN_ID), "+84912000004", "relative")
    happen(events.DossierReceived, who=people.NHAN_ID)
    assert len(sms.texts(app, "0912000004")) == 1


def test_a_person_hears_who_sent_a_dossier_for_them_and_whom_to_call(app, happen):
    happen(events.DossierSubmitted, mandate=True)
    (text,) = sms.texts(app, DAO_PHONE)
    assert "Lo Van Pha da nop giup Ong/Ba ho so H56.38.12-261122-0042" in text
    assert "Khong dung? Goi 0237 386 1112." in text


def test_a_person_hears_that_somebody_may_act_for_them(app, services, messages):
    with services.database.transaction() as session:
        mandate = stories.mandate_of(session, people.person(session))
        record(session, MandateGranted(mandate.public_id))
        until = f"{clock.local(mandate.expires_at):%H:%M %d/%m/%Y}"
    (text,) = sms.texts(app, DAO_PHONE)
    assert f"Lo Van Pha duoc lam ho so giup Ong/Ba den {until}." in text
    assert len(messages(kind="mandate_granted", channel=INBOX)) == 1


def test_no_sms_names_the_person_or_what_was_asked_or_decided(app, happen):
    happen(*BY_SMS, mandate=True)
    texts = sms.texts(app)
    assert len(texts) == len(BY_SMS)
    for text in texts:
        assert not re.search(r"Dao|Nguyen|038196|chung sinh|khai tu|khai sinh|tu choi|dong y|http", text, re.I)


def test_every_letter_can_be_read_in_both_languages(app, happen, messages):
    happen(*BY_SMS, *IN_APP_ONLY)
    happen(events.DossierSubmitted, mandate=True, code="H56.38.12-261122-0043")
    sms.texts(app)
    kinds = set()
    for lang in ("vi", "en"):
        with app.test_request_context(headers={"Cookie": f"lang={lang}"}):
            for m in messages(channel=INBOX):
                shown = letter(m.kind, m.body)
                for words in (t(shown.title), t(shown.body)):
                    assert words and "%(" not in words and "None" not in words
                kinds.add(m.kind)
    assert len(kinds) == len(BY_SMS) + len(IN_APP_ONLY) + 1


def test_an_event_about_something_that_is_gone_holds_nobody_up(services, messages):
    with services.database.transaction() as session:
        record(session, events.DossierReceived("nothing-of-this-id-000"))
        record(session, MandateGranted("nothing-of-this-id-000"))
    assert worker.drain(services.database) == 2
    assert messages() == []
