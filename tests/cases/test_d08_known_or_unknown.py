"""D08: nobody learns from our pages which phones have an account: same status, headers, length, and the same work.

Work is counted in questions to the database, not in milliseconds: it is the same list on a busy and on an idle machine.
The message itself is made and sent by the worker, after the answer. On a quiet machine the clock can be asked, too:

    MOTCUA_TIMING=1 .venv/bin/python -m pytest tests/cases/test_d08* -k clock -o log_cli=true --log-cli-level=INFO
"""

import logging
import os
import time
from statistics import median

import pytest
from argon2 import PasswordHasher
from sqlalchemy import event

from tests.cases.asking import DAO, ask, enter, other_than
from tests.pages import code_sent_to, form_of, post_form
from webapp.accounts import staff
from webapp.core import throttle
from webapp.core.actor import Role
from webapp.core.parsing import mobile

log = logging.getLogger("motcua.cases")
UNKNOWN = "0987654321"
PATHS = {"/login": {}, "/register": {"owner": "mine"}}


def work(services, act):
    """The statements this act sends to the database, without their values."""
    said = []

    def note(_connection, _cursor, statement, *_more):
        said.append(statement)

    event.listen(services.database.engine, "before_cursor_execute", note)
    try:
        answer = act()
    finally:
        event.remove(services.database.engine, "before_cursor_execute", note)
    return answer, said


def told(browser, answer, phone):
    """All that a stranger sees of an answer."""
    number = mobile(phone)[3:]
    spoken = f"0{number[:3]} {number[3:6]} {number[6:]}"
    token = form_of(browser, "/login")["hidden"]["csrf_token"]
    page = answer.text.replace(spoken, "NUMBER").replace(phone, "NUMBER").replace(token, "TOKEN")
    headers = {name: value for name, value in answer.headers.items() if name not in ("Set-Cookie", "X-Request-Id")}
    headers["Content-Length"] = str(len(page))
    return answer.status_code, headers, page, [c.partition("=")[0] for c in answer.headers.getlist("Set-Cookie")]


@pytest.mark.parametrize("path", PATHS)
def test_asking_for_a_code(later, app, services, path):
    shown = []
    for phone in (DAO, UNKNOWN):
        browser = app.test_client()
        fields = {**form_of(browser, path)["hidden"], **PATHS[path], "phone": phone}
        answer, said = work(services, lambda b=browser, f=fields: b.post(path, data=f))
        shown.append((*told(browser, answer, phone), said))
    assert shown[0] == shown[1]


@pytest.mark.parametrize("act", ["page", "wrong", "early"])
def test_what_follows(later, app, services, act):
    shown = []
    for phone in (DAO, UNKNOWN):
        browser = app.test_client()
        ask(browser, phone)
        code = code_sent_to(browser, phone)
        acts = {
            "page": lambda b=browser: b.get("/login/code"),
            "wrong": lambda b=browser, c=code: enter(b, other_than(c)),
            "early": lambda b=browser: post_form(b, "/login/code", action="/login/resend"),
        }
        answer, said = work(services, acts[act])
        shown.append((*told(browser, answer, phone), said))
    assert shown[0] == shown[1]


STAFF = {"password": "not the password of anybody", "otp": "123456"}


def test_who_is_on_the_staff(later, app, services, monkeypatch):
    """The same questions, and as many passwords worked out: that is what takes time."""
    checked, verify = [], PasswordHasher.verify
    monkeypatch.setattr(PasswordHasher, "verify", lambda *given: checked.append(1) or verify(*given))
    shown = []
    with services.database.transaction() as session:
        staff.create_staff(
            session, username="somebody-here", name="Lê Thị Mận", password="one of her own", roles=[Role.ADMIN],
            office_id=None,
        )  # fmt: skip
    for name in ("somebody-here", "somebody-else"):
        browser = app.test_client()
        fields = {**form_of(browser, "/staff/login")["hidden"], **STAFF, "username": name}
        answer, said = work(services, lambda b=browser, f=fields: b.post("/staff/login", data=f))
        status, headers, page, cookies = told(browser, answer, DAO)
        shown.append((status, headers, page.replace(name, "NAME"), cookies, said, len(checked)))
        checked.clear()
    assert shown[0] == shown[1]
    assert shown[0][-1] == 1


@pytest.mark.skipif(not os.environ.get("MOTCUA_TIMING"), reason="milliseconds mean something on a quiet machine only")
@pytest.mark.parametrize("path", [*PATHS, "/staff/login"])
def test_in_two_hundred_pairs_nobody_can_tell_by_the_clock(app, monkeypatch, path):
    monkeypatch.setattr(throttle._Rule, "relaxed", True)
    took = {True: [], False: []}
    for number in range(200):
        for known in (True, False) if number % 2 else (False, True):
            browser = app.test_client()
            if path == "/staff/login":
                fields = {**STAFF, "username": "officer" if known else f"nobody{number}"}
            else:
                fields = {**PATHS[path], "phone": DAO if known else f"098{number:07d}"}
            form = {**form_of(browser, path)["hidden"], **fields}
            began = time.perf_counter()
            browser.post(path, data=form)
            took[known].append(time.perf_counter() - began)
    of_known, of_unknown = (median(took[whether]) * 1000 for whether in (True, False))
    log.info("%s: known %.2f ms, unknown %.2f ms", path, of_known, of_unknown)
    assert abs(of_known - of_unknown) < 10
