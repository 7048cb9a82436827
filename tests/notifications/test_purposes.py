"""Whoever reads a code aloud to a stranger has read before what it is for: each purpose has words of its own."""

import pytest

from tests import people, sms
from tests.assisted import steps as beside
from tests.notifications.conftest import DAO_PHONE
from tests.pages import log_in, post_form
from tests.webapp.accounts import steps

NEW = steps.NEW


def logging_in(app, client):
    post_form(client, "/login", {"phone": DAO_PHONE})
    return DAO_PHONE


def registering(app, client):
    post_form(client, "/register", {"phone": NEW, "owner": "mine"})
    return NEW


def a_fresh_proof(app, client):
    log_in(client)
    post_form(client, "/login/again?next=/me", action="/login/again/code")
    return DAO_PHONE


def another_phone(app, client):
    log_in(client)
    steps.ask_for_change(client)
    return NEW


def a_phone_for_messages(app, client):
    log_in(client)
    post_form(client, "/me/phones/new", {"phone": NEW, "owner": "relative", "relation": "child"})
    return NEW


def joining_two_accounts(app, client):
    log_in(client)
    post_form(client, "/me/identity/other-account", {"phone": NEW})
    return NEW


def consent_beside_a_helper(app, client):
    people.log_in_staff(client, app.extensions["motcua"], "helper")
    beside.find_dao(client)
    beside.ask_code(client)
    return DAO_PHONE


def a_new_phone_at_the_counter(app, client):
    people.log_in_staff(client, app.extensions["motcua"], "officer")
    steps.open_recovery(client)
    return NEW


PURPOSES = {
    logging_in: "TTHC Thanh Hoa: Ma dang nhap ",
    registering: "TTHC Thanh Hoa: Ma dang ky ",
    a_fresh_proof: "de xac nhan chinh Ong/Ba dang thao tac",
    another_phone: "TTHC Thanh Hoa: Ma doi so dien thoai ",
    a_phone_for_messages: "de them so nay nhan tin",
    joining_two_accounts: "de gop hai tai khoan cua Ong/Ba lam mot",
    consent_beside_a_helper: "Ong/Ba dong y de Lo Van Pha lam va nop ho so giup trong 60 phut.",
    a_new_phone_at_the_counter: "doc cho can bo tai quay de gan so nay voi Ong/Ba",
}


@pytest.mark.parametrize("act", PURPOSES)
def test_the_message_says_what_its_code_is_for(app, client, act):
    phone = act(app, client)
    text = sms.texts(app, phone)[-1]
    assert PURPOSES[act] in text
    assert len([words for words in PURPOSES.values() if words in text]) == 1
    if act is consent_beside_a_helper:
        assert text.startswith("TTHC UBND Hoang Loc: "), "the commune that helps"
