"""Whatever stands in a procedure's file is a procedure or a mistake that is told; conditions always have an answer."""

import copy
from typing import Any

import hypothesis
from hypothesis import given
from hypothesis import strategies as st

from webapp.catalogue import formspec as form
from webapp.catalogue.conditions import Condition, ConditionError, condition
from webapp.catalogue.editing import uploaded
from webapp.catalogue.load import files
from webapp.catalogue.place import SpecError
from webapp.catalogue.reading import parse, read_file
from webapp.core.fields import Answers, read_field
from webapp.shell.forms import Form

CONTENTS = [read_file(path) for path in files()]
SPECS = [parse(content) for content in CONTENTS]
ODD: Any = st.recursive(
    st.none() | st.booleans() | st.integers(-5, 5) | st.text(max_size=12) | st.floats(allow_nan=False),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=6), inner, max_size=3),
    max_leaves=6,
)


def places(value: Any, path: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
    """Every place of a content."""
    found = [path] if path else []
    entries = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for key, inner in entries:
        found += places(inner, (*path, key))
    return found


PLACES = [places(content) for content in CONTENTS]


@given(st.integers(0, len(CONTENTS) - 1), st.data())
@hypothesis.settings(max_examples=300, suppress_health_check=[hypothesis.HealthCheck.too_slow])
def test_any_value_in_any_place_is_read_or_told(at: int, data: st.DataObject) -> None:
    content = copy.deepcopy(CONTENTS[at])
    path = data.draw(st.sampled_from(PLACES[at]))
    inner: Any = content
    for step in path[:-1]:
        inner = inner[step]
    if data.draw(st.booleans()):
        inner[path[-1]] = data.draw(ODD)
    else:
        del inner[path[-1]]
    try:
        assert isinstance(parse(content, "x.yaml"), form.ProcedureSpec)
    except SpecError as wrong:
        assert str(wrong).startswith("x.yaml: ")


@given(ODD)
def test_a_content_that_is_no_procedure_is_told(content: Any) -> None:
    if isinstance(content, dict):
        content.pop("listing", None)
        try:
            parse(content)
        except SpecError as wrong:
            assert str(wrong)
        else:
            raise AssertionError(content)


@given(st.binary(max_size=300))
@hypothesis.settings(max_examples=200, suppress_health_check=[hypothesis.HealthCheck.too_slow])
def test_no_file_breaks_the_upload(data: bytes) -> None:
    try:
        uploaded(data, "x.yaml")
    except SpecError as wrong:
        assert "x.yaml" in str(wrong)
    else:
        raise AssertionError(data)


TEXTS = st.text("abc_=1 notandrA", max_size=40)
ANSWERS = st.dictionaries(st.sampled_from(["a", "b", "c", "abc"]), ODD, max_size=4)


@given(TEXTS, ANSWERS)
@hypothesis.settings(max_examples=300, suppress_health_check=[hypothesis.HealthCheck.too_slow])
def test_a_condition_is_refused_or_has_an_answer_for_all_answers(text: str, answers: dict[str, Any]) -> None:
    try:
        rule = condition(text)
    except ConditionError as wrong:
        assert str(wrong)
        return
    assert isinstance(rule, Condition)
    assert rule.holds(answers) in (True, False)
    assert condition(rule.text) == rule


FIELDS = [field for spec in SPECS for field in spec.fields if field.where == "page"]


@given(st.sampled_from(FIELDS), st.data())
@hypothesis.settings(max_examples=400, suppress_health_check=[hypothesis.HealthCheck.too_slow])
def test_what_was_accepted_is_accepted_again_as_it_is_shown(field: form.FormField, data: st.DataObject) -> None:
    """A page shows the kept value; sent back unchanged it must mean the same."""
    typed: dict[str, Any] = {f"{field.key}{part}": data.draw(TYPED) for part in PARTS}
    for column in field.columns:
        typed[f"{field.key}_{column.key}"] = data.draw(st.lists(TYPED, max_size=3))
    reading = read_field(field, Answers(typed))
    if reading.error is not None or reading.value is None:
        return
    shown = Form.show([field], {field.key: reading.value}).raw[field.key]
    again = read_field(field, Answers(as_typed(field, shown)))
    assert (again.error, again.value) == (None, reading.value)


PARTS = ("", "_province", "_commune", "_line", "_date", "_text")
OPTIONS = sorted({value for field in FIELDS for value, _ in field.options})
TYPED = st.one_of(
    st.sampled_from(["27/03/1994", "1954", "038190001111", "0912345678", "25.000", "120,5", "14:30", "Lò Thị Mai", "38",
                     "Xã Hoằng Lộc", "yes", "no", "", "0123456789 Agribank", "dao@example.vn", "2"]),
    st.sampled_from(OPTIONS),
    st.text(max_size=12),
)  # fmt: skip


def as_typed(field: form.FormField, value: Any) -> dict[str, Any]:
    """A kept value as the page's boxes hold it."""
    if field.kind == "table":
        return {
            f"{field.key}_{c.key}": ["" if row[c.key] is None else box(c, row[c.key]) for row in value]
            for c in field.columns
        }
    if isinstance(value, dict):
        return {f"{field.key}_{part}": day(text) if part == "date" else text for part, text in value.items()}
    return {field.key: box(field, value)}


def box(field: Any, value: Any) -> str:
    return "" if value is None else day(value) if field.kind.startswith("date") else str(value)


def day(value: Any) -> str:
    return "/".join(reversed(str(value).split("-"))) if value else ""
