"""D21: the address to come back to is always one of our own, whatever stands in `next`."""

import re
from urllib.parse import urljoin, urlsplit

import pytest

from tests.pages import code_sent_to, form_of, otp_for
from tests.people import log_in_citizen, log_in_staff
from webapp.accounts.demo import STAFF_PASSWORD
from webapp.core import throttle

TRICKS = [
    "//evil.example", "///evil.example", "////evil.example", "//evil.example/%2f..", "/\\evil.example",
    "\\\\evil.example", "\\/evil.example", "/\\/evil.example", "https:evil.example", "https:/evil.example",
    "https://evil.example", "HTTPS://evil.example", "http:evil.example", "//evil.example\\@localhost",
    "https://localhost@evil.example", "//localhost:x@evil.example", "//user:pw@evil.example", "%2f%2fevil.example",
    "%2F%2Fevil.example", "/%2f%2fevil.example/..//evil.example", "%5c%5cevil.example", "javascript:alert(1)",
    "JavaScript:alert(1)", "java\tscript:alert(1)", " javascript:alert(1)", "data:text/html,<script>alert(1)</script>",
    "vbscript:x", "/\t/evil.example", "/\n/evil.example", "/\r\nLocation: https://evil.example",
    "/%0d%0aSet-Cookie:x=1", "/\x00/evil.example", "//evil。example", "/／evil.example", "／／evil.example",
    "//evil．example", "\u2028//evil.example", "?next=//evil.example", "evil.example", ".evil.example",
    "@evil.example", ":@evil.example", "//[::1]", "//0x7f000001", "/" + "a" * 5000, "//" + "a" * 5000,
    "/../\\evil.example",
    "/./\\evil.example", "mailto:x@evil.example",
]  # fmt: skip


def is_ours(location):
    """As browsers read it: they drop tabs and line ends, and take a backslash for a slash."""
    if location is None or any(ord(character) < 32 for character in location):
        return False
    browser = re.sub(r"[\t\r\n]", "", location).replace("\\", "/").strip()
    target = urlsplit(urljoin("http://localhost/x", browser))
    return not browser.startswith("//") and (target.scheme, target.netloc) == ("http", "localhost")


def wrong_targets(send):
    """The tricks that led away, or to no answer at all."""
    wrong = []
    for trick in TRICKS:
        answer = send(trick)
        if answer.status_code == 413 or answer.status_code == 400:
            continue
        if answer.status_code not in (302, 303) or not is_ours(answer.headers.get("Location")):
            wrong.append((trick, answer.status_code, answer.headers.get("Location")))
        if answer.headers.get("Set-Cookie", "").startswith("x="):
            wrong.append((trick, "cookie"))
    return wrong


def test_there_are_at_least_forty_of_them():
    assert len(set(TRICKS)) >= 40


@pytest.mark.parametrize("way", ["form", "address"])
def test_who_changes_the_language_stays_here(client, way):
    def send(trick):
        given = {"data": {"next": trick}} if way == "form" else {"query_string": {"next": trick}}
        return client.post("/language/en", **given)

    assert wrong_targets(send) == []


def test_who_changes_the_look_stays_here(client):
    assert wrong_targets(lambda trick: client.post("/appearance", data={"next": trick, "theme": "dark"})) == []


def test_the_code_leads_to_a_page_of_ours(client):
    fields = form_of(client, "/login")["hidden"]
    assert client.post("/login", data={**fields, "next": "//evil.example", "phone": "0912000001"}).status_code == 303
    fields = form_of(client, "/login/code")["hidden"]
    data = {**fields, "next": "//evil.example", "code": code_sent_to(client, "0912000001")}
    answer = client.post("/login/code", data=data)
    assert answer.status_code == 303
    assert is_ours(answer.location)


def test_staff_who_log_in_arrive_here(app, monkeypatch):
    monkeypatch.setattr(throttle._Rule, "relaxed", True)  # how often one may try is D1's

    def send(trick):
        client = app.test_client()
        fields = form_of(client, "/staff/login")["hidden"]
        data = {"username": "officer", "password": STAFF_PASSWORD, "otp": otp_for(client, "officer")}
        return client.post("/staff/login", data={**fields, **data, "next": trick})

    assert wrong_targets(send) == []


@pytest.mark.parametrize("path", ["/login", "/staff/login"])
def test_who_is_logged_in_already_is_sent_to_a_page_of_ours(client, services, path):
    if path == "/login":
        log_in_citizen(client, services)
    else:
        log_in_staff(client, services, "officer")
    wrong = []
    for trick in TRICKS:
        answer = client.get(path, query_string={"next": trick})
        if answer.status_code in (302, 303) and not is_ours(answer.location):
            wrong.append((trick, answer.location))
    assert wrong == []


PAGES = ["/login", "/staff/login", "/appearance", "/phone-mismatch", "/phone-mismatch/other-owner", "/language/en"]


@pytest.mark.parametrize("path", [*PAGES, "/login/again"])
def test_no_page_carries_a_foreign_address_on(client, services, path):
    """In a link or a hidden field: whoever presses there would leave."""
    if path == "/login/again":
        log_in_citizen(client, services)
    wrong = []
    for trick in TRICKS:
        page = client.get(path, query_string={"next": trick})
        body = page.get_data(as_text=True)
        here = re.findall(r'(?:name="next" value|href|action)="([^"]*)"', body)
        wrong += [(trick, found) for found in here if found and not found.startswith("tel:") and not is_ours(found)]
        if page.location is not None and not is_ours(page.location):
            wrong.append((trick, page.location))
    assert wrong == []


def test_who_logs_out_arrives_here(client, services):
    wrong = []
    for trick in TRICKS[::8]:
        log_in_citizen(client, services)
        token = re.search(r'action="/logout">.*?name="csrf_token" value="([^"]+)"', client.get("/appearance").text)[1]
        answer = client.post("/logout", query_string={"next": trick}, data={"csrf_token": token, "next": trick})
        if answer.status_code != 400 and not is_ours(answer.location):
            wrong.append((trick, answer.location))
    assert wrong == []
