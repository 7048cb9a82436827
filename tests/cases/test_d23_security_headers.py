"""D23: security headers on all routes with status 200, 302, 403, 404, 413, 429 and 500; private ones no-store."""

import re

import pytest

import wsgi
from tests import people
from tests.conftest import prepare
from tests.conftest import test_settings as settings_for
from tests.pages import form_of, post_form
from webapp.core.errors import TooMany
from webapp.core.text import Text
from webapp.shell import access
from webapp.shell.headers import FIXED

EXACT = {
    **dict(FIXED),
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "no-referrer",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
}
WHO = [None, "citizen", "helper", "officer", "manager", "admin"]
# Files that people sent and papers that we print run in a box of their own.
POLICY = re.compile(r"default-src 'none'.*frame-ancestors 'none'")


def wrong_headers(answer):
    """What is missing or weaker than it must be."""
    found = [name for name, value in EXACT.items() if answer.headers.get(name) != value]
    policy = answer.headers.get("Content-Security-Policy", "")
    if not POLICY.search(policy) or "'unsafe-eval'" in policy or re.search(r"script-src[^;]*'unsafe-inline'", policy):
        found.append("Content-Security-Policy")
    if not answer.headers.get("Cache-Control"):
        found.append("Cache-Control")
    if not answer.headers.get("X-Request-Id"):
        found.append("X-Request-Id")
    return found


def be(client, services, who):
    if who == "citizen":
        people.log_in_citizen(client, services)
    elif who:
        people.log_in_staff(client, services, who)


def path_of(door):
    return re.sub(r"<[^>]+>", "x" * 22, door.path)


@pytest.mark.parametrize("who", WHO)
def test_every_door_answers_with_all_headers_whoever_knocks(app, client, services, who):
    be(client, services, who)
    wrong, seen = {}, set()
    for door in access.doors(app):
        answer = client.open(path_of(door), method=door.method)
        seen.add(answer.status_code)
        if problems := wrong_headers(answer):
            wrong[f"{door.method} {door.path} {answer.status_code}"] = problems
    assert wrong == {}
    assert {200, 403, 404} <= seen


@pytest.mark.parametrize("who", WHO[1:])
def test_nothing_private_is_kept_by_a_browser(app, client, services, who):
    be(client, services, who)
    kept = {}
    for door in access.doors(app):
        if door.right is None or door.method != "GET":
            continue
        answer = client.get(path_of(door))
        if "no-store" not in answer.headers["Cache-Control"]:
            kept[door.path] = answer.headers["Cache-Control"]
    assert kept == {}


def test_each_kind_of_answer_has_them(app, client, services, monkeypatch):
    """One page, every status: also those that no ordinary request brings about."""
    login = form_of(client, "/login")["hidden"]
    answers = {
        200: client.get("/login"),
        303: client.get("/me"),
        403: client.post("/login", data={"phone": "0912000001"}),
        404: client.get("/nothing-here"),
        405: client.put("/login"),
        413: client.post("/login", data={**login, "x": "y" * 3_000_000}),
        422: client.post("/login", data={**login, "phone": "1"}),
    }

    def many():
        raise TooMany(Text("Too many tries"), 60)

    with monkeypatch.context() as busy:
        busy.setitem(app.before_request_funcs, None, [*app.before_request_funcs[None], many])
        answers[429] = client.get("/login")
    assert answers[429].headers["Retry-After"] == "60"
    for status, answer in answers.items():
        assert answer.status_code == status
        assert wrong_headers(answer) == [], status
    assert answers[405].headers["Allow"]


def test_what_broke_has_them_too_and_says_nothing_of_how(tmp_path):
    """As in production: tests otherwise show the error itself."""
    app = wsgi.create_app(settings_for(tmp_path, env="demo"))
    prepare(app)

    def broken():
        raise RuntimeError("SELECT number FROM phones WHERE secret = 'words of the error'")

    app.before_request_funcs[None].append(broken)
    answer = app.test_client().get("/procedures")
    assert answer.status_code == 500
    assert wrong_headers(answer) == []
    for word in ("RuntimeError", "Traceback", "SELECT", "words of the error", ".py"):
        assert word not in answer.text
    assert answer.headers["X-Request-Id"] in answer.text


def test_by_tls_browsers_are_told_to_come_by_tls_only(tmp_path):
    app = wsgi.create_app(settings_for(tmp_path, base_url="https://motcua.example"))
    prepare(app)
    for path in ("/", "/nothing-here", "/healthz"):
        answer = app.test_client().get(path, base_url="https://motcua.example")
        assert answer.headers["Strict-Transport-Security"] == "max-age=31536000; includeSubDomains"


def test_no_answer_names_server_language_or_version(client):
    answer = client.get("/")
    for name in ("X-Powered-By", "Server"):
        assert "python" not in answer.headers.get(name, "").lower()
        assert "werkzeug" not in answer.headers.get(name, "").lower()


def test_the_post_of_a_form_is_not_kept_either(client):
    assert "no-store" in post_form(client, "/login", {"phone": "0912000001"}).headers["Cache-Control"]
