"""Whatever a person brings to the counter finds their dossier, and nobody else's office's."""

import pytest
from sqlalchemy import update

from tests import people as who
from tests.core.test_keystrokes import Typewriter
from tests.factories import dossiers
from tests.pages import post_form, text_of
from webapp.dossiers.models import Dossier


@pytest.fixture
def dao(send):
    return send()


def find(browser, text):
    """Type it into the box, press Enter."""
    return post_form(browser, "/counter", {"q": text})


@pytest.mark.parametrize(
    "brought",
    [
        "HTTP://LOCALHOST/Q/{token}",
        "https://motcua.example/q/{token}",
        "{token}",
        "{code}",
        "{end}",
        "-{end}",
        "{day}-{end}",
        "{lookup}",
        "038196001234",
        "038 196 001 234",
        "038196001234|123456789|Nguyễn Thị Đào|14051996|Nữ|Thôn Đình Nam|16082023",
        "038196001234|NguyÃªn ThÃ´i ÄÃ o",
        "nguyen thi dao",
        "Đào Nguyễn",
        "dao 1996",
    ],
)
def test_what_a_person_brings_opens_their_dossier_at_once(officer, dao, brought):
    text = brought.format(token=dao.token, code=dao.code, end=dao.code[-4:], lookup=dao.lookup, day=dao.code[-11:-5])
    answer = find(officer, text)
    assert answer.status_code == 303
    assert answer.location == dao.url


@pytest.mark.parametrize("change", [str.lower, lambda s: s.replace("-", ""), lambda s: f" {s} ", str.upper])
def test_codes_may_be_typed_in_any_case_with_or_without_the_hyphen(officer, dao, change):
    assert find(officer, change(dao.lookup)).location == dao.url
    assert find(officer, dao.token.lower()).location == dao.url
    assert find(officer, dao.code.lower()).location == dao.url


def test_a_scanner_that_opens_the_address_finds_it_too(officer, dao):
    answer = officer.get("/counter", query_string={"q": f"HTTPS://HOST/Q/{dao.token}"})
    assert answer.location == dao.url


def test_several_that_fit_are_a_short_list_with_what_tells_them_apart(officer, send):
    send()
    send("Lê Thị Đào", "038188004455", "1988-02-03")
    answer = officer.get(find(officer, "dao").location)
    text = text_of(answer)
    assert "Nguyễn Thị Đào" in text and "Lê Thị Đào" in text
    assert "1988" in text and "0381••••••55" in text
    assert "038188004455" not in text


def test_the_birth_year_after_a_name_leaves_only_the_right_one(officer, send):
    send()
    other = send("Lê Thị Đào", "038188004455", "1988-02-03")
    assert find(officer, "dao 1988").location == other.url


def test_names_and_numbers_never_stand_in_an_address(officer, send):
    send()
    send("Lê Thị Đào", "038188004455")
    location = find(officer, "thi dao").location
    assert "dao" not in location
    assert "dao" not in find(officer, "khong co dao").location
    assert "thi dao" in officer.get(location).get_data(as_text=True)  # still in the box


def test_a_sealed_search_of_one_officer_is_nothing_to_another(officer, case_officer, send):
    send()
    send("Lê Thị Đào", "038188004455")
    location = find(officer, "thi dao").location
    assert "Lê Thị Đào" in text_of(officer.get(location))
    assert 'value="thi dao"' not in case_officer.get(location).get_data(as_text=True)
    assert case_officer.get("/counter?found=!!").status_code == 200


def test_nothing_that_fits_says_what_to_try(officer, dao):
    answer = officer.get(find(officer, "Phạm Văn Không Có").location)
    assert answer.status_code == 200
    assert "7K4-92M" in text_of(answer) and "Unikey" in text_of(answer)


def test_another_offices_dossiers_are_not_found(officer, send):
    there = send("Cầm Bá Thước", "038177009988", "1977-01-01", office="H56.38.27")
    for text in (there.token, there.code, there.lookup, "038177009988", "cam ba thuoc", there.code[-4:]):
        assert find(officer, text).location != there.url
        assert "Cầm Bá Thước" not in text_of(officer.get(find(officer, text).location))


def test_a_draft_is_the_persons_own(officer, services):
    with services.database.transaction() as session:
        dossiers.drafted(session, who.as_citizen(session, who.person(session)))
    assert "Nguyễn Thị Đào" not in text_of(officer.get(find(officer, "038196001234").location))


def test_six_letters_may_be_a_name_as_well_as_a_code(officer, send):
    there = send("Hoàng Khuyen", "038199002233")
    assert find(officer, "khuyen").location == there.url


def test_an_empty_box_is_no_search(officer):
    assert find(officer, "  ").location == "/counter"


@pytest.mark.parametrize("method", ["telex", "vni"])
def test_a_scanner_finds_it_although_vietnamese_typing_is_on(officer, send, services, monkeypatch, method):
    """A code that both input methods change, as it arrives in the box, alone and within its address."""
    code = "DDASK3AA2XW7NP4U" if method == "telex" else "A3TK7HO6QW2XNP4U"
    monkeypatch.setattr("webapp.core.ids.new_qr_token", lambda: code)
    dao = send()
    arrived = Typewriter(method).type(code)
    assert arrived != code and dao.token == code
    assert find(officer, arrived).location == dao.url
    assert find(officer, Typewriter(method).type(f"HTTPS://LOCALHOST:8000/Q/{code}")).location == dao.url


def test_a_short_code_typed_with_vni_on_is_found(officer, send, services):
    dao = send()
    with services.database.transaction() as session:
        session.execute(update(Dossier).where(Dossier.public_id == dao.id).values(lookup_code="A4K-92M"))
    assert find(officer, "ÃK-92M").location == dao.url
