"""The draft of a birth certificate: shown, agreed with or corrected, in time; silence means yes."""

import io
from datetime import timedelta

import pytest
import time_machine
from sqlalchemy import select

from tests import people as who
from tests import sms
from tests.factories.dossiers import photo
from tests.pages import form_of, post_form, text_of
from webapp.core.audit import AuditEntry
from webapp.dossiers.draft_check import close_drafts
from webapp.dossiers.models import Dossier, DossierMove, DraftCheck

TEXT = "Họ tên: Lê Gia Hân\nNgày sinh: 15/11/2026"
SETTLED = {"decision": "refused", "issued_on": "22/11/2026", "reason": "Trùng."}


def show(browser, sent, text=TEXT, file=None):
    data = {"text": text, **({"file": (io.BytesIO(file), "nhap.jpg")} if file else {})}
    return post_form(browser, f"{sent.url}/send-draft", data)


@pytest.fixture
def shown(case_officer, at):
    sent = at("processing")
    assert show(case_officer, sent, file=photo()).status_code == 303
    return sent


def answer(browser, sent, data):
    return post_form(browser, f"/dossiers/{sent.id}/draft", data)


def test_the_form_begins_with_what_the_person_answered(case_officer, at):
    page = text_of(case_officer.get(f"{at('processing').url}/send-draft"))
    assert "Nguyễn Thị Đào" in page


def test_a_draft_of_the_result_does_not_say_how_to_reach_the_person_or_to_give_it(case_officer, at):
    page = text_of(case_officer.get(f"{at('processing').url}/send-draft"))
    assert "Họ tên mẹ: " in page
    assert "Số điện thoại: " not in page
    assert "Ông/bà có lấy thêm bản sao" not in page


def test_the_person_sees_the_draft_and_agrees(app, case_officer, applicant, shown, services, row_of):
    assert any("xem ban nhap ket qua" in text for text in sms.texts(app, "0912000001"))
    page = text_of(applicant.get(f"/dossiers/{shown.id}"))
    assert "xem bản nháp" in page
    assert "không phải làm gì" not in page, "there is something to do"
    draft = text_of(applicant.get(f"/dossiers/{shown.id}/draft"))
    assert "Họ tên: Lê Gia Hân" in draft
    assert applicant.get(f"/dossiers/{shown.id}/draft/file").mimetype == "image/jpeg"
    assert answer(applicant, shown, {"answer": "yes"}).status_code == 303
    assert "không phải làm gì" in text_of(applicant.get(f"/dossiers/{shown.id}"))
    assert "Người nộp đồng ý với bản nháp" in text_of(case_officer.get(shown.url))
    assert row_of(shown).state == "processing"
    with services.database.session(write=False) as session:
        verbs = [row.verb for row in session.query(DossierMove).order_by(DossierMove.id)]
    assert verbs[-2:] == ["send_draft", "confirm_draft"]


def test_the_person_says_what_is_wrong_and_gets_a_better_one(case_officer, applicant, shown):
    assert answer(applicant, shown, {"answer": "no", "words": "Tên cháu là Lê Gia Hằng."}).status_code == 303
    assert "Tên cháu là Lê Gia Hằng." in text_of(case_officer.get(shown.url))
    assert "Tên cháu là Lê Gia Hằng." in text_of(case_officer.get(f"{shown.url}/send-draft"))
    assert show(case_officer, shown, "Họ tên: Lê Gia Hằng").status_code == 303
    assert "Lê Gia Hằng" in text_of(applicant.get(f"/dossiers/{shown.id}/draft"))
    assert answer(applicant, shown, {"answer": "yes"}).status_code == 303


@pytest.mark.parametrize("data", [{}, {"answer": "no", "words": " "}, {"answer": "perhaps"}])
def test_an_answer_needs_a_choice_and_a_no_its_words(applicant, services, shown, data):
    reply = answer(applicant, shown, data)
    assert reply.status_code == 422 and 'role="alert"' in reply.get_data(as_text=True)
    with services.database.session(write=False) as session:
        assert session.query(DraftCheck).one().answered_at is None


def test_a_double_tap_is_one_answer(applicant, services, shown):
    hidden = form_of(applicant, f"/dossiers/{shown.id}/draft")["hidden"]
    for _tap in range(2):
        reply = applicant.post(f"/dossiers/{shown.id}/draft", data={**hidden, "answer": "yes"})
        assert reply.status_code == 303
    with services.database.session(write=False) as session:
        assert session.query(DossierMove).filter_by(verb="confirm_draft").count() == 1


def test_an_answer_to_an_older_draft_is_not_one_to_the_newer(case_officer, applicant, services, shown):
    hidden = form_of(applicant, f"/dossiers/{shown.id}/draft")["hidden"]
    assert show(case_officer, shown, "Họ tên: Lê Gia Khôi").status_code == 303
    reply = applicant.post(f"/dossiers/{shown.id}/draft", data={**hidden, "answer": "yes"})
    assert reply.status_code == 409 and shown.code in text_of(reply)
    with services.database.session(write=False) as session:
        assert session.query(DraftCheck).filter(DraftCheck.answered_at.is_not(None)).count() == 0


def test_nothing_becomes_final_while_somebody_looks_through_it(case_officer, applicant, shown, row_of):
    assert post_form(case_officer, f"{shown.url}/settle", SETTLED).status_code == 409
    assert row_of(shown).state == "processing"
    assert answer(applicant, shown, {"answer": "yes"}).status_code == 303
    assert post_form(case_officer, f"{shown.url}/settle", SETTLED).status_code == 303


def test_silence_means_yes(app, services, shown, row_of):
    with services.database.session(write=False) as session:
        until = session.query(DraftCheck).one().until
    with time_machine.travel(until + timedelta(minutes=1), tick=False):
        person, officer = app.test_client(), app.test_client()
        who.log_in_citizen(person, services)
        who.log_in_staff(officer, services, "case")
        page = person.get(f"/dossiers/{shown.id}/draft")
        assert "no_draft" not in officer.get(f"{shown.url}/settle").get_data(as_text=True)
        assert "Không trả lời là đồng ý" in text_of(page)
        assert 'name="answer"' not in page.get_data(as_text=True)
        assert post_form(officer, f"{shown.url}/settle", SETTLED).status_code == 303
    assert row_of(shown).state == "settled"


GRANTED = {"decision": "granted", "number": "12/2026", "issued_on": "22/11/2026"}


def grant(browser, sent, **more):
    return post_form(browser, f"{sent.url}/settle", {**GRANTED, **more, "file": (io.BytesIO(photo()), "ket-qua.jpg")})


def test_a_birth_sent_online_is_not_granted_before_its_draft_was_seen(case_officer, at, row_of):
    sent = at("processing")
    page = case_officer.get(f"{sent.url}/settle").get_data(as_text=True)
    assert f'href="{sent.url}/send-draft"' in page
    answer = grant(case_officer, sent)
    assert answer.status_code == 422 and 'href="#f-no_draft"' in answer.get_data(as_text=True)
    assert "chưa xem bản nháp" in text_of(answer)
    assert row_of(sent).state == "processing"


def test_who_agreed_elsewhere_is_written_down_for_both_to_read(case_officer, applicant, at, services, row_of):
    sent = at("processing")
    assert grant(case_officer, sent, no_draft="made up").status_code == 422
    assert grant(case_officer, sent, no_draft="counter").status_code == 303
    assert row_of(sent).state == "settled"
    for page in (case_officer.get(sent.url), applicant.get(f"/dossiers/{sent.id}")):
        assert "đã đọc và đồng ý nội dung tại quầy" in text_of(page)
    with services.database.session(write=False) as session:
        noted = session.scalars(select(AuditEntry).where(AuditEntry.action == "dossier:skip_draft")).one()
        assert (noted.object, noted.detail) == (sent.id, {"why": "counter"})


@pytest.mark.parametrize("said", [{"answer": "yes"}, {"answer": "no", "words": "Tên cháu là Lê Gia Hằng."}])
def test_an_answered_draft_is_enough(case_officer, applicant, shown, row_of, said):
    answer(applicant, shown, said)
    assert "no_draft" not in case_officer.get(f"{shown.url}/settle").get_data(as_text=True)
    assert grant(case_officer, shown).status_code == 303
    assert row_of(shown).state == "settled"


def test_what_was_typed_at_the_counter_and_what_is_refused_need_no_draft(case_officer, at, services, row_of):
    typed, refused = at("processing"), at("processing")
    with services.database.transaction() as session:
        session.query(Dossier).filter_by(public_id=typed.id).update({"channel": "counter"})
    assert grant(case_officer, typed).status_code == 303
    assert post_form(case_officer, f"{refused.url}/settle", SETTLED).status_code == 303


def test_a_draft_that_was_put_aside_is_no_draft(case_officer, shown, services):
    """Something was asked for meanwhile: what the person looked at is no longer what will be printed."""
    with services.database.transaction() as session:
        close_drafts(session, session.query(Dossier).filter_by(public_id=shown.id).one())
    assert grant(case_officer, shown).status_code == 422


def test_only_procedures_with_this_step_have_it(case_officer, services, send):
    sent = send(procedure="2.000635")
    for verb in ("receive", "process"):
        page = form_of(case_officer, sent.url, f"{sent.url}/{verb}")
        assert case_officer.post(f"{sent.url}/{verb}", data=page["hidden"]).status_code == 303
    assert "/send-draft" not in case_officer.get(sent.url).get_data(as_text=True)
    assert case_officer.get(f"{sent.url}/send-draft").status_code == 409


def test_reception_shows_no_drafts(officer, at):
    assert officer.get(f"{at('processing').url}/send-draft").status_code == 403


def test_the_words_of_a_draft_are_sealed(services, shown):
    with services.database.session(write=False) as session:
        row = session.query(DraftCheck).one()
        assert "Hân".encode() not in bytes(row.text_sealed) and row.text == TEXT
