"""What a person without a log-in reads: the list, the search, one procedure."""

import re
from html import unescape

import pytest
from flask.testing import FlaskClient

from webapp.catalogue.load import files

CODES = [path.stem for path in files()]


def read(client: FlaskClient, path: str, status: int = 200) -> str:
    answer = client.get(path)
    assert answer.status_code == status, path
    return unescape(re.sub(r"\s+", " ", answer.get_data(as_text=True)))


def test_a_visitor_reads_the_list_and_every_procedure_is_two_taps_away(visitor):
    page = read(visitor, "/procedures")
    for code in CODES:
        assert f'href="/procedures/{code}"' in page
    assert "Khai sinh cho con" in page
    assert "Miễn phí" in page or "Free" in page


@pytest.mark.parametrize("code", CODES)
def test_every_procedure_can_be_read_in_both_languages(visitor, specs, code):
    spec = specs[code]
    assert spec.plain.vi in read(visitor, f"/procedures/{code}")
    visitor.set_cookie("lang", "en")
    page = read(visitor, f"/procedures/{code}")
    assert spec.plain.en in page
    assert spec.summary.en in page


def test_a_visitor_searches_without_accents_and_without_spaces(visitor):
    assert 'href="/procedures/1.001193"' in read(visitor, "/procedures?q=khaisinh")
    assert 'href="/procedures/1.000894"' in read(visitor, "/procedures?q=dang+ki+ket+hon")


def test_who_finds_nothing_is_told_what_to_try(visitor):
    page = read(visitor, "/procedures?q=xyzzy")
    assert "xyzzy" in page
    assert 'href="/procedures"' in page
    assert "tel:1022" in page


def test_what_was_typed_is_shown_again_and_never_run(visitor):
    answer = visitor.get("/procedures?q=%3Cscript%3Ealert(1)%3C/script%3E")
    assert answer.status_code == 200
    assert b"<script>alert" not in answer.data


def test_a_life_event_has_its_own_list(visitor):
    page = read(visitor, "/procedures?event=land")
    assert 'href="/procedures/1.013831"' in page
    assert 'href="/procedures/1.001193"' not in page
    assert read(visitor, "/procedures?event=lottery", 404)


def test_a_code_that_does_not_exist_is_a_404_page_with_a_way_on(visitor):
    page = read(visitor, "/procedures/9.999999", 404)
    assert "1022" in page
    assert read(visitor, "/procedures/..%2f..%2fetc", 404)


def test_the_birth_page_says_the_three_facts_and_what_comes_from_the_records(visitor, specs):
    visitor.set_cookie("lang", "en")
    page = read(visitor, "/procedures/1.001193")
    for words in ("Free", "Same day", "1 paper", "Reused from your records", "Good to know", "KQ"[:0]):
        assert words in page
    assert specs["1.001193"].document("birth_proof").ask.en in page
    assert "22/11/2026" in page
    assert "123/2015/NĐ-CP" in page


def test_what_is_done_at_the_counter_only_has_no_start_button(visitor):
    visitor.set_cookie("lang", "en")
    page = read(visitor, "/procedures/2.000815")
    assert "Only at the counter" in page
    assert "/dossiers/new/" not in page


def test_the_start_button_leads_to_where_a_room_above_starts_dossiers(catalogue):
    catalogue.extensions.setdefault("motcua_paths", {})["start_dossier"] = "/dossiers/new/{code}"
    assert 'href="/dossiers/new/1.001193"' in read(catalogue.test_client(), "/procedures/1.001193")


def test_a_joined_procedure_names_its_parts(visitor, specs):
    page = read(visitor, "/procedures/3.000722")
    assert 'href="/procedures/1.014137"' in page


def test_pages_of_nobody_may_be_kept_for_reading_offline(visitor):
    assert visitor.get("/procedures/1.001193").headers["X-Motcua-Public"] == "1"
    assert visitor.get("/procedures").headers["X-Motcua-Public"] == "1"
    assert "X-Motcua-Public" not in visitor.get("/procedures/9.999999").headers
