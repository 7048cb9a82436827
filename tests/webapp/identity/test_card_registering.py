"""Somebody new photographs the ID card and types next to nothing."""

import re
from pathlib import Path

import pytest

from tests import people as who
from tests.pages import code_sent_to, form_of, post_form, text_of
from tests.webapp.identity import cards


@pytest.fixture
def proved(client):
    """A browser that has just shown its phone, on the page that asks who somebody is."""
    post_form(client, "/register", {"phone": "0987000222", "owner": "mine"})
    post_form(client, "/login/code", {"code": code_sent_to(client, "0987000222")})
    return client


def read_card(client, photo, **typed):
    hidden = form_of(client, "/register/person", "/register/person")["hidden"]
    data = {**hidden, **typed, "card_photo": (photo, "the.jpg"), "read_card": "1"}
    return client.post("/register/person/card", data=data, content_type="multipart/form-data")


def value(page, name):
    found = re.search(rf'name="{name}"[^>]*?value="([^"]*)"', page.text)
    return found[1] if found else None


def test_one_photo_answers_five_questions_and_the_person_checks_them(proved, services):
    page = read_card(proved, cards.photo(cards.TU), ethnicity="Mường")
    assert page.status_code == 200
    assert (value(page, "full_name"), value(page, "citizen_id")) == ("Hoàng Văn Tú", "038090007788")
    assert (value(page, "birth_date"), value(page, "residence_commune")) == ("02/03/1990", "Xã Hoằng Lộc")
    assert value(page, "ethnicity") == "Mường"  # what was typed before stays
    assert page.text.count("Đọc từ thẻ căn cước") == 5
    sent = post_form(
        proved, "/register/person",
        {
            "full_name": "Hoàng Văn Tú", "birth_date": "02/03/1990", "citizen_id": "038090007788", "sex": "nam",
            "residence_province": "38", "residence_commune": "Xã Hoằng Lộc", "residence_line": "Tổ 4", "consent": "yes",
        },
    )  # fmt: skip
    assert sent.status_code == 303
    with services.database.session(write=False) as session:
        # The card's code is not signed, so it proves nothing: the phone still is all we know them by.
        assert who.person(session, "038090007788").assurance == "phone"


@pytest.mark.parametrize(
    ("photo", "said"),
    [
        (cards.nothing(), "không thấy mã QR"),
        (cards.photo("https://motcua.example/q/abc"), "không phải của thẻ căn cước"),
    ],
    ids=["no code", "another code"],
)
def test_a_photo_that_does_not_help_keeps_what_was_typed(proved, photo, said):
    page = read_card(proved, photo, full_name="Hoàng Văn Tú", birth_date="02/03/1990")
    assert page.status_code == 422
    assert said in text_of(page)
    assert (value(page, "full_name"), value(page, "birth_date")) == ("Hoàng Văn Tú", "02/03/1990")


def test_nothing_of_the_photo_is_kept(proved, settings):
    kept = [path for path in Path(settings.storage_url).rglob("*") if path.is_file()]
    read_card(proved, cards.photo(cards.TU))
    assert [path for path in Path(settings.storage_url).rglob("*") if path.is_file()] == kept


def test_without_a_proved_phone_no_photo_is_read(client):
    hidden = form_of(client, "/register")["hidden"]
    assert client.post("/register/person/card", data=hidden).headers["Location"] == "/register"


def test_who_sends_photo_after_photo_is_asked_to_wait(proved):
    answers = [read_card(proved, cards.nothing()).status_code for _ in range(31)]
    assert answers[:30] == [422] * 30
    assert answers[30] == 429


def test_enter_in_a_field_registers_and_does_not_read_a_photo(proved):
    """The first button of a form is the one for the Enter key."""
    form = re.search(r'<form[^>]*action="/register/person".*?</form>', proved.get("/register/person").text, re.S)
    first = re.search(r"<button[^>]*>", form[0])
    assert "formaction" not in first[0] and "read_card" not in first[0]
