"""Another phone takes the place of one: never silently, and what matters waits a day."""

import pytest
from sqlalchemy import select

from tests import sms
from tests.pages import code_sent_to, fact_of, log_in, post_form, text_of
from tests.webapp.accounts import steps
from tests.webapp.accounts.steps import NEW, OLD
from webapp.accounts import people
from webapp.accounts.models import Person, Phone
from webapp.accounts.phone_models import PhoneChange
from webapp.core.audit import AuditEntry


@pytest.fixture
def dao(client):
    client.set_cookie("lang", "en")
    log_in(client)
    return client


def test_dao_changes_her_phone_and_comes_in_by_the_new_one(dao, app):
    assert steps.change_phone(dao).location == "/me/phones"
    assert steps.phones(app) == ["+84987000001"]
    assert "You log in with it" in text_of(dao.get("/me/phones"))
    assert log_in(app.test_client(), NEW).location == "/me"
    stranger = app.test_client()
    post_form(stranger, "/login", {"phone": OLD})
    answer = post_form(stranger, "/login/code", {"code": code_sent_to(stranger, OLD)})
    assert answer.location == "/register/person", "the old phone opens nothing any more"


def test_a_log_in_of_long_ago_proves_itself_first_and_then_goes_on(client, later):
    client.set_cookie("lang", "en")
    log_in(client)
    later(minutes=11)
    page = steps.own_phone_page(client)
    away = client.get(page)
    assert (away.status_code, away.location.partition("?")[0]) == (303, "/login/again")


def test_the_code_of_the_old_phone_does_not_do_for_the_new_one(dao, app):
    steps.ask_for_change(dao)
    other = app.test_client()
    post_form(other, "/login", {"phone": OLD})
    answer = post_form(dao, "/me/phones/code", {"code": code_sent_to(other, OLD)})
    assert answer.status_code == 422
    assert steps.phones(app) == ["+84912000001"]


def test_wrong_codes_are_counted_and_change_nothing(dao, app):
    steps.ask_for_change(dao)
    right = code_sent_to(dao, NEW)
    wrong = "000000" if right != "000000" else "000001"
    for left in (4, 3, 2, 1):
        answer = post_form(dao, "/me/phones/code", {"code": wrong})
        assert f"Tries left: {left}" in text_of(answer)
    token = {"csrf_token": steps.token(dao)}
    assert dao.post("/me/phones/code", data={**token, "code": wrong}).status_code == 422
    assert dao.post("/me/phones/code", data={**token, "code": right}).status_code == 422, "burnt"
    assert steps.phones(app) == ["+84912000001"]


def test_somebody_else_cannot_type_in_the_code(dao, app, services):
    steps.ask_for_change(dao)
    with dao.session_transaction() as cookie:
        waiting = cookie["phone_change"]
    huong = app.test_client()
    from_register(huong)
    with huong.session_transaction() as cookie:
        cookie["phone_change"] = waiting
    assert huong.get("/me/phones/code").location == "/me/phones"
    answer = huong.post("/me/phones/code", data={"code": "123456", "csrf_token": steps.token(huong)})
    assert answer.location == "/me/phones"


def from_register(client, phone="0987654321"):
    """Lò Thị Hương registers."""
    post_form(client, "/register", {"phone": phone, "owner": "mine"})
    post_form(client, "/login/code", {"code": code_sent_to(client, phone)})
    answers = {
        "full_name": "Lò Thị Hương", "birth_date": "20/07/1990", "citizen_id": "038190001234", "sex": "nu",
        "residence_province": "38", "residence_commune": "hoang loc", "consent": "yes",
    }  # fmt: skip
    assert post_form(client, "/register/person", answers).status_code == 303


def test_the_old_phone_hears_of_it_and_stops_it(dao, app):
    log_in(other := app.test_client())
    steps.change_phone(dao)
    [text] = [t for t in sms.texts(app, OLD) if "Huy doi so" in t]
    assert sms.texts(app, NEW) and not any("Huy doi so" in t for t in sms.texts(app, NEW))
    assert other.get("/me").status_code == 303, "every other device is logged out"
    holder = app.test_client()
    holder.set_cookie("lang", "en")
    answer = post_form(holder, "/phone-stop", {"phone": OLD, "code": steps.stop_code(text).lower()})
    assert "in force again" in text_of(answer)
    assert steps.phones(app) == ["+84912000001"]
    assert dao.get("/me").status_code == 303, "whoever changed it is logged out, too"
    again = app.test_client()
    again.set_cookie("lang", "en")
    log_in(again, OLD)
    assert again.get(steps.record_file(again)).status_code == 403, "the hold goes on: somebody had this log-in"
    assert any("Da huy viec doi so" in t for t in sms.texts(app, OLD))


def test_a_change_is_stopped_once_and_only_within_the_day(client, app, later):
    log_in(client)
    steps.change_phone(client)
    [text] = [t for t in sms.texts(app, OLD) if "Huy doi so" in t]
    code = steps.stop_code(text)
    stranger = app.test_client()
    assert post_form(stranger, "/phone-stop", {"phone": "0912000002", "code": code}).status_code == 422
    later(hours=24, minutes=1)
    late = post_form(stranger, "/phone-stop", {"phone": OLD, "code": code})
    assert late.status_code == 422
    assert code not in late.text, "a code is not shown again"
    assert steps.phones(app) == ["+84987000001"]


def test_stop_codes_cannot_be_guessed(client):
    guesses = [f"{block}-6{n}{n}" for block in ("234", "AAA") for n in "234678"]
    answers = [post_form(client, "/phone-stop", {"phone": OLD, "code": guess}).status_code for guess in guesses]
    assert answers == [422] * 10 + [429] * 2


def test_the_stop_code_is_kept_only_until_it_was_told(dao, app, services):
    steps.change_phone(dao)
    sms.texts(app)
    with services.database.session(write=False) as session:
        row = session.scalars(select(PhoneChange)).one()
        assert row.stop_code_sealed is None
        assert row.stop_digest
        entries = session.scalars(select(AuditEntry).where(AuditEntry.action == "phone:change")).all()
        assert len(entries) == 1
        assert "0987" not in str(entries[0].detail)


def test_a_second_change_waits_for_the_end_of_the_day(dao, app, services):
    page = steps.own_phone_page(dao)
    steps.change_phone(dao)
    assert "/change" not in dao.get("/me/phones").text
    assert dao.get(page).status_code == 404, "the old phone is no longer hers"
    with services.database.session(write=False) as session:
        new = session.scalars(select(Phone).where(Phone.replaced_at.is_(None), Phone.person_id == 1)).one()
    answer = post_form(dao, f"/me/phones/{new.public_id}/change", {"phone": "0987000002", "owner": "mine"})
    assert answer.status_code == 409
    assert "Wait until the day is over" in text_of(answer)


def test_results_and_the_copy_of_ones_data_wait_and_the_rest_goes_on(client, app, later):
    client.set_cookie("lang", "en")
    log_in(client)
    file = steps.record_file(client)
    assert client.get(file).status_code == 200
    steps.change_phone(client)
    held = client.get(file)
    assert held.status_code == 403
    assert "09:00 on 24/11/2026" in text_of(held)
    assert "one-stop counter" in text_of(held)
    assert client.get("/me/data.json").status_code == 403
    for open_page in ("/me", "/dossiers", "/me/records", "/me/data", "/dossiers/new/1.001193"):
        assert client.get(open_page).status_code == 200
    later(hours=24)
    log_in(client, NEW)
    assert client.get(file).status_code == 200


@pytest.mark.parametrize(
    ("number", "words"),
    [(OLD, "yours already"), ("02373861112", "landline"), ("+12025550123", "Vietnamese mobile"), ("", "still empty")],
)
def test_a_number_that_cannot_be_is_named(dao, number, words):
    answer = steps.ask_for_change(dao, number)
    assert answer.status_code == 422
    assert words in text_of(answer)


def test_whose_phone_it_is_can_be_said_anew(dao, app):
    page = steps.own_phone_page(dao).removesuffix("/change")
    assert post_form(dao, page, {"owner": "relative", "relation": "child"}).location == "/me/phones"
    assert "Son or daughter" in text_of(dao.get("/me/phones"))
    assert post_form(dao, page, {"owner": "mine", "relation": "child"}).location == "/me/phones"
    assert "Your own phone" in text_of(dao.get("/me/phones"))
    assert post_form(dao, page, {"owner": "nobody"}).status_code == 422


def test_nobody_touches_a_phone_of_somebody_else(dao, app):
    page = steps.own_phone_page(dao)
    huong = app.test_client()
    from_register(huong)
    made_up = huong.get(f"/me/phones/{'x' * 22}/change")
    foreign = huong.get(page)
    assert (foreign.status_code, made_up.status_code) == (404, 404)
    assert fact_of(dao, OLD) == "1234"


def add_contact(client, number=NEW):
    answer = post_form(client, "/me/phones/new", {"phone": number, "owner": "relative", "relation": "child"})
    assert answer.location == "/me/phones/code", text_of(answer)
    return post_form(client, "/me/phones/code", {"code": code_sent_to(client, number)})


def test_the_sons_phone_gets_messages_and_is_not_his_mothers_log_in(dao, app):
    assert add_contact(dao).location == "/me/phones"
    page = text_of(dao.get("/me/phones"))
    assert "Messages only" in page
    assert "Son or daughter" in page
    son = app.test_client()
    post_form(son, "/login", {"phone": NEW})
    answer = post_form(son, "/login/code", {"code": code_sent_to(son, NEW)})
    assert answer.location == "/register/person", "nobody comes in as her by it"
    assert dao.get(steps.record_file(dao)).status_code == 200, "nothing was bound anew, so nothing waits"
    assert steps.phones(app) == ["+84987000001", "+84912000001"]


def test_a_number_for_messages_is_taken_out_again_and_a_log_in_is_not(dao, app):
    add_contact(dao)
    with app.extensions["motcua"].database.session(write=False) as session:
        rows = session.scalars(select(Phone).order_by(Phone.id)).all()
        own, contact = rows[0].public_id, rows[-1].public_id
    assert dao.get(f"/me/phones/{contact}/change").status_code == 200
    refused = post_form(dao, f"/me/phones/{contact}/change", {"phone": "0987000002", "owner": "mine"})
    assert refused.status_code == 404
    assert steps.press(dao, f"/me/phones/{own}", "remove").status_code == 409
    assert steps.press(dao, f"/me/phones/{contact}", "remove").location == "/me/phones"
    assert steps.phones(app) == ["+84912000001"]


def test_three_numbers_for_messages_are_enough(dao):
    for number in ("0987000001", "0987000002", "0987000003"):
        assert add_contact(dao, number).status_code == 303
    answer = post_form(dao, "/me/phones/new", {"phone": "0987000004", "owner": "relative"})
    assert answer.status_code == 409


def test_a_number_that_was_replaced_is_not_proved_again_by_writing_it_down(dao, app):
    """An officer who writes the old number down once more does not let its holder in."""
    steps.change_phone(dao)
    with app.extensions["motcua"].database.transaction() as session:
        people.add_phone(session, session.get_one(Person, 1), "+84912000001")
    stranger = app.test_client()
    post_form(stranger, "/login", {"phone": OLD})
    answer = post_form(stranger, "/login/code", {"code": code_sent_to(stranger, OLD)})
    assert answer.location == "/register/person"
