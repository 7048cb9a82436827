"""People are found by number, by name without marks, and by phone; the tables show none of these."""

import pytest
from sqlalchemy import text

from webapp.accounts import people
from webapp.accounts.demo import DAO_PHONE, load_demo_people
from webapp.core import clock


@pytest.fixture
def session(services):
    with services.database.session() as session:
        yield session


@pytest.mark.parametrize(
    "typed", ["Nguyễn Thị Đào", "nguyen thi dao", "DAO NGUYEN", "đào", "  Đào   thị ", "Nguyê\u0303n Đa\u0300o"]
)
def test_dao_is_found_by_words_of_her_name(session, typed):
    assert [p.full_name for p in people.find_by_name(session, typed)] == ["Nguyễn Thị Đào"]


@pytest.mark.parametrize("typed", ["", "   ", "Dao Nhan", "Đàoo", "Nguy", "%", "' OR 1=1"])
def test_other_words_find_nobody(session, typed):
    assert people.find_by_name(session, typed) == []


def test_a_word_that_both_have_finds_both(session):
    assert {p.full_name for p in people.find_by_name(session, "thị")} == {"Nguyễn Thị Đào", "Vi Thị Nhàn"}
    assert len(people.find_by_name(session, "thi", limit=1)) == 1


def test_a_corrected_name_is_found_and_the_wrong_one_is_not(session):
    [person] = people.find_by_name(session, "Đào")
    people.rename_person(session, person, "Nguyễn Thị Mận")
    session.flush()
    assert people.find_by_name(session, "dao") == []
    assert people.find_by_name(session, "man nguyen") == [person]


def test_somebody_is_found_by_their_number_only(session):
    found = people.find_by_citizen_id(session, "038196001234")
    assert (found.full_name, found.birth_date) == ("Nguyễn Thị Đào", "1996-05-14")
    assert people.find_by_citizen_id(session, "038196001235") is None


def test_one_number_twice_for_one_person_is_one_row(session):
    [person] = people.find_by_name(session, "Đào")
    again = people.add_phone(session, person, DAO_PHONE)
    assert people.phones_of(session, person.id) == [again]


def test_proved_numbers_come_first(session):
    [person] = people.find_by_name(session, "Nhàn")
    people.add_phone(session, person, "+84987000001", verified_at=clock.now())
    people.add_phone(session, person, "+84987000002", owner="relative")
    session.flush()
    assert [p.number for p in people.phones_of(session, person.id)] == ["+84987000001", "+84987000002"]


def test_the_tables_show_no_name_number_or_phone(services):
    with services.database.session(write=False) as session:
        for table in ("people", "phones", "person_tokens", "accounts"):
            content = repr(session.execute(text(f"SELECT * FROM {table}")).all())  # noqa: S608
            for secret in ("Đào", "nguyen thi", "Nguyen Thi", "038196001234", "912000001", "Hoằng"):
                assert secret not in content, table


def test_loading_the_demo_again_changes_nothing(services):
    with services.database.transaction() as session:
        assert load_demo_people(session) == "0 added"


@pytest.mark.parametrize(
    ("number", "born", "sex", "doubted"),
    [
        ("038196001234", "1996-05-14", "nu", []),
        ("038196001234", "1996", "nu", []),
        ("038196001234", "1996-05", "nu", []),
        ("038096001234", "1996", "nam", []),
        ("038301001234", "2001-01-01", "nu", []),
        ("038201001234", "2001-01-01", "nam", []),
        ("038196001234", "1969", "nu", ["birth_date"]),
        ("038196001234", "1996", "nam", ["sex"]),
        ("038196001234", None, None, []),
        (None, "1996", "nu", []),
        ("123456789", "1996", "nu", []),
    ],
)
def test_a_number_that_does_not_fit_the_form_is_doubted(number, born, sex, doubted):
    assert [key for key, _text in people.doubts(number, born, sex)] == doubted


def test_the_profile_keeps_what_is_not_changed_and_drops_what_is_emptied(session):
    [person] = people.find_by_name(session, "Đào")
    people.change_profile(person, email="dao@example.vn", ethnicity="")
    assert person.profile["email"] == "dao@example.vn"
    assert "ethnicity" not in person.profile
    assert person.profile["nationality"] == "Việt Nam"
