"""At the end the person holds a slip in their hand, and the device remembers nothing."""

import re
from datetime import timedelta

import time_machine
from sqlalchemy import select

from assisted.models import HelperSession
from tests import filling, sms
from tests.assisted.steps import END, SESSION, begin_with_dao, database, end
from tests.assisted.test_acting import act, open_form
from tests.pages import log_in, read, text_of
from webapp.core import clock, worker
from webapp.core.outbox import OutboxEvent
from webapp.dossiers.models import Dossier


def test_the_slip_says_who_helped_when_what_was_done_and_whom_to_call(beside_nhan):
    act(beside_nhan, open_form(beside_nhan))
    beside_nhan.set_cookie("lang", "en")
    words = text_of(end(beside_nhan))
    for part in (
        "Vi Thị Nhàn",
        "Lò Văn Pha",
        "UBND xã Hoằng Lộc",
        "access card and PIN",
        "Begun, not sent yet",
        "1022",
    ):
        assert part in words, part
    assert "Nothing was filed" not in words


def test_the_end_clears_the_browsers_memory_and_is_never_kept(beside_nhan):
    answer = end(beside_nhan)
    assert answer.status_code == 200
    assert answer.headers["Clear-Site-Data"] == '"cache"'
    assert answer.headers["Cache-Control"] == "no-store"
    assert 'class="assisted' not in answer.get_data(as_text=True)
    with beside_nhan.session_transaction() as cookie:
        assert [key for key in cookie if key.startswith("assisted")] == []


def test_the_page_after_the_end_shows_nothing_of_the_person(beside_nhan):
    end(beside_nhan)
    for url in ("/assisted", "/assisted/sessions/new"):
        assert "Nhàn" not in text_of(beside_nhan.get(url))
    page = beside_nhan.get("/assisted")
    assert "V. T. N." in text_of(page)


def test_pressing_end_twice_prints_no_second_slip(beside_nhan):
    page = beside_nhan.get(SESSION).get_data(as_text=True)
    bar = dict(re.findall(r'name="(csrf_token|mandate)" value="([^"]+)"', page))
    assert beside_nhan.post(END, data=bar).status_code == 200
    again = beside_nhan.post(END, data=bar)
    assert again.headers["Location"] == "/assisted"


def test_the_end_is_told_once_to_whoever_listens(beside_nhan, app):
    end(beside_nhan)
    with database(app) as session:
        events = session.scalars(select(OutboxEvent).where(OutboxEvent.type == "HelperSessionEnded")).all()
        [row] = session.scalars(select(HelperSession))
    assert [event.payload for event in events] == [{"session": row.public_id}]


def test_whoever_was_visited_gets_an_sms_afterwards_also_when_nothing_was_sent(helper, app):
    begin_with_dao(helper)
    act(helper, open_form(helper))
    end(helper)
    assert [text for text in sms.texts(app) if "da giup Ong/Ba xong, chua nop ho so nao" in text]


def test_what_was_sent_in_a_visit_is_told_by_sms_once(helper, app):
    begin_with_dao(helper)
    filling.sent_birth(helper)
    end(helper)
    told = sms.texts(app)
    assert len([text for text in told if "da nop giup Ong/Ba ho so" in text]) == 1
    assert not [text for text in told if "chua nop ho so nao" in text]


def test_the_summary_shows_the_same_before_the_end(beside_nhan):
    act(beside_nhan, open_form(beside_nhan))
    beside_nhan.set_cookie("lang", "en")
    assert "Begun, not sent yet" in text_of(beside_nhan.get("/assisted/session/summary"))


def test_the_slip_carries_the_codes_of_what_was_sent(helper, app):
    begin_with_dao(helper)
    dossier = filling.sent_birth(helper)
    helper.set_cookie("lang", "en")
    answer = end(helper)
    with database(app) as session:
        row = session.scalars(select(Dossier)).one()
    words = text_of(answer)
    assert dossier.endswith(row.public_id)
    assert row.code in words
    assert row.lookup_code in words
    assert "Sent to the office" in words
    assert re.search(r"Sent to the office\s*<br>", answer.text), "words and code do not run into each other"
    assert 'class="qr"' in answer.get_data(as_text=True)
    assert row.channel == "assisted"


def test_a_session_that_nobody_ended_is_closed_after_its_hour_and_told(beside_nhan, app, services):
    worker.drain(services.database)
    with database(app) as session:
        assert session.scalars(select(HelperSession)).one().ended_at is None, "not before the hour is over"
    with time_machine.travel(clock.now() + timedelta(minutes=61)):
        worker.drain(services.database)
    with database(app) as session:
        assert session.scalars(select(HelperSession)).one().end_reason == "expired"
        assert session.scalar(select(OutboxEvent).where(OutboxEvent.type == "HelperSessionEnded")) is not None


def test_what_the_person_has_begun_waits_on_the_sessions_page(beside_nhan):
    act(beside_nhan, open_form(beside_nhan))
    page = beside_nhan.get(SESSION).get_data(as_text=True)
    assert re.search(r'<ul class="tasks">.*href="/dossiers/[^"]+"', page, re.DOTALL)


# ------------------------------------------------------------------------- the person's own page


def own_page(citizen):
    log_in(citizen)
    citizen.set_cookie("lang", "en")
    return citizen.get("/me/helpers")


def test_a_person_sees_who_acted_for_her_when_and_what_was_done(helper, citizen):
    begin_with_dao(helper)
    act(helper, open_form(helper))
    end(helper)
    words = text_of(own_page(citizen))
    for part in (
        "Lò Văn Pha",
        "UBND xã Hoằng Lộc",
        "a code to the person's phone",
        "Begun, not sent yet",
        "It is over",
    ):
        assert part in words, part


def test_a_person_sees_nobody_elses_helpers(beside_nhan, citizen):
    assert "Nobody has acted for you" in text_of(own_page(citizen))
    with database(beside_nhan.application) as session:
        public_id = session.scalars(select(HelperSession)).one().public_id
    assert citizen.get(f"/me/helpers/{public_id}/objection").status_code == 404


def test_a_person_can_say_that_something_is_not_right(helper, citizen, app):
    begin_with_dao(helper)
    end(helper)
    page = own_page(citizen).get_data(as_text=True)
    link = re.search(r'href="(/me/helpers/[^"]+/objection)"', page)[1]
    form = next(f for f in read(citizen.get(link).get_data(as_text=True)).forms if f["method"] == "post")
    assert citizen.post(link, data={**form["hidden"], "words": "Tôi không nhờ việc này."}).status_code == 303
    with database(app) as session:
        [row] = session.scalars(select(HelperSession))
        assert row.objected_at is not None
        assert row.note == "Tôi không nhờ việc này."
        assert session.scalar(select(OutboxEvent).where(OutboxEvent.type == "HelperSessionDisputed")) is not None
    assert "You said: not right" in text_of(citizen.get("/me/helpers"))
    helper.set_cookie("lang", "en")
    assert "something is not right" in text_of(helper.get("/assisted"))


def test_an_objection_stops_a_helper_who_is_still_there(helper, citizen):
    begin_with_dao(helper)
    page = own_page(citizen).get_data(as_text=True)
    link = re.search(r'href="(/me/helpers/[^"]+/objection)"', page)[1]
    form = next(f for f in read(citizen.get(link).get_data(as_text=True)).forms if f["method"] == "post")
    citizen.post(link, data=form["hidden"])
    assert helper.get(SESSION).headers["Location"] == "/assisted"


def test_stopping_what_is_over_changes_nothing(helper, citizen, app):
    begin_with_dao(helper)
    page = own_page(citizen).get_data(as_text=True)
    stop = next(f for f in read(page).forms if f["action"].endswith("/revoke"))
    end(helper)
    assert citizen.post(stop["action"], data=stop["hidden"]).status_code == 303
    assert "was over already" in text_of(citizen.get("/me/helpers"))
    with database(app) as session:
        assert session.scalars(select(HelperSession)).one().end_reason == "ended"
