"""D11: a phone is changed only with fresh proof and a code on the new phone; the old phone is told; others are out.

Results cannot be taken out for 24 hours. The same for a new phone bound at a counter by two people, and for somebody
who takes over what an office began for them: no way around the day of waiting. On both databases.
"""

import threading

import pytest

from tests import sms
from tests.cases.conftest import BOTH, settings_on
from tests.pages import code_sent_to, log_in, post_form
from tests.webapp.accounts import steps
from tests.webapp.accounts.steps import NEW, OLD


@pytest.fixture(params=BOTH)
def settings(request, tmp_path):
    return settings_on(request, tmp_path)


def test_changed_by_oneself(app, later):
    phone, tablet = app.test_client(), app.test_client()
    log_in(tablet)
    log_in(phone)
    file = steps.record_file(phone)
    later(minutes=11)
    page = steps.own_phone_page(phone)
    assert phone.get(page).location.startswith("/login/again"), "a log-in of eleven minutes ago is no fresh proof"
    assert post_form(phone, "/login/again?next=" + page, action="/login/again/code").status_code == 303
    post_form(phone, "/login/again?next=" + page, {"code": code_sent_to(phone, OLD)}, action="/login/again")
    assert steps.change_phone(phone).location == "/me/phones"
    assert steps.phones(app) == ["+84987000001"]
    assert any("vua duoc doi" in text for text in sms.texts(app, OLD)), "the old phone is told"
    assert tablet.get("/me").status_code == 303, "other log-ins are over"
    assert phone.get("/me").status_code == 200
    assert phone.get(file).status_code == 403
    later(hours=23, minutes=59)
    log_in(phone, NEW)
    assert phone.get(file).status_code == 403
    later(minutes=2)
    assert phone.get(file).status_code == 200


def test_stopped_by_the_old_phone(app, later):
    thief, dao = app.test_client(), app.test_client()
    log_in(thief)
    file = steps.record_file(thief)
    steps.change_phone(thief)
    [text] = [t for t in sms.texts(app, OLD) if "Huy doi so" in t]
    assert post_form(dao, "/phone-stop", {"phone": OLD, "code": steps.stop_code(text)}).status_code == 200
    assert thief.get("/me").status_code == 303
    assert steps.phones(app) == ["+84912000001"]
    assert log_in(dao, OLD).status_code == 303
    assert dao.get(file).status_code == 403


def test_bound_anew_by_two_at_the_counter(app, later):
    dao = app.test_client()
    log_in(dao)
    file = steps.record_file(dao)
    mai, viet = steps.officer(app), steps.officer(app, "case")
    here = steps.open_recovery(mai)
    steps.prove(mai, here)
    assert steps.press(mai, here, "approve").status_code == 403, "not by the one who asked"
    assert steps.press(viet, here, "approve").status_code == 303
    assert steps.press(viet, here, "approve").status_code == 409, "not twice"
    assert dao.get("/me").status_code == 303
    log_in(dao, NEW)
    assert dao.get(file).status_code == 403
    later(hours=24, minutes=1)
    log_in(dao, NEW)
    assert dao.get(file).status_code == 200


def test_claimed_by_whom_an_office_wrote_down(app, later):
    huong = steps.written_down(app, phone=None, citizen_id="038190001234")
    dossier = steps.with_dossier(app, huong)
    client = app.test_client()
    post_form(client, "/register", {"phone": "0987654321", "owner": "mine"})
    post_form(client, "/login/code", {"code": code_sent_to(client, "0987654321")})
    given = {"citizen_id": "038190001234", "birth_date": "20/07/1990", "lookup": dossier.lookup_code}
    assert post_form(client, "/register/claim", given).location == "/me"
    assert dossier.code in client.get("/dossiers").text
    assert client.get("/me/data.json").status_code == 403
    later(days=400)
    log_in(client, "0987654321")
    assert client.get("/me/data.json").status_code == 403, "until the ID card was shown"


def test_two_who_approve_at_one_moment_are_one_approval(app):
    mai = steps.officer(app)
    here = steps.open_recovery(mai)
    steps.prove(mai, here)
    seconds = [steps.officer(app, "case"), steps.officer(app, "manager")]
    tokens = [steps.token(client) for client in seconds]
    answers = []

    def press(client, token):
        answers.append(client.post(f"{here}/approve", data={"csrf_token": token}).status_code)

    pressing = [threading.Thread(target=press, args=pair) for pair in zip(seconds, tokens, strict=True)]
    for one in pressing:
        one.start()
    for one in pressing:
        one.join()
    assert sorted(answers) == [303, 409]
    assert steps.phones(app) == ["+84987000001"]
