"""D25: Host, X-Forwarded-For, -Proto, -Host from whoever: limits, links in SMS and redirects stay what they are."""

import pytest
from flask import request

import wsgi
from notifications import sending
from tests import people, sms
from tests.conftest import prepare
from tests.conftest import test_settings as settings_for
from tests.pages import form_of
from webapp.core import worker

EVIL = "evil.example"
SPOOFED = [
    {"Host": EVIL},
    {"X-Forwarded-Host": EVIL},
    {"X-Forwarded-For": "203.0.113.9"},
    {"X-Forwarded-For": "127.0.0.1, 203.0.113.9"},
    {"X-Forwarded-Proto": "https"},
    {"X-Forwarded-Prefix": "/evil"},
    {"X-Forwarded-Server": EVIL},
    {"X-Forwarded-Port": "1"},
    {"Forwarded": f"for=203.0.113.9;host={EVIL};proto=https"},
    {"X-Original-Url": "/counter"},
    {"X-Rewrite-Url": "/counter"},
    {"X-Http-Method-Override": "DELETE"},
]
PAGES = ["/", "/login", "/procedures", "/lookup", "/help", "/staff/login", "/manifest.webmanifest"]


@pytest.mark.parametrize("headers", SPOOFED, ids=lambda h: next(iter(h.items()))[0] + "=" + next(iter(h.values())))
def test_no_page_and_no_redirect_follows_what_the_request_says_of_itself(client, headers):
    plain = {path: client.get(path) for path in PAGES}
    for path in PAGES:
        answer = client.get(path, headers=headers)
        assert answer.status_code == plain[path].status_code
        assert EVIL not in answer.text and "/evil" not in answer.text
    led = client.get("/me", headers=headers)
    assert led.status_code == 303 and led.location.startswith("/login")


@pytest.mark.parametrize("headers", SPOOFED[:2])
def test_an_sms_names_our_own_host(app, client, services, headers):
    sending.configure(services.settings)  # another test's app may have been put together since
    form = form_of(client, "/login")
    # By hand: the test's browser would not send its cookie to another host, an attacker's does.
    cookie = {"Cookie": f"motcua={client.get_cookie('motcua').value}"}
    fields = {**form["hidden"], "phone": "0912000001"}
    answer = app.test_client(use_cookies=False).post("/login", data=fields, headers={**headers, **cookie})
    assert answer.status_code == 303 and EVIL not in answer.location
    worker.drain(app.extensions["motcua"].database)
    (text,) = sms.texts(app, "0912000001")
    assert EVIL not in text and "@localhost" in text


def sent(client, count, header):
    """How many of so many phones got a code asked for, each with another made-up address."""
    token = form_of(client, "/login")["hidden"]
    went = 0
    for number in range(count):
        phone = f"0912{number:06d}"
        answer = client.post("/login", data={**token, "phone": phone}, headers=header(number))
        went += answer.status_code == 303 and "/login/code" in (answer.location or "")
    return went


def test_a_made_up_address_opens_no_new_account_of_tries(client):
    """Without a proxy nobody's word about addresses is taken: the limit per address is reached all the same."""
    plain = sent(client, 40, lambda _n: {})
    assert plain < 40


def test_a_made_up_address_does_not_help(client):
    assert sent(client, 40, lambda n: {"X-Forwarded-For": f"198.51.{n}.7"}) < 40


@pytest.fixture
def behind(tmp_path):
    """The program behind one proxy of ours."""
    app = wsgi.create_app(settings_for(tmp_path, trusted_proxies=1, base_url="https://motcua.example"))
    prepare(app)
    yield app
    app.extensions["motcua"].database.dispose()


def test_behind_one_proxy_its_word_counts_and_what_stands_before_it_does_not(behind):
    """The proxy appends the address it saw; what the client wrote there stands to the left of it."""
    seen = []
    behind.before_request_funcs[None].append(lambda: seen.append((request.remote_addr, request.is_secure)))
    client = behind.test_client()
    client.get("/login", headers={"X-Forwarded-For": "198.51.100.7, 203.0.113.9", "X-Forwarded-Proto": "https"})
    assert seen == [("203.0.113.9", True)]


def test_a_foreign_origin_is_refused_although_the_host_says_the_same(client, services):
    """A page elsewhere cannot make our host be its own (the browser writes Host), and it has no token."""
    people.log_in_citizen(client, services)
    answer = client.post("/me/settings", headers={"Host": EVIL, "Origin": f"http://{EVIL}"}, data={"x": "1"})
    assert answer.status_code in (403, 404, 405)
