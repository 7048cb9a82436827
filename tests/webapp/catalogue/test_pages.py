"""What a person without a log-in reads: the list, the search, one procedure."""

import re
from html import unescape

import pytest
from flask.testing import FlaskClient

from tests.pages import text_of
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


def test_a_procedure_without_papers_does_not_say_to_hand_in_none(visitor):
    words = text_of(visitor.get("/procedures/1.014027"))
    assert "Không cần giấy tờ Thủ tục này" in words and "Không cần giấy tờ Phải nộp" not in words


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


# --------------------------------------------------------------------------------------- searching as people do


def test_an_old_district_in_the_question_finds_the_procedure_and_who_sits_there_today(visitor):
    page = read(visitor, "/procedures?q=khai+sinh+ho%E1%BA%B1ng+h%C3%B3a")
    assert 'href="/procedures/1.001193"' in page
    assert "Huyện Hoằng Hóa ngày nay" in page
    assert "UBND xã Hoằng Lộc" in page and "tel:0237" in page
    assert "Xã Hoằng Tiến" in page


@pytest.mark.parametrize(
    ("q", "words"),
    [
        ("huyen hoang hoa", "Huyện Hoằng Hóa ngày nay"),
        ("xã Hoằng Thịnh", "Xã Hoằng Thịnh ngày nay"),
        ("hoang loc", "Xã Hoằng Lộc"),
        ("UBND xã Bá Thước", "UBND xã Bá Thước"),
    ],
)
def test_a_place_alone_finds_its_counter_and_what_is_done_there(visitor, q, words):
    page = read(visitor, f"/procedures?q={q}")
    assert words in page
    assert 'href="/procedures?level=commune"' in page
    assert 'href="/procedures/1.001193"' in page


def test_a_word_that_is_no_place_is_not_taken_for_one(visitor):
    for q in ("khai sinh", "đăng ký kết hôn", "sổ đỏ", "tạm trú"):
        assert "ngày nay" not in read(visitor, f"/procedures?q={q}")


def test_who_finds_nothing_is_led_on(visitor):
    page = read(visitor, "/procedures?q=cap+bang+lai+may+bay+khong+nguoi")
    if "Chưa tìm thấy" in page:
        assert "Ông/bà tìm một trong các thủ tục này?" in page
    page = read(visitor, "/procedures?q=zzzzz")
    assert "Chưa tìm thấy" in page and "tel:1022" in page
    for event in ("birth", "land", "business"):
        assert f'href="/procedures?event={event}"' in page


def test_answers_can_be_narrowed_by_field_and_place_without_script(visitor):
    page = read(visitor, "/procedures?q=khai+sinh")
    fields = re.findall(r'<option value="([a-z0-9-]+)"', page)
    assert "ho-tich" in fields and "commune" in fields
    narrow = read(visitor, "/procedures?q=khai+sinh&field=ho-tich&level=commune")
    assert 'href="/procedures/1.001193"' in narrow
    assert 'href="/procedures/1.012783"' not in narrow
    assert "Chưa tìm thấy" in read(visitor, "/procedures?q=khai+sinh&level=ministry")


@pytest.mark.parametrize("q", ["Nguyễn Thị Đào 038196001234", "khai sinh hoằng hóa", "zzzzz"])
def test_what_was_asked_is_written_down_nowhere(visitor, caplog, capfd, q):
    """People type names and numbers into a search box."""
    caplog.set_level("DEBUG")
    assert visitor.get("/procedures", query_string={"q": q}).status_code == 200
    written = caplog.text + "".join(capfd.readouterr())
    assert q.split()[0] not in written and q.split()[-1] not in written
