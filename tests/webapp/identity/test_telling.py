"""Whoever gets a new way into an account, its owner hears of it on the phone that was there before."""

from tests import sms
from tests.pages import code_sent_to, log_in, post_form, text_of
from tests.webapp.identity import vneid


def test_linking_vneid_is_told_on_the_phone_and_in_the_app(app, client):
    log_in(client)
    vneid.link(client, vneid.DAO)
    assert any("VNeID vua duoc noi" in text for text in sms.texts(app, "0912000001"))
    assert "VNeID mở được tài khoản" in text_of(client.get("/me/messages"))


def test_asking_vneid_again_is_no_news(app, client):
    log_in(client)
    vneid.link(client, vneid.DAO)
    vneid.link(client, vneid.DAO)
    assert sum("VNeID vua duoc noi" in text for text in sms.texts(app, "0912000001")) == 1


def test_taking_it_away_stands_in_the_app(app, client):
    log_in(client)
    vneid.link(client, vneid.DAO)
    taken = [f for f in vneid.read(client.get("/me/identity").text).forms if "/unlink" in (f["action"] or "")]
    post_form(client, "/me/identity", action=taken[0]["action"])
    sms.texts(app)
    assert "VNeID không còn mở" in text_of(client.get("/me/messages"))


def test_coming_in_by_vneid_with_the_phones_code_is_told_too(app, client):
    vneid.log_in(client, vneid.DAO)
    post_form(client, "/login/vneid/confirm", {"phone": "0"}, action="/login/vneid/send")
    code = code_sent_to(client, "0912000001")
    post_form(client, "/login/vneid/confirm", {"code": code}, action="/login/vneid/confirm")
    assert any("VNeID vua duoc noi" in text for text in sms.texts(app, "0912000001"))
