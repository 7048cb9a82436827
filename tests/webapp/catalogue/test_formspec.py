"""What is asked of whom: Đào registers her child, an elder asks for an allowance, somebody changes their mind."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from webapp.catalogue import formspec as form
from webapp.catalogue.load import files
from webapp.catalogue.reading import parse, read_file
from webapp.catalogue.words import date_in_words

SPECS = [parse(read_file(path), path.name) for path in files()]
HOME = {"province": "38", "commune": "Xã Hoằng Lộc", "line": "Thôn Đình Nam"}
MARRIED_MOTHER = {"relation": "me", "parents_married": "yes"}


def keys(found) -> list[str]:
    return [one.key for one in found]


def test_a_married_mother_hands_in_two_papers_one_of_which_is_in_her_records(birth):
    papers = form.papers(birth, MARRIED_MOTHER)
    assert keys(papers) == ["birth_proof", "marriage_info"]
    assert [p.kind for p in papers] == ["upload", "lookup"]
    assert all(p.required for p in papers)
    assert papers[0].max_photos >= 2
    assert papers[1].reuse_codes == ("KQ.G15.000032",)
    assert keys(form.missing_papers(birth, MARRIED_MOTHER, {"birth_proof"})) == ["marriage_info"]
    assert form.missing_papers(birth, MARRIED_MOTHER, {"birth_proof", "marriage_info"}) == []


def test_unmarried_parents_need_no_marriage_paper_and_may_leave_the_father_out(birth):
    answers = {"relation": "me", "parents_married": "no", "father_declared": "no"}
    assert keys(form.papers(birth, answers)) == ["birth_proof"]
    assert not [k for k in keys(form.visible_fields(birth, answers)) if k.startswith("father_name")]
    assert "father_name" in keys(form.missing(birth, {**answers, "father_declared": "yes"}))


def test_a_mother_is_not_asked_for_an_authorisation_but_an_uncle_is(birth):
    assert "authorised" not in keys(form.visible_fields(birth, {"relation": "me"}))
    assert "authorised" in keys(form.visible_fields(birth, {"relation": "nguoi_than"}))
    uncle = {"relation": "nguoi_than", "authorised": "yes", "parents_married": "no"}
    assert keys(form.papers(birth, uncle)) == ["birth_proof", "authorisation"]


def test_a_changed_mind_leaves_nothing_behind(birth):
    """The uncle's authorisation, then 'I am the mother' after all: neither question nor paper remains."""
    answers = {"relation": "me", "authorised": "yes", "parents_married": "no"}
    assert "authorised" not in form.kept_answers(birth, answers)
    assert keys(form.papers(birth, answers)) == ["birth_proof"]


def test_a_mother_does_not_write_her_own_data_twice(birth):
    answers = {"relation": "me", "applicant_name": "Nguyễn Thị Đào", "applicant_residence": HOME}
    person = {"name": "Nguyễn Thị Đào", "dob": "1994-03-27", "id_no": "038194000123", "ethnicity": "Kinh"}
    offered = form.suggestions(birth, answers, person)
    assert offered["mother_name"] == "Nguyễn Thị Đào"
    assert offered["mother_dob"] == "1994-03-27"
    assert offered["mother_residence"] == HOME
    assert not [key for key in offered if key.startswith("father_")]
    assert "mother_name" not in form.suggestions(birth, {**answers, "mother_name": "Lò Thị Hương"}, person)
    assert form.suggestions(birth, {"relation": "ong_ba"}, person) == {}


def test_the_pledge_is_asked_on_the_review_page_only(birth):
    steps = form.visible_steps(birth, MARRIED_MOTHER)
    assert "pledge" not in [f.key for step in steps for f in step.fields]
    assert "pledge" not in keys(form.missing(birth, MARRIED_MOTHER))
    assert "pledge" in keys(form.missing(birth, MARRIED_MOTHER, with_review=True))


def test_a_page_without_questions_is_skipped_and_the_rest_is_counted(birth):
    steps = form.visible_steps(birth, MARRIED_MOTHER, "father")
    assert [step.fields[0].key for step in steps][:2] == ["parents_married", "father_name"]
    assert [(s.number, s.of) for s in steps] == [(i, len(steps)) for i in range(1, len(steps) + 1)]


def test_a_passport_holder_is_not_forced_to_have_twelve_digits(birth):
    with_card = keys(form.visible_fields(birth, {"applicant_id_type": "can_cuoc"}))
    with_passport = keys(form.visible_fields(birth, {"applicant_id_type": "ho_chieu"}))
    assert "applicant_id_no" in with_card
    assert "applicant_other_id_no" not in with_card
    assert "applicant_id_no" not in with_passport
    assert "applicant_other_id_no" in with_passport


def test_the_birth_date_is_written_out_for_the_paper(birth):
    found = form.computed(birth, {"child_dob": "2026-03-27"})
    assert found == {"child_dob_words": "Ngày hai mươi bảy tháng ba năm hai nghìn không trăm hai mươi sáu"}
    assert form.computed(birth, {}) == {}
    assert form.computed(birth, {"child_dob": "27/3"}) == {}


@pytest.mark.parametrize(
    ("iso", "words"),
    [
        ("2005-04-01", "Ngày một tháng tư năm hai nghìn không trăm linh năm"),
        ("1999-12-31", "Ngày ba mươi mốt tháng mười hai năm một nghìn chín trăm chín mươi chín"),
        ("2000-10-10", "Ngày mười tháng mười năm hai nghìn"),
        ("1954-11-15", "Ngày mười lăm tháng mười một năm một nghìn chín trăm năm mươi tư"),
        ("1900-01-21", "Ngày hai mươi mốt tháng một năm một nghìn chín trăm"),
    ],
)
def test_dates_are_read_as_people_say_them(iso, words):
    # 54 is "năm mươi tư" or "năm mươi bốn"; papers take either, we write the plain one.
    assert date_in_words(iso) == words.replace("mươi tư", "mươi bốn")


def test_an_elder_above_75_brings_no_proof_of_poverty(specs):
    spec = specs["1.014027"]
    assert form.papers(spec, {"under_75": "no", "poverty": "ngheo"}) == []
    assert keys(form.papers(spec, {"under_75": "yes", "poverty": "ngheo"})) == ["poverty"]


def test_only_a_motorbike_rider_needs_no_health_certificate(specs):
    spec = specs["3.000347"]
    assert "health" not in keys(form.papers(spec, {"class": "A1"}))
    assert "health" in keys(form.papers(spec, {"class": "B"}))


@pytest.mark.parametrize(
    ("code", "answers", "online", "on", "amount"),
    [
        ("1.001193", {}, True, "2026-11-22", 0),
        ("1.001193", {"copies_wanted": "yes", "copies_n": 3}, True, "2026-11-22", 24_000),
        ("1.001193", {"copies_wanted": "no", "copies_n": 3}, True, "2026-11-22", 0),
        ("2.000635", {"copies_n": 2}, True, "2026-11-22", 16_000),
        ("1.004222", {}, True, "2026-11-22", 10_000),
        ("1.004222", {}, False, "2026-11-22", 20_000),
        ("1.004873", {}, True, "2026-11-22", None),
        ("2.000815", {"pages": 1, "copies": 1}, False, "2026-11-22", 2_000),
        ("2.000815", {"pages": 5, "copies": 2}, False, "2026-11-22", 14_000),
        ("2.000815", {"pages": 900, "copies": 1}, False, "2026-11-22", 200_000),
        ("3.000333", {"n": 2, "fee_class": "giam"}, True, "2026-11-22", 200_000),
        ("3.000333", {"n": 2, "fee_class": "mien"}, True, "2026-11-22", 0),
        ("1.014063", {"kind": "cap_lai"}, True, "2026-12-31", 35_000),
        ("1.014063", {"kind": "cap_lai"}, True, "2027-01-01", 70_000),
        ("1.014063", {"kind": "cap_doi", "old_card": "cccd"}, True, "2027-01-01", 30_000),
    ],
)
def test_everybody_is_told_the_fee_that_the_law_says(specs, code, answers, online, on, amount):
    assert form.fee_of(specs[code], answers, on=date.fromisoformat(on), online=online) == amount


def test_a_number_that_is_not_one_counts_as_one(specs):
    assert form.fee_of(specs["2.000635"], {"copies_n": "nhiều"}, on=date(2026, 11, 22)) == 8_000


@given(st.sampled_from(SPECS), st.data())
def test_whatever_is_answered_only_questions_that_are_asked_count(spec, data):
    """Any mixture of answers: kept ones are visible, keeping twice changes nothing, missing ones are visible."""
    answers = {}
    for question in spec.fields:
        values = [v for v, _ in question.options] or ["yes", "no"]
        answer = data.draw(st.none() | st.sampled_from(values))
        if answer is not None:
            answers[question.key] = answer
    kept = form.kept_answers(spec, answers)
    visible = set(keys(form.visible_fields(spec, answers)))
    assert set(kept) <= visible
    assert form.kept_answers(spec, kept) == kept
    assert set(keys(form.missing(spec, answers, with_review=True))) <= visible - set(kept)
    asked = [f.key for step in form.visible_steps(spec, answers) for f in step.fields]
    assert asked == [k for k in keys(form.visible_fields(spec, answers)) if k in asked]
    assert set(keys(form.papers(spec, answers))) <= set(keys(form.visible_documents(spec, answers)))
