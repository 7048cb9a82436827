"""Beside a question about somebody's ID number: photograph their card instead of typing it."""

import re

import pytest

from tests.filling import begin
from tests.pages import form_of, log_in, text_of
from tests.webapp.identity import cards, vneid

MOTHER = "038194005678|171717171|Lê Thị Hường|20101994|Nữ|Thôn Đình Nam, Hoằng Lộc, Hoằng Hóa, Thanh Hóa|16082023"


@pytest.fixture
def draft(client):
    """Of a man about whose wife nothing is known here."""
    vneid.log_in(client, vneid.TU)
    return begin(client)


def section(client, dossier, wanted):
    """The page of the section `mother` that asks for this answer."""
    for number in range(1, 12):
        url = f"{dossier}/sections/mother?q={number}"
        if f'name="{wanted}"' in client.get(url).text:
            return url
    raise AssertionError(wanted)


def read_card(client, url, photo, **typed):
    hidden = form_of(client, url)["hidden"]
    data = {**hidden, **typed, "card_photo": (photo, "the.jpg"), "read_card": "1"}
    return client.post(url, data=data, content_type="multipart/form-data")


def value(page, name):
    found = re.search(rf'name="{name}"[^>]*?value="([^"]*)"', page.text)
    return found[1] if found else None


def test_the_mothers_card_answers_the_questions_about_the_mother(client, draft):
    url = section(client, draft, "mother_id_no")
    assert read_card(client, url, cards.photo(MOTHER)).status_code == 303
    page = client.get(url)
    assert value(page, "mother_id_no") == "038194005678"
    assert "Đọc từ thẻ căn cước" in page.text
    assert value(client.get(section(client, draft, "mother_name")), "mother_name") == "Lê Thị Hường"
    assert value(client.get(section(client, draft, "mother_dob")), "mother_dob") == "20/10/1994"


def test_what_stood_on_other_pages_stays(client, draft):
    name = section(client, draft, "mother_name")
    form = form_of(client, name)
    client.post(name, data={**form["hidden"], "mother_name": "Lê Thị Hưởng"})
    number = section(client, draft, "mother_id_no")
    read_card(client, number, cards.photo(MOTHER))
    assert value(client.get(name), "mother_name") == "Lê Thị Hưởng"


def test_an_answer_changed_by_hand_is_no_longer_from_the_card(client, draft):
    url = section(client, draft, "mother_id_no")
    read_card(client, url, cards.photo(MOTHER))
    client.post(url, data={**form_of(client, url)["hidden"], "mother_id_no": "038194005679"})
    assert "Đọc từ thẻ căn cước" not in client.get(url).text


def test_a_photo_that_does_not_help_says_so_and_keeps_what_was_typed(client, draft):
    url = section(client, draft, "mother_id_no")
    page = read_card(client, url, cards.nothing(), mother_id_no="0380")
    assert page.status_code == 422
    assert "không thấy mã QR" in text_of(page)
    assert value(page, "mother_id_no") == "0380"
    assert value(client.get(url), "mother_id_no") == "0380"


def test_where_vneid_has_spoken_no_card_is_asked_for_and_the_source_says_so(client):
    log_in(client)
    vneid.link(client, vneid.DAO)
    dossier = begin(client)
    page = client.get(f"{dossier}/sections/applicant?q=2")
    assert "Từ VNeID" in page.text
    assert "card_photo" not in page.text
