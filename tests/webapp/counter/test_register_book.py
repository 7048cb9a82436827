"""Form 07, the register of a period: names and addresses of many, so it is asked for, proved and written down."""

from datetime import timedelta

import pytest
import time_machine
from sqlalchemy import select

from tests import people as who
from tests.pages import post_form, text_of
from tests.webapp.counter.test_official_papers import words_of
from webapp.core import clock
from webapp.core.audit import AuditEntry
from webapp.counter import register_book

HERE = "/counter/register"


def days(first, last=None):
    return {"start": f"{first:%d/%m/%Y}", "end": f"{last or first:%d/%m/%Y}"}


def opened(browser, given):
    """The page after the form was sent."""
    answer = post_form(browser, HERE, given)
    assert answer.status_code == 303 and answer.location == HERE, text_of(answer)
    return text_of(browser.get(HERE))


def test_the_worklist_leads_to_the_register(officer):
    assert f'href="{HERE}"' in officer.get("/counter/worklist").get_data(as_text=True)
    assert officer.get(HERE).status_code == 200


def test_nobody_is_named_before_a_period_was_asked_for(officer, at):
    taken = at("received")
    assert taken.code not in text_of(officer.get(HERE))
    answer = officer.get(f"{HERE}.pdf")
    assert answer.status_code == 303 and answer.location == HERE


def test_a_period_lists_what_was_taken_on_in_it(officer, send, at):
    taken, waiting = at("received"), send()
    today = clock.today()
    page = opened(officer, days(today))
    assert taken.code in page and "Nguyễn Thị Đào" in page and waiting.code not in page
    printed = words_of(officer.get(f"{HERE}.pdf").data)
    assert "SỔ THEO DÕI HỒ SƠ" in printed and taken.code[-4:] in printed
    assert taken.code not in opened(officer, days(today - timedelta(days=1)))


def test_each_opening_is_written_down_with_its_period_and_how_many_it_showed(officer, at, services):
    at("received")
    at("received")
    today = clock.today()
    opened(officer, days(today))
    with services.database.session(write=False) as session:
        noted = session.scalars(select(AuditEntry).where(AuditEntry.action == "counter:register")).one()
        mai = who.staff(session, "officer").public_id
    assert noted.actor == mai and noted.detail == {"start": f"{today}", "end": f"{today}", "rows": 2}


@pytest.mark.parametrize("ending", ["", ".pdf"])
def test_an_opening_ends_after_half_an_hour_and_is_one_officers(officer, case_officer, at, ending):
    at("received")
    opened(officer, days(clock.today()))
    with officer.session_transaction() as mine, case_officer.session_transaction() as theirs:
        theirs[register_book.OPENED] = mine[register_book.OPENED]
    assert "Nguyễn Thị Đào" not in case_officer.get(HERE + ending).get_data(as_text=True)
    with officer.session_transaction() as mine:
        by, start, end, _until = mine[register_book.OPENED]
        mine[register_book.OPENED] = [by, start, end, (clock.now() - timedelta(seconds=1)).isoformat()]
    assert "Nguyễn Thị Đào" not in officer.get(HERE + ending).get_data(as_text=True)


def test_an_old_log_in_is_proved_again_before_asking_reading_and_printing(officer, at, grown_old):
    at("received")
    opened(officer, days(clock.today()))
    grown_old(21)
    for ending in ("", ".pdf"):
        answer = officer.get(HERE + ending)
        assert answer.status_code == 303 and answer.location.startswith("/login/again"), ending
    with officer.session_transaction() as mine:
        del mine[register_book.OPENED]
    answer = post_form(officer, HERE, days(clock.today()))
    assert answer.location.startswith("/login/again")


def test_a_period_long_over_needs_a_reason_which_is_written_down(app, services, at):
    taken, then = at("received"), clock.today()
    with time_machine.travel(clock.now() + timedelta(days=32), tick=True):
        officer = app.test_client()
        who.log_in_staff(officer, services, "officer")
        answer = post_form(officer, HERE, days(then))
        assert answer.status_code == 422 and 'href="#f-reason"' in answer.get_data(as_text=True)
        assert taken.code in opened(officer, days(then) | {"reason": "complaint"})
    with services.database.session(write=False) as session:
        noted = session.scalars(select(AuditEntry).where(AuditEntry.action == "counter:register")).one()
        assert noted.detail["reason"] == "complaint"


def test_a_long_month_is_read_page_by_page_and_printed_whole(officer, at, monkeypatch):
    monkeypatch.setattr(register_book, "ROWS", 2)
    codes = [at("received").code for _ in range(3)]
    first = opened(officer, days(clock.today()))
    assert [code in first for code in codes] == [True, True, False]
    assert f'href="{HERE}?after=2"' in officer.get(HERE).get_data(as_text=True)
    second = officer.get(f"{HERE}?after=2")
    assert [code in text_of(second) for code in codes] == [False, False, True]
    assert "<td>3</td>" in second.get_data(as_text=True) and f'href="{HERE}?after=0"' in second.get_data(as_text=True)
    printed = words_of(officer.get(f"{HERE}.pdf").data)
    assert all(code[-4:] in printed for code in codes)


@pytest.mark.parametrize(
    ("start", "end"),
    [("x", "y"), ("02/11/2026", "01/11/2026"), ("01/01/2026", "01/06/2026"), ("01/11/2026", "")],
)
def test_a_period_that_makes_no_sense_is_refused_in_words(officer, start, end):
    answer = post_form(officer, HERE, {"start": start, "end": end})
    assert answer.status_code == 422 and 'role="alert"' in answer.get_data(as_text=True)


def test_the_register_is_the_own_offices(app, services, at):
    sent = at("received")
    next_door = app.test_client()
    who.log_in_staff(next_door, services, "officer2")
    assert sent.code not in opened(next_door, days(clock.today()))
