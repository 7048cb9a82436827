"""One form of every letter, searching without marks, and hiding what others need not read."""

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from webapp.core.text import Text, fold, mask_id, mask_phone, nfc, one_line, unaccented

ANY = st.text(max_size=80)


@pytest.mark.parametrize(
    ("written", "searched"),
    [
        ("Nguyễn Thị Đào", "nguyen thi dao"),
        ("ĐẶNG  Đức\tĐiềm", "dang duc diem"),
        ("H'Hen Niê", "h'hen nie"),
        ("Hoằng Lộc", "hoang loc"),
        ("ưỡng ẨM ỵ ỷ ỹ", "uong am y y y"),
        (unicodedata.normalize("NFD", "Đường Lê Lợi"), "duong le loi"),
        ("Ba\u200b Thước\u00a0", "ba thuoc"),
        ("", ""),
    ],
)
def test_people_find_words_without_typing_marks(written, searched):
    assert fold(written) == searched


@given(ANY)
def test_folding_twice_changes_nothing(text):
    assert fold(fold(text)) == fold(text)


@given(ANY)
def test_what_was_folded_has_no_mark_no_capital_and_single_spaces(text):
    folded = fold(text)
    assert "  " not in folded
    assert folded == folded.strip()
    assert "đ" not in folded
    assert not any(unicodedata.combining(ch) for ch in unicodedata.normalize("NFD", folded))


@given(ANY)
def test_both_ways_a_keyboard_composes_a_letter_give_the_same_text(text):
    assert nfc(unicodedata.normalize("NFD", text)) == nfc(unicodedata.normalize("NFC", text))


@given(ANY)
def test_clean_text_is_in_normal_form_and_stays_as_it_is(text):
    clean = nfc(text)
    assert unicodedata.is_normalized("NFC", clean)
    assert nfc(clean) == clean


@given(ANY)
def test_one_line_is_one_line(text):
    line = one_line(text)
    assert "\n" not in line
    assert one_line(line) == line


def test_an_invisible_letter_between_a_vowel_and_its_mark_is_no_trouble():
    assert nfc("Lo\u200b\u0323\u0302c") == "Lộc"


def test_line_breaks_of_every_machine_stay_line_breaks_and_control_signs_go():
    assert nfc("a\r\nb\rc\nd\x00\x1b[31m\x7f\u202e") == "a\nb\nc\nd[31m"


@pytest.mark.parametrize(
    ("text", "plain"),
    [("Hồ sơ Đã nhận", "Ho so Da nhan"), ("ông/bà Ưng", "ong/ba Ung"), ("12.000 đ", "12.000 d")],
)
def test_an_sms_needs_no_marks_and_keeps_its_capitals(text, plain):
    assert unaccented(text) == plain


@pytest.mark.parametrize(
    ("number", "shown"),
    [
        ("038196001234", "0381••••••34"),
        ("12/2024", "1••••24"),
        ("1234", "••••"),
        ("7", "•"),
        ("", ""),
        (None, ""),
    ],
)
def test_a_number_is_recognised_by_its_owner_and_of_no_use_to_others(number, shown):
    assert mask_id(number) == shown


@given(st.text(alphabet="0123456789/", min_size=5, max_size=20))
def test_a_hidden_number_is_as_long_and_most_of_it_is_hidden(number):
    shown = mask_id(number)
    assert len(shown) == len(number)
    assert shown.count("•") >= len(number) - 6


@pytest.mark.parametrize(
    ("number", "shown"), [("+84912345678", "0912 ••• 678"), ("0912345678", "0912 ••• 678"), (None, "")]
)
def test_a_phone_shows_its_two_ends(number, shown):
    assert mask_phone(number) == shown


def test_a_sentence_with_values_can_be_printed_without_a_translation():
    assert str(Text("The code has %(n)s digits", n=6)) == "The code has 6 digits"
    assert str(Text("100 % sure")) == "100 % sure"


def test_two_sentences_are_the_same_if_words_and_values_are():
    assert Text("%(n)s files", n=1) == Text("%(n)s files", n=1)
    assert Text("%(n)s files", n=1) != Text("%(n)s files", n=2)
    assert len({Text("a"), Text("a")}) == 1
