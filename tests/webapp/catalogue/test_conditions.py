"""When a question is asked: the small language over earlier answers."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from webapp.catalogue.conditions import ConditionError, condition

KEYS = st.sampled_from(["a", "b", "c_d", "e1"])
VALUES = st.sampled_from(["yes", "no", "x", "KT3"])
TESTS = st.builds(
    lambda no, key, value: f"{'not ' if no else ''}{key}{'=' + value if value else ''}",
    st.booleans(),
    KEYS,
    st.none() | VALUES,
)
GROUPS = st.lists(st.lists(TESTS, min_size=1, max_size=3), min_size=1, max_size=3)
ANSWERS = st.dictionaries(KEYS, st.none() | VALUES | st.booleans() | st.integers(0, 3) | st.just(""))


def join(groups: list[list[str]]) -> str:
    return " or ".join(" and ".join(group) for group in groups)


@pytest.mark.parametrize(
    ("text", "answers", "holds"),
    [
        (None, {}, True),
        ("", {}, True),
        ("married", {}, False),
        ("married", {"married": "no"}, False),
        ("married", {"married": "yes"}, True),
        ("married", {"married": True}, True),
        ("copies_n", {"copies_n": 0}, True),
        ("not married", {}, True),
        ("not married", {"married": "yes"}, False),
        ("married=no", {}, False),
        ("married=no", {"married": "no"}, True),
        ("married=no", {"married": False}, True),
        ("relation=me", {"relation": "cha"}, False),
        ("a=1 or b=2", {"b": 2}, True),
        ("a=1 or b=2", {"b": "2"}, True),
        ("a=1 or b=2", {"a": 2}, False),
        ("a=1 and b=2", {"a": 1}, False),
        ("a=1 or b=2 and not c", {"a": "1", "c": "yes"}, True),
        ("a=1 or b=2 and not c", {"b": "2", "c": "yes"}, False),
        ("  a=1   or  b ", {"b": ["row"]}, True),
        ("a", {"a": []}, False),
    ],
)
def test_what_people_answered_decides_what_is_asked(text, answers, holds):
    assert condition(text).holds(answers) is holds


@pytest.mark.parametrize("text", ["a==b", "a = b", "or", "a or", "not", "A=b", "a=b;c", "(a)", "a=bé", "a&b"])
def test_what_is_not_in_the_language_is_refused_with_a_reason(text):
    with pytest.raises(ConditionError, match="write key"):
        condition(text)


@given(GROUPS, ANSWERS)
def test_or_and_and_not_mean_what_they_mean_everywhere(groups, answers):
    expected = any(all(condition(test).holds(answers) for test in group) for group in groups)
    assert condition(join(groups)).holds(answers) is expected


@given(TESTS, ANSWERS)
def test_not_is_the_contrary(text, answers):
    contrary = text.removeprefix("not ") if text.startswith("not ") else f"not {text}"
    assert condition(contrary).holds(answers) is not condition(text).holds(answers)


@given(GROUPS)
def test_a_condition_knows_which_answers_it_looks_at(groups):
    rule = condition(join(groups))
    assert rule.keys == {t.removeprefix("not ").partition("=")[0] for group in groups for t in group}
