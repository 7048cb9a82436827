"""Provinces and communes: all of them, found however people type them."""

import shutil
from collections import Counter

import pytest
from sqlalchemy import func, select

from webapp.core.db import Database
from webapp.core.text import fold
from webapp.offices import load
from webapp.offices.models import EVERYWHERE, Commune, FormerCommune, Office, SpecialDay
from webapp.offices.queries import commune_named, communes_like, office, offices, provinces, successors

THANH_HOA, HO_CHI_MINH = "38", "79"


@pytest.fixture(scope="module")
def units(template_database, tmp_path_factory):
    """One copy of the units for this whole file; what a test changes is rolled back."""
    made = Database(f"sqlite:///{shutil.copy(template_database / 'motcua.db', tmp_path_factory.mktemp('units'))}")
    yield made
    made.dispose()


@pytest.fixture
def session(units):
    with units.session() as opened:
        yield opened


def names(rows):
    return [row.name for row in rows]


def test_there_are_34_provinces_and_3321_communes_since_july_2025(session):
    assert len(provinces(session)) == 34
    assert session.scalar(select(func.count()).select_from(Commune)) == 3321


def test_codes_keep_their_leading_zeros(session):
    assert all(len(row.code) == 2 for row in provinces(session))
    assert session.scalar(select(func.min(func.length(Commune.code)))) == 5


@pytest.mark.parametrize(
    "typed", ["Hoằng Lộc", "hoang loc", "HOANG LOC", "xã hoằng lộc", "hoằng  lộ", "hoang l", "loc"]
)
def test_a_commune_is_found_with_and_without_marks_and_while_it_is_typed(session, typed):
    assert "Xã Hoằng Lộc" in names(communes_like(session, THANH_HOA, typed))


def test_letters_typed_in_two_strokes_find_the_same(session):
    assert names(communes_like(session, THANH_HOA, "Hoa\u0306\u0300ng Lo\u0323\u0302c")) == ["Xã Hoằng Lộc"]


def test_a_commune_of_another_province_is_not_offered(session):
    assert "Xã Hoằng Lộc" not in names(communes_like(session, HO_CHI_MINH, "hoang loc"))


@pytest.mark.parametrize("typed", ["", "   ", "%", "_", "%%", "zzz", "'; drop table communes; --"])
def test_nothing_and_nonsense_offer_nothing(session, typed):
    assert communes_like(session, THANH_HOA, typed) == []


@pytest.mark.parametrize("province", [THANH_HOA, HO_CHI_MINH, "01"])
@pytest.mark.parametrize("typed", ["h", "hu", "ph", "x", "a", "ph u", "tan", "o"])
def test_names_with_a_word_that_begins_so_come_before_all_others(session, province, typed):
    everything = session.execute(select(Commune.name).where(Commune.province_code == province)).all()
    begin = [r.name for r in everything if f" {typed}" in f" {fold(r.name)}"]
    shown = names(communes_like(session, province, typed))
    assert len(shown) <= 12
    assert all(name in begin for name in shown[: len(begin)])


def test_the_commune_a_person_wrote_is_known_by_its_full_name_or_without_its_kind(session):
    for typed in ("Xã Hoằng Lộc", "xa hoang loc", "Hoằng Lộc", " hoằng   lộc "):
        assert commune_named(session, THANH_HOA, typed).name == "Xã Hoằng Lộc"


def test_of_two_communes_that_differ_by_a_mark_the_typed_mark_decides_and_without_it_nobody_guesses(session):
    twins = [r for r in communes_like(session, "19", "van lang") if fold(r.name) == "xa van lang"]
    assert names(twins) == ["Xã Văn Lang", "Xã Văn Lăng"]
    assert commune_named(session, "19", "Văn Lang").name == "Xã Văn Lang"
    assert commune_named(session, "19", "xã văn lăng").name == "Xã Văn Lăng"
    assert commune_named(session, "19", "van lang") is None


@pytest.mark.parametrize("typed", ["Hoằng", "Lộc", "Xã", "xã Hoằng Lộc cũ", ""])
def test_a_name_that_could_be_several_or_none_is_not_guessed(session, typed):
    assert commune_named(session, THANH_HOA, typed) is None


def test_a_special_zone_is_known_by_its_own_name(session):
    row = session.execute(select(Commune.province_code, Commune.name).where(Commune.name.like("Đặc khu%"))).first()
    bare = row.name.removeprefix("Đặc khu ")
    assert commune_named(session, row.province_code, bare).name == row.name
    assert commune_named(session, row.province_code, row.name).name == row.name


def test_every_commune_is_found_by_its_own_full_name(session):
    """A commune that cannot be typed is a village that cannot send a dossier. The twins, and every twentieth."""
    rows = session.execute(select(Commune.province_code, Commune.name, Commune.folded).order_by(Commune.code)).all()
    known = Counter((r.province_code, r.folded) for r in rows)
    twins = [r for r in rows if known[r.province_code, r.folded] > 1]
    assert len(twins) >= 16
    rows = [*twins, *rows[::20]]
    lost = [
        r.name
        for r in rows
        if (found := commune_named(session, r.province_code, r.name)) is None or found.name != r.name
    ]
    assert lost == []


def test_loading_again_changes_nothing_and_an_administrators_day_stays(session):
    day = session.get(SpecialDay, (EVERYWHERE, session.scalar(select(func.max(SpecialDay.day)))))
    day.works, day.name = True, "Edited"
    session.flush()
    assert load.load_units(session) == "already loaded"
    load.load_calendar(session)
    assert load.load_demo_offices(session) == "0 added"
    session.refresh(day)
    assert (day.works, day.name) == (True, "Edited")


def test_the_demo_offices_stand_in_real_communes(session):
    codes = {row.code: row for row in offices(session)}
    assert {"H56.38.12", "H56.38.27", "H56.01"} <= set(codes)
    for row in offices(session, "commune"):
        assert row.name.removeprefix("UBND ").lower() == session.get(Commune, row.commune_code).name.lower()
    assert office(session, codes["H56.38.12"].id).code == "H56.38.12"


def test_a_closed_office_is_not_offered(session):
    session.scalars(select(Office).where(Office.code == "H56.38.27")).one().active = False
    assert "H56.38.27" not in [row.code for row in offices(session)]


# ---------------------------------------------------------------------------------------------- suggestions


@pytest.mark.parametrize(
    "query", ["applicant_residence_province=38&applicant_residence_commune=hoang+loc", "province=38&q=hoằng+lộc"]
)
def test_the_address_field_is_offered_communes_while_it_is_typed(client, query):
    answer = client.get(f"/communes?{query}")
    assert answer.status_code == 200
    assert "Xã Hoằng Lộc" in answer.get_data(as_text=True)
    assert answer.headers["Cache-Control"] == "public, max-age=3600"


@pytest.mark.parametrize("query", ["", "province=38", "q=hoang", "province=99&q=hoang", "province=38&q=" + "x" * 500])
def test_a_question_without_an_answer_gets_an_empty_one(client, query):
    answer = client.get(f"/communes?{query}")
    assert answer.status_code == 200
    assert "<option" not in answer.get_data(as_text=True)


def test_suggestions_carry_no_cookie_so_that_they_can_be_kept(client):
    assert "Set-Cookie" not in client.get("/communes?province=38&q=hoang").headers


# ---------------------------------------------------------------------------------------------- former names


@pytest.mark.parametrize(
    ("typed", "today"),
    [
        ("Phường Hữu Nghị", "Phường Hòa Bình"),
        ("huu nghi", "Phường Hòa Bình"),
        ("Phường Hữu Nghị, Thành phố Hòa Bình", "Phường Hòa Bình"),
    ],
)
def test_whoever_writes_the_old_name_is_understood(session, typed, today):
    assert commune_named(session, "25", typed).name == today


def test_of_a_commune_that_was_divided_nobody_guesses(session):
    rows = session.execute(
        select(FormerCommune.name, FormerCommune.district, FormerCommune.province_code).where(FormerCommune.part)
    ).all()
    assert rows
    row = next(r for r in rows if len(successors(session, r.province_code, f"{r.name}, {r.district}")) > 1)
    assert commune_named(session, row.province_code, f"{row.name}, {row.district}") is None


def test_an_old_district_leads_to_its_communes_of_today(client):
    page = client.get("/communes?province=38&q=huyen+hoang+hoa").get_data(as_text=True)
    assert "Xã Hoằng" in page and "Huyện Hoằng Hóa" in page


def test_a_name_of_today_comes_before_a_former_one(session):
    found = communes_like(session, THANH_HOA, "hoang")
    assert [s.was == "" for s in found] == sorted((s.was == "" for s in found), reverse=True)


def test_every_former_commune_leads_to_one_that_exists(session):
    gone = session.scalars(
        select(FormerCommune.commune_code)
        .outerjoin(Commune, Commune.code == FormerCommune.commune_code)
        .where(Commune.code.is_(None) | (Commune.province_code != FormerCommune.province_code))
    ).all()
    assert gone == []
    assert session.scalar(select(func.count()).select_from(FormerCommune)) == 1040
