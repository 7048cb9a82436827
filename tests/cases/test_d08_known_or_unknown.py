"""D08: nobody learns from our pages which phones have an account: same status, headers, length, and the same work.

Work is counted in questions to the database, not in milliseconds: it is the same list on a busy and on an idle machine.
The message itself is made and sent by the worker, after the answer.
"""

import pytest
from sqlalchemy import event

from tests.cases.asking import DAO, ask, enter, other_than
from tests.pages import code_sent_to, form_of, post_form
from webapp.core.parsing import mobile

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
