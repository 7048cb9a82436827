"""Decisions: each says what was done, none is done twice, and whoever was slower keeps what they had typed."""

import io
import re

import pikepdf
import pytest

from tests import people as who
from tests.days import ahead
from tests.factories.dossiers import photo
from tests.pages import form_of, otp_for, post_form, text_of
from webapp.core.outbox import OutboxEvent
from webapp.dossiers import withdraw
from webapp.dossiers.models import Dossier, DossierFile, Outcome, SupplementRequest
from webapp.vault.models import VaultItem

PDF = b"%PDF-1.4 this is no PDF at all"


def press(browser, sent, verb, data=None, *, form_at=None):
    """Open the page with that verb's form and send it."""
    page = sent.url if verb in ("receive", "process") else f"{sent.url}/{verb}"
    action = page if verb not in ("receive", "process") else f"{sent.url}/{verb}"
    form = form_of(browser, page, action if verb in ("receive", "process") else None)
    return browser.post(f"{sent.url}/{verb}", data={**form["hidden"], **(data or {})})


def ask_for(key, fault="blurred", words=""):
    return {f"ask_document_{key}": "yes", f"fault_document_{key}": fault, f"words_document_{key}": words}


UNTIL = ahead(4)
SUPPLEMENT = {**ask_for("birth_proof", "blurred", "Chụp lại số seri."), "deadline_on": UNTIL}
GRANTED = {"decision": "granted", "number": "12/2026", "issued_on": "22/11/2026", "no_draft": "counter"}


@pytest.fixture
def in_work(officer, case_officer, send):
    """Received, and worked on by the case officer."""
    sent = send()
    assert press(officer, sent, "receive").status_code == 303
    assert press(case_officer, sent, "process").status_code == 303
    return sent


def result_file(data=None, name="ket-qua.jpg"):
    return {"file": (io.BytesIO(data or photo()), name)}


# ---------------------------------------------------------------------------------------------- the straight way


def test_receiving_starts_the_time_limit_and_says_when_the_result_is_due(officer, send, row_of, services):
    sent = send()
    answer = press(officer, sent, "receive")
    assert answer.location == sent.url
    row = row_of(sent)
    assert row.state == "received" and row.due_at is not None
    text = text_of(officer.get(sent.url))
    assert row.due_at.astimezone().strftime("%Y") in text
    with services.database.session(write=False) as session:
        assert all(f.delivered_at for f in session.query(DossierFile))


def test_a_granted_result_becomes_a_record_of_its_owner(case_officer, in_work, row_of, services):
    answer = press(case_officer, in_work, "settle", {**GRANTED, **result_file()})
    assert answer.status_code == 303
    assert row_of(in_work).state == "settled"
    with services.database.session(write=False) as session:
        assert session.query(VaultItem).filter_by(source_dossier=in_work.id).count() == 1
    assert case_officer.get(f"{in_work.url}/result").mimetype == "image/jpeg"


def test_a_refusal_needs_its_reason_in_words(case_officer, in_work, row_of):
    data = {"decision": "refused", "issued_on": "22/11/2026"}
    assert press(case_officer, in_work, "settle", data).status_code == 422
    assert row_of(in_work).state == "processing"
    answer = press(case_officer, in_work, "settle", {**data, "reason": "Con đã được khai sinh nơi khác."})
    assert answer.status_code == 303
    assert "Con đã được khai sinh nơi khác." in text_of(case_officer.get(in_work.url))


def test_the_result_goes_into_a_named_hand(officer, case_officer, in_work, row_of):
    press(case_officer, in_work, "settle", {**GRANTED, **result_file()})
    empty = press(officer, in_work, "hand-over", {"to_whom": "", "how": "counter"})
    assert empty.status_code == 422
    assert press(officer, in_work, "hand-over", {"to_whom": "Nguyễn Thị Đào", "how": "counter"}).status_code == 303
    assert row_of(in_work).state == "handed_over"
    assert "Nguyễn Thị Đào" in text_of(officer.get(in_work.url))


@pytest.mark.parametrize(
    ("wish", "how"), [("dien_tu", "phone"), ("tai_bo_phan_mot_cua", "counter"), ("buu_chinh_cong_ich", "post")]
)
def test_handing_over_begins_with_what_the_person_asked_for(officer, case_officer, in_work, services, wish, how):
    press(case_officer, in_work, "settle", {**GRANTED, **result_file()})
    with services.database.transaction() as session:
        row = session.query(Dossier).one()
        row.answers = {**row.answers, "values": {**row.answers["values"], "result_channel": wish}}
    picked = re.findall(r'name="how" value="(\w+)"[^>]*checked', officer.get(f"{in_work.url}/hand-over").text)
    assert picked == [how], "nobody is said to have shown an ID card who did not come"


# ---------------------------------------------------------------------------------------------- what is missing


def test_an_officer_is_not_asked_about_herself(officer, send):
    words = text_of(officer.get(f"{send().url}/request-supplement"))
    assert "Người nộp khai" in words and "Thông tin của ông/bà" not in words


def test_everything_that_is_missing_is_asked_for_at_once(officer, send, row_of, services):
    sent = send()
    data = {**SUPPLEMENT, "ask_field_child": "yes", "fault_field_child": "other", "words_field_child": "Tên đệm?"}
    assert press(officer, sent, "request-supplement", data).status_code == 303
    assert row_of(sent).state == "supplement_requested"
    with services.database.session(write=False) as session:
        request = session.query(SupplementRequest).one()
        assert {item["key"] for item in request.items} == {"birth_proof", "child"}
    assert "Chụp lại số seri." in text_of(officer.get(sent.url))


def test_asking_for_nothing_is_refused(officer, send, row_of):
    sent = send()
    answer = press(officer, sent, "request-supplement", {"deadline_on": UNTIL})
    assert answer.status_code == 422
    assert 'role="alert"' in answer.get_data(as_text=True)
    assert row_of(sent).state == "submitted"


def test_something_else_needs_the_officers_own_words(officer, send):
    data = {**ask_for("birth_proof", "other"), "deadline_on": UNTIL}
    assert press(officer, send(), "request-supplement", data).status_code == 422


def test_words_without_a_tick_are_not_lost(officer, send):
    data = {"words_document_birth_proof": "Thiếu trang 2", "deadline_on": UNTIL}
    answer = press(officer, send(), "request-supplement", data)
    page = answer.get_data(as_text=True)
    assert answer.status_code == 422  # what is wrong was not chosen
    assert "Thiếu trang 2" in page and re.search(r'name="ask_document_birth_proof" value="yes" checked', page)


def test_seven_working_days_are_filled_in_and_a_past_day_is_refused(officer, send):
    sent = send()
    page = officer.get(f"{sent.url}/request-supplement").get_data(as_text=True)
    assert re.search(r'name="deadline_on"[^>]*value="\d\d/\d\d/\d{4}"', page)
    data = {**SUPPLEMENT, "deadline_on": "01/01/2020"}
    assert press(officer, sent, "request-supplement", data).status_code == 422


def test_the_officer_may_read_first_what_the_applicant_will_read(officer, send, row_of):
    sent = send()
    answer = press(officer, sent, "request-supplement", {**SUPPLEMENT, "preview": "yes"})
    assert answer.status_code == 200
    assert UNTIL in text_of(answer)
    assert row_of(sent).state == "submitted"


# ---------------------------------------------------------------------------------------------- results and files


def test_granted_without_a_file_is_refused(case_officer, in_work, row_of):
    answer = press(case_officer, in_work, "settle", GRANTED)
    assert answer.status_code == 422
    assert "12/2026" in answer.get_data(as_text=True)  # the number stays
    assert row_of(in_work).state == "processing"


@pytest.mark.parametrize(
    ("data", "name"), [(PDF, "ket-qua.pdf"), (b"MZ\x90 program", "a.exe"), (b"\xff\xd8 x", "a.jpg")]
)
def test_a_file_that_is_no_pdf_and_no_photo_is_refused_in_words(case_officer, in_work, row_of, services, data, name):
    answer = press(case_officer, in_work, "settle", {**GRANTED, **result_file(data, name)})
    assert answer.status_code == 422
    assert 'href="#f-file"' in answer.get_data(as_text=True)
    assert row_of(in_work).state == "processing"
    with services.database.session(write=False) as session:
        assert session.query(Outcome).count() == 0
        events = [e.type for e in session.query(OutboxEvent)]
    assert "DossierSettled" not in events


# ---------------------------------------------------------------------------------------------- two officers


def test_of_two_officers_one_wins_and_the_other_sees_who(app, services, officer, case_officer, send, row_of):
    sent = send()
    form = form_of(officer, sent.url, f"{sent.url}/receive")
    assert press(case_officer, sent, "receive").status_code == 303
    answer = officer.post(f"{sent.url}/receive", data=form["hidden"])
    assert answer.status_code == 409
    assert "Trần Quốc Việt" in text_of(answer)
    assert row_of(sent).state == "received"


def test_the_slower_officer_keeps_what_they_typed_and_may_send_it_again(officer, case_officer, send, row_of):
    sent = send()
    form = form_of(officer, f"{sent.url}/request-supplement")
    assert press(case_officer, sent, "receive").status_code == 303
    answer = officer.post(f"{sent.url}/request-supplement", data={**form["hidden"], **SUPPLEMENT})
    page = answer.get_data(as_text=True)
    assert answer.status_code == 409
    assert "Trần Quốc Việt" in page and "Chụp lại số seri." in page
    assert row_of(sent).state == "received"
    version = re.search(r'name="version" value="(\d+)"', page)[1]
    again = officer.post(f"{sent.url}/request-supplement", data={**form["hidden"], **SUPPLEMENT, "version": version})
    assert again.status_code == 303
    assert row_of(sent).state == "supplement_requested"


def test_words_that_can_no_longer_be_sent_are_shown_to_copy(officer, case_officer, in_work, send, row_of):
    form = form_of(case_officer, f"{in_work.url}/settle")
    press(case_officer, in_work, "settle", {**GRANTED, **result_file()})
    reason = "Con đã được khai sinh nơi khác."
    data = {**form["hidden"], "decision": "refused", "issued_on": "22/11/2026", "reason": reason}
    answer = case_officer.post(f"{in_work.url}/settle", data=data)
    assert answer.status_code == 409
    assert reason in text_of(answer)
    assert row_of(in_work).state == "settled"


def test_a_mistake_in_the_form_does_not_hide_that_somebody_was_faster(officer, case_officer, send):
    sent = send()
    form = form_of(officer, f"{sent.url}/request-supplement")
    press(case_officer, sent, "receive")
    wrong = officer.post(f"{sent.url}/request-supplement", data={**form["hidden"], "deadline_on": UNTIL})
    version = re.search(r'name="version" value="(\d+)"', wrong.get_data(as_text=True))[1]
    assert wrong.status_code == 422 and version == form["hidden"]["version"]


@pytest.mark.parametrize("version", ["", "0", "-1", "x", "999999999999"])
def test_a_made_up_version_is_like_an_old_one(officer, send, row_of, version):
    sent = send()
    hidden = form_of(officer, sent.url, f"{sent.url}/receive")["hidden"]
    assert officer.post(f"{sent.url}/receive", data={**hidden, "version": version}).status_code == 409
    assert row_of(sent).state == "submitted"


# ---------------------------------------------------------------------------------------------- not now


@pytest.mark.parametrize("verb", ["settle", "hand-over", "answer-withdrawal"])
def test_what_the_state_does_not_allow_is_refused_in_words(case_officer, send, row_of, verb):
    sent = send()
    hidden = form_of(case_officer, sent.url, f"{sent.url}/receive")["hidden"]
    full = {**hidden, **GRANTED, "to_whom": "Nguyễn Thị Đào", "how": "counter", "accept": "yes"}
    for data in (hidden, {**full, **result_file()}):
        answer = case_officer.post(f"{sent.url}/{verb}", data=data)
        assert answer.status_code == 409
        assert sent.code in text_of(answer)
    assert case_officer.get(f"{sent.url}/{verb}").status_code == 409
    assert row_of(sent).state == "submitted"


def test_reception_cannot_settle_even_by_address(officer, in_work, row_of):
    hidden = form_of(officer, "/counter")["hidden"]
    answer = officer.post(f"{in_work.url}/settle", data={**hidden, **GRANTED, **result_file(), "version": "9"})
    assert answer.status_code == 403
    assert row_of(in_work).state == "processing"


def test_a_dossier_is_not_received_twice(officer, send, row_of):
    sent = send()
    form = form_of(officer, sent.url, f"{sent.url}/receive")
    assert officer.post(f"{sent.url}/receive", data=form["hidden"]).status_code == 303
    assert officer.post(f"{sent.url}/receive", data=form["hidden"]).status_code == 409


# ---------------------------------------------------------------------------------------------- asked back


def ask_back(services, sent):
    with services.database.transaction() as session:
        row = session.query(Dossier).filter_by(public_id=sent.id).one()
        actor = who.as_citizen(session, who.person(session))
        withdraw.withdraw_dossier(session, row, by=actor, reason="Tôi ghi nhầm tên con.")


@pytest.fixture
def asked_back(services, send):
    sent = send()
    ask_back(services, sent)
    return sent


def test_the_officer_reads_why_it_is_asked_back_and_gives_it_back(officer, asked_back, row_of):
    assert "Tôi ghi nhầm tên con." in text_of(officer.get(f"{asked_back.url}/answer-withdrawal"))
    assert press(officer, asked_back, "answer-withdrawal", {"accept": "yes"}).status_code == 303
    assert row_of(asked_back).state == "stopped"


def test_going_on_needs_a_reason(services, officer, in_work, row_of):
    ask_back(services, in_work)
    assert press(officer, in_work, "answer-withdrawal", {"accept": "no"}).status_code == 422
    answer = press(officer, in_work, "answer-withdrawal", {"accept": "no", "reason": "Đã in giấy khai sinh."})
    assert answer.status_code == 303
    assert row_of(in_work).state == "processing"


def test_a_wish_before_acceptance_can_only_be_granted(officer, asked_back, row_of):
    """Nothing was decided yet, so there is nothing to go on with."""
    page = officer.get(f"{asked_back.url}/answer-withdrawal").get_data(as_text=True)
    assert 'value="yes"' in page and 'value="no"' not in page
    answer = press(officer, asked_back, "answer-withdrawal", {"accept": "no", "phrase": "decided"})
    assert answer.status_code == 409
    assert row_of(asked_back).state == "withdrawal_requested"


def test_a_real_pdf_is_a_result(case_officer, in_work, row_of):
    made = io.BytesIO()
    with pikepdf.new() as pdf:
        pdf.add_blank_page()
        pdf.save(made)
    answer = press(case_officer, in_work, "settle", {**GRANTED, **result_file(made.getvalue(), "ket-qua.pdf")})
    assert answer.status_code == 303
    opened = case_officer.get(f"{in_work.url}/result")
    assert opened.mimetype == "application/pdf"
    assert opened.headers["Content-Disposition"].startswith("attachment")


# ---------------------------------------------------------------------------------------------- proved a short time ago

FINAL = {
    "settle": ("processing", {"decision": "refused", "issued_on": "22/11/2026", "reason": "Đã đăng ký nơi khác."}),
    "stop": ("processing", {"reason": "Có đơn tranh chấp.", "basis": "Điều 5"}),
    "hand-over": ("settled", {"to_whom": "Nguyễn Thị Hoa", "how": "post"}),
}


@pytest.mark.parametrize("verb", FINAL)
def test_an_old_log_in_is_proved_again_before_anything_final_and_what_was_typed_comes_back(
    manager, at, grown_old, row_of, verb
):
    place, typed = FINAL[verb]
    sent = at(place)
    form = form_of(manager, f"{sent.url}/{verb}")
    grown_old(21)
    asked = manager.get(f"{sent.url}/{verb}")  # before a file is chosen
    assert (asked.status_code, asked.location.partition("?")[0]) == (303, "/login/again")
    sent_late = manager.post(f"{sent.url}/{verb}", data={**form["hidden"], **typed})
    assert sent_late.status_code == 303 and sent_late.location.startswith("/login/again?")
    assert row_of(sent).state == place
    proved = post_form(manager, sent_late.location, {"otp": otp_for(manager, "manager")}, action="/login/again")
    kept = text_of(manager.get(proved.location))
    assert all(words in kept for words in typed.values() if " " in words), kept
    assert post_form(manager, proved.location, action=f"{sent.url}/{verb}").location == sent.url
    assert row_of(sent).state != place
