"""A text that looks short may be long for the network: one accent halves the room."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from notifications.segments import BASIC, EXTENSION, Size, plain, size_of


@pytest.mark.parametrize(
    ("text", "size"),
    [
        ("", Size("gsm7", 0, 1)),
        ("a" * 160, Size("gsm7", 160, 1)),
        ("a" * 161, Size("gsm7", 161, 2)),
        ("a" * 306, Size("gsm7", 306, 2)),
        ("a" * 307, Size("gsm7", 307, 3)),
        ("€" * 80, Size("gsm7", 160, 1)),
        ("€" * 81, Size("gsm7", 162, 2)),
        ("đ" * 70, Size("ucs2", 70, 1)),
        ("ế" * 71, Size("ucs2", 71, 2)),
        ("đ" * 134, Size("ucs2", 134, 2)),
        ("đ" * 135, Size("ucs2", 135, 3)),
        ("😀" * 35, Size("ucs2", 70, 1)),
        ("😀" * 36, Size("ucs2", 72, 2)),
        ("Hồ sơ đã được tiếp nhận", Size("ucs2", 23, 1)),
        ("Ho so da duoc tiep nhan", Size("gsm7", 23, 1)),
    ],
)
def test_a_text_is_counted_as_the_network_counts_it(text, size):
    assert size_of(text) == size


def test_a_sign_of_two_units_is_never_torn_over_two_parts():
    """152 letters and a euro: the euro moves to the second part whole, so 153 and 1 are not 154 in two."""
    assert size_of("a" * 152 + "€" * 100).parts == 3


@given(st.text())
def test_whatever_people_type_becomes_one_line_of_one_unit_signs(text):
    flat = plain(text)
    assert "\n" not in flat
    assert size_of(flat) == Size("gsm7", len(flat), size_of(flat).parts)
    assert not set(flat) & EXTENSION and set(flat) <= BASIC


@pytest.mark.parametrize(
    ("typed", "flat"),
    [
        ("UBND xã Hoằng Lộc", "UBND xa Hoang Loc"),
        ("Đắk Lắk", "Dak Lak"),
        ("A [cũ]\n– B", "A (cu) - B"),
        ("e\u0302\u0301", "e"),
        ("Ủy ban 😀 nhân dân", "Uy ban nhan dan"),
    ],
)
def test_vietnamese_loses_its_marks_and_nothing_else(typed, flat):
    assert plain(typed) == flat
