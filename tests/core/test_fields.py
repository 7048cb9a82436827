"""A field is read the same way wherever it stands; nothing a person types breaks a page."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from webapp.core.fields import Answers, FieldSpec, missing_error, read_field
from webapp.core.parsing import READERS
from webapp.core.text import Text

OPTIONS = [("nam", "Nam"), ("nu", "Nữ")]
COLUMNS = [FieldSpec("from", "date_partial", "Từ"), FieldSpec("place", "text", "Nơi ở", required=False)]
TEXTS = ["text", "textarea", "unit", "plot_ref", "doc_ref", "catalog:ethnicity", "catalog:country"]
KINDS = [*READERS, *TEXTS, "select", "address", "commune", "date_and_text", "table"]


def spec(kind, key="x", **changes):
    given = {"options": OPTIONS if kind == "select" else (), "columns": COLUMNS if kind == "table" else ()}
    return FieldSpec(key, kind, "Câu hỏi", **{**given, **changes})


def read(kind, typed, **changes):
    return read_field(spec(kind, **changes), Answers(typed if isinstance(typed, dict) else {"x": typed}))


# ------------------------------------------------------------------------------------------- for every kind

NAMES = ["x", "x_province", "x_commune", "x_line", "x_date", "x_text", "x_from", "x_place"]


@pytest.mark.parametrize("kind", KINDS)
@given(
    st.dictionaries(st.sampled_from(NAMES), st.text(max_size=30) | st.lists(st.text(max_size=12), max_size=3)),
    st.booleans(),
)
def test_nothing_that_is_typed_breaks_the_page_and_every_value_can_be_kept(kind, form, required):
    got = read_field(spec(kind, required=required), Answers(form))
    assert got.error is None or isinstance(got.error, Text)
    assert got.error is None or got.value is None
    assert json.loads(json.dumps(got.value)) == got.value
    json.dumps(got.raw)


@pytest.mark.parametrize("kind", KINDS)
def test_an_empty_answer_is_asked_for_only_where_it_is_needed(kind):
    needed, free = read(kind, {}), read(kind, {}, required=False)
    assert needed.error == missing_error(spec(kind))
    assert (free.error, free.value) == (None, None)


@pytest.mark.parametrize("kind", KINDS)
def test_spaces_alone_are_no_answer(kind):
    assert read(kind, dict.fromkeys(NAMES, " \u00a0\u200b\n"), required=True).error is not None


def test_a_kind_that_does_not_exist_is_the_programmers_mistake():
    with pytest.raises(LookupError, match="unknown kind"):
        read("colour", "blue")


# ---------------------------------------------------------------------------------------------- single kinds


def test_what_was_typed_is_shown_again_beside_what_is_wrong_with_it():
    got = read("date", "31/02/2026")
    assert (got.raw, got.value) == ("31/02/2026", None)
    assert "no such day" in str(got.error)


def test_a_text_is_one_line_and_a_long_text_keeps_its_lines():
    assert read("text", " Thôn  Đình\nNam ").value == "Thôn Đình Nam"
    assert read("textarea", "một\r\nhai").value == "một\nhai"


@pytest.mark.parametrize(("kind", "most"), [("text", 500), ("textarea", 5000), ("catalog:ethnicity", 500)])
def test_a_text_has_an_end(kind, most):
    assert read(kind, "x" * most).value == "x" * most
    assert read(kind, "x" * (most + 1)).error.params == {"n": most}


def test_only_the_answers_of_the_list_can_be_chosen():
    assert read("select", "nu").value == "nu"
    assert read("select", "khac").error == Text("Choose one of the answers in the list.")


@pytest.mark.parametrize("typed", ["yes", "on", "1", "true"])
def test_a_ticked_box_is_yes(typed):
    assert read("checkbox", typed).value == "yes"


def test_yes_or_no_is_nothing_else():
    assert read("bool", "no").value == "no"
    assert read("bool", "maybe").error == Text("Choose one answer.")


def test_a_letter_typed_in_two_strokes_is_the_same_letter():
    assert read("name", "Nguye\u0302\u0303n Thi\u0323 \u0110a\u0300o").value == "Nguyễn Thị Đào"


def test_an_address_is_a_province_a_commune_and_a_line():
    typed = {"x_province": "38", "x_commune": " Xã  Hoằng Lộc ", "x_line": "Thôn Đình Nam"}
    assert read("address", typed).value == {"province": "38", "commune": "Xã Hoằng Lộc", "line": "Thôn Đình Nam"}
    assert read("commune", typed).value == {"province": "38", "commune": "Xã Hoằng Lộc"}


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        ({"x_line": "Thôn Đình Nam"}, "Choose the province."),
        ({"x_commune": "Xã Hoằng Lộc"}, "Choose the province."),
        ({"x_province": "38"}, "Enter the commune"),
        ({"x_province": "38", "x_commune": "X", "x_line": "y" * 501}, "too long"),
    ],
)
def test_a_half_address_asks_for_the_other_half_even_where_none_was_needed(typed, said):
    got = read("address", typed, required=False)
    assert said in got.error.msgid
    assert got.raw["line"] == typed.get("x_line", "")


def test_where_and_when_a_paper_was_issued():
    assert read("date_and_text", {"x_date": "16/8/2023", "x_text": "Bộ Công an"}).value == {
        "date": "2023-08-16",
        "text": "Bộ Công an",
    }
    assert read("date_and_text", {"x_text": "Bộ Công an"}).value == {"date": "", "text": "Bộ Công an"}
    assert "no such day" in str(read("date_and_text", {"x_date": "31/02/2023"}).error)
    assert "too long" in read("date_and_text", {"x_text": "y" * 501}).error.msgid


# ------------------------------------------------------------------------------------------------------ table


def rows(*pairs):
    return {"x_from": [a for a, _ in pairs], "x_place": [b for _, b in pairs]}


def test_rows_of_a_table_are_read_and_empty_ones_are_left_out():
    got = read("table", rows(("2010", "Xã Hoằng Lộc"), ("", ""), ("5/2020", "")))
    assert got.value == [{"from": "2010", "place": "Xã Hoằng Lộc"}, {"from": "2020-05", "place": None}]


def test_a_wrong_row_is_named_and_the_rows_stay():
    got = read("table", rows(("2010", "A"), ("năm ngoái", "B")))
    assert got.value is None
    assert got.error.params["row"] == 2
    assert [row["place"] for row in got.raw] == ["A", "B"]


def test_a_column_that_came_short_counts_as_empty():
    got = read("table", {"x_from": ["2010", "2011"], "x_place": ["A"]})
    assert got.value == [{"from": "2010", "place": "A"}, {"from": "2011", "place": None}]


def test_too_many_rows_are_said_and_not_cut_off_in_silence():
    assert len(read("table", rows(*[("2010", "A")] * 50)).value) == 50
    got = read("table", rows(*[("2010", "A")] * 51))
    assert got.value is None
    assert got.error.params == {"n": 50}
