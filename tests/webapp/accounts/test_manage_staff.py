"""Who works where and as what: managers for their office, administrators for the province, nobody for oneself."""

import pytest
from sqlalchemy import select

from tests.pages import otp_for, post_form, staff_log_in, text_of
from tests.webapp.accounts import steps
from tests.webapp.accounts.steps import member_page, press
from webapp.accounts import staff
from webapp.accounts.demo import STAFF_PASSWORD
from webapp.accounts.models import Account, LoginSession, Mandate
from webapp.core import clock
from webapp.core.actor import Role
from webapp.core.audit import AuditEntry
from webapp.core.ids import new_public_id

NEW = {"username": "may.lt", "name": "Lương Thị Mây", "role_reception": "yes"}


def english(client):
    client.set_cookie("lang", "en")
    return client


@pytest.fixture
def manager(app):
    return english(steps.officer(app, "manager"))


@pytest.fixture
def admin(app):
    return english(steps.officer(app, "admin"))


def account(services, username):
    with services.database.session(write=False) as session:
        return session.scalar(select(Account).where(Account.username == username))


def test_the_administrator_comes_to_the_page_of_what_there_is_to_manage(app):
    client = english(app.test_client())
    assert staff_log_in(client, "admin").location == "/manage"
    page = client.get("/manage")
    assert "Staff" in text_of(page)
    assert 'href="/manage/staff"' in page.text
    assert client.get("/counter").status_code == 403, "an administrator works on no dossiers"


def test_the_menu_of_a_manager_stays_short(manager):
    page = manager.get("/counter").text
    assert 'href="/manage"' in page
    assert 'href="/manage/staff"' not in page


def test_a_manager_makes_somebody_for_the_own_office(manager, services):
    answer = post_form(manager, "/manage/staff/new", {**NEW, "office": "H56.38.27", "role_admin": "yes"})
    assert answer.status_code == 200
    assert "/staff/enrol/" in text_of(answer)
    made = account(services, "may.lt")
    assert made.roles == ["reception"], "what a manager may not give is not taken"
    assert made.office_id == account(services, "manager").office_id, "whatever office was posted"
    assert "Has not set up yet" in text_of(manager.get("/manage/staff"))


def test_an_administrator_makes_a_manager_of_any_office(admin, services):
    given = {**NEW, "role_manager": "yes", "office": "H56.38.27"}
    assert post_form(admin, "/manage/staff/new", given).status_code == 200
    made = account(services, "may.lt")
    assert (made.roles, made.office_id) == (["reception", "manager"], account(services, "officer2").office_id)


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"username": "officer", "office": "H56.38.12"}, "This user name is taken"),
        ({"username": "Mây Lương", "office": "H56.38.12"}, "small letters"),
        ({"username": "ab", "office": "H56.38.12"}, "small letters"),
        ({"role_reception": "", "office": "H56.38.12"}, "Choose at least one task"),
        ({"office": ""}, "Choose the office"),
        ({"office": "H99"}, "Choose one of the answers"),
        ({"name": "", "office": "H56.38.12"}, "still empty"),
        ({"role_admin": "yes"}, "Choose this task alone"),
    ],
)
def test_an_answer_that_cannot_be_is_named_and_kept(admin, services, changes, words):
    answer = post_form(admin, "/manage/staff/new", {**NEW, **changes})
    assert answer.status_code == 422
    assert words in text_of(answer)
    assert account(services, "may.lt") is None


def test_an_administrator_has_no_office(admin, app, services):
    given = {"username": "may.lt", "name": "Lương Thị Mây", "role_admin": "yes", "office": "H56.38.12"}
    assert steps.with_two(app, admin, post_form(admin, "/manage/staff/new", given)).status_code == 200
    assert account(services, "may.lt").office_id is None


def test_staff_of_next_door_are_not_there_for_a_manager(manager, admin, app):
    assert "officer2" not in manager.get("/manage/staff").text
    assert "officer2" in admin.get("/manage/staff").text
    page = member_page(app, admin, "officer2")
    assert manager.get(page).status_code == 404
    for button in ("disable", "enable", "reset", "change"):
        assert press(manager, page, button).status_code == 404
    assert manager.get(page).text.count("officer2") == manager.get(f"/manage/staff/{'x' * 22}").text.count("officer2")


def test_a_manager_does_not_touch_managers(manager, services, app):
    with services.database.transaction() as session:
        office = session.scalar(select(Account.office_id).where(Account.username == "manager"))
        staff.create_staff(
            session, username="second", name="Lê Văn Hai", roles=[Role.MANAGER], office_id=office, password="x"
        )
    page = member_page(app, manager, "second")
    assert press(manager, page, "disable").status_code == 403
    assert press(manager, page, "reset").status_code == 403


def test_nobody_changes_their_own_account(manager, admin, app):
    for client, name in ((manager, "manager"), (admin, "admin")):
        page = member_page(app, client, name)
        assert "This is you" in text_of(client.get(page))
        assert press(client, page, "disable").status_code == 403
        assert press(client, page, "reset").status_code == 403


def test_the_last_administrator_cannot_be_closed(admin, app, services):
    given = {"username": "may.lt", "name": "Lương Thị Mây", "role_admin": "yes"}
    link = steps.link_in(steps.with_two(app, admin, post_form(admin, "/manage/staff/new", given)))
    run = app.test_cli_runner().invoke
    assert run(args=["staff", "disable", "admin2"]).exit_code == 0
    refused = run(args=["staff", "disable", "admin"])
    assert refused.exit_code == 1
    assert "last administrator" in refused.output, "the second one has not set up yet"
    steps.enrol(app.test_client(), link)
    assert run(args=["staff", "disable", "admin"]).exit_code == 0
    assert admin.get("/manage").status_code == 303


def test_closed_at_once_everywhere(manager, app, services):
    mai = steps.officer(app)
    assert mai.get("/counter").status_code == 200
    page = member_page(app, manager, "officer")
    assert press(manager, page, "disable").location == page
    assert mai.get("/counter").status_code == 303, "the next click"
    with services.database.session(write=False) as session:
        row = account(services, "officer")
        query = select(LoginSession).where(LoginSession.account_id == row.id, LoginSession.ended_at.is_(None))
        assert session.scalars(query).all() == []
    fresh = app.test_client()
    given = {"username": "officer", "password": STAFF_PASSWORD, "otp": otp_for(fresh, "officer")}
    assert post_form(fresh, "/staff/login", given).status_code == 422
    assert press(manager, page, "disable").status_code == 409
    assert "Closed" in text_of(manager.get(page))


def test_somebody_who_comes_back_sets_up_anew(manager, app):
    page = member_page(app, manager, "officer")
    press(manager, page, "disable")
    link = steps.link_in(press(manager, page, "enable"))
    client = app.test_client()
    given = {"username": "officer", "password": STAFF_PASSWORD, "otp": otp_for(client, "officer")}
    assert post_form(client, "/staff/login", given).status_code == 422, "what others may know by now is worth nothing"
    assert steps.enrol(client, link).status_code == 200


def test_whom_a_closed_helper_was_helping_is_alone_again(manager, app, services):
    with services.database.transaction() as session:
        helper = session.scalars(select(Account).where(Account.username == "helper")).one()
        session.add(
            Mandate(
                person_id=2, helper_id=helper.id, office_id=helper.office_id, evidence_kind="card_pin",
                evidence_id=new_public_id(), text_version="x", granted_at=clock.now(),
                expires_at=clock.now().replace(year=clock.now().year + 1),
            )
        )  # fmt: skip
    press(manager, member_page(app, manager, "helper"), "disable")
    with services.database.session(write=False) as session:
        assert session.scalars(select(Mandate.ended_at)).one() is not None


def test_other_tasks_are_in_force_at_the_next_click(admin, app, services):
    mai = steps.officer(app)
    page = member_page(app, admin, "officer")
    given = {"name": "Lê Thị Mai", "office": "H56.38.12", "role_helper": "yes"}
    assert post_form(admin, f"{page}/change", given).location == page
    assert mai.get("/counter").status_code == 403
    assert mai.get("/assisted").status_code == 200
    with services.database.session(write=False) as session:
        entry = session.scalars(select(AuditEntry).where(AuditEntry.action == "staff:change")).one()
        assert (entry.detail["before"]["roles"], entry.detail["after"]["roles"]) == (["reception"], ["helper"])


def test_another_office_is_in_force_at_the_next_click(admin, app):
    mai = steps.officer(app)
    page = member_page(app, admin, "officer")
    given = {"name": "Lê Thị Mai", "office": "H56.38.27", "role_reception": "yes"}
    post_form(admin, f"{page}/change", given)
    assert mai.get("/counter").status_code == 200
    assert "Bá Thước" in admin.get(page).text


def test_the_list_goes_on_by_key_and_finds_by_name(admin, services):
    with services.database.transaction() as session:
        office = session.scalar(select(Account.office_id).where(Account.username == "manager"))
        for number in range(45):
            staff.create_staff(
                session, username=f"x{number:02d}", name=f"Lê Văn Số {number}", roles=[Role.CASE], office_id=office,
                password=None,
            )  # fmt: skip
    first = admin.get("/manage/staff")
    assert "Next page" in text_of(first)
    following = admin.get("/manage/staff?after=x33")
    assert "x34" in text_of(following)
    assert "x33" not in text_of(following)
    assert "Next page" not in text_of(following)
    assert "x44" in admin.get("/manage/staff?q=Số+44").text
    assert "Nobody found" in text_of(admin.get("/manage/staff?q=%25%25"))
    assert "officer2" in admin.get("/manage/staff?office=H56.38.27").text
    assert "x01" not in text_of(admin.get("/manage/staff?office=H56.38.27"))


@pytest.mark.parametrize("username", ["officer", "case", "helper"])
def test_others_see_nothing_of_it(app, username):
    client = steps.officer(app, username)
    for path in ("/manage", "/manage/staff", "/manage/staff/new"):
        assert client.get(path).status_code == 403


def test_a_new_installation_begins_with_a_command(app, services):
    run = app.test_cli_runner().invoke
    made = run(args=["staff", "create", "Sam2", "--name", "Hoàng Thị Sâm", "--role", "admin"])
    assert made.exit_code == 0, made.output
    link = made.output.strip().splitlines()[-1]
    assert link.startswith("http://localhost/staff/enrol/")
    assert steps.enrol(app.test_client(), link.removeprefix("http://localhost")).status_code == 200
    listed = run(args=["staff", "list"]).output
    assert "sam2\tactive\tadmin\t-\tHoàng Thị Sâm" in listed
    again = run(args=["staff", "reset", "sam2", "--password"])
    assert again.exit_code == 0
    assert "sam2\tinvited" in run(args=["staff", "list"]).output


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["create", "may", "--name", "Mây", "--role", "case", "--office", "H99"], "there is no office H99"),
        (["create", "may", "--name", "Mây", "--role", "case"], "Choose the office"),
        (["create", "officer", "--name", "Mây", "--role", "case", "--office", "H56.38.12"], "user name is taken"),
        (["disable", "nobody"], "nobody has the user name"),
        (["reset", "nobody"], "nobody has the user name"),
    ],
)
def test_a_command_that_cannot_be_says_why(app, arguments, words):
    result = app.test_cli_runner().invoke(args=["staff", *arguments])
    assert result.exit_code == 1
    assert words in result.output
