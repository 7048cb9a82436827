"""Somebody new registers in two minutes; nobody takes over a number that is another person's."""

import pytest
from sqlalchemy import select

from tests.pages import code_sent_to, form_of, log_in, post_form, read, text_of
from webapp.accounts import people
from webapp.accounts.models import Person, Phone
from webapp.core.audit import AuditEntry

PHONE = "0987654321"
HUONG = {
    "full_name": "Lò Thị Hương",
    "birth_date": "20/07/1990",
    "citizen_id": "038 190 001 234",
    "sex": "nu",
    "ethnicity": "Thái",
    "residence_province": "38",
    "residence_commune": "hoang loc",
    "residence_line": "Thôn Đình Nam",
    "consent": "yes",
}
NUMBER = "038190001234"


def prove_phone(client, phone=PHONE, owner="mine"):
    assert post_form(client, "/register", {"phone": phone, "owner": owner}).location == "/login/code"
    return post_form(client, "/login/code", {"code": code_sent_to(client, phone)})


def tell(client, **changes):
    return post_form(client, "/register/person", {**HUONG, **changes})


def registered(services, number=NUMBER):
    with services.database.session(write=False) as session:
        return people.find_by_citizen_id(session, number)


def test_huong_registers_and_is_logged_in(client, services):
    assert prove_phone(client, owner="relative").location == "/register/person"
    answer = tell(client)
    assert (answer.status_code, answer.location) == (303, "/me")
    assert "Lò Thị Hương" in text_of(client.get("/me"))
    with services.database.session(write=False) as session:
        person = people.find_by_citizen_id(session, NUMBER)
        assert (person.birth_date, person.assurance) == ("1990-07-20", "phone")
        assert person.profile == {
            "sex": "nu",
            "ethnicity": "Thái",
            "nationality": "Việt Nam",
            "residence": {"province": "38", "commune": "Xã Hoằng Lộc", "line": "Thôn Đình Nam"},
            "id_type": "can_cuoc",
        }
        [phone] = people.phones_of(session, person.id)
        assert (phone.number, phone.owner) == ("+84987654321", "relative")
        assert phone.verified_at
        assert session.scalars(select(AuditEntry).where(AuditEntry.action == "account:register")).one()


def test_next_time_the_phone_is_enough(client, app):
    prove_phone(client)
    tell(client)
    again = app.test_client()
    assert log_in(again, PHONE).location == "/me"
    assert "Lò Thị Hương" in text_of(again.get("/me"))


def test_an_unknown_phone_on_the_log_in_page_leads_on_to_registering(client):
    assert log_in(client, PHONE, next="/dossiers/new/1.001193").location == "/register/person"
    assert tell(client).location == "/dossiers/new/1.001193"


def test_an_elder_may_write_only_the_year(client, services):
    prove_phone(client)
    assert tell(client, birth_date="1954", citizen_id="038154001234").status_code == 303
    assert registered(services, "038154001234").birth_date == "1954"


@pytest.mark.parametrize(
    ("changes", "doubted"),
    [
        ({"birth_date": "20/07/1991"}, ["birth_date"]),
        ({"sex": "nam"}, ["sex"]),
        ({"citizen_id": "038290001234"}, ["birth_date", "sex"]),  # a man of 2090
        ({"birth_date": "1991", "sex": "nam"}, ["birth_date", "sex"]),
    ],
)
def test_a_number_that_does_not_fit_is_asked_about_once_and_never_refused(client, services, changes, doubted):
    prove_phone(client)
    doubt = tell(client, **changes)
    assert doubt.status_code == 422
    assert registered(services, changes.get("citizen_id", NUMBER)) is None
    assert [key for key in ("birth_date", "sex") if f'href="#f-{key}"' in doubt.text] == doubted
    sure = tell(client, **changes, seen=",".join(doubted))
    assert sure.status_code == 303
    assert registered(services, changes.get("citizen_id", NUMBER))


def test_correcting_one_doubt_does_not_bring_the_question_back(client):
    prove_phone(client)
    assert tell(client, birth_date="1991", sex="nam").status_code == 422
    assert tell(client, birth_date="1991", seen="birth_date,sex").status_code == 303


def test_nothing_is_kept_without_consent_and_nothing_typed_is_lost(client, services):
    prove_phone(client)
    shown = client.get("/register/person").text
    assert 'name="consent" value="yes"' in shown
    assert 'name="consent" value="yes" checked' not in shown, "nobody agrees by forgetting"
    answer = tell(client, consent="")
    assert answer.status_code == 422
    assert 'value="Lò Thị Hương"' in answer.text
    assert registered(services) is None


@pytest.mark.parametrize(
    "changes",
    [
        {"full_name": "L0"},
        {"birth_date": "31/02/1990"},
        {"birth_date": "2099"},
        {"citizen_id": "123456789"},
        {"citizen_id": "03819000123x"},
        {"sex": "other"},
        {"residence_province": "99"},
        {"residence_commune": ""},
    ],
)
def test_an_answer_that_cannot_be_is_named(client, services, changes):
    prove_phone(client)
    answer = tell(client, **changes)
    assert answer.status_code == 422
    assert 'role="alert"' in answer.text
    assert registered(services) is None


def test_the_old_name_of_a_commune_is_kept_as_people_say_it(client, services):
    prove_phone(client)
    assert tell(client, residence_commune="Xã Hoằng Đại").status_code == 303
    assert registered(services).profile["residence"]["commune"] == "Xã Hoằng Đại"


@pytest.mark.parametrize("number", ["038196001234", "038154004321"])
def test_a_number_of_somebody_else_is_refused_without_saying_whose_it_is(client, services, number):
    """With an account (Đào) or without (Nhàn, known from paper): only the counter can tell who is who."""
    prove_phone(client)
    answer = tell(client, citizen_id=number, seen="birth_date,sex")
    assert answer.status_code == 422
    for secret in ("Đào", "Nhàn", "0912", "000 001"):
        assert secret not in answer.text
    assert client.get("/me").status_code == 303
    with services.database.session(write=False) as session:
        assert session.scalar(select(Phone).where(Phone.number_index == people.phone_index("+84987654321"))) is None


def test_numbers_cannot_be_tried_through_without_end(client):
    prove_phone(client)
    answers = [tell(client, citizen_id="038196001234", seen="birth_date,sex").status_code for _ in range(7)]
    assert answers == [422] * 6 + [429]


def test_a_second_person_registers_on_the_family_phone(client, app, services):
    assert prove_phone(client, "0912000001", "relative").location == "/login/who"
    assert "/register/person" in client.get("/login/who").text
    assert tell(client).location == "/me"
    son = app.test_client()
    assert log_in(son, "0912000001").location == "/login/who"
    assert "Lò Thị Hương" in text_of(son.get("/login/who"))


def test_nobody_registers_without_a_proved_phone(client, services):
    assert client.get("/register/person").location == "/register"
    token = form_of(client, "/register")["hidden"]["csrf_token"]
    answer = client.post("/register/person", data={**HUONG, "csrf_token": token})
    assert (answer.status_code, answer.location) == (303, "/register")
    assert registered(services) is None


def test_the_proof_of_the_phone_gets_too_old(client, later):
    prove_phone(client)
    later(minutes=31)
    assert client.get("/register/person").location == "/register"


def test_pressing_register_twice_makes_one_person(client, services):
    prove_phone(client)
    fields = form_of(client, "/register/person")["hidden"]
    with client.session_transaction() as cookie:
        before = dict(cookie)
    assert client.post("/register/person", data={**fields, **HUONG}).status_code == 303
    with client.session_transaction() as cookie:
        cookie.clear()
        cookie.update(before)
    assert client.post("/register/person", data={**fields, **HUONG}).location == "/register"
    with services.database.session(write=False) as session:
        found = session.scalars(select(Person).where(Person.citizen_id_index == people.citizen_id_index(NUMBER))).all()
        assert len(found) == 1


def test_whose_phone_it_is_must_be_said(client):
    answer = post_form(client, "/register", {"phone": PHONE})
    assert answer.status_code == 422
    assert f'value="{PHONE}"' in answer.text


def test_an_expired_form_keeps_what_was_typed(client):
    prove_phone(client)
    answer = client.post("/register/person", data=HUONG)
    assert answer.status_code == 403
    shown = text_of(answer)
    assert "Lò Thị Hương" in shown
    assert "full_name" not in shown and "residence_commune" not in shown
    fields = form_of_answer(answer)
    assert client.post("/register/person", data=fields).location == "/me"


def form_of_answer(answer):
    """The hidden fields of the page that asks to press once more."""
    [form] = [f for f in read(answer.text).forms if f["method"] == "post"]
    return form["hidden"]
