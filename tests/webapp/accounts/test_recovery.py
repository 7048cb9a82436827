"""The phone is gone: two members of staff bind a new one while the person waits; one alone cannot."""

import pytest
from sqlalchemy import select, update
from sqlalchemy.exc import IntegrityError

from tests import sms
from tests.pages import code_sent_to, log_in, log_out, post_form, text_of
from tests.people import NHAN_ID
from tests.webapp.accounts import steps
from tests.webapp.accounts.steps import NEW, OLD, press
from webapp.accounts import codes, devices, limits, second_proof, wrong_codes
from webapp.accounts.device_models import WrongCodes
from webapp.accounts.models import Account, LoginSession, Person
from webapp.accounts.people import phone_index
from webapp.accounts.phone_models import Recovery
from webapp.core.audit import AuditEntry


@pytest.fixture
def mai(client):
    """Lê Thị Mai at the counter."""
    client.set_cookie("lang", "en")
    steps.staff_log_in(client, "officer")
    return client


@pytest.fixture
def viet(app):
    """Trần Quốc Việt of the same office."""
    client = steps.officer(app, "case")
    client.set_cookie("lang", "en")
    return client


@pytest.fixture
def waiting(mai):
    """A request that waits for the second person."""
    here = steps.open_recovery(mai)
    assert steps.prove(mai, here).location == here
    return here


def test_two_of_them_bind_a_new_phone(mai, viet, app, waiting):
    dao = app.test_client()
    log_in(dao)
    assert "1 new phone waits" in text_of(viet.get("/counter"))
    assert "1 new phone waits" not in text_of(mai.get("/counter")), "it does not wait for her who asked"
    assert press(viet, waiting, "approve").location == waiting
    assert "The new phone is bound" in text_of(viet.get(waiting))
    assert steps.phones(app) == ["+84987000001"]
    assert dao.get("/me").status_code == 303, "whoever had the old phone is out"
    again = app.test_client()
    assert log_in(again, NEW).location == "/me"
    again.set_cookie("lang", "en")
    held = again.get(steps.record_file(again))
    assert held.status_code == 403
    assert "at a counter a short time ago" in text_of(held)
    with app.extensions["motcua"].database.session(write=False) as session:
        assert session.scalars(select(Person.assurance).where(Person.id == 1)).one() == "in_person"
        done = session.scalars(select(AuditEntry.action).where(AuditEntry.action.like("recovery:%"))).all()
    assert done == ["recovery:open", "recovery:prove", "recovery:approve"]


def test_both_phones_and_the_app_are_told_and_the_old_one_cannot_stop_it(viet, app, waiting):
    press(viet, waiting, "approve")
    [old] = [text for text in sms.texts(app, OLD) if "doi tai quay" in text]
    assert "Huy doi so" not in old, "whoever stole the phone must not undo it"
    assert any("gan voi ten Ong/Ba" in text for text in sms.texts(app, NEW))
    dao = app.test_client()
    dao.set_cookie("lang", "en")
    log_in_told(app, dao)
    assert "A new phone was bound to your name" in text_of(dao.get("/me/messages"))


def log_in_told(app, client):
    """After the worker has sent the texts."""
    post_form(client, "/login", {"phone": NEW})
    answer = post_form(client, "/login/code", {"code": sms.code_for(app, NEW)})
    if answer.location == "/login/device":
        post_form(client, "/login/device", {"proof": "1234"})


def test_the_message_to_the_new_phone_says_that_an_officer_may_hear_the_code(mai, app):
    steps.open_recovery(mai)
    [text] = sms.texts(app, NEW)
    assert "doc cho can bo" in text
    assert "Khong dua ma" not in text


def test_whoever_asked_cannot_approve(mai, app, waiting):
    answer = press(mai, waiting, "approve")
    assert answer.status_code == 403
    assert "Somebody else of your office" in text_of(answer)
    assert steps.phones(app) == ["+84912000001"]


def test_approving_twice_says_that_it_is_done(viet, waiting):
    assert press(viet, waiting, "approve").status_code == 303
    answer = press(viet, waiting, "approve")
    assert answer.status_code == 409
    assert "already decided" in text_of(answer)
    assert press(viet, waiting, "refuse").status_code == 409


def test_without_the_code_of_the_new_phone_nobody_can_approve(mai, viet, app):
    here = steps.open_recovery(mai)
    assert press(viet, here, "approve").status_code == 409
    right = code_sent_to(mai, NEW)
    wrong = "000000" if right != "000000" else "000001"
    assert post_form(mai, here, {"code": wrong}, action=f"{here}/code").status_code == 422
    assert press(viet, here, "approve").status_code == 409
    assert steps.phones(app) == ["+84912000001"]


def test_a_new_code_can_be_sent_after_a_while(client, app, later):
    client.set_cookie("lang", "en")
    steps.staff_log_in(client, "officer")
    here = steps.open_recovery(client)
    assert post_form(client, here, action=f"{here}/resend").status_code == 429
    later(seconds=31)
    assert post_form(client, here, action=f"{here}/resend").location == here
    assert steps.prove(client, here).location == here


def test_refused_it_changes_nothing(viet, app, waiting):
    assert press(viet, waiting, "refuse").location == waiting
    assert "Refused" in text_of(viet.get(waiting))
    assert steps.phones(app) == ["+84912000001"]
    assert press(viet, waiting, "approve").status_code == 409


def test_whoever_asked_may_take_it_back(mai, waiting):
    assert press(mai, waiting, "refuse").location == waiting
    assert steps.open_recovery(mai, phone="0987000002"), "and begin anew"


def test_the_next_morning_it_is_another_visit(client, app, later):
    steps.staff_log_in(client, "officer")
    here = steps.open_recovery(client)
    steps.prove(client, here)
    later(hours=13)
    assert press(steps.officer(app, "case"), here, "approve").status_code == 409
    assert steps.open_recovery(steps.officer(app), phone="0987000002")


def test_one_person_has_one_open_request(mai, waiting):
    answer = post_form(mai, "/counter/recoveries/new", {**steps.CARD, "phone": "0987000009"})
    assert answer.status_code == 409
    assert "open request" in text_of(answer)


@pytest.mark.parametrize(
    "changes",
    [
        {"citizen_id": "038196009999"},
        {"birth_date": "14/05/1995"},
        {"seen": ""},
        {"reason": ""},
        {"phone": "02373861112"},
        {"owner": "none"},
    ],
)
def test_a_card_that_does_not_fit_or_was_not_seen_opens_nothing(mai, services, changes):
    answer = post_form(mai, "/counter/recoveries/new", {**steps.CARD, "phone": NEW, **changes})
    assert answer.status_code == 422
    assert 'role="alert"' in answer.text
    with services.database.session(write=False) as session:
        assert session.scalars(select(Recovery)).all() == []


def test_an_officer_cannot_walk_through_the_register(mai):
    other = {**steps.CARD, "phone": NEW, "citizen_id": "038196009999"}
    answers = [post_form(mai, "/counter/recoveries/new", other).status_code for _ in range(31)]
    assert answers == [422] * 30 + [429]


def test_an_elder_without_phone_or_account_gets_both(mai, viet, app):
    here = steps.open_recovery(mai, citizen_id=NHAN_ID, birth_date="1954", reason="first", owner="relative")
    steps.prove(mai, here)
    press(viet, here, "approve")
    assert steps.phones(app, NHAN_ID) == ["+84987000001"]
    assert log_in(app.test_client(), NEW).location == "/me"


def test_the_office_next_door_sees_none_of_it(app, waiting):
    tuan = steps.officer(app, "officer2")
    assert tuan.get(waiting).status_code == 404
    assert press(tuan, waiting, "approve").status_code == 404
    assert "Nguyễn Thị Đào" not in tuan.get("/counter/recoveries").text


@pytest.mark.parametrize("username", ["helper", "admin"])
def test_helpers_and_administrators_bind_no_phones(app, waiting, username):
    client = steps.officer(app, username)
    assert client.get("/counter/recoveries").status_code == 403
    assert press(client, waiting, "approve").status_code == 403


def test_the_table_itself_refuses_one_person_in_both_places(services, waiting):
    with pytest.raises(IntegrityError), services.database.transaction() as session:
        session.execute(update(Recovery).values(decided_by=Recovery.opened_by))
    with pytest.raises(IntegrityError), services.database.transaction() as session:
        session.execute(update(Recovery).values(state="approved"))


def test_the_list_shows_who_asked_and_how_it_stands(mai, waiting):
    page = text_of(mai.get("/counter/recoveries"))
    for words in ("Nguyễn Thị Đào", "Lê Thị Mai", "Waits for a second person", "lost or stolen"):
        assert words in page


def test_a_cause_met_at_the_counter_is_counted(mai, app):
    steps.open_recovery(mai, reason="recycled")
    manager = steps.officer(app, "manager")
    manager.set_cookie("lang", "en")
    assert "At a counter 1" in text_of(manager.get("/manage/phone-mismatches"))


def test_no_session_of_the_person_outlives_it(viet, app, services, waiting):
    for _ in range(2):
        log_in(app.test_client())
    press(viet, waiting, "approve")
    with services.database.session(write=False) as session:
        open_ones = select(LoginSession).where(LoginSession.account_id == 1, LoginSession.ended_at.is_(None))
        assert session.scalars(open_ones).all() == []


@pytest.mark.parametrize("number", [NEW, OLD])
def test_whoever_had_too_many_wrong_tries_begins_anew_after_the_counter(later, mai, viet, app, services, number):
    """A hundred wrong facts, or codes on her own device too: "only at the counter" ends at the counter."""
    dao, stranger = app.test_client(), app.test_client()
    log_in(dao)
    log_out(dao)
    with services.database.transaction() as session:
        account = session.scalars(select(Account).where(Account.person_id == 1)).one()
        scopes = [second_proof.scope_of(account), *codes.scopes_of(phone_index("+84912000001"))]
        scopes += codes.scopes_of(phone_index("+84912000001"), devices.ever_known(session, account.id))
        for scope in scopes:
            wrong_codes.count(session, scope)
        session.execute(update(WrongCodes).values(in_a_row=limits.WRONG_IN_A_ROW))
    for browser in (dao, stranger):
        assert post_form(browser, "/login", {"phone": OLD}).status_code == 403
    with services.database.transaction() as session:
        for scope in codes.scopes_of(phone_index("+84912000001")):
            wrong_codes.forgive(session, [scope])  # as if only wrong facts were known
    post_form(stranger, "/login", {"phone": OLD})
    assert post_form(stranger, "/login/code", {"code": code_sent_to(stranger, OLD)}).location == "/login/device"
    assert post_form(stranger, "/login/device", {"proof": steps.DAO_ID[-4:]}).status_code == 403
    here = steps.open_recovery(mai, phone=number)
    steps.prove(mai, here, number)
    assert press(viet, here, "approve").status_code == 303
    later(minutes=2)
    assert log_in(stranger, number).location == "/me"
    assert log_in(dao, number).location == "/me"
    again = "/login/again?next=/me/data"
    assert post_form(dao, again, action="/login/again/code").status_code == 303, "fresh proofs work again, too"
