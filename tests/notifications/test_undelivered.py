"""What did not arrive is seen by the people of the office, who send it again or tell the person themselves."""

from datetime import timedelta

import pytest
import time_machine
from sqlalchemy import select, update

from notifications import sending
from notifications.channels.base import Refused
from notifications.models import AGAIN, FAILED, NO_PHONE, SENT, SMS, TOLD, Message
from tests import people
from tests.notifications.conftest import DAO_PHONE
from tests.notifications.gateways import Gateway
from tests.pages import form_of, post_form, read, text_of
from webapp.accounts.models import Phone
from webapp.core import clock, worker
from webapp.core.audit import AuditEntry
from webapp.dossiers import events

PAGE = "/manage/messages"


@pytest.fixture
def manager(client, services):
    """Phạm Hồng Sơn of Hoằng Lộc."""
    client.set_cookie("lang", "en")
    people.log_in_staff(client, services, "manager")
    return client


@pytest.fixture
def refused(services, happen, monkeypatch):
    """Đào's text, which the gateway refuses for good."""
    with monkeypatch.context() as patched:
        patched.setattr(sending, "provider", lambda *_: Gateway(down=None, error=Refused("21614")))
        dossier = happen(events.DossierReceived)
        worker.drain(services.database)
    return dossier


def button(client, act, page=PAGE):
    """Where the first button of this kind leads."""
    forms = [f["action"] for f in forms_of(client, page) if f["action"].partition("?")[0].endswith(act)]
    assert forms, f"no {act} on {page}"
    return forms[0]


def forms_of(client, page):
    return [form for form in read(client.get(page).text).forms if form["method"] == "post"]


def press(client, act, page=PAGE):
    return post_form(client, page, action=button(client, act, page))


def states(messages, **wanted):
    return [m.state for m in messages(channel=SMS, **wanted)]


def test_a_refused_text_is_listed_with_its_reason_and_without_what_it_says(manager, refused):
    page = text_of(manager.get(PAGE))
    for shown in ("Nguyễn Thị Đào", "0912 ••• 001", refused.code, "Your dossier was taken on", "it is a landline"):
        assert shown in page
    assert DAO_PHONE not in page
    assert refused.lookup_code not in page


def test_it_is_sent_again_once_however_often_the_button_is_pressed(manager, services, messages, refused):
    action = button(manager, "send-again")
    form = form_of(manager, PAGE, action)
    for _ in range(2):
        assert manager.post(action, data=form["hidden"]).status_code == 303
    worker.drain(services.database)
    assert states(messages) == [AGAIN, SENT]
    assert "Somebody has already seen to this message" in text_of(manager.get(PAGE))
    assert "Nothing waits here" in text_of(manager.get(PAGE))
    with services.database.session(write=False) as session:
        acts = session.scalars(select(AuditEntry.action).where(AuditEntry.action.like("message:%"))).all()
    assert acts == ["message:send_again"]


def test_it_goes_to_the_number_that_the_person_has_now(manager, services, messages, refused):
    with services.database.transaction() as session:
        phone = session.scalars(select(Phone).where(Phone.person_id == people.person(session).id)).first()
        phone.number = "+84987000001"
    press(manager, "send-again")
    assert [m.to for m in messages(channel=SMS)] == ["+84912000001", "+84987000001"]


def test_news_about_a_phone_stay_with_the_number_that_they_were_for(app, services, messages, refused):
    """The old phone hears that it was replaced; sent to the newest, a thief would read how to stop that."""
    with services.database.transaction() as session:
        session.execute(update(Message).where(Message.channel == SMS).values(dossier=None, office_id=None))
        phone = session.scalars(select(Phone).where(Phone.person_id == people.person(session).id)).first()
        phone.number = "+84987000001"
    admin = app.test_client()
    people.log_in_staff(admin, services, "admin")
    press(admin, "send-again")
    assert [m.to for m in messages(channel=SMS)] == ["+84912000001", "+84912000001"]


def test_whoever_has_no_phone_is_called_or_written_to(manager, services, messages, happen):
    happen(events.DossierReceived, who=people.NHAN_ID)
    worker.drain(services.database)
    page = f"{PAGE}?show=no-phone"
    assert "Vi Thị Nhàn" in text_of(manager.get(page))
    assert "Vi Thị Nhàn" not in text_of(manager.get(PAGE))
    answer = press(manager, "send-again", page)
    assert answer.status_code == 422
    assert "We still know no phone of this person" in text_of(answer)
    assert states(messages) == [NO_PHONE]
    assert press(manager, "told", page).location == page
    assert states(messages) == [TOLD]
    assert "Nothing waits here" in text_of(manager.get(page))


def test_what_the_gateway_did_not_take_for_hours_is_listed_too(manager, services, happen, monkeypatch):
    monkeypatch.setattr(sending, "provider", lambda *_: Gateway(down=None))
    happen(events.DossierReceived)
    worker.drain(services.database)
    assert "Nothing waits here" in text_of(manager.get(PAGE))
    with time_machine.travel(clock.now() + timedelta(hours=6)):
        people.log_in_staff(manager, services, "manager")
        assert "has not taken it for hours" in text_of(manager.get(PAGE))


def test_another_office_sees_nothing_of_it(app, services, manager, refused):
    with services.database.transaction() as session:
        other = people.staff(session, "officer2").office_id
        session.execute(update(Message).values(office_id=other))
        public_id = session.scalars(select(Message.public_id).where(Message.state == FAILED)).one()
    assert "Nothing waits here" in text_of(manager.get(PAGE))
    token = form_of(manager, "/manage/staff/new")["hidden"]["csrf_token"]
    for act in ("send-again", "told"):
        assert manager.post(f"{PAGE}/{public_id}/{act}", data={"csrf_token": token}).status_code == 404


def test_a_long_list_goes_on_page_by_page(manager, services):
    with services.database.transaction() as session:
        office = people.staff(session, "manager").office_id
        for n in range(45):
            message = Message(
                dedupe_key=f"n{n}:{SMS}", kind="received", channel=SMS, state=FAILED, created_at=clock.now(),
                office_id=office,
            )  # fmt: skip
            message.to, message.body = f"+849120{n:05d}", {"text": "x"}
            session.add(message)
    seen, page = [], PAGE
    for rows in (20, 20, 5):
        html = manager.get(page).text
        found = [f["action"].split("/")[3] for f in forms_of(manager, page) if "send-again" in f["action"]]
        assert len(found) == rows
        seen += found
        page = html.partition('class="next" href="')[2].partition('"')[0].replace("&amp;", "&")
    assert len(set(seen)) == 45
    assert not page
