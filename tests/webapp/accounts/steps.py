"""What people do in the tests of phones, recovery and claims, as they do it: page by page."""

import re
from typing import Any

import pyotp
from flask import Flask
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from tests.factories import dossiers as factory
from tests.pages import code_sent_to, form_of, post_form, staff_log_in, text_of
from tests.people import DAO_ID, person, staff
from webapp.accounts import people
from webapp.accounts.models import Person
from webapp.core import clock
from webapp.core.actor import Actor, Channel, Role
from webapp.dossiers.models import Dossier

OLD, NEW = "0912000001", "0987000001"
CARD = {"citizen_id": DAO_ID, "birth_date": "14/05/1996", "reason": "lost", "owner": "mine", "seen": "yes"}
PASSWORD = "bảy con vịt đi qua cầu tre"


def services_of(app: Flask) -> Any:
    return app.extensions["motcua"]


def find_person(app: Flask, citizen_id: str = DAO_ID) -> Person:
    with services_of(app).database.session(write=False) as session:
        return person(session, citizen_id)


def phones(app: Flask, citizen_id: str = DAO_ID) -> list[str]:
    """The numbers that are in force for this person."""
    with services_of(app).database.session(write=False) as session:
        return [p.number for p in people.phones_of(session, person(session, citizen_id).id)]


def own_phone_page(client: FlaskClient) -> str:
    """Where the first phone on /me/phones is changed."""
    found = re.search(r'href="(/me/phones/[\w-]{22}/change)"', client.get("/me/phones").text)
    assert found, "no phone can be changed"
    return found[1]


def ask_for_change(client: FlaskClient, number: str = NEW, **more: str) -> TestResponse:
    return post_form(client, own_phone_page(client), {"phone": number, "owner": "mine", **more})


def change_phone(client: FlaskClient, number: str = NEW) -> TestResponse:
    """Ask, then type the code that came to the new phone."""
    assert ask_for_change(client, number).location == "/me/phones/code"
    return post_form(client, "/me/phones/code", {"code": code_sent_to(client, number)})


def stop_code(text: str) -> str:
    """The code in the message that the old phone got."""
    found = re.search(r"go ma (\w{3}-\w{3})", text)
    assert found, text
    return found[1]


def record_file(client: FlaskClient) -> str:
    """The address of the first file on /me/records."""
    found = re.search(r'href="(/me/records/[\w-]{22}/file)"', client.get("/me/records").text)
    assert found, "there is no record"
    return found[1]


def open_recovery(client: FlaskClient, **changes: str) -> str:
    """An officer asks; the address of the request."""
    answer = post_form(client, "/counter/recoveries/new", {**CARD, "phone": NEW, **changes})
    assert answer.status_code == 303, text_of(answer)
    return str(answer.location)


def prove(client: FlaskClient, here: str, number: str = NEW) -> TestResponse:
    """The person reads the code aloud, the officer types it."""
    return post_form(client, here, {"code": code_sent_to(client, number)}, action=f"{here}/code")


def officer(app: Flask, username: str = "officer") -> FlaskClient:
    client = app.test_client()
    staff_log_in(client, username)
    return client


def press(client: FlaskClient, page: str, button: str) -> TestResponse:
    """Send what the button of a page would, also where the page does not show it."""
    return client.post(f"{page}/{button}", data={"csrf_token": token(client)})


def token(client: FlaskClient) -> str:
    """The token of whoever is logged in, from any page."""
    found = re.search(r'name="csrf-token" content="([^"]+)"', client.get("/appearance").text)
    assert found, "nobody is logged in"
    return found[1]


def written_down(app: Flask, *, phone: str | None, citizen_id: str | None, name: str = "Lò Thị Hương") -> Person:
    """Somebody whom a helper or an officer wrote down; no account."""
    with services_of(app).database.transaction() as session:
        made = people.create_person(session, full_name=name, citizen_id=citizen_id, birth_date="1990-07-20")
        if phone:
            people.add_phone(session, made, phone)
        return made


def with_dossier(app: Flask, who: Person) -> Dossier:
    """A dossier that an office has of somebody who never logged in: a member of staff pressed the buttons."""
    made = services_of(app)
    with made.database.transaction() as session:
        helper = staff(session, "helper")
        by = Actor(
            role=Role.HELPER, channel=Channel.ASSISTED, account_id=helper.id, account_public=helper.public_id,
            person_id=who.id, person_public=who.public_id, office_id=helper.office_id,
        )  # fmt: skip
        return factory.sent(session, made.storage, session.get_one(Person, who.id), by=by)


def member_page(app: Flask, client: FlaskClient, username: str) -> str:
    """The page of a member of staff, for whoever manages."""
    with services_of(app).database.session(write=False) as session:
        return f"/manage/staff/{staff(session, username).public_id}"


def link_in(answer: TestResponse) -> str:
    """The path of the link that a manager hands over."""
    found = re.search(r"(/staff/enrol/[\w-]{43})", text_of(answer))
    assert found, text_of(answer)
    return found[1]


def secret_in(page: TestResponse) -> str:
    """The letters for the code app, as one types them."""
    found = re.search(r">((?:[A-Z2-7]{4} ){7}[A-Z2-7]{4})<", page.text)
    assert found, "no secret is shown"
    return found[1].replace(" ", "")


def enrol(client: FlaskClient, link: str, password: str = PASSWORD, **changes: str) -> TestResponse:
    secret = secret_in(client.get(link))
    given = {"password": password, "password_again": password, "otp": pyotp.TOTP(secret).at(clock.now())}
    return post_form(client, link, {**given, **changes})


def paper_codes(answer: TestResponse) -> list[str]:
    return re.findall(r'<span class="code">(\w{5}-\w{5})</span>', answer.text)



def agree(app: Flask, asked: TestResponse, username: str = "admin2") -> str:
    """The other administrator looks at what was asked for, and agrees; its address."""
    here = str(asked.location)
    assert re.fullmatch(r"/manage/approvals/[\w-]{22}", here), text_of(asked)
    assert post_form(officer(app, username), here, action=f"{here}/agree").location == here
    return here


def with_two(app: Flask, client: FlaskClient, asked: TestResponse) -> TestResponse:
    """What the first administrator sees after the other one agreed and they pressed "Do it now"."""
    here = agree(app, asked)
    return post_form(client, here, action=form_of(client, here)["action"])
