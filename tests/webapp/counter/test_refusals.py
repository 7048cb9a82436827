"""Declined, stopped, promised for later: the reason reaches the person, the paper says it, nothing is left waiting."""

from datetime import timedelta

import pytest
import time_machine

from tests import people as who
from tests import sms
from tests.pages import form_of, post_form, text_of
from webapp.core import clock
from webapp.dossiers.deadlines import calendar
from webapp.dossiers.models import SupplementRequest
from webapp.dossiers.phrases import bank
from webapp.payments.models import PaymentRequest

DAO = "0912000001"
BASIS = "Điều 16 Luật Hộ tịch 2014"


def press(browser, sent, page, data):
    return post_form(browser, f"{sent.url}/{page}", data)


def words_of(kind, key):
    return next(phrase.words.vi for phrase in bank()[kind] if phrase.key == key)


# ---------------------------------------------------------------------------------------------- declined


def test_a_declined_dossier_tells_its_reason_to_the_person_and_on_paper(app, officer, applicant, at, row_of):
    sent = at("submitted")
    data = {"phrase": ["other_place", "twice"], "reason": "Nộp tại xã Hoằng Thịnh.", "basis": BASIS}
    assert press(officer, sent, "decline", data).status_code == 303
    assert row_of(sent).state == "declined"
    told = text_of(applicant.get(f"/dossiers/{sent.id}"))
    paper = text_of(applicant.get(f"/dossiers/{sent.id}/papers/03"))
    for words in (words_of("decline", "other_place"), words_of("decline", "twice"), "Nộp tại xã Hoằng Thịnh."):
        assert words in told and words in paper
    assert BASIS in paper and "Lê Thị Mai" in paper
    (text,) = [text for text in sms.texts(app, DAO) if "khong duoc tiep nhan" in text]
    assert "Hoang Thinh" not in text, "a reason is nobody's business who looks over a shoulder"


@pytest.mark.parametrize(
    ("typed", "wrong"),
    [({"basis": BASIS}, "reason"), ({"reason": "Không đủ.", "basis": " "}, "basis"), ({"phrase": "made-up"}, "reason")],
)
def test_a_no_needs_a_reason_and_a_law(officer, at, row_of, typed, wrong):
    sent = at("submitted")
    answer = press(officer, sent, "decline", {"basis": "", **typed})
    assert answer.status_code == 422
    assert f'href="#f-{wrong}"' in answer.get_data(as_text=True)
    assert row_of(sent).state == "submitted"


def test_what_was_ticked_and_typed_is_still_there_after_a_mistake(officer, at):
    answer = press(officer, at("submitted"), "decline", {"phrase": "twice", "reason": "Bản ngày 20/11.", "basis": ""})
    page = answer.get_data(as_text=True)
    assert 'value="twice" checked' in page and "Bản ngày 20/11." in page


def test_the_officer_may_read_first_what_the_person_will_read(officer, at, row_of):
    sent = at("submitted")
    answer = press(officer, sent, "decline", {"phrase": "twice", "basis": BASIS, "preview": "yes"})
    assert answer.status_code == 200 and words_of("decline", "twice") in text_of(answer)
    assert row_of(sent).state == "submitted"


def test_whoever_did_not_complete_it_in_time_is_declined_before_and_stopped_after_acceptance(officer, at, row_of):
    reason = {"phrase": "not_completed", "basis": BASIS}
    for place, page, state in (
        ("asked before acceptance, over", "decline", "declined"),
        ("asked in work, over", "stop", "stopped"),
    ):
        sent = at(place)
        assert press(officer, sent, page, reason).status_code == 303
        assert row_of(sent).state == state


def test_before_their_day_is_over_the_desk_is_not_even_offered_to_end_it(officer, at):
    for place in ("asked before acceptance", "asked in work"):
        sent = at(place)
        page = officer.get(sent.url).get_data(as_text=True)
        assert "/decline" not in page and "/stop" not in page


# ---------------------------------------------------------------------------------------------- stopped


def test_a_stopped_dossier_says_what_goes_back_and_waits_for_nobody(manager, applicant, services, at, row_of):
    sent = at("to be paid in work")
    data = {"phrase": "not_paid", "basis": BASIS, "papers_back": "Giấy chứng sinh bản chính", "refund": "Chưa thu phí."}
    assert press(manager, sent, "stop", data).status_code == 303
    assert row_of(sent).state == "stopped"
    paper = text_of(applicant.get(f"/dossiers/{sent.id}/papers/05"))
    for words in ("Giấy chứng sinh bản chính", "Chưa thu phí.", BASIS, "Phạm Hồng Sơn"):
        assert words in paper
    with services.database.session(write=False) as session:
        assert session.query(PaymentRequest).filter(PaymentRequest.closed_at.is_(None)).count() == 0
        assert session.query(SupplementRequest).filter(SupplementRequest.closed_at.is_(None)).count() == 0
    assert "Hiện không phải nộp khoản nào." in text_of(applicant.get(f"/dossiers/{sent.id}/pay"))


def test_a_granted_wish_is_a_stop_with_its_notice(officer, applicant, at):
    sent = at("asked back before acceptance")
    assert press(officer, sent, "answer-withdrawal", {"accept": "yes"}).status_code == 303
    assert "Người nộp yêu cầu rút hồ sơ." in text_of(applicant.get(f"/dossiers/{sent.id}/papers/05"))


# ---------------------------------------------------------------------------------------------- later


def next_working(services, after, days):
    with services.database.session(write=False) as session:
        return calendar(session, None, after).add_working(after, days)


def extension(services, row, days=5, **more):
    day = next_working(services, clock.local(row.due_at).date(), days)
    return day, {"due_on": f"{day:%d/%m/%Y}", "phrase": "on_site", "reason": "Đường sạt lở.", **more}


def test_an_apology_moves_the_day_and_says_so_everywhere(app, manager, applicant, services, at, row_of):
    sent = at("processing")
    day, data = extension(services, row_of(sent))
    assert press(manager, sent, "extend", data).status_code == 303
    row = row_of(sent)
    assert clock.local(row.due_at).date() == day and row.state == "processing"
    paper = text_of(applicant.get(f"/dossiers/{sent.id}/papers/04"))
    page = text_of(applicant.get(f"/dossiers/{sent.id}"))
    for text in (paper, page):
        assert f"{day:%d/%m/%Y}" in text and "Đường sạt lở." in text
    assert any(f"hen tra lai ngay {day:%d/%m/%Y}" in text for text in sms.texts(app, DAO))


def test_a_dossier_is_extended_once(manager, services, at, row_of):
    sent = at("processing")
    form = form_of(manager, f"{sent.url}/extend")
    assert press(manager, sent, "extend", extension(services, row_of(sent))[1]).status_code == 303
    due = row_of(sent).due_at
    assert "/extend" not in manager.get(sent.url).get_data(as_text=True)
    hidden = {**form["hidden"], "version": row_of(sent).version}
    again = manager.post(f"{sent.url}/extend", data={**hidden, **extension(services, row_of(sent), days=9)[1]})
    assert again.status_code == 409
    assert row_of(sent).due_at == due


def test_after_the_day_it_is_too_late_to_ask_for_more_time(app, services, at, row_of):
    sent = at("processing")
    due = row_of(sent).due_at
    with time_machine.travel(due + timedelta(minutes=1), tick=False):
        late = app.test_client()
        who.log_in_staff(late, services, "manager")
        assert late.get(f"{sent.url}/extend").status_code == 409
        assert "/extend" not in late.get(sent.url).get_data(as_text=True)


@pytest.mark.parametrize("days", [-3, 0])
def test_a_new_day_must_be_later_than_the_old_one(manager, services, at, row_of, days):
    sent = at("processing")
    day = clock.local(row_of(sent).due_at).date() + timedelta(days=days)
    answer = press(manager, sent, "extend", {"due_on": f"{day:%d/%m/%Y}", "reason": "Chậm."})
    assert answer.status_code == 422
    assert 'href="#f-due_on"' in answer.get_data(as_text=True)


def test_a_sunday_is_nobodys_new_day(manager, at, row_of):
    sent = at("processing")
    due = clock.local(row_of(sent).due_at).date()
    sunday = due + timedelta(days=6 - due.weekday() + 7)
    answer = press(manager, sent, "extend", {"due_on": f"{sunday:%d/%m/%Y}", "reason": "Chậm."})
    assert answer.status_code == 422


def test_only_the_leader_asks_for_more_time(officer, case_officer, at):
    sent = at("processing")
    for browser in (officer, case_officer):
        assert browser.get(f"{sent.url}/extend").status_code == 403
        assert "/extend" not in browser.get(sent.url).get_data(as_text=True)
