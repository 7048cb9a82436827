"""An access card is made with its owner, and whoever finds it can do nothing with it."""

import pytest
from sqlalchemy import select

from assisted.cards import weak_pin
from assisted.models import AccessCard
from tests.assisted.steps import CARD, CONSENT, DAO_ID, NEW, PIN, begin_with_dao, database, end, forms, journal, send
from tests.pages import text_of
from tests.people import log_in_staff

CARDS, NEW_CARD = "/assisted/cards", "/assisted/cards/new"


def make(client, **data):
    [form] = [f for f in forms(client, NEW_CARD) if f["action"] is None]
    return client.post(NEW_CARD, data={**form["hidden"], **data})


def cards(app):
    with database(app) as session:
        return list(session.scalars(select(AccessCard).order_by(AccessCard.id)))


def test_a_printed_card_says_name_year_and_number_and_its_picture_only_the_number(beside_nhan):
    page = beside_nhan.get(CARDS)
    words = text_of(page)
    assert "Vi Thị Nhàn" in words
    assert "1954" in words
    assert CARD in words
    assert PIN not in words
    assert 'class="qr"' in page.get_data(as_text=True)


def test_a_person_without_a_card_gets_one_with_a_pin_of_her_own(helper, app):
    begin_with_dao(helper)
    assert helper.get(CARDS).headers["Location"] == NEW_CARD
    assert make(helper, pin="7391", pin_again="7391").headers["Location"] == CARDS
    number = cards(app)[-1].number
    assert number in text_of(helper.get(CARDS))
    helper.set_cookie("lang", "en")
    assert "A new access card was made" in text_of(end(helper)), "the slip says so"
    send(helper, NEW, "card", {"card": number})
    assert send(helper, CONSENT, "card", {"card": number, "pin": "7391"}).status_code == 303


@pytest.mark.parametrize("pin", ["1234", "1996"])
def test_an_easy_pin_is_refused(helper, app, pin):
    begin_with_dao(helper)  # born on 14/05/1996
    answer = make(helper, pin=pin, pin_again=pin)
    assert answer.status_code == 422
    assert f'value="{pin}"' not in answer.get_data(as_text=True)
    assert len(cards(app)) == 1


@pytest.mark.parametrize(("first", "second"), [("7391", "7392"), ("739", "739"), ("", "")])
def test_a_pin_is_typed_twice_and_has_four_digits(helper, app, first, second):
    begin_with_dao(helper)
    assert make(helper, pin=first, pin_again=second).status_code == 422
    assert len(cards(app)) == 1


def test_a_helper_cannot_replace_a_card_without_the_old_pin(beside_nhan, app):
    """Otherwise they could choose a PIN themselves, and come back without the person."""
    assert make(beside_nhan, pin="7391", pin_again="7391").status_code == 422
    assert make(beside_nhan, old_pin="1111", pin="7391", pin_again="7391").status_code == 422
    assert len(journal(app, "assisted:wrong-pin")) == 1
    assert make(beside_nhan, old_pin=PIN, pin="7391", pin_again="7391").status_code == 303
    old, new = cards(app)
    assert old.revoked_at is not None
    assert new.revoked_at is None


def test_a_lost_card_is_blocked_and_opens_nothing(beside_nhan, app):
    [form] = [f for f in forms(beside_nhan, CARDS) if f["action"] == "/assisted/cards/revoke"]
    assert beside_nhan.post("/assisted/cards/revoke", data=form["hidden"]).status_code == 303
    end(beside_nhan)
    assert send(beside_nhan, NEW, "card", {"card": CARD}).status_code == 422


def test_nobody_makes_a_card_outside_a_session(helper):
    assert helper.get(NEW_CARD).headers["Location"] == "/assisted"
    assert helper.get(CARDS).headers["Location"] == "/assisted"


def test_a_pin_cannot_be_read_in_the_table(app):
    [card] = cards(app)
    assert card.pin_hash.startswith("$argon2id$")
    assert PIN not in card.pin_hash


def test_pins_without_an_order_are_good():
    assert weak_pin("2468", "1954") is None
    assert weak_pin("7391", None) is None


@pytest.mark.parametrize("pin", ["1234", "4321", "0000", "9999", "8901", "2727", "1996", "1405"])
def test_pins_that_anybody_would_try_first_are_weak(pin):
    assert weak_pin(pin, "1996-05-14") is not None


# ------------------------------------------------------------------------------------- at the counter

DESK = "/counter/cards/new"


@pytest.fixture
def officer(client, services):
    log_in_staff(client, services, "officer")
    return client


def at_the_counter(client, **changes):
    [form] = [f for f in forms(client, DESK) if f["action"] is None]
    data = {"citizen_id": DAO_ID, "seen": "yes", "pin": "7391", "pin_again": "7391", **changes}
    return client.post(DESK, data={**form["hidden"], **data})


def test_an_officer_with_the_id_card_in_the_hand_makes_a_card(officer, app):
    answer = at_the_counter(officer)
    assert answer.status_code == 200
    card = cards(app)[-1]
    assert "Nguyễn Thị Đào" in text_of(answer)
    assert card.number in text_of(answer)
    assert journal(app, "assisted:issue-card")[-1].role == "reception"


def test_an_officer_who_has_not_seen_the_id_card_makes_none(officer, app):
    assert at_the_counter(officer, seen="").status_code == 422
    assert at_the_counter(officer, citizen_id="038196009999").status_code == 422
    assert at_the_counter(officer, pin="1996", pin_again="1996").status_code == 422
    assert len(cards(app)) == 1


def test_a_helper_is_no_officer(helper):
    assert helper.get(DESK).status_code == 403
