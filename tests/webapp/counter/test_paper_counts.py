"""How many originals and copies lie on the desk: whoever has them in hand writes it down, and form 01 says it."""

import re

import pytest
from sqlalchemy import select

from tests import people as who
from tests.filling import submit
from tests.pages import form_of, post_form, text_of
from tests.webapp.counter.test_official_papers import pdf_of, sheet_in, words_of
from tests.webapp.counter.test_walk_in import begin, end, fill, look_up
from webapp.core.audit import AuditEntry
from webapp.dossiers.models import DossierMove

COUNTED = {"originals_birth_proof": "1", "certified_birth_proof": "2", "plain_birth_proof": "3"}


def count(browser, sent, data):
    return post_form(browser, f"{sent.url}/count-papers", data)


def cells(browser, link):
    """The table of the sheet, row by row."""
    body = sheet_in(browser.get(link)).partition("<tbody>")[2].partition("</tbody>")[0]
    return [[cell.partition("</td>")[0] for cell in row.split("<td>")[1:]] for row in body.split("</tr>")[:-1]]


def prefilled(browser, url):
    """Name of each number on the page → what stands in it."""
    page = browser.get(f"{url}/count-papers").get_data(as_text=True)
    return dict(re.findall(r'<input class="input short"[^>]* name="([^"]*)"[^>]* value="([^"]*)"', page))


def test_what_was_sent_as_photos_leaves_the_cells_for_paper_empty(officer, at):
    link = f"{at('received').url}/papers/01"
    for row in cells(officer, link):
        assert row[2:5] == ["", "", ""] and int(row[5]) >= 1
    for column in ("Bản chính", "Bản chứng thực", "Bản photo"):
        assert column in words_of(officer.get(f"{link}.pdf").data)


def test_what_a_person_brings_is_counted_and_stands_on_one_page(officer, applicant, at, services):
    sent = at("received")
    assert set(prefilled(officer, sent.url).values()) == {""}  # nobody has seen a paper yet
    assert count(officer, sent, COUNTED).status_code == 303
    for browser, link in ((officer, f"{sent.url}/papers/01"), (applicant, f"/dossiers/{sent.id}/papers/01")):
        [row] = [row for row in cells(browser, link) if row[1] == "Giấy chứng sinh"]
        assert row[2:5] == ["1", "2", "3"]
        assert len(pdf_of(browser.get(f"{link}.pdf")).pages) == 1
    assert prefilled(officer, sent.url) | COUNTED == prefilled(officer, sent.url)
    assert "Cơ quan đã ghi số bản giấy ông/bà mang đến" in text_of(applicant.get(f"/dossiers/{sent.id}"))
    assert "Đã ghi số bản giấy nhận được" in text_of(officer.get(sent.url))
    with services.database.session(write=False) as session:
        noted = session.scalars(select(AuditEntry).where(AuditEntry.action == "dossier:count_papers")).one()
        assert noted.detail == {"papers": 1}


def test_who_stands_at_the_counter_is_met_with_what_the_procedure_asks_for(officer):
    assert look_up(officer, who.NHAN_ID).status_code == 303
    visit = begin(officer).location.removesuffix("/edit")
    fill(officer, visit)
    assert submit(officer, visit).status_code == 303
    here = end(officer, f"{visit}/receipt").location
    assert prefilled(officer, here)["originals_birth_proof"] == "1"
    assert prefilled(officer, here)["plain_birth_proof"] == ""
    for row in cells(officer, f"{here}/papers/01"):
        assert row[2:5] == ["", "", ""]  # a proposal is no count


def test_the_same_numbers_again_are_no_new_line_of_the_history(officer, at, services):
    sent = at("processing")
    for _time in range(2):
        assert count(officer, sent, COUNTED).status_code == 303
    with services.database.session(write=False) as session:
        assert len(session.scalars(select(DossierMove).where(DossierMove.verb == "count_papers")).all()) == 1


@pytest.mark.parametrize("wrong", ["x", "-1", "100", "1,5", "9" * 400])
def test_what_is_no_number_is_refused_and_kept(officer, at, wrong):
    sent = at("received")
    answer = count(officer, sent, {**COUNTED, "certified_birth_proof": wrong})
    assert answer.status_code == 422
    assert f'value="{wrong}"' in answer.get_data(as_text=True)


@pytest.mark.parametrize("place", ["settled", "declined", "handed over", "asked in work", "to be paid in work"])
def test_papers_are_counted_only_while_the_office_has_the_dossier(officer, at, place):
    sent = at(place)
    assert officer.get(f"{sent.url}/count-papers").status_code == 409
    assert f"{sent.url}/count-papers" not in officer.get(sent.url).get_data(as_text=True)


def test_two_officers_who_count_at_once_do_not_write_over_each_other(officer, case_officer, at):
    sent = at("received")
    form = form_of(case_officer, f"{sent.url}/count-papers")
    assert count(officer, sent, COUNTED).status_code == 303
    late = case_officer.post(f"{sent.url}/count-papers", data={**form["hidden"], "originals_birth_proof": "7"})
    assert late.status_code == 409
    assert 'value="7"' in late.get_data(as_text=True)
