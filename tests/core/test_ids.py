"""Ids that may leave the house: nobody guesses them, and people can read the short ones aloud."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from webapp.core import ids


def test_public_ids_are_random_and_fit_a_url():
    made = {ids.new_public_id() for _ in range(2000)}
    assert len(made) == 2000
    assert all(re.fullmatch(r"[A-Za-z0-9_-]{22}", one) for one in made)


def test_a_lookup_code_has_no_symbol_that_people_mix_up():
    for _ in range(500):
        code = ids.new_lookup_code()
        assert re.fullmatch(r"[2346789A-HJKMNP-RT-Z]{3}-[2346789A-HJKMNP-RT-Z]{3}", code)
        assert not set(code) & set("01OIL5S")


@pytest.mark.parametrize("typed", ["7K4-92M", "7k4-92m", "7K492M", "7k4 92m", " 7 K 4 . 9 2 M ", "7k4.92m"])
def test_a_lookup_code_is_understood_however_it_is_typed(typed):
    assert ids.normalise_lookup_code(typed) == "7K4-92M"


@pytest.mark.parametrize("typed", ["", "7K4-92", "7K4-92MM", "OIL-015", "H56.38.12-261122-0042", "7K4–92Đ"])
def test_what_cannot_be_one_of_our_codes_is_none(typed):
    assert ids.normalise_lookup_code(typed) is None


@given(st.text(max_size=20))
def test_whatever_is_typed_the_code_is_ours_or_none(typed):
    found = ids.normalise_lookup_code(typed)
    assert found is None or ids.normalise_lookup_code(found) == found


def test_a_qr_token_is_sixteen_capitals_so_that_its_square_stays_small():
    made = {ids.new_qr_token() for _ in range(500)}
    assert len(made) == 500
    assert all(re.fullmatch(r"[A-Z2-7]{16}", one) for one in made)


def test_a_one_time_code_has_six_digits_and_may_begin_with_a_zero():
    made = [ids.new_code() for _ in range(2000)]
    assert all(re.fullmatch(r"\d{6}", one) for one in made)
    assert any(one.startswith("0") for one in made)


def test_a_session_secret_has_256_bits():
    assert len(ids.new_secret()) == 43
    assert ids.new_secret() != ids.new_secret()
