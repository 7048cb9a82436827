"""What people text is read forgivingly, and never guessed at."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from notifications.commands import HELP, STATUS, STOP, Asked, read
from webapp.core.ids import SAFE

LOOKUP = Asked(STATUS, "7K4-92M")
WHOLE = "H56.38.12-261122-0042"


@pytest.mark.parametrize(
    "text",
    [
        "HS 7K492M", "hs 7k492m", "HS7K492M", "hs7k4-92m", "Hs 7K4 92M", " HS  7K4-92M. ", "Hồ sơ 7K492M",
        "ho so 7k492m", "HS: 7K4-92M", "7K4-92M", "7k492m", "HS\n7K492M", "HS «7K4–92M»",
    ],
)  # fmt: skip
def test_a_lookup_code_is_understood_however_it_is_typed(text):
    assert read(text) == LOOKUP


@pytest.mark.parametrize("text", ["HS 7K492M 4321", "hs7k492m4321", "HS 7K4-92M 4321", "HS 7K492M - 4321"])
def test_the_second_fact_stands_behind_it(text):
    assert read(text) == Asked(STATUS, "7K4-92M", "4321")


def test_an_o_among_digits_is_a_nought_and_an_l_a_one():
    assert read("HS 7K492M OO42") == Asked(STATUS, "7K4-92M", "0042")
    assert read("HS 7K492M l996") == Asked(STATUS, "7K4-92M", "1996")
    assert read("HS H56.38.l2-261122-OO42") == Asked(STATUS, WHOLE)


def test_an_o_in_a_lookup_code_could_be_anything_so_nothing_is_guessed():
    assert read("HS 7KO92M") == Asked(HELP)


@pytest.mark.parametrize(
    ("text", "proof"),
    [
        (f"HS {WHOLE}", ""), (f"hs {WHOLE.lower()}", ""), ("HS H56 38 12 261122 0042", ""), ("H563812-261122-0042", ""),
        ("HSH5638122611220042", ""), (f"HS {WHOLE} 4321", "4321"), ("HS H56 38 12 261122 0042 4321", "4321"),
    ],
)  # fmt: skip
def test_the_code_of_the_dossier_is_understood_too(text, proof):
    assert read(text) == Asked(STATUS, WHOLE, proof)


def test_an_office_of_the_province_has_a_shorter_code():
    assert read("HS H56-261122-0042 4321") == Asked(STATUS, "H56-261122-0042", "4321")
    assert read("HS H56.38-261122-0042 4321") == Asked(STATUS, "H56.38-261122-0042", "4321")


@pytest.mark.parametrize("text", ["HUY", "huy", "Hủy", "HUỶ", "huy giup toi", "HUY!", "Hủy người làm giúp"])
def test_whoever_wants_nobody_to_act_for_them_need_not_know_a_code(text):
    assert read(text) == Asked(STOP)


@pytest.mark.parametrize("text", ["HUY 7K492M", "huy7k492m", "Hủy 7K4-92M"])
def test_a_code_may_stand_behind_it(text):
    assert read(text) == Asked(STOP, "7K4-92M")


@pytest.mark.parametrize("text", ["HS", "hs.", "Hồ sơ", "ho so?", " HS "])
def test_whoever_lost_the_code_asks_without_one(text):
    assert read(text) == Asked(STATUS)


def test_a_lookup_code_that_begins_with_the_word_is_a_code():
    assert read("HUY7K4") == Asked(STATUS, "HUY-7K4")
    assert read("HS HUY7K4") == Asked(STATUS, "HUY-7K4")


@pytest.mark.parametrize(
    "text", ["", "  ", "TRO GIUP", "trợ giúp", "HS 12", "xin chao", "😀", "HS 7K492M 12", "A" * 5000]
)
def test_everything_else_asks_for_help(text):
    assert read(text) == Asked(HELP)


@given(st.text())
def test_no_text_breaks_it(text):
    assert read(text).verb in (STATUS, STOP, HELP)


@given(st.text(alphabet=SAFE, min_size=6, max_size=6), st.sampled_from(["HS ", "hs", "Hồ sơ ", ""]))
def test_every_lookup_code_is_read_back(code, verb):
    asked = read(f"{verb}{code.lower()}")
    assert asked == Asked(STATUS, f"{code[:3]}-{code[3:]}")
