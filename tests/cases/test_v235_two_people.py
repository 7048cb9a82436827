"""V2.3.5: one officer alone takes no long list of people along, one administrator alone erases nobody: refused.

What gives power (administrators, tokens of other systems) is in tests/webapp/accounts/test_second_person.py. Nothing in
the program retires a key or takes a result back: keys stand in the environment, and no act withdraws a result.
"""

import csv
import io
import re

import pytest
from sqlalchemy import func, select, update
from sqlalchemy.exc import IntegrityError

from tests import people as who
from tests.cases.conftest import BOTH, settings_on
from tests.factories import dossiers
from tests.factories.states import as_staff
from tests.pages import post_form, text_of
from tests.two_people import agree, ask_at_the_shell, page_in
from tests.webapp.accounts.steps import press, token
from webapp.accounts import second_person
from webapp.accounts.models import Account, Person
from webapp.accounts.staff_models import Approval
from webapp.core import clock
from webapp.core.audit import AuditEntry
from webapp.core.erasure import Erasure
from webapp.counter import export, taking
from webapp.dossiers.receive import receive_dossier
from webapp.dossiers.worklist import EVERYTHING

TAKE = "/counter/worklist/export"
PAGE = re.compile(r"/counter/approvals/[\w-]{22}")


@pytest.fixture(params=BOTH)
def settings(request, tmp_path):
    return settings_on(request, tmp_path)


@pytest.fixture
def browser(app, services):
    """A browser of this member of staff, in English."""

    def be(username="officer"):
        client = app.test_client()
        who.log_in_staff(client, services, username)
        client.set_cookie("lang", "en")
        return client

    return be


@pytest.fixture
def open_list(services):
    """`open_list(101)`: so many dossiers more wait at the office."""

    def fill(count, **values):
        with services.database.transaction() as session:
            sent = dossiers.sent(session, services.storage, who.person(session))
            dossiers.copies(session, sent, count - 1, **values)

    return fill


def take(client, kind="csv", **filter):
    return client.post(TAKE, data={"csrf_token": token(client), "kind": kind, **filter})


def wanted(answer):
    """The page of a request that was filed instead of the act."""
    assert answer.status_code == 303, answer.status_code
    assert PAGE.fullmatch(answer.location), answer.location
    return answer.location


def rows_of(answer):
    assert answer.status_code == 200, answer.location
    return list(csv.reader(io.StringIO(answer.data.decode("utf-8-sig"))))[1:]


def journal(services, *actions):
    with services.database.session(write=False) as session:
        query = select(AuditEntry).where(AuditEntry.action.in_(actions)).order_by(AuditEntry.seq)
        return [(row.action, row.detail.get("rows")) for row in session.scalars(query)]


def change(services, **values):
    with services.database.transaction() as session:
        session.execute(update(Approval).values(**values))


# ------------------------------------------------------------------------------------ a long list of people


def test_a_mornings_list_is_taken_alone(browser, open_list):
    open_list(taking.ALONE)
    assert len(rows_of(take(browser()))) == taking.ALONE


def test_one_officer_alone_takes_no_long_list(browser, open_list, services):
    open_list(101)
    officer = browser()
    here = wanted(take(officer))
    page = text_of(officer.get(here))
    assert "Waits for a second person" in page
    assert "Dossiers now 101" in page
    assert "Never more than 111" in page
    assert press(officer, here, "agree").status_code == 403
    assert wanted(take(officer)) == here, "asking twice is one request"
    with pytest.raises(IntegrityError), services.database.transaction() as session:
        session.execute(update(Approval).values(agreed=True, decided_by=Approval.asked_by))
    assert journal(services, "counter:export") == []


def test_with_a_colleague_it_is_taken_once(browser, open_list, app, services):
    open_list(101)
    officer, colleague = browser(), browser("case")
    here = wanted(take(officer))
    assert "long list" in text_of(colleague.get("/counter"))
    assert here in colleague.get("/counter/approvals").text
    assert "long list" not in text_of(officer.get("/counter")), "one's own is nobody else's"
    agree(app, here, "case")
    assert len(rows_of(post_form(officer, here, action=TAKE))) == 101
    assert wanted(take(officer)) == here
    assert "Done" in text_of(officer.get(here))
    assert journal(services, "approval:ask", "approval:agree", "approval:use", "counter:export") == [
        ("approval:ask", 101), ("approval:agree", 101), ("approval:use", None), ("counter:export", 101),
    ]  # fmt: skip
    change(services, used_at=clock.now() - second_person.ONCE_MORE)
    assert wanted(take(officer)) != here, "and once more is asked for anew"


def test_another_office_and_the_province_neither_see_nor_decide_it(browser, open_list):
    open_list(101)
    here = wanted(take(browser()))
    for stranger in (browser("officer2"), browser("admin")):
        status = stranger.get(here).status_code
        assert status in (403, 404)
        assert here not in stranger.get("/counter/approvals").text
        for button in ("agree", "refuse"):
            assert press(stranger, here, button).status_code == status
    assert browser("officer2").get(here).status_code == 404
    assert browser("admin").get(here.replace("/counter/", "/manage/")).status_code == 404
    assert "long list" not in text_of(browser("officer2").get("/counter"))


def test_agreed_is_agreed_to_this_list_of_this_officer_alone(browser, open_list, app):
    open_list(101)
    officer = browser()
    here = wanted(take(officer, state="submitted"))
    agree(app, here, "manager")
    others = [take(officer), take(officer, "xlsx", state="submitted"), take(browser("case"), state="submitted")]
    assert here not in {wanted(other) for other in others}
    assert len(rows_of(take(officer, state="submitted"))) == 101


def test_whoever_has_moved_to_another_office_does_not_take_its_list(browser, open_list, app, services):
    open_list(101)
    officer = browser()
    here = wanted(take(officer))
    agree(app, here, "manager")
    with services.database.transaction() as session:
        there = who.staff(session, "officer2").office_id
        session.execute(update(Account).where(Account.username == "officer").values(office_id=there))
    assert officer.get(here).status_code == 404
    assert len(rows_of(take(officer))) == 0


def test_the_list_may_grow_a_little_and_not_more(browser, open_list, app, services):
    open_list(101)
    officer = browser()
    here = wanted(take(officer))
    agree(app, here, "manager")
    open_list(11)
    assert wanted(take(officer)) != here, "112 were not agreed to"
    with services.database.session(write=False) as session:
        row = second_person.find(session, as_staff(session, "officer"), here[-22:])
        assert second_person.state_of(row) == "agreed"


def test_a_file_never_holds_more_than_was_agreed_to(app, open_list, services):
    """Also when dossiers come in between the count and the last row."""
    open_list(31)
    with services.database.session(write=False) as session, app.test_request_context():
        assert len(list(export.cells(as_staff(session, "officer"), EVERYTHING, 30))) == 1 + 30


def test_what_was_agreed_is_what_the_list_holds_when_it_is_taken(browser, open_list, app):
    open_list(101)
    officer = browser()
    agree(app, wanted(take(officer)), "manager")
    open_list(10)
    assert len(rows_of(take(officer))) == 111


def test_a_yes_that_nobody_gave_or_used_in_time_is_none(browser, open_list, app, services):
    open_list(101)
    officer = browser()
    first = wanted(take(officer))
    change(services, asked_at=clock.now() - second_person.TO_DECIDE)
    second = wanted(take(officer))
    agree(app, second, "case")
    change(services, decided_at=clock.now() - second_person.TO_DO)
    assert wanted(take(officer)) not in (first, second)


def test_many_short_lists_are_a_long_one(browser, open_list, later):
    open_list(taking.ALONE)
    officer = browser()
    for _file in range(3):
        rows_of(take(officer))
    here = wanted(take(officer))
    assert "Dossiers now 100" in text_of(officer.get(here))
    rows_of(take(browser("case")))
    later(days=1)
    assert len(rows_of(take(browser()))) == taking.ALONE


def test_who_is_alone_in_the_office_is_told_what_to_do(browser, open_list, services):
    open_list(101)
    with services.database.transaction() as session:
        others = Account.username.in_(["case", "manager"])
        session.execute(update(Account).where(others).values(disabled_at=clock.now()))
    officer = browser()
    assert "take a shorter list" in text_of(officer.get(wanted(take(officer))))


def test_one_officer_alone_reads_no_long_register(browser, services, app):
    """It has names, addresses and phones."""
    with services.database.transaction() as session:
        sent, officer = dossiers.sent(session, services.storage, who.person(session)), as_staff(session, "officer")
        receive_dossier(session, sent, by=officer, version=sent.version)
        session.refresh(sent)
        dossiers.copies(session, sent, 100)
    officer, today = browser(), f"{clock.today():%d/%m/%Y}"
    here = wanted(post_form(officer, "/counter/register", {"start": today, "end": today}))
    assert "Nguyễn Thị Đào" not in text_of(officer.get("/counter/register"))
    assert officer.get("/counter/register.pdf").location == "/counter/register"
    agree(app, here, "case")
    assert post_form(officer, here, action="/counter/register").location == "/counter/register"
    assert "Nguyễn Thị Đào" in text_of(officer.get("/counter/register"))


# ----------------------------------------------------------------------------------------- erasing somebody


@pytest.fixture
def nhan(services):
    with services.database.session(write=False) as session:
        return who.person(session, who.NHAN_ID).public_id


def is_here(services, person):
    with services.database.session(write=False) as session:
        found = session.scalar(select(Person).where(Person.public_id == person))
        erased = session.scalar(select(func.count()).select_from(Erasure))
        return found is not None and found.full_name == "Vi Thị Nhàn" and not erased


def test_one_administrator_alone_erases_nobody(app, services, browser, nhan):
    told = ask_at_the_shell(app, nhan, "--request", "7/2026")
    assert told.exit_code == 0, told.output
    assert "nothing was erased" in told.output
    here = page_in(told)
    assert page_in(ask_at_the_shell(app, nhan, "--request", "7/2026")) == here
    admin = browser("admin")
    assert press(admin, here, "agree").status_code == 403
    assert "I agree" not in text_of(admin.get(here))
    assert is_here(services, nhan)


def test_the_other_one_sees_numbers_and_nobodys_name(app, services, browser, nhan):
    here = page_in(ask_at_the_shell(app, "--request", "7/2026", first=f"{who.NHAN_ID}\n"))
    page = browser("admin2").get(here)
    words = text_of(page)
    assert "Number of the request 7/2026" in words
    assert re.search(r"Records erased [1-9]", words)
    assert not any(secret in page.text for secret in ("Nhàn", who.NHAN_ID, nhan))
    with services.database.session(write=False) as session:
        row = session.scalars(select(Approval)).one()
        assert "Nhàn" not in str(row.said) + str(row.fields)
        assert who.NHAN_ID not in str(row.said) + str(row.fields)


def test_with_two_the_command_does_it_once_and_the_journal_names_both(app, services, browser, nhan):
    here = page_in(ask_at_the_shell(app, nhan, "--request", "7/2026"))
    agree(app, here, "admin2")
    assert "same command on the server" in text_of(browser("admin").get(here))
    done = ask_at_the_shell(app, nhan, "--request", "7/2026")
    assert "erased: person: 1" in done.output, done.output
    assert not is_here(services, nhan)
    with services.database.session(write=False) as session:
        both = [who.staff(session, name).public_id for name in ("admin", "admin2")]
        acts = "approval:ask", "approval:agree", "approval:use", "person:erase"
        found = session.scalars(select(AuditEntry).where(AuditEntry.action.in_(acts)).order_by(AuditEntry.seq)).all()
    assert [(row.action, row.actor) for row in found] == [
        (act, both[number]) for act, number in zip(acts, (0, 1, 0, 0), strict=True)
    ]


def test_agreed_is_agreed_to_one_person_one_request_and_one_asker(app, services, nhan):
    with services.database.session(write=False) as session:
        dao = who.person(session).public_id
    agree(app, page_in(ask_at_the_shell(app, nhan, "--request", "7/2026")), "admin2")
    for words, by in (((dao, "--request", "7/2026"), "admin"), ((nhan, "--request", "8/2026"), "admin"),
                      ((nhan, "--request", "7/2026"), "admin2")):  # fmt: skip
        assert "nothing was erased" in ask_at_the_shell(app, *words, by=by).output
    assert is_here(services, nhan)


def test_a_refused_one_is_not_done(app, services, browser, nhan):
    here = page_in(ask_at_the_shell(app, nhan, "--request", "7/2026"))
    press(browser("admin2"), here, "refuse")
    assert page_in(ask_at_the_shell(app, nhan, "--request", "7/2026")) != here
    assert is_here(services, nhan)


def test_a_shell_has_no_account_so_whoever_sits_there_says_who_they_are(app, services, nhan):
    wrong = "is not right"
    for by, otp, says in (("admin", "0" * 6, wrong), ("nobody", "0" * 6, wrong), ("manager", "", "only an admin")):
        told = ask_at_the_shell(app, nhan, "--request", "7/2026", by=by, otp=otp)
        assert (told.exit_code, says in told.output) == (1, True), told.output
    with services.database.session(write=False) as session:
        assert session.scalars(select(Approval)).all() == []
    assert is_here(services, nhan)


def test_guessing_codes_at_the_shell_is_counted(app, nhan):
    told = [ask_at_the_shell(app, nhan, "--request", "7/2026", otp="000000").output for _try in range(7)]
    assert "Too many tries" in told[-1]
    assert "Too many tries" not in told[-2]


def test_trying_needs_nobody(app, services, nhan):
    told = app.test_cli_runner().invoke(args=["erase", nhan, "--request", "7/2026", "--try"])
    assert "erased: person: 1" in told.output
    assert is_here(services, nhan)
