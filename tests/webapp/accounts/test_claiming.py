"""Somebody whom an office or a helper wrote down comes by themselves: the same person, never a second one."""

import pytest
from sqlalchemy import func, select

from tests.pages import code_sent_to, log_in, post_form, text_of
from tests.people import NHAN_ID
from tests.webapp.accounts import steps
from webapp.accounts import people
from webapp.accounts.models import Account, Person

PHONE, NUMBER = "0987654321", "038190001234"
HUONG = {
    "full_name": "Lò Thị Hương", "birth_date": "20/07/1990", "citizen_id": NUMBER, "sex": "nu",
    "residence_province": "38", "residence_commune": "hoang loc", "consent": "yes",
}  # fmt: skip


def come(client, phone=PHONE):
    client.set_cookie("lang", "en")
    post_form(client, "/register", {"phone": phone, "owner": "mine"})
    assert post_form(client, "/login/code", {"code": code_sent_to(client, phone)}).location == "/register/person"


def tell(client, **changes):
    return post_form(client, "/register/person", {**HUONG, **changes})


def how_many(services):
    with services.database.session(write=False) as session:
        return session.scalar(select(func.count()).select_from(Person))


@pytest.mark.parametrize("number", [NUMBER, None])
def test_with_the_phone_that_a_helper_wrote_down_huong_is_who_she_was(client, app, services, number):
    written = steps.written_down(app, phone="+84987654321", citizen_id=number)
    before = how_many(services)
    come(client)
    assert tell(client, full_name="lò thị hương").location == "/me"
    assert how_many(services) == before
    with services.database.session(write=False) as session:
        found = people.find_by_citizen_id(session, NUMBER)
        assert found.public_id == written.public_id
        assert found.profile["residence"]["commune"] == "Xã Hoằng Lộc", "what was not known is filled in"
        account = people.account_of(session, found.id)
        assert account.held_why == "claimed"
        assert account.held_until is not None


@pytest.mark.parametrize(
    "changes", [{"full_name": "Lò Thị Hường"}, {"full_name": "Hương"}, {"birth_date": "21/07/1990"}]
)
def test_another_name_or_birth_on_that_phone_is_somebody_else(client, app, services, changes):
    steps.written_down(app, phone="+84987654321", citizen_id=None, name="Lò Văn Hưng")
    before = how_many(services)
    come(client)
    assert tell(client, **changes).location == "/me"
    assert how_many(services) == before + 1


def test_a_known_number_on_another_phone_leads_to_the_ways_back_in(client, app, services):
    steps.written_down(app, phone=None, citizen_id=NUMBER)
    before = how_many(services)
    come(client)
    answer = tell(client)
    assert answer.status_code == 422
    page = text_of(answer)
    assert "You are known here already" in page
    for way in ('href="/login"', 'href="/register/claim"'):
        assert way in answer.text
    assert "Two members of staff" in page
    assert how_many(services) == before


def test_with_and_without_an_account_the_page_is_the_same(client, app):
    """Whether somebody with this number has an account is not told to whoever types it."""
    steps.written_down(app, phone=None, citizen_id=NUMBER)
    come(client)
    without = text_of(tell(client)).replace(NUMBER, "")
    with_account = text_of(tell(client, citizen_id=steps.DAO_ID, seen="birth_date,sex")).replace(steps.DAO_ID, "")
    assert without == with_account


def claim(client, **changes):
    given = {"citizen_id": NUMBER, "birth_date": "20/07/1990", **changes}
    return post_form(client, "/register/claim", given)


def test_the_code_of_a_dossier_lets_huong_in_and_results_wait_for_the_card(client, app, services):
    huong = steps.written_down(app, phone=None, citizen_id=NUMBER)
    dossier = steps.with_dossier(app, huong)
    before = how_many(services)
    come(client)
    assert claim(client, lookup=dossier.lookup_code.lower()).location == "/me"
    assert how_many(services) == before
    assert dossier.code in client.get("/dossiers").text, "what was begun for her is hers"
    assert client.get("/dossiers/new/1.001193").status_code == 200
    assert client.get("/me/data.json").status_code == 403
    page = text_of(client.get("/me/phones"))
    assert "Show your ID card at a one-stop counter once" in page
    mai, viet = steps.officer(app), steps.officer(app, "case")
    here = steps.open_recovery(
        mai, citizen_id=NUMBER, birth_date="20/07/1990", reason="claimed", phone="0987654329"
    )
    steps.prove(mai, here, "0987654329")
    steps.press(viet, here, "approve")
    with services.database.session(write=False) as session:
        account = people.account_of(session, huong.id)
        assert (account.held_why, account.held_until is None) == ("recovered", False), "a day, no longer for ever"


@pytest.mark.parametrize(
    "changes",
    [{"lookup": "7K4-92M"}, {"birth_date": "20/07/1991"}, {"citizen_id": NHAN_ID}, {"citizen_id": "038190009999"}],
)
def test_every_wrong_thing_gets_the_same_answer(client, app, changes):
    dossier = steps.with_dossier(app, steps.written_down(app, phone=None, citizen_id=NUMBER))
    come(client)
    answer = claim(client, **{"lookup": dossier.lookup_code, **changes})
    assert answer.status_code == 422
    assert "do not belong together" in text_of(answer)


def test_somebody_with_an_account_is_not_claimed_by_a_paper(client, app, services):
    """A receipt that was left on a table opens nothing."""
    with services.database.session(write=False) as session:
        dao = people.find_by_citizen_id(session, steps.DAO_ID)
    dossier = steps.with_dossier(app, dao)
    come(client)
    answer = claim(client, citizen_id=steps.DAO_ID, birth_date="14/05/1996", lookup=dossier.lookup_code)
    assert answer.status_code == 422


def test_codes_cannot_be_tried_through(client, app):
    steps.written_down(app, phone=None, citizen_id=NUMBER)
    come(client)
    answers = [claim(client, lookup=f"7K4-92{letter}").status_code for letter in "ABCDEFG"]
    assert answers == [422] * 6 + [429]


def test_nobody_claims_without_a_proved_phone(client):
    assert client.get("/register/claim").location == "/register"
    assert client.post("/register/claim", data={"csrf_token": "x"}).status_code == 403


def test_claimed_twice_it_is_one_account(client, app, services):
    dossier = steps.with_dossier(app, steps.written_down(app, phone=None, citizen_id=NUMBER))
    come(client)
    assert claim(client, lookup=dossier.lookup_code).status_code == 303
    second = app.test_client()
    come(second, "0987654322")
    assert claim(second, lookup=dossier.lookup_code).status_code == 422
    with services.database.session(write=False) as session:
        number = session.scalar(select(Person.id).where(Person.citizen_id_index == people.citizen_id_index(NUMBER)))
        assert session.scalar(select(func.count()).where(Account.person_id == number)) == 1
    assert log_in(app.test_client(), PHONE).location == "/me"
