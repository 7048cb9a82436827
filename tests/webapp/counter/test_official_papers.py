"""The official papers 01–07: right on the screen, one page on paper, the same words in both, nobody else's eyes."""

import io
import re
from datetime import timedelta

import pikepdf
import pypdfium2
import pytest
import time_machine
import zxingcpp
from sqlalchemy import select

from tests import people as who
from tests.days import ahead
from tests.factories.dossiers import HOME
from tests.factories.states import ITEMS, as_staff
from tests.pages import post_form, text_of
from webapp.accounts import people
from webapp.core import clock
from webapp.dossiers.models import Dossier
from webapp.dossiers.papers import control, forms
from webapp.dossiers.papers.printing import sheet_pdf
from webapp.dossiers.papers.sheet import Head, Sheet, Table, Words
from webapp.dossiers.supplement import request_supplement
from webapp.offices.models import Office

# form → a place where it exists
WHERE = {
    "01": "received",
    "02": "asked in work",
    "03": "declined",
    "04": "extended",
    "05": "stopped",
    "06": "settled",
}
NAMES = {
    "01": "Giấy tiếp nhận hồ sơ và hẹn trả kết quả",
    "02": "Phiếu yêu cầu bổ sung, hoàn thiện hồ sơ",
    "03": "Phiếu từ chối tiếp nhận giải quyết hồ sơ",
    "04": "Văn bản xin lỗi và đề nghị gia hạn thời gian giải quyết",
    "05": "Thông báo dừng giải quyết hồ sơ",
    "06": "Phiếu kiểm soát quá trình giải quyết hồ sơ",
}


def pdf_of(answer):
    assert answer.status_code == 200 and answer.mimetype == "application/pdf"
    return pikepdf.open(io.BytesIO(answer.data))


def words_of(data):
    """What a reader of the PDF finds when searching in it; line breaks do not count, invisible breaks neither."""
    pdf = pypdfium2.PdfDocument(data)
    text = " ".join(page.get_textpage().get_text_range() for page in pdf)
    return " ".join(text.replace("\u200b", "").replace("\ufffe", "").split())


# ---------------------------------------------------------------------------------------------- each form


@pytest.mark.parametrize("form", WHERE)
def test_a_paper_is_a_page_and_one_sheet_with_the_same_words(officer, at, form):
    sent = at(WHERE[form])
    link = f"{sent.url}/papers/{form}"
    assert f'href="{link}"' in officer.get(sent.url).get_data(as_text=True)
    page, file = officer.get(link), officer.get(f"{link}.pdf")
    assert len(pdf_of(file).pages) == 1
    seen, printed = text_of(page), words_of(file.data)
    for words in ("Nguyễn Thị Đào", "Độc lập – Tự do – Hạnh phúc", "Hoằng Lộc, ngày"):
        assert words in seen and words in printed
    assert NAMES[form] in seen and NAMES[form].upper() in printed
    assert sent.code in seen and sent.code in printed.replace("- ", "-")
    assert "UBND XÃ HOẰNG LỘC" in printed and "UBND TỈNH THANH HÓA" in printed


def test_every_form_of_a_dossier_is_printed_here():
    assert set(WHERE) == set(NAMES) == set(forms.MAKERS) == set(forms.TITLES) - {"07"}  # the register has its own tests


@pytest.mark.parametrize("form", sorted(forms.FOR_THE_CITIZEN))
def test_the_applicant_reads_and_prints_what_concerns_them(applicant, at, form):
    sent = at(WHERE[form])
    link = f"/dossiers/{sent.id}/papers/{form}"
    assert f'href="{link}"' in applicant.get(f"/dossiers/{sent.id}").get_data(as_text=True)
    assert applicant.get(link).status_code == 200
    assert len(pdf_of(applicant.get(f"{link}.pdf")).pages) == 1


def sheet_in(answer):
    """Only the paper of a page."""
    return answer.get_data(as_text=True).partition("<article")[2].partition("</article>")[0]


@pytest.mark.parametrize("form", ["02", "03", "04", "05"])
def test_an_issued_paper_stays_as_it_was_whoever_moves_or_is_renamed(officer, services, at, form):
    """Another name, address, phone, office: the screen goes on saying what the paper in their hand says."""
    link = f"{at(WHERE[form]).url}/papers/{form}"
    page, printed = sheet_in(officer.get(link)), words_of(officer.get(f"{link}.pdf").data)
    assert "Nguyễn Thị Đào" in page and "0912 000 001" in page
    with services.database.transaction() as session:
        dao = who.person(session)
        dao.full_name = "Nguyễn Thị Đổi Tên"
        elsewhere = {"province": "38", "commune": "Xã Hoằng Lộc", "line": "Thôn Khác", "commune_code": "15961"}
        dao.profile = {**dao.profile, "residence": elsewhere, "email": "moi@example.vn"}
        people.add_phone(session, dao, "+84912000999", verified_at=clock.now())
        office = session.scalars(select(Office).where(Office.code == HOME)).one()
        office.name, office.phone, office.address = "UBND xã Hoằng Mới", "0237 999 9999", "Thôn Khác"
    assert sheet_in(officer.get(link)) == page
    assert words_of(officer.get(f"{link}.pdf").data) == printed


def test_who_is_asked_for_more_reads_where_it_is_explained(officer, at):
    link = f"{at(WHERE['02']).url}/papers/02"
    assert "http://localhost/procedures/1.001193" in text_of(officer.get(link))


@pytest.mark.parametrize(
    ("typed", "printed"), [(None, "1"), ("2", "2"), ("", "")], ids=["as the law asks", "two", "not said"]
)
def test_a_request_for_more_says_how_many_are_wanted(officer, applicant, at, typed, printed):
    sent = at("received")
    asked = {"ask_document_birth_proof": "yes", "fault_document_birth_proof": "missing", "deadline_on": ahead(4)}
    if typed is not None:
        asked["count_document_birth_proof"] = typed
    assert post_form(officer, f"{sent.url}/request-supplement", asked).status_code == 303
    row = sheet_in(officer.get(f"{sent.url}/papers/02")).partition("<tbody>")[2]
    assert [cell.partition("</td>")[0] for cell in row.split("<td>")[1:]][1:3] == ["Giấy chứng sinh", printed]
    for page in (f"/dossiers/{sent.id}", f"/dossiers/{sent.id}/supplement"):
        said = text_of(applicant.get(page))
        assert ("Số lượng" in said) is bool(printed) and (not printed or f"(Số lượng: {printed})" in said)


@pytest.mark.parametrize("typed", ["0", "100", "hai", "-1", "9" * 5000])
def test_how_many_are_wanted_is_a_number(officer, at, typed):
    asked = {"ask_document_birth_proof": "yes", "fault_document_birth_proof": "missing", "deadline_on": ahead(4)}
    asked["count_document_birth_proof"] = typed
    assert post_form(officer, f"{at('received').url}/request-supplement", asked).status_code == 422


def test_a_request_of_before_the_column_leaves_its_cell_empty(officer, at):
    row = sheet_in(officer.get(f"{at(WHERE['02']).url}/papers/02")).partition("<tbody>")[2]
    assert [cell.partition("</td>")[0] for cell in row.split("<td>")[1:]][2] == ""


def test_what_nobody_here_knows_is_left_for_a_pen(officer, at):
    page = text_of(officer.get(f"{at(WHERE['06']).url}/papers/06"))
    for label in ("Cơ quan phối hợp", "Quyển số", "Số thứ tự"):
        assert f"{label}: {forms.BLANK}" in page


def test_the_way_through_the_office_is_the_offices_own_paper(applicant, at):
    assert applicant.get(f"/dossiers/{at('settled').id}/papers/06").status_code == 404


@pytest.mark.parametrize("key", ["00", "02", "03-2", "07", "x", "01.exe"])
def test_a_paper_that_does_not_exist_is_not_found(officer, at, key):
    sent = at("received")
    for ending in ("", ".pdf"):
        assert officer.get(f"{sent.url}/papers/{key}{ending}").status_code == 404


def test_before_acceptance_there_is_no_receipt_of_acceptance(officer, at):
    sent = at("submitted")
    assert officer.get(f"{sent.url}/papers/01").status_code == 404
    assert "/papers/01" not in officer.get(sent.url).get_data(as_text=True)


def test_the_screen_speaks_the_readers_language_and_the_paper_vietnamese(officer, applicant, at):
    sent = at("declined")
    for browser, link in ((officer, f"{sent.url}/papers/03"), (applicant, f"/dossiers/{sent.id}/papers/03")):
        browser.set_cookie("lang", "en")
        page = text_of(browser.get(link))
        assert "Refusal to accept the dossier" in page and "CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM" in page
        printed = words_of(browser.get(f"{link}.pdf").data)
        assert NAMES["03"].upper() in printed and "Refusal" not in printed and "Applicant" not in printed


def test_a_trial_says_so_on_every_sheet(officer, at):
    sent = at("received")
    assert "BẢN THỬ" in text_of(officer.get(f"{sent.url}/papers/01"))
    assert "BẢN THỬ" in words_of(officer.get(f"{sent.url}/papers/01.pdf").data)


def test_the_code_on_paper_opens_the_dossier(officer, at, client):
    sent = at("received")
    pdf = pypdfium2.PdfDocument(officer.get(f"{sent.url}/papers/01.pdf").data)
    found = zxingcpp.read_barcodes(pdf[0].render(scale=3).to_pil())
    assert [code.text for code in found] == [f"HTTP://LOCALHOST/Q/{sent.token}"]


def test_a_sheet_is_kept_for_fifty_years(officer, at):
    """PDF/A-2b with its letters in it: it reads the same on a machine that has none of our fonts."""
    pdf = pdf_of(officer.get(f"{at('declined').url}/papers/03.pdf"))
    with pdf.open_metadata() as data:
        assert (data["pdfaid:part"], data["pdfaid:conformance"]) == ("2", "B")
    fonts = [font.DescendantFonts[0].FontDescriptor for page in pdf.pages for font in page.Resources.Font.values()]
    assert fonts and all("/FontFile3" in font or "/FontFile2" in font for font in fonts)


# ---------------------------------------------------------------------------------------------- many, long, evil


def test_a_request_for_twelve_things_fits_one_page(officer, services, send):
    sent = send()
    long = "Chụp lại cho rõ số seri, bốn góc và dấu đỏ; nếu giấy đã cũ thì xin cấp lại tại nơi đã cấp. " * 8
    with services.database.transaction() as session:
        row, from_desk = session.query(Dossier).filter_by(public_id=sent.id).one(), as_staff(session, "officer")
        items = [{"kind": "document", "key": f"paper_{n}", "fault": "blurred", "words": long} for n in range(12)]
        request_supplement(session, row, by=from_desk, version=row.version, items=items)
    file = officer.get(f"{sent.url}/papers/02.pdf")
    assert len(pdf_of(file).pages) == 1
    assert words_of(file.data).count("bốn góc và dấu đỏ") == 12 * 8
    assert text_of(officer.get(f"{sent.url}/papers/02")).count("bốn góc và dấu đỏ") == 12 * 8


def test_whatever_is_typed_stays_words(officer, applicant, at):
    evil = '#panic("x") *đậm* $x^2$ <b>b</b> #import "@preview/x" \\ #sys.inputs @label ]) "'
    sent = at("submitted")
    data = {"reason": evil, "basis": "Luật Hộ tịch"}
    assert post_form(officer, f"{sent.url}/decline", data).status_code == 303
    assert evil in text_of(applicant.get(f"/dossiers/{sent.id}/papers/03"))
    printed = words_of(applicant.get(f"/dossiers/{sent.id}/papers/03.pdf").data)
    for part in ('#panic("x")', "*đậm*", "<b>b</b>", "#sys.inputs"):
        assert part in printed


@pytest.mark.parametrize("rows", [0, 1, 40, 200, 900])
def test_however_much_stands_on_it_a_one_page_paper_is_one_page(app, rows):
    table = Table(("STT", "Giấy tờ"), (1, 9), tuple((str(n), "Giấy tờ cần bổ sung " * 3) for n in range(rows)))
    sheet = Sheet("02", "Phiếu", "", "Số: 1", Head("A", "B", "C"), (Words("Kính gửi"), table), (), "Chân trang")
    with app.test_request_context():
        assert len(pikepdf.open(io.BytesIO(sheet_pdf(sheet))).pages) == 1


# ---------------------------------------------------------------------------------------------- numbers


def test_papers_of_one_office_are_numbered_without_gaps(officer, at):
    numbers = []
    for _turn in range(3):
        page = text_of(officer.get(f"{at('declined').url}/papers/03"))
        numbers.append(int(re.search(r"Số: (\d{4})/\d{4}/M03", page)[1]))
    assert numbers == [1, 2, 3]


def test_a_second_request_is_a_second_paper_and_the_first_stays_as_it_was(services, officer, at):
    sent = at("asked before acceptance")
    first = text_of(officer.get(f"{sent.url}/papers/02"))
    with services.database.transaction() as session:
        row = session.query(Dossier).filter_by(public_id=sent.id).one()
        row.state, row.resume_to = "submitted", None  # as if it had been answered
        request_supplement(session, row, by=as_staff(session, "officer"), version=row.version, items=ITEMS)
    assert officer.get(f"{sent.url}/papers/02-2").status_code == 200
    assert text_of(officer.get(f"{sent.url}/papers/02")) == first


# ---------------------------------------------------------------------------------------------- 06 and 07


def test_each_hand_is_early_on_time_or_late():
    due = clock.now().replace(hour=10, minute=0)  # 17:00 in Viet Nam
    said = [control.punctuality(due + timedelta(hours=hours), due) for hours in (-30, -1, 0, 1)]
    assert said == ["early", "on time", "on time", "late"]
    assert control.punctuality(due, None) == ""


def test_the_control_sheet_names_every_hand_and_says_when_it_was_late(app, services, officer, at, row_of):
    sent = at("processing")
    # Before the day, on a day off.
    assert re.search("đúng hạn|trước hạn", text_of(officer.get(f"{sent.url}/papers/06")))
    with time_machine.travel(row_of(sent).due_at + timedelta(days=1), tick=False):
        case = app.test_client()
        who.log_in_staff(case, services, "case")
        data = {"decision": "refused", "issued_on": "22/11/2026", "reason": "Trùng."}
        assert post_form(case, f"{sent.url}/settle", data).status_code == 303
        sheet = text_of(case.get(f"{sent.url}/papers/06"))
    for words in ("Lê Thị Mai", "Trần Quốc Việt", "quá hạn", "Bộ phận Một cửa"):
        assert words in sheet


def test_a_long_register_runs_over_many_numbered_pages(app):
    rows = tuple((str(n), "H56.38.12-261122-0001", "Khai sinh cho con") for n in range(150))
    table = Table(("STT", "Mã hồ sơ", "Thủ tục"), (1, 4, 4), rows)
    sheet = Sheet("07", "Sổ", "", "từ … đến …", Head("A", "B", "C"), (table,), (), "", one_page=False, landscape=True)
    with app.test_request_context():
        data = sheet_pdf(sheet)
    pages = len(pikepdf.open(io.BytesIO(data)).pages)
    assert pages > 3 and f"2 / {pages}" in words_of(data)
    assert words_of(data).count("Thủ tục") == pages  # the head of the table stands on every page
