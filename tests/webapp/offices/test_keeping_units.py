"""Offices and communes change by decision: from a file by command, or one by one on an administrator's page."""

from datetime import timedelta

import pytest
from sqlalchemy import select

from tests import people as who
from tests.pages import post_form, text_of
from webapp.core import clock
from webapp.core.audit import AuditEntry
from webapp.offices.models import Commune, Office
from webapp.offices.queries import offices
from webapp.offices.units import UnitRefused, hours_words, read_hours

OFFICE = {
    "code": "H56.38.99", "name": "UBND xã Hoằng Châu", "short_name": "", "level": "commune", "commune_code": "",
    "phone": "0237 386 0000", "address": "Thôn 1", "hours": "07:30-11:30, 13:00-16:30",
}  # fmt: skip


@pytest.fixture
def admin(app, services):
    browser = app.test_client()
    who.log_in_staff(browser, services, "admin")
    return browser


@pytest.fixture
def run(app):
    """run("units", "import", …) → the command's result."""
    return lambda *arguments: app.test_cli_runner().invoke(args=[str(a) for a in arguments])


def stored(services, code):
    with services.database.session(write=False) as session:
        return session.scalar(select(Office).where(Office.code == code))


# ------------------------------------------------------------------------------------------------ the command


def test_a_file_of_offices_is_taken_in_once_and_what_differs_is_changed(run, services, tmp_path):
    file = tmp_path / "offices.csv"
    file.write_text(
        "\ufeffcode,name,level,phone,hours\n"
        "H56.38.98,UBND xã Hoằng Thanh,commune,0237 1,\n"
        'H56.38.97,UBND xã Hoằng Sơn,commune,0237 2,"07:30-11:30, 13:00-16:30"\n',
        encoding="utf-8",
    )
    first = run("units", "import", file)
    assert (first.exit_code, first.output.strip()) == (0, "offices: 2 added, 0 changed, 0 as they were, 0 rejected")
    assert run("units", "import", file).output.startswith("offices: 0 added, 0 changed, 2 as they were")
    file.write_text(file.read_text(encoding="utf-8").replace("0237 1", "0237 111"), encoding="utf-8")
    assert run("units", "import", file).output.startswith("offices: 0 added, 1 changed, 1 as they were")
    assert stored(services, "H56.38.98").phone == "0237 111"
    assert stored(services, "H56.38.97").short_name == "UBND xa Hoang Son"


def test_a_file_never_moves_due_dates_by_other_hours(run, services, tmp_path):
    file = tmp_path / "offices.csv"
    head = "code,name,level,commune_code,phone,hours\n"
    file.write_text(head + 'H56.38.12,UBND xã Hoằng Lộc,commune,15961,0237 9,"07:30-11:30, 13:00-16:30"\n', "utf-8")
    done = run("units", "import", file)
    assert done.exit_code == 1 and "line 2\tthe hours of H56.38.12 stay 07:00-11:30, 13:30-17:00" in done.output
    there = stored(services, "H56.38.12")
    assert (there.phone, there.hours) == ("0237 9", None)
    file.write_text(head + 'H56.38.12,UBND xã Hoằng Lộc,commune,15961,0237 9,"7:00-11:30, 13:30-17:00"\n', "utf-8")
    assert run("units", "import", file).exit_code == 0


def test_a_row_that_cannot_be_taken_says_its_line_and_why_and_the_others_are_taken(run, services, tmp_path):
    file = tmp_path / "communes.csv"
    file.write_text(
        "province_code,commune_code,commune,type\n"
        "38,99901,Xã Mới,Xã\n"
        "38,1596,Xã Mất số không,Xã\n"
        "99,99902,Xã Không tỉnh,Xã\n"
        "38,99903,,Xã\n",
        encoding="utf-8",
    )
    done = run("units", "import", file)
    assert done.exit_code == 1
    assert "line 3\tcommune code '1596' has not five digits" in done.output
    assert "line 4\tthere is no province '99'" in done.output and "line 5\tthe commune has no name" in done.output
    with services.database.session(write=False) as session:
        assert session.get(Commune, "99901").folded == "xa moi"
        assert session.get(Commune, "99903") is None


@pytest.mark.parametrize("content", [b"a,b\n1,2\n", b"", b"code,name,level\n\xff\xfe,x,y\n"])
def test_a_file_of_something_else_changes_nothing(run, tmp_path, content):
    file = tmp_path / "x.csv"
    file.write_bytes(content)
    done = run("units", "import", file)
    assert done.exit_code == 1 and "Error" in done.output


def test_the_projects_own_files_are_what_is_there_already(run):
    assert "0 added, 0 changed, 3321 as they were" in run("units", "import", "webapp/offices/data/communes.csv").output
    former = run("units", "import", "webapp/offices/data/former_communes.csv").output
    assert "0 added, 0 changed, 1040 as they were" in former


# ------------------------------------------------------------------------------------------------ the pages


def test_an_administrator_adds_an_office_changes_it_and_closes_it(admin, services):
    assert post_form(admin, "/manage/units", OFFICE).status_code == 303
    made = stored(services, "H56.38.99")
    assert made.hours == [["07:30", "11:30"], ["13:00", "16:30"]]
    page = f"/manage/units/{made.public_id}"
    assert "07:30-11:30, 13:00-16:30" in admin.get(page).get_data(as_text=True)
    changed = {**OFFICE, "name": "UBND xã Hoằng Châu mới", "hours": "08:00-09:00"}
    assert post_form(admin, page, changed, action=page).status_code == 303
    assert stored(services, "H56.38.99").name == changed["name"]
    assert stored(services, "H56.38.99").hours == made.hours, "other hours move due dates: see the calendar"
    assert f"/manage/calendar/hours/{made.public_id}" in admin.get(page).get_data(as_text=True)
    today = clock.today()
    assert post_form(admin, page, {"valid_to": f"{today:%d/%m/%Y}"}, action=f"{page}/close").status_code == 303
    with services.database.session(write=False) as session:
        assert "H56.38.99" in [o.code for o in offices(session)]  # until this evening
        session.scalars(select(Office).where(Office.code == "H56.38.99")).one().valid_to = today - timedelta(days=1)
        assert "H56.38.99" not in [o.code for o in offices(session)]
        acts = session.scalars(select(AuditEntry.action).where(AuditEntry.object == made.public_id)).all()
    assert acts == ["office:add", "office:change", "office:close"]
    assert post_form(admin, page, {"open": "yes"}, action=f"{page}/close").status_code == 303
    assert stored(services, "H56.38.99").valid_to is None


@pytest.mark.parametrize(
    ("wrong", "key"),
    [
        ({"code": "38"}, "code"),
        ({"code": "H56.38.12"}, "code"),
        ({"name": ""}, "name"),
        ({"level": "village"}, "level"),
        ({"commune_code": "00000"}, "commune_code"),
        ({"hours": "all day"}, "hours"),
    ],
)
def test_an_office_that_cannot_be_is_refused_at_its_field_and_what_was_typed_stays(admin, services, wrong, key):
    answer = post_form(admin, "/manage/units", {**OFFICE, **wrong})
    assert answer.status_code == 422
    assert f'href="#f-{key}"' in answer.get_data(as_text=True) and "Thôn 1" in answer.get_data(as_text=True)
    assert stored(services, "H56.38.99") is None


def test_no_office_is_closed_in_the_past(admin, services):
    page = f"/manage/units/{stored(services, 'H56.38.27').public_id}"
    assert post_form(admin, page, {"valid_to": "01/01/2026"}, action=f"{page}/close").status_code == 422
    assert "UBND" in text_of(admin.get("/manage/units"))


@pytest.mark.parametrize("name", ["manager", "officer", "helper"])
def test_only_the_administrator_sees_to_offices(app, services, name):
    browser = app.test_client()
    who.log_in_staff(browser, services, name)
    assert browser.get("/manage/units").status_code == 403


@pytest.mark.parametrize("typed", ["07:00-11:30, 13:30-17:00", "7h00 - 11h30; 13h30 – 17h00", "07:30-16:30"])
def test_working_hours_are_read_as_people_write_them(typed):
    assert read_hours(hours_words(read_hours(typed))) == read_hours(typed)


@pytest.mark.parametrize("typed", ["7-11", "25:00-26:00", "11:30-07:00", "07:00-12:00, 11:00-17:00", "x"])
def test_hours_that_cannot_be_are_refused(typed):
    with pytest.raises(UnitRefused):
        read_hours(typed)
