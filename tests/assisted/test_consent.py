"""A session opens by the person's own act, and by nothing else."""

from datetime import timedelta

import pytest
import time_machine
from sqlalchemy import select, text
from sqlalchemy.exc import IntegrityError

from assisted.consent import TEXT_VERSION
from assisted.models import AccessCard, HelperSession
from tests.assisted.steps import (
    CARD,
    CONSENT,
    PIN,
    SESSION,
    ask_code,
    begin,
    begin_with_dao,
    database,
    end,
    find_dao,
    find_nhan,
    forms,
    journal,
    send,
)
from tests.pages import code_sent_to, post_form, text_of
from webapp.accounts.models import CodeChallenge, Mandate
from webapp.core import clock

DAO_PHONE = "0912000001"


def sessions(app):
    with database(app) as session:
        return list(session.scalars(select(HelperSession).order_by(HelperSession.id)))


def mandates(app):
    with database(app) as session:
        return list(session.scalars(select(Mandate).order_by(Mandate.id)))


def wrong_code(client) -> str:
    return "000000" if code_sent_to(client, DAO_PHONE) != "000000" else "000001"


def pin(client, digits: str):
    return send(client, CONSENT, "card", {"card": CARD, "pin": digits})


def test_a_person_agrees_with_card_and_pin(helper, app):
    begin(helper)
    page = helper.get(SESSION)
    assert "Vi Thị Nhàn" in text_of(page)
    assert "038154004321" not in page.get_data(as_text=True)
    [mandate] = mandates(app)
    assert mandate.evidence_kind == "card_pin"
    assert mandate.text_version == TEXT_VERSION
    [check] = journal(app, "assisted:card-check")
    assert check.detail["evidence"] == mandate.evidence_id
    assert mandate.expires_at - mandate.granted_at == timedelta(minutes=60)


def test_a_person_agrees_with_a_code_on_her_own_phone(helper, app):
    begin_with_dao(helper)
    assert "Nguyễn Thị Đào" in text_of(helper.get(SESSION))
    [mandate] = mandates(app)
    with database(app) as session:
        challenge = session.scalars(select(CodeChallenge)).one()
    assert (mandate.evidence_kind, mandate.evidence_id) == ("phone_code", challenge.public_id)


def test_the_page_of_consent_says_who_asks_what_they_may_and_for_how_long(helper):
    find_nhan(helper)
    helper.set_cookie("lang", "en")
    words = text_of(helper.get(CONSENT))
    assert "I am Lò Văn Pha of UBND xã Hoằng Lộc" in words
    assert "I may not:" in words
    assert "60 minutes" in words


def test_the_words_can_be_printed_for_a_signature(helper):
    assert helper.get("/assisted/consent/paper").headers["Location"].endswith("/assisted/sessions/new")
    find_nhan(helper)
    words = text_of(helper.get("/assisted/consent/paper"))
    assert "Vi Thị Nhàn" in words
    assert "Lò Văn Pha" in words


def test_without_an_act_of_the_person_there_is_no_session(helper, app):
    find_nhan(helper)
    assert helper.get(SESSION).headers["Location"] == "/assisted"
    answer = helper.post("/assisted/consent", data={**forms(helper, CONSENT)[0]["hidden"], "card": CARD})
    assert answer.status_code == 422
    assert sessions(app) == []


def test_a_wrong_code_opens_nothing_and_says_how_many_tries_are_left(helper, app):
    find_dao(helper)
    ask_code(helper)
    helper.set_cookie("lang", "en")
    answer = send(helper, CONSENT, "code", {"code": wrong_code(helper)})
    assert answer.status_code == 422
    assert "Tries left: 4" in text_of(answer)
    assert sessions(app) == []
    assert mandates(app) == []


def test_five_wrong_codes_burn_the_code_and_the_right_one_comes_too_late(helper, app):
    find_dao(helper)
    ask_code(helper)
    right, wrong = code_sent_to(helper, DAO_PHONE), wrong_code(helper)
    for _ in range(5):
        assert send(helper, CONSENT, "code", {"code": wrong}).status_code == 422
    assert send(helper, CONSENT, "code", {"code": right}).status_code == 422
    assert sessions(app) == []


def test_a_code_of_another_person_opens_nothing(helper, app):
    find_dao(helper)
    ask_code(helper)
    code = code_sent_to(helper, DAO_PHONE)
    with helper.session_transaction() as cookie:
        challenge = cookie["assisted_challenge"]
    find_nhan(helper)
    with helper.session_transaction() as cookie:
        cookie["assisted_challenge"] = challenge  # as if somebody had kept it in another window
    hidden = forms(helper, CONSENT)[0]["hidden"]
    answer = helper.post(CONSENT, data={**hidden, "way": "code", "code": code})
    assert answer.status_code == 422
    assert sessions(app) == []


def test_a_code_for_logging_in_is_not_a_consent(helper, citizen, app):
    find_dao(helper)
    assert post_form(citizen, "/login", {"phone": DAO_PHONE}).status_code == 303
    with database(app) as session:
        log_in_challenge = session.scalars(select(CodeChallenge)).one()
    with helper.session_transaction() as cookie:
        cookie["assisted_challenge"] = log_in_challenge.public_id
    answer = send(helper, CONSENT, "code", {"code": code_sent_to(helper, DAO_PHONE)})
    assert answer.status_code == 422
    assert sessions(app) == []


def test_an_old_code_opens_nothing(helper, app):
    find_dao(helper)
    ask_code(helper)
    code = code_sent_to(helper, DAO_PHONE)
    with time_machine.travel(clock.now() + timedelta(minutes=6)):
        assert send(helper, CONSENT, "code", {"code": code}).status_code == 422
    assert sessions(app) == []


def test_one_code_opens_one_session_only(helper, app):
    find_dao(helper)
    ask_code(helper)
    code = code_sent_to(helper, DAO_PHONE)
    with helper.session_transaction() as cookie:
        challenge = cookie["assisted_challenge"]
    assert send(helper, CONSENT, "code", {"code": code}).status_code == 303
    end(helper)
    find_dao(helper)
    with helper.session_transaction() as cookie:
        cookie["assisted_challenge"] = challenge
    assert send(helper, CONSENT, "code", {"code": code}).status_code == 422
    assert len(sessions(app)) == 1


def test_the_form_of_one_person_does_not_open_a_session_with_another(helper, app):
    """Two windows: the consent page of Vi Thị Nhàn is still open when Nguyễn Thị Đào is chosen in the other."""
    find_nhan(helper)
    hidden = next(f for f in forms(helper, CONSENT) if f["hidden"].get("way") == "card")["hidden"]
    find_dao(helper)
    answer = helper.post(CONSENT, data={**hidden, "card": CARD, "pin": PIN})
    assert answer.status_code == 409
    assert sessions(app) == []


def test_each_wrong_pin_says_how_many_tries_are_left_and_the_fifth_locks_the_card(helper, app):
    find_nhan(helper)
    helper.set_cookie("lang", "en")
    for left in (4, 3, 2, 1):
        answer = pin(helper, "1111")
        assert answer.status_code == 422
        assert f"Tries left: {left}" in text_of(answer)
    answer = pin(helper, "1111")
    assert answer.status_code == 429
    assert "locked for 15 minutes" in text_of(answer)
    assert "one-stop counter" in text_of(answer)
    answer = pin(helper, PIN)
    assert answer.status_code == 429
    assert sessions(app) == []
    assert len(journal(app, "assisted:wrong-pin")) == 5


def test_after_a_quarter_of_an_hour_the_right_pin_opens_the_card_again(helper):
    find_nhan(helper)
    for _ in range(5):
        pin(helper, "1111")
    with time_machine.travel(clock.now() + timedelta(minutes=14, seconds=30)):
        assert pin(helper, PIN).status_code == 429
    with time_machine.travel(clock.now() + timedelta(minutes=15, seconds=5)):
        helper.get("/assisted")
        assert pin(helper, PIN).status_code == 303


def test_ten_wrong_pins_block_the_card_until_the_person_comes_to_the_counter(helper, app):
    find_nhan(helper)
    helper.set_cookie("lang", "en")
    for _ in range(5):
        pin(helper, "1111")
    with time_machine.travel(clock.now() + timedelta(minutes=14)):
        helper.get("/assisted")  # the log-in is kept awake
    with time_machine.travel(clock.now() + timedelta(minutes=16)):
        for _ in range(4):
            pin(helper, "1111")
        answer = pin(helper, "1111")
        assert "blocked for good" in text_of(answer)
        assert "ID card" in text_of(answer)
        assert "neither a phone nor an access card" in text_of(helper.get(CONSENT))
    with database(app) as session:
        assert session.scalars(select(AccessCard)).one().revoked_at is not None


def test_a_pin_is_never_shown_again(helper):
    find_nhan(helper)
    answer = pin(helper, "7391")
    assert "7391" not in answer.get_data(as_text=True)
    assert CARD in answer.get_data(as_text=True), "the number of the card is kept, only the PIN is typed again"


def test_a_card_agrees_only_for_its_owner(helper, app):
    find_dao(helper)
    hidden = forms(helper, CONSENT)[0]["hidden"]
    answer = helper.post(CONSENT, data={**hidden, "way": "card", "card": CARD, "pin": PIN})
    assert answer.status_code == 422
    assert sessions(app) == []


def test_a_helper_helps_one_person_at_a_time(beside_nhan, app):
    assert beside_nhan.get("/assisted/sessions/new").headers["Location"] == SESSION
    assert beside_nhan.get(CONSENT).headers["Location"] == SESSION
    assert len(sessions(app)) == 1


def test_the_database_refuses_a_second_open_session(beside_nhan, app):
    """Another mandate with evidence of its own is in order; a second visit at the same time is not."""
    [first] = sessions(app)
    mandate = "person_id, helper_id, office_id, evidence_kind, text_version, granted_at, expires_at"
    visit = "helper_id, person_id, login_session_id, started_at, expires_at"
    with database(app) as session:
        session.execute(
            text(
                f"INSERT INTO mandates (public_id, evidence_id, {mandate})"
                f" SELECT 'abcdefghijklmnopqrstuv', 'another-check-of-card1', {mandate} FROM mandates"
            )
        )
        with pytest.raises(IntegrityError, match=r"uq_helper_sessions_open|helper_sessions\.helper_id"):
            session.execute(
                text(
                    f"INSERT INTO helper_sessions (public_id, mandate_id, {visit}) SELECT 'abcdefghijklmnopqrstuv',"
                    f" (SELECT max(id) FROM mandates), {visit} FROM helper_sessions"
                )
            )
    assert first.ended_at is None


@pytest.mark.parametrize("evidence", ["NULL", "''", "'helper says so'"])
def test_the_database_refuses_a_mandate_without_evidence(app, evidence):
    with app.extensions["motcua"].database.session() as session, pytest.raises(IntegrityError):
        session.execute(
            text(
                "INSERT INTO mandates (public_id, person_id, helper_id, office_id, evidence_kind, evidence_id,"
                " text_version, granted_at, expires_at) VALUES ('abcdefghijklmnopqrstuv', 1, 1, 1, 'phone_code',"
                f" {evidence}, 'x', '2026-11-22 00:00:00', '2026-11-22 01:00:00')"
            )
        )


def test_the_database_refuses_a_mandate_with_a_kind_of_evidence_that_does_not_exist(app):
    with app.extensions["motcua"].database.session() as session, pytest.raises(IntegrityError):
        session.execute(
            text(
                "INSERT INTO mandates (public_id, person_id, helper_id, office_id, evidence_kind, evidence_id,"
                " text_version, granted_at, expires_at) VALUES ('abcdefghijklmnopqrstuv', 1, 1, 1, 'said so',"
                " 'abcdefghijklmnopqrstuv', 'x', '2026-11-22 00:00:00', '2026-11-22 01:00:00')"
            )
        )
