"""What gives power over others needs two administrators: one asks, another one agrees, the first one does it.

Long lists of people and erasure, which need two as well: tests/cases/test_v235_two_people.py.
"""

import re
from datetime import timedelta

import pytest
from sqlalchemy import select, update
from sqlalchemy.exc import IntegrityError

from tests.pages import post_form, text_of
from tests.webapp.accounts import steps
from tests.webapp.accounts.steps import agree, member_page, press, with_two
from webapp.accounts import second_person
from webapp.accounts.models import Account
from webapp.accounts.staff_models import Approval
from webapp.core import clock, restored
from webapp.core.audit import AuditEntry

NEW = {"username": "may.lt", "name": "Lương Thị Mây", "role_admin": "yes"}
TOKENS = "/manage/api-tokens"
SYSTEM = {"office": "H56.38.12", "label": "Phần mềm hộ tịch"}


@pytest.fixture
def admin(app):
    client = steps.officer(app, "admin")
    client.set_cookie("lang", "en")
    return client


def ask(client, given=NEW):
    return post_form(client, "/manage/staff/new", given)


def account(services, username):
    with services.database.session(write=False) as session:
        return session.scalar(select(Account).where(Account.username == username))


def later(services, **changes):
    """The same request, some time after."""
    with services.database.transaction() as session:
        session.execute(update(Approval).values(**changes))


def test_one_administrator_alone_makes_no_other_one(admin, services):
    asked = ask(admin)
    assert asked.status_code == 303
    page = text_of(admin.get(asked.location))
    assert "Waits for a second person" in page
    assert "Lương Thị Mây" in page
    assert "may.lt" in page
    assert account(services, "may.lt") is None


def test_the_other_one_is_told_and_sees_what_is_asked_for(admin, app):
    here = ask(admin).location
    second = steps.officer(app, "admin2")
    second.set_cookie("lang", "en")
    assert "1 request of another administrator waits for you" in text_of(second.get("/manage"))
    assert "waits for you" not in text_of(admin.get("/manage")), "one's own is nobody else's"
    assert here in second.get("/manage/approvals").text
    assert "Make an administrator" in text_of(second.get(here))


def test_with_two_it_is_done_by_whoever_asked(admin, app, services):
    made = with_two(app, admin, ask(admin))
    assert made.status_code == 200
    assert steps.enrol(app.test_client(), steps.link_in(made)).status_code == 200
    assert account(services, "may.lt").roles == ["admin"]
    with services.database.session(write=False) as session:
        acts = session.scalars(select(AuditEntry.action).where(AuditEntry.action.like("approval:%"))).all()
    assert acts == ["approval:ask", "approval:agree", "approval:use"]


def test_nobody_agrees_to_their_own_request(admin, services):
    here = ask(admin).location
    assert "I agree" not in text_of(admin.get(here))
    assert press(admin, here, "agree").status_code == 403
    with pytest.raises(IntegrityError), services.database.transaction() as session:
        session.execute(update(Approval).values(agreed=True, decided_by=Approval.asked_by))


def test_a_refusal_is_the_end_and_either_may_say_it(admin, app, services):
    for who in (steps.officer(app, "admin2"), admin):
        here = ask(admin).location
        assert press(who, here, "refuse").location == here
        assert "Refused" in text_of(admin.get(here))
        assert press(who, here, "agree").status_code == 409
        assert ask(admin).location != here, "asked anew"
        later(services, decided_at=clock.now(), agreed=False)
    assert account(services, "may.lt") is None


def test_agreed_is_agreed_to_these_words_alone(admin, app, services):
    agree(app, ask(admin))
    other = ask(admin, {**NEW, "username": "may.other"})
    assert other.status_code == 303
    assert "Waits for a second person" in text_of(admin.get(other.location))
    assert account(services, "may.other") is None


def test_the_agreed_form_is_nobody_elses(admin, app, services):
    agree(app, ask(admin))
    second = steps.officer(app, "admin2")
    assert ask(second).status_code == 303, "a request of their own"
    assert account(services, "may.lt") is None


def test_asking_twice_is_one_request(admin, services):
    assert ask(admin).location == ask(admin).location


def test_it_is_good_once(admin, app):
    made = with_two(app, admin, post_form(admin, TOKENS, SYSTEM, action=TOKENS))
    assert re.search(r"mc_[\w-]{43}", made.text)
    again = post_form(admin, TOKENS, SYSTEM, action=TOKENS)
    assert again.status_code == 303
    assert "Done" in text_of(admin.get(again.location)), "a double tap finds that it was done"
    assert admin.get(TOKENS).text.count("/revoke") == 1


def test_what_was_done_long_ago_is_asked_for_anew(admin, app, services):
    asked = post_form(admin, TOKENS, SYSTEM, action=TOKENS)
    with_two(app, admin, asked)
    later(services, used_at=clock.now() - timedelta(minutes=11))
    assert post_form(admin, TOKENS, SYSTEM, action=TOKENS).location != asked.location


@pytest.mark.parametrize(
    ("column", "term"), [("asked_at", second_person.TO_DECIDE), ("decided_at", second_person.TO_DO)]
)
def test_what_nobody_decided_or_did_in_time_is_over(admin, app, services, column, term):
    here = ask(admin).location
    if column == "decided_at":
        agree(app, ask(admin))
    later(services, **{column: clock.now() - term})
    assert "Too old" in text_of(admin.get(here))
    assert press(steps.officer(app, "admin2"), here, "agree").status_code == 409
    assert ask(admin).location != here
    assert account(services, "may.lt") is None


def test_letting_an_administrator_in_anew_needs_two_and_others_one(admin, app):
    page = member_page(app, admin, "admin2")
    assert press(admin, page, "reset").location.startswith("/manage/approvals/")
    assert press(admin, page, "disable").location == page, "shutting somebody out waits for nobody"
    assert press(admin, page, "enable").location.startswith("/manage/approvals/")
    assert press(admin, member_page(app, admin, "officer"), "reset").status_code == 200


def test_nobody_becomes_an_administrator_by_a_change(admin, app, services):
    page = member_page(app, admin, "officer")
    asked = post_form(admin, f"{page}/change", {"name": "Lê Thị Mai", "role_reception": "", "role_admin": "yes"})
    assert asked.location.startswith("/manage/approvals/")
    assert account(services, "officer").roles == ["reception"]
    assert with_two(app, admin, asked).location == page
    assert account(services, "officer").roles == ["admin"]


def test_an_answer_that_cannot_be_is_said_before_anybody_is_asked(admin):
    assert ask(admin, {**NEW, "username": "officer"}).status_code == 422
    assert post_form(admin, TOKENS, {**SYSTEM, "office": "H99"}, action=TOKENS).status_code == 422
    assert "Nobody has asked" in text_of(admin.get("/manage/approvals"))


def test_who_is_alone_is_told_how_the_second_one_is_made(admin, app):
    assert app.test_cli_runner().invoke(args=["staff", "disable", "admin2"]).exit_code == 0
    assert "flask staff create" in text_of(admin.get(ask(admin).location))


def test_a_copy_put_back_lets_nothing_be_done_twice(admin, app, services):
    agree(app, ask(admin))
    with services.database.transaction() as session:
        restored.run(session)
    admin = steps.officer(app, "admin")  # all log-ins ended, too
    assert "Chờ người thứ hai" in text_of(admin.get(ask(admin).location))


@pytest.mark.parametrize("username", ["manager", "officer", "helper"])
def test_only_administrators_see_what_was_asked_for(admin, app, username):
    here = ask(admin).location
    other = steps.officer(app, username)
    assert other.get("/manage/approvals").status_code == 403
    assert other.get(here).status_code == 403
    assert press(other, here, "agree").status_code == 403


def test_a_long_list_goes_on_after_the_last_shown(admin, services):
    for number in range(31):
        ask(admin, {**NEW, "username": f"may.n{number}"})
    first = admin.get("/manage/approvals").text
    more = re.search(r'href="(/manage/approvals\?after=[\w-]{22})"', first)[1]
    assert first.count("/manage/approvals/") == 30
    assert admin.get(more).text.count("/manage/approvals/") == 1
