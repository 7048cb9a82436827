"""A helper finds the one person who stands there, and cannot leaf through the others."""

from datetime import timedelta

import time_machine
from sqlalchemy import select

from assisted.finding import PER_HOUR
from tests.assisted.steps import CARD, CONSENT, DAO_ID, NEW, NHAN_ID, database, forms, journal, send
from tests.pages import read, text_of
from webapp.accounts import people
from webapp.accounts.models import Person, Phone
from webapp.core import clock


def find(client, way, **data):
    return send(client, NEW, way, data)


def add_people(app, count: int, name: str = "Vi Thị Nhàn", birth: str = "1954-03-02") -> None:
    with app.extensions["motcua"].database.transaction() as session:
        for n in range(count):
            people.create_person(
                session,
                full_name=name,
                citizen_id=f"0381540055{n:02d}",
                birth_date=birth,
                profile={"residence": {"province": "38", "commune": "Xã Hoằng Lộc", "line": f"Xóm {n}"}},
            )


def test_by_the_card_in_every_way_its_number_is_typed(helper):
    for typed in ("7F2-Q8M", "7f2q8m", " 7F2 Q8M "):
        assert find(helper, "card", card=typed).headers["Location"] == CONSENT
    assert "Vi Thị Nhàn" in text_of(helper.get(CONSENT))


def test_by_the_number_or_by_scanning_the_id_card(helper):
    assert find(helper, "number", citizen_id="038 154 004321").headers["Location"] == CONSENT
    scanned = f"{NHAN_ID}|171234567|Vi Thị Nhàn|01011954|Nữ|Hoằng Lộc|01012023"
    assert find(helper, "number", citizen_id=scanned).headers["Location"] == CONSENT


def test_by_name_without_marks_and_year_of_birth(helper):
    answer = find(helper, "name", name="nhan vi", birth_year="1954")
    words = text_of(answer)
    assert "Vi T••• Nhàn" in words
    assert "0381••••••21" in words
    html = answer.get_data(as_text=True)
    assert NHAN_ID not in html
    assert "Thôn Đình Bảng" not in html
    pick = next(f for f in _forms(answer) if f["hidden"].get("way") == "pick")
    assert helper.post(NEW, data=pick["hidden"]).headers["Location"] == CONSENT


def _forms(answer):
    return read(answer.get_data(as_text=True)).forms


def test_the_name_alone_finds_nobody(helper):
    assert find(helper, "name", name="Vi Thị Nhàn", birth_year="").status_code == 422
    assert find(helper, "name", name="Nhàn", birth_year="1954").status_code == 422
    answer = find(helper, "name", name="Vi Thị Nhàn", birth_year="1955")
    assert answer.status_code == 422
    assert "0381" not in text_of(answer)


def test_at_most_five_candidates_are_shown(helper, app):
    add_people(app, 8)
    answer = find(helper, "name", name="Vi Nhàn", birth_year="1954")
    assert len([f for f in _forms(answer) if f["hidden"].get("way") == "pick"]) == 5


def test_only_somebody_of_the_list_just_shown_can_be_chosen(helper, app):
    with database(app) as session:
        dao = people.find_by_citizen_id(session, DAO_ID)
    hidden = forms(helper, NEW)[0]["hidden"]
    answer = helper.post(NEW, data={**hidden, "way": "pick", "person": dao.public_id})
    assert answer.headers["Location"] == NEW
    assert helper.get(CONSENT).headers["Location"] == NEW


def test_a_wrong_form_says_what_to_do_and_keeps_what_was_typed(helper):
    helper.set_cookie("lang", "en")
    answer = find(helper, "number", citizen_id="03815400")
    assert answer.status_code == 422
    assert "12 digits" in text_of(answer)
    assert 'value="03815400"' in answer.get_data(as_text=True)
    answer = find(helper, "card", card="0000")
    assert answer.status_code == 422
    assert "no card with this number" in text_of(answer)
    assert "<title>Error:" in answer.get_data(as_text=True)


def test_look_ups_are_counted_and_too_many_are_refused(helper, app):
    """Whatever is found or not, also when the answer is an error; on a clock that does not cross an hour."""
    with time_machine.travel((clock.now() + timedelta(hours=1)).replace(minute=5)):
        helper_again(helper)
        for _ in range(PER_HOUR):
            assert find(helper, "number", citizen_id="038154004300").status_code == 422
        answer = find(helper, "number", citizen_id=NHAN_ID)
        assert answer.status_code == 429
        assert helper.get(CONSENT).headers["Location"] == NEW
        assert find(helper, "card", card=CARD).status_code == 429
        assert find(helper, "name", name="Vi Nhàn", birth_year="1954").status_code == 429
    rows = journal(app, "assisted:look-up")
    assert len(rows) == PER_HOUR
    assert len(journal(app, "assisted:look-up-refused")) == 3
    assert not any(NHAN_ID in str(row.detail) for row in rows)


def helper_again(client) -> None:
    """The clock moved: this browser was here a moment ago."""
    with client.session_transaction() as cookie:
        cookie["seen"] = int(clock.now().timestamp())


NEWCOMER = {
    "name": "Hà Thị Ón",
    "birth_date": "1948",
    "citizen_id": "",
    "residence_province": "38",
    "residence_commune": "Xã Hoằng Lộc",
    "residence_line": "Bản Lát",
    "phone": "",
}


def register(client, **changes):
    form = forms(client, "/assisted/people/new")[0]
    return client.post("/assisted/people/new", data={**form["hidden"], **NEWCOMER, **changes})


def test_somebody_new_without_number_and_phone_agrees_with_a_first_card(helper, app):
    assert register(helper).headers["Location"] == CONSENT
    answer = send(helper, CONSENT, "first_card", {"pin": "7391", "pin_again": "7391"})
    assert answer.headers["Location"] == "/assisted/session"
    assert "Hà Thị Ón" in text_of(helper.get("/assisted/session"))
    with database(app) as session:
        [person] = [p for p in session.scalars(select(Person)) if p.full_name == "Hà Thị Ón"]
        assert (person.birth_date, person.assurance, person.citizen_id) == ("1948", "none", None)
        assert person.profile["residence"]["line"] == "Bản Lát"


def test_somebody_new_with_a_relatives_phone_agrees_with_a_code(helper, app):
    assert register(helper, phone="0912 000 077", phone_owner="relative").headers["Location"] == CONSENT
    with database(app) as session:
        phones = [p for p in session.scalars(select(Phone)) if p.number == "+84912000077"]
    assert [(p.owner, p.verified_at) for p in phones] == [("relative", None)]
    words = text_of(helper.get(CONSENT))
    assert "0912 ••• 077" in words
    assert "0912 000 077" not in words


def test_a_first_card_is_only_for_somebody_who_was_just_written_down(helper):
    send(helper, NEW, "number", {"citizen_id": DAO_ID})
    hidden = forms(helper, CONSENT)[0]["hidden"]
    data = {**hidden, "way": "first_card", "pin": "7391", "pin_again": "7391"}
    answer = helper.post(CONSENT, data=data)
    assert answer.status_code == 422
    assert helper.get("/assisted/session").headers["Location"] == "/assisted"


def test_a_number_that_is_known_is_not_written_down_twice(helper):
    helper.set_cookie("lang", "en")
    answer = register(helper, citizen_id=NHAN_ID)
    assert answer.status_code == 422
    assert "known already" in text_of(answer)
    assert "Hà Thị Ón" in answer.get_data(as_text=True)


def test_an_easy_first_pin_is_refused_and_no_card_is_made(helper, app):
    register(helper)
    for pin in ("1234", "0000", "4321", "1948", "1212"):
        answer = send(helper, CONSENT, "first_card", {"pin": pin, "pin_again": pin})
        assert answer.status_code == 422, pin
    assert send(helper, CONSENT, "first_card", {"pin": "7391", "pin_again": "7392"}).status_code == 422
    assert len(journal(app, "assisted:issue-card")) == 1, "the demo's card only"
