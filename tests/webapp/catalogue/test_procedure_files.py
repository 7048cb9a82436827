"""The 24 files: complete in both languages, and made of questions that the ground floor can read."""

import re
from typing import Any

import pytest

from webapp.catalogue.formspec import ProcedureSpec, Words
from webapp.catalogue.life_events import EVENTS
from webapp.catalogue.load import files
from webapp.catalogue.reading import SpecError, parse, read_file
from webapp.core.fields import Answers, FieldSpec, read_field
from webapp.core.text import nfc

FILES = files()
ASKED_BY_NAME = {"1.001193", "1.000894", "2.000635", "1.004873", "1.004194", "1.014027", "1.001776"}
ENGLISH_IN_VIETNAMESE = re.compile(r"\b(the|and|of|with|your|for|is)\b")
EXAMPLE = re.compile(r"\b(\d{1,2})/(\d{1,2})/\d{4}\b")
PARTS = ("", "_province", "_commune", "_line", "_date", "_text")
STIFF = ("quý công dân", "vui lòng", "hệ thống", "công dân cần")


def words_in(value: Any, path: str = "") -> list[tuple[str, Words]]:
    """Every pair of words in a spec, with where it stands."""
    if isinstance(value, Words):
        return [(path, value)]
    if isinstance(value, tuple | list):
        return [found for i, item in enumerate(value) for found in words_in(item, f"{path}[{i}]")]
    names = getattr(type(value), "__dataclass_fields__", {})
    return [f for name in names if name != "by_key" for f in words_in(getattr(value, name), f"{path}.{name}")]


def questions(spec: ProcedureSpec) -> list[FieldSpec]:
    return [*spec.fields, *(column for f in spec.fields for column in f.columns)]


def test_there_are_24_procedures_and_each_stands_in_the_file_of_its_code(specs):
    assert len(specs) == 24
    assert {path.stem for path in FILES} == set(specs)


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_a_reader_of_either_language_finds_every_word(path):
    for place, words in words_in(parse(read_file(path), path.name)):
        assert words.vi.strip(), place
        assert words.en.strip(), place
        assert words.vi == nfc(words.vi), place
        assert not ENGLISH_IN_VIETNAMESE.search(words.vi), (place, words.vi)


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_a_farmer_is_spoken_to_as_a_person_not_as_a_case(path):
    for place, words in words_in(parse(read_file(path), path.name)):
        assert not any(stiff in words.vi.lower() for stiff in STIFF), (place, words.vi)


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_an_example_date_cannot_be_read_the_wrong_way_round(path):
    """Day 13 or later, so that nobody takes the day for the month."""
    for question in questions(parse(read_file(path), path.name)):
        if isinstance(question.hint, Words):
            for day, month in EXAMPLE.findall(question.hint.vi):
                assert int(day) >= 13, question.key
                assert int(month) <= 12, question.key


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_every_question_can_be_read_from_a_posted_form(path):
    """An unknown kind would raise; whatever is typed must come back as a value or as words."""
    for question in questions(parse(read_file(path), path.name)):
        typed: dict[str, Any] = {f"{question.key}{part}": "27/03/1994" for part in PARTS}
        for column in question.columns:
            typed[f"{question.key}_{column.key}"] = ["27/03/1994"]
        reading = read_field(question, Answers(typed))
        assert reading.value is not None or reading.error is not None, question.key
        if question.default is not None:
            assert read_field(question, Answers({question.key: question.default})).error is None, question.key


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_a_hint_is_one_or_two_short_sentences_without_a_link(path):
    for question in parse(read_file(path), path.name).fields:
        if isinstance(question.hint, Words):
            assert len(question.hint.vi) <= 110, question.key
            assert "http" not in question.hint.vi, question.key


def test_the_procedures_people_ask_for_by_name_are_asked_in_questions(specs):
    for code in ASKED_BY_NAME:
        spec = specs[code]
        asked = [f for f in spec.fields if f.where == "page"]
        spoken = [f for f in asked if f.label.vi.endswith("?") or f.hint or f.kind in ("select", "bool")]
        assert len(spoken) == len(asked), [f.key for f in asked if f not in spoken]


def test_every_procedure_belongs_to_something_that_happens_in_a_life(specs):
    assert {spec.life_event for spec in specs.values()} <= set(EVENTS)
    assert {event for event in EVENTS if not any(s.life_event == event for s in specs.values())} == set()


def test_the_birth_form_asks_the_applicant_then_the_child_and_the_parents(birth):
    assert [s.key for s in birth.sections] == ["applicant", "child", "mother", "father", "result"]
    assert [f.key for f in birth.review] == ["pledge"]


def test_the_joined_procedures_ask_every_shared_question_once(specs):
    joined, parts = specs["3.000722"], ("1.001193", "1.014137")
    keys = [f.key for f in joined.fields]
    assert len(keys) == len(set(keys))
    assert {"child_name", "mother_name", "household_head", "new_address", "hospital", "want_id_card"} <= set(keys)
    for part in parts:
        asked = {
            f.key for f in specs[part].fields if f.key.startswith(("child_name", "child_sex", "mother_", "father_"))
        }
        assert asked <= set(keys)
    assert {"deceased_name", "address", "payee_name", "payee_id_no", "bank"} <= {
        f.key for f in specs["2.002913"].fields
    }


def test_the_results_that_are_reused_carry_the_codes_of_the_state(specs):
    codes = {result.code for spec in specs.values() for result in spec.results}
    assert {"KQ.G15.000031", "KQ.G15.000032", "KQ.G15.000034", "KQ.G15.000038", "KQ.G01.000065"} <= codes


def test_whatever_a_paper_may_be_replaced_by_is_a_result_of_some_procedure(specs):
    """One comes from a procedure that is not among the 24: the degree of disability."""
    given = {result.reuse_code for spec in specs.values() for result in spec.results}
    wanted = {code for spec in specs.values() for document in spec.documents for code in document.reuse_codes}
    assert wanted - given == {"1.001699/disability_certificate"}


@pytest.mark.parametrize(
    ("code", "days", "unit", "cutoff"),
    [
        ("1.001193", 1, "working_day", True),
        ("2.000635", 1, "working_day", True),
        ("1.004873", 3, "working_day", False),
        ("1.013225", 15, "day", False),
        ("3.000722", 3, "working_day", False),
    ],
)
def test_how_long_it_takes_is_said_for_the_deadline(specs, code, days, unit, cutoff):
    due = specs[code].due
    assert (due.days, due.unit, due.same_day_cutoff) == (days, unit, cutoff)


def test_certified_copies_are_made_at_the_counter_only(specs):
    assert [code for code, spec in specs.items() if not spec.online] == ["2.000815"]


def broken(change) -> str:
    content = read_file(next(path for path in FILES if path.stem == "1.001193"))
    change(content)
    with pytest.raises(SpecError) as caught:
        parse(content, "1.001193.yaml")
    return str(caught.value)


def field(content: dict[str, Any], key: str) -> dict[str, Any]:
    return next(f for f in content["fields"] if f["key"] == key)


@pytest.mark.parametrize(
    ("change", "expected"),
    [
        (lambda c: c.pop("plain_en"), "plain: write it in both languages"),
        (lambda c: c.update(code=1.001193), "code is"),
        (lambda c: c.update(colour="red"), "unknown colour"),
        (lambda c: field(c, "child_name").update(kind="esign"), "fields.child_name: kind 'esign' is not known"),
        (lambda c: field(c, "child_name").update(when="relation~me"), "fields.child_name: when:"),
        (lambda c: field(c, "applicant_name").update(when="child_sex=nam"), "not asked on an earlier page"),
        (lambda c: field(c, "authorised").update(when="relation=chu"), "can never be 'chu'"),
        (lambda c: field(c, "relation").pop("options"), "a select needs options"),
        (lambda c: c["sections"][1]["pages"].append(["nobody"]), "sections.child: a page asks 'nobody'"),
        (lambda c: c["sections"][1]["pages"].pop(), "it is on no page"),
        (lambda c: c["sections"][1]["pages"].append(["child_name"]), "is asked twice"),
        (lambda c: c["documents"][1].update(kind="fax"), "documents.birth_proof: kind is 'fax'"),
        (lambda c: c["results"][0].update(code="31"), "result code '31'"),
        (lambda c: c["fee"].update(kind="per_unit", amount=None), "fee: amount is missing"),
        (lambda c: c["due"].update(unit="hour"), "due: unit is 'hour'"),
    ],
)
def test_a_mistake_in_a_file_is_told_with_its_place(change, expected):
    message = broken(change)
    assert message.startswith("1.001193.yaml: ")
    assert expected in message
