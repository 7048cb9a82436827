"""Steps that people take in these tests, through the pages."""

import re
from typing import Any

from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.orm import Session
from werkzeug.test import TestResponse

from tests.pages import code_sent_to, form_of, read
from webapp.accounts.demo import DAO_ID, NHAN_ID
from webapp.core.audit import AuditEntry

CARD, PIN = "7F2-Q8M", "2468"
NEW, CONSENT, SESSION, END = "/assisted/sessions/new", "/assisted/consent", "/assisted/session", "/assisted/end"


def forms(client: FlaskClient, url: str) -> list[dict[str, Any]]:
    """All post forms of a page's main part."""
    page = client.get(url)
    assert page.status_code == 200, f"{url} answers {page.status_code}"
    return [f for f in read(page.get_data(as_text=True)).forms if f["method"] == "post"]


def send(client: FlaskClient, url: str, way: str, data: dict[str, Any]) -> TestResponse:
    """Fill in the form of this page with the hidden field way=…, and press its button."""
    form = next(f for f in forms(client, url) if f["hidden"].get("way") == way)
    return client.post(url, data={**form["hidden"], **data})


def find_nhan(client: FlaskClient) -> TestResponse:
    return send(client, NEW, "card", {"card": CARD})


def find_dao(client: FlaskClient) -> TestResponse:
    return send(client, NEW, "number", {"citizen_id": DAO_ID})


def begin(client: FlaskClient) -> TestResponse:
    """A session with Vi Thị Nhàn by her card and PIN."""
    assert find_nhan(client).headers["Location"] == CONSENT
    answer = send(client, CONSENT, "card", {"card": CARD, "pin": PIN})
    assert answer.headers.get("Location") == SESSION, answer.get_data(as_text=True)[-3000:]
    return answer


def begin_with_dao(client: FlaskClient) -> TestResponse:
    """A session with Nguyễn Thị Đào by a code to her phone."""
    assert find_dao(client).headers["Location"] == CONSENT
    assert ask_code(client).status_code == 303
    answer = send(client, CONSENT, "code", {"code": code_sent_to(client, "0912000001")})
    assert answer.headers.get("Location") == SESSION, answer.get_data(as_text=True)[-3000:]
    return answer


def ask_code(client: FlaskClient) -> TestResponse:
    """Send the code to the first number."""
    number = re.search(r'name="phone" value="([^"]+)"', client.get(CONSENT).get_data(as_text=True))
    assert number is not None
    return send(client, CONSENT, "send_code", {"phone": number[1]})


def end(client: FlaskClient) -> TestResponse:
    """The button in the yellow bar."""
    page = client.get(SESSION).get_data(as_text=True)
    bar = re.search(r'<form[^>]*action="/assisted/end".*?</form>', page, re.DOTALL)
    assert bar is not None, "there is no yellow bar"
    hidden = dict(re.findall(r'name="([^"]+)" value="([^"]+)"', bar[0]))
    return client.post(END, data=hidden)


def journal(app: Flask, action: str) -> list[AuditEntry]:
    """Rows of the journal of this kind."""
    with database(app) as session:
        return list(session.scalars(select(AuditEntry).where(AuditEntry.action == action).order_by(AuditEntry.seq)))


def database(app: Flask) -> Session:
    made: Session = app.extensions["motcua"].database.session(write=False)
    return made


__all__ = ["DAO_ID", "NHAN_ID", "form_of"]
