"""How a test uses a page as a person does: read it, fill in a form of it, press the button."""

import re
from collections.abc import Mapping
from html.parser import HTMLParser
from typing import Any
from urllib.parse import urljoin

import pyotp
from flask.testing import FlaskClient
from sqlalchemy import select
from werkzeug.test import TestResponse

from webapp.accounts.demo import STAFF_PASSWORD, STAFF_SECRET
from webapp.accounts.models import Account, CodeChallenge
from webapp.accounts.people import holders_of, phone_index
from webapp.core import clock, parsing

STEP = 30  # seconds a code of staff is good


class _Reader(HTMLParser):
    """Collects the forms that stand in <main> with their inputs, and the page's text."""

    def __init__(self) -> None:
        super().__init__()
        self.forms: list[dict[str, Any]] = []
        self.words: list[str] = []
        self._in_main = False
        self._silent = 0
        self._form: dict[str, Any] | None = None

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = {key: value or "" for key, value in attrs}
        if tag == "main":
            self._in_main = True
        elif tag in ("script", "style"):
            self._silent += 1
        elif tag == "form" and self._in_main:
            self._form = {"action": given.get("action"), "method": given.get("method", "get").lower(), "hidden": {}}
            self.forms.append(self._form)
        elif tag == "input" and self._form is not None and given.get("type") == "hidden":
            self._form["hidden"][given["name"]] = given.get("value", "")

    def handle_endtag(self, tag: str) -> None:
        if tag == "main":
            self._in_main = False
        elif tag in ("script", "style"):
            self._silent -= 1
        elif tag == "form":
            self._form = None

    def handle_data(self, data: str) -> None:
        if not self._silent:
            self.words.append(data)


def read(html: str) -> _Reader:
    """The forms and words of a page."""
    reader = _Reader()
    reader.feed(html)
    return reader


def text_of(response: TestResponse) -> str:
    """What a reader sees of the page, in one line."""
    return " ".join(" ".join(read(response.get_data(as_text=True)).words).split())


def form_of(client: FlaskClient, url: str, action: str | None = None) -> dict[str, Any]:
    """The post form of a page (the one with this action, or the first one of its main part)."""
    page = client.get(url)
    assert page.status_code == 200, f"{url} answers {page.status_code}"
    posts = [f for f in read(page.get_data(as_text=True)).forms if f["method"] == "post"]
    wanted = [f for f in posts if action is None or f["action"] == action]
    assert wanted, f"{url} has no post form{f' to {action}' if action else ''}"
    return wanted[0]


def post_form(
    client: FlaskClient, url: str, data: Mapping[str, Any] | None = None, *, action: str | None = None, **more: Any
) -> TestResponse:
    """Open the page, fill its form in and send it, as a browser without script does. Files go into `data`."""
    form = form_of(client, url, action)
    target = urljoin(url, form["action"] or url)
    return client.post(target, data={**form["hidden"], **(data or {})}, **more)


def code_sent_to(client: FlaskClient, phone: str) -> str:
    """The newest code for this number, read where the SMS would read it (before a worker has sent it)."""
    database = client.application.extensions["motcua"].database
    with database.session(write=False) as session:
        query = select(CodeChallenge).where(CodeChallenge.phone_index == phone_index(parsing.mobile(phone)))
        challenge = session.scalar(query.order_by(CodeChallenge.id.desc()).limit(1))
        assert challenge is not None, f"no code was asked for by {phone}"
        assert challenge.code is not None, "this code was used, or a worker has sent it: read it on /demo/phone"
        return str(challenge.code)


def log_in(client: FlaskClient, phone: str = "0912000001", *, next: str = "") -> TestResponse:
    """A citizen logs in with the code; the answer is the redirect to where they wanted to go."""
    asked = post_form(client, f"/login?next={next}" if next else "/login", {"phone": phone})
    assert asked.status_code == 303, text_of(asked)
    answer = post_form(client, "/login/code", {"code": code_sent_to(client, phone)})
    if answer.location == "/login/device":  # not the first device of this account
        answer = post_form(client, "/login/device", {"proof": fact_of(client, phone)})
    assert answer.status_code == 303, text_of(answer)
    return answer


def fact_of(client: FlaskClient, phone: str) -> str:
    """The last four digits of the personal number of the one who comes in by this phone."""
    database = client.application.extensions["motcua"].database
    with database.session(write=False) as session:
        [holder] = holders_of(session, parsing.mobile(phone))
        return str(holder.person.citizen_id)[-4:]


def otp_for(client: FlaskClient, username: str) -> str:
    """A code this member of staff has not used yet: of this half minute or the next, which is let in too.

    Who logs in a third time in one half minute need not wait for the next: their used codes are forgotten.
    """
    database = client.application.extensions["motcua"].database
    here = int(clock.now().timestamp()) // STEP
    with database.transaction() as session:
        account = session.scalar(select(Account).where(Account.username == username))
        last = (account.totp_last_step or 0) if account else 0
        if last > here:
            account.totp_last_step = None
            last = 0
    # Never the one before: it gets too old when the half minute ends between here and the page.
    return pyotp.TOTP(STAFF_SECRET).at((here + 1 if last == here else here) * STEP)


def staff_log_in(client: FlaskClient, username: str = "officer", *, next: str = "") -> TestResponse:
    """A member of the demo's staff logs in: helper, officer, case, manager (one office), officer2 (another one).

    Staff are logged in on one device at a time: logging the same person in on a second client ends the first.
    """
    data = {"username": username, "password": STAFF_PASSWORD, "otp": otp_for(client, username)}
    answer = post_form(client, f"/staff/login?next={next}" if next else "/staff/login", data)
    assert answer.status_code == 303, text_of(answer)
    return answer


def log_out(client: FlaskClient) -> TestResponse:
    """The button in the menu."""
    menu = re.search(r'action="/logout">.*?name="csrf_token" value="([^"]+)"', client.get("/appearance").text)
    assert menu, "nobody is logged in"
    return client.post("/logout", data={"csrf_token": menu[1]})
