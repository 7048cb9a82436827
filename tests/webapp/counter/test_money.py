"""What is to be paid: how much, what for, where; written down once; and the dossier goes on by itself."""

import pytest

from tests import sms
from tests.pages import form_of, post_form, text_of
from webapp.dossiers.models import DossierMove
from webapp.payments.models import Payment, PaymentRequest

DAO = "0912000001"
ASKED = {"amount": "58.000", "what_for": "Lệ phí đăng ký khai sinh quá hạn", "phrase": "late", "reason": ""}
PAID = {"method": "cash", "receipt_number": "bl 0001234"}


def press(browser, sent, page, data):
    return post_form(browser, f"{sent.url}/{page}", data)


@pytest.mark.parametrize(
    ("place", "person", "after"), [("submitted", "officer", "received"), ("processing", "case", "processing")]
)
def test_a_fee_is_asked_for_paid_at_the_counter_and_the_dossier_goes_on(
    app, officer, case_officer, applicant, services, at, row_of, place, person, after
):
    sent = at(place)
    asks = {"officer": officer, "case": case_officer}[person]
    assert press(asks, sent, "require-payment", ASKED).status_code == 303
    assert row_of(sent).state == "payment_due"
    page = text_of(applicant.get(f"/dossiers/{sent.id}"))
    how = text_of(applicant.get(f"/dossiers/{sent.id}/pay"))
    for words in ("58.000 đ", "Lệ phí đăng ký khai sinh quá hạn"):
        assert words in page and words in how
    assert "Thôn Đình Nam" in how and sent.code in how
    assert press(officer, sent, "record-payment", PAID).status_code == 303
    row = row_of(sent)
    assert row.state == after and row.due_at is not None and row.received_at is not None
    how = text_of(applicant.get(f"/dossiers/{sent.id}/pay"))
    assert "BL 0001234" in how and "tiền mặt" in how
    with services.database.session(write=False) as session:
        move = session.query(DossierMove).filter_by(verb="pay").one()
        assert (move.party, move.actor_name) == ("system", "Lê Thị Mai")
        payment = session.query(Payment).one()
        assert payment.amount == 58_000
    texts = sms.texts(app, DAO)
    assert any("can nop phi" in text for text in texts) and any("Da ghi nhan tien nop" in text for text in texts)
    assert not any("58.000" in text or "58000" in text for text in texts)


@pytest.mark.parametrize(
    "wrong",
    [{"amount": ""}, {"amount": "0"}, {"amount": "-5"}, {"amount": "12,5"}, {"amount": "abc"}, {"amount": "9" * 15},
     {"what_for": " "}, {"phrase": [], "reason": " "}],
)  # fmt: skip
def test_a_fee_needs_whole_dong_and_words(officer, at, row_of, wrong):
    sent = at("submitted")
    answer = press(officer, sent, "require-payment", {**ASKED, **wrong})
    assert answer.status_code == 422 and 'role="alert"' in answer.get_data(as_text=True)
    assert row_of(sent).state == "submitted"


@pytest.mark.parametrize("wrong", [{"method": ""}, {"method": "card"}, {"receipt_number": " "}])
def test_a_payment_needs_its_way_and_its_receipt(officer, services, at, row_of, wrong):
    sent = at("to be paid in work")
    answer = press(officer, sent, "record-payment", {**PAID, **wrong})
    assert answer.status_code == 422 and "50.000 đ" in text_of(answer)
    assert row_of(sent).state == "payment_due"


def test_one_receipt_number_stands_for_one_payment(officer, at, row_of):
    first, second = at("to be paid in work"), at("to be paid before acceptance")
    assert press(officer, first, "record-payment", PAID).status_code == 303
    answer = press(officer, second, "record-payment", PAID)
    assert answer.status_code == 422 and 'href="#f-receipt_number"' in answer.get_data(as_text=True)
    assert row_of(second).state == "payment_due"


def test_a_payment_recorded_twice_is_one_payment(officer, services, at):
    sent = at("to be paid in work")
    hidden = form_of(officer, f"{sent.url}/record-payment")["hidden"]
    assert officer.post(f"{sent.url}/record-payment", data={**hidden, **PAID}).status_code == 303
    again = officer.post(f"{sent.url}/record-payment", data={**hidden, **PAID, "receipt_number": "9999"})
    assert again.status_code == 409
    with services.database.session(write=False) as session:
        assert session.query(Payment).count() == 1


def test_whoever_takes_the_dossier_back_owes_nothing(officer, applicant, services, at, row_of):
    sent = at("to be paid in work")
    assert post_form(applicant, f"/dossiers/{sent.id}/withdraw", {"reason": "Không làm nữa."}).status_code == 303
    assert press(officer, sent, "answer-withdrawal", {"accept": "yes"}).status_code == 303
    assert row_of(sent).state == "stopped"
    assert "đã hủy yêu cầu" in text_of(officer.get(sent.url))


def test_nobody_can_pay_online_and_nobody_is_asked_for_a_card(applicant, at):
    sent = at("to be paid in work")
    page = applicant.get(f"/dossiers/{sent.id}/pay")
    main = page.get_data(as_text=True).partition("<main")[2].partition("</main>")[0]
    assert "<input" not in main and "http" not in main
    assert applicant.post(f"/dossiers/{sent.id}/pay").status_code == 405


def test_what_it_was_for_and_why_are_sealed(services, at):
    at("to be paid in work")
    with services.database.session(write=False) as session:
        row = session.query(PaymentRequest).one()
        assert "Lệ phí".encode() not in bytes(row.what_for_sealed) and row.what_for == "Lệ phí"
