"""Twelve kinds of wrong token and more (security design, V6.8 and V10.5): each gets a page, nobody gets in."""

import json
import logging

import pytest
import requests
from sqlalchemy import select

from tests.pages import log_in, post_form, text_of
from tests.webapp.identity import fake as faking
from webapp.core import clock
from webapp.identity.models import NationalIdentity


@pytest.fixture
def fake(services):
    return faking.install(services)


def now(**shift):
    return int(clock.now().timestamp()) + shift.get("seconds", 0)


WRONG = {
    "signed by somebody else": {"key": faking.FOREIGN_KEY},
    "alg none": {"make": faking.unsigned},
    "HS256 with the public key": {"make": faking.confused},
    "another issuer": {"claims": {"iss": "https://evil.example"}},
    "for another client": {"claims": {"aud": "somebody-else"}},
    "no nonce": {"claims": {"nonce": None}},
    "another nonce": {"claims": {"nonce": "of-yesterday"}},
    "expired": {"claims": {"iat": now(seconds=-900), "exp": now(seconds=-600)}},
    "no end": {"claims": {"exp": None}},
    "made in the future": {"claims": {"iat": now(seconds=86400), "exp": now(seconds=90000)}},
    "another authorised party": {"claims": {"azp": "somebody-else"}},
    "two audiences, no party": {"claims": {"aud": [faking.CLIENT, "somebody-else"]}},
    "no subject": {"claims": {"sub": None}},
    "an empty subject": {"claims": {"sub": ""}},
    "a subject that is a list": {"claims": {"sub": ["tu"]}},
    "an unknown key": {"header": {"alg": "RS256", "kid": "never-seen"}},
    "an algorithm we do not take": {"header": {"alg": "RS512", "kid": "one"}},
    "another access token": {"claims": {"at_hash": "AAAAAAAAAAAAAAAAAAAAAA"}},
    "no token at all": {"says": {"/token": lambda: (200, b'{"access_token": "a", "token_type": "Bearer"}')}},
    "a token that is none": {"make": lambda _fake: "not.a.token"},
    "a list for a token": {"says": {"/token": lambda: (200, b"[]")}},
    "an error": {"says": {"/token": lambda: (400, b'{"error": "invalid_grant"}')}},
    "an error page": {"says": {"/token": lambda: (200, b"<html>maintenance</html>")}},
    "another one's data": {"user": {**faking.PERSON, "sub": "somebody-else"}},
    "data that are none": {"says": {"/userinfo": lambda: (200, b"null")}},
    "keys that are none": {"says": {"/jwks": lambda: (200, b'{"keys": "none"}')}},
    "no keys": {"says": {"/jwks": lambda: (200, b'{"keys": []}')}},
    "a redirect to elsewhere": {"says": {"/token": lambda: (302, b"")}},
}


@pytest.mark.parametrize("wrong", WRONG.values(), ids=WRONG)
def test_a_wrong_token_opens_nothing_and_says_so_on_a_page(client, services, fake, wrong):
    for name, value in wrong.items():
        setattr(fake, name, value)
    answer = post_form(client, faking.callback(client, fake))
    assert answer.status_code in (422, 503), text_of(answer)
    assert 'href="/login"' in answer.text
    assert client.get("/me").status_code == 303
    with services.database.session(write=False) as session:
        assert session.scalars(select(NationalIdentity)).all() == []


def test_the_right_token_opens(client, fake):
    """So that the table above cannot be green because nothing ever gets in."""
    assert post_form(client, faking.callback(client, fake)).headers["Location"] == "/me"
    assert "Hoàng Văn Tú" in text_of(client.get("/me"))


def test_the_issuer_may_change_its_keys(client, fake):
    """An unknown key id makes us ask once more, and only once."""
    old = faking.FOREIGN_KEY.as_dict(private=False)
    answers = iter([{"keys": [{**old, "kid": "old"}]}, fake.answer("/jwks")])
    fake.says["/jwks"] = lambda: (200, json.dumps(next(answers)).encode())
    assert post_form(client, faking.callback(client, fake)).status_code == 303
    assert fake.asked.count("/jwks") == 2


def test_an_answer_with_another_issuers_name_is_refused_before_its_code_is_used(client, fake):
    """RFC 9207: somebody mixes two issuers up to get our code."""
    answer = post_form(client, faking.callback(client, fake, iss="https://evil.example"))
    assert answer.status_code == 422
    assert "/token" not in fake.asked


def test_the_second_use_of_an_answer_does_not_reach_the_issuer(app, client, fake):
    address = faking.callback(client, fake)
    post_form(client, address)
    fake.asked.clear()
    assert app.test_client().get(address).status_code == 422
    assert fake.asked == []


DOCUMENTS = {
    "of another issuer": {"issuer": "https://evil.example"},
    "without addresses": {"token_endpoint": None},
    "with an open line": {"token_endpoint": "http://vneid.example/token"},
    "with a list": {"jwks_uri": ["https://vneid.example/jwks"]},
}


@pytest.mark.parametrize("change", DOCUMENTS.values(), ids=DOCUMENTS)
def test_a_wrong_document_is_as_if_vneid_were_not_there(client, fake, change):
    fake.says["/.well-known/openid-configuration"] = lambda: (200, json.dumps({**faking.document(), **change}).encode())
    assert post_form(client, "/login", action="/login/vneid").status_code == 503


def silent():
    raise requests.ConnectTimeout


SILENCE = {
    "silent": silent,
    "broken": lambda: (500, b"oops"),
    "garbage": lambda: (200, b"\x00\xff not json"),
    "html": lambda: (200, b"<html>"),
    "forbidden": lambda: (403, b"{}"),
    "nothing": lambda: (200, b""),
    "moved": lambda: (302, b""),
}


@pytest.mark.parametrize("says", SILENCE.values(), ids=SILENCE)
def test_vneid_down_slow_or_mad_never_keeps_anybody_from_coming_in_by_phone(client, fake, says):
    fake.says["/.well-known/openid-configuration"] = says
    assert client.get("/login").status_code == 200
    answer = post_form(client, "/login", action="/login/vneid")
    assert answer.status_code == 503
    assert "VNeID đang không trả lời" in text_of(answer)
    assert log_in(client).status_code == 303


def test_while_it_is_down_nobody_else_waits_for_it_and_afterwards_it_is_asked_again(client, fake, later):
    fake.says["/.well-known/openid-configuration"] = silent
    for _ in range(5):
        assert post_form(client, "/login", action="/login/vneid").status_code == 503
    assert len(fake.asked) == 1
    fake.says.clear()
    later(seconds=16)
    assert post_form(client, "/login", action="/login/vneid").status_code == 303


@pytest.mark.parametrize("part", ["/token", "/jwks", "/userinfo"])
def test_when_it_falls_silent_on_the_way_back_there_is_a_page_and_a_new_try(client, fake, later, part):
    address = faking.callback(client, fake)
    fake.says[part] = silent
    assert post_form(client, address).status_code == 503
    fake.says.clear()
    later(seconds=16)
    assert post_form(client, faking.callback(client, fake)).headers["Location"] == "/me"


def test_the_document_is_asked_for_once_an_hour(client, fake, later):
    for _ in range(3):
        faking.callback(client, fake)
    assert fake.asked.count("/.well-known/openid-configuration") == 1
    later(minutes=61)
    faking.callback(client, fake)
    assert fake.asked.count("/.well-known/openid-configuration") == 2


def test_the_log_says_what_was_wrong_and_nothing_about_anybody(client, fake, caplog):
    fake.claims = {"nonce": "of-yesterday"}
    with caplog.at_level(logging.INFO):
        post_form(client, faking.callback(client, fake))
    told = [record for record in caplog.records if record.name == "motcua.identity"]
    assert [record.error for record in told] == ["invalid_claim"]
    words = "".join(str(record.__dict__) for record in caplog.records)
    assert fake.nonce not in words and "good" not in words and "038090007788" not in words


def test_without_an_issuer_there_is_no_button_and_no_page(client, services):
    services.settings = services.settings.model_copy(update={"env": "production"})
    assert "VNeID" not in client.get("/login").text
    assert client.get("/login/vneid").status_code == 404
    assert client.get("/demo/vneid/.well-known/openid-configuration").status_code == 404


def test_with_a_real_issuer_the_trials_own_is_gone(client, fake):
    assert client.get("/demo/vneid/jwks").status_code == 404


def test_where_the_log_in_stands_on_another_site_a_page_leads_there(client, fake):
    """The redirect of a form to it would be stopped by the content policy, which knows the issuer only."""
    elsewhere = {**faking.document(), "authorization_endpoint": "https://sso.example/auth"}
    fake.says["/.well-known/openid-configuration"] = lambda: (200, json.dumps(elsewhere).encode())
    answer = post_form(client, "/login", action="/login/vneid")
    assert answer.status_code == 200
    assert 'href="https://sso.example/auth?' in answer.text


def test_one_address_cannot_begin_without_end(client, fake):
    answers = [post_form(client, "/login", action="/login/vneid").status_code for _ in range(61)]
    assert answers[:60] == [303] * 60
    assert answers[60] == 429
