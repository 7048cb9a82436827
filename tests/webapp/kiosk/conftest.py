"""A screen in the hall, set up by an officer; dossiers before it; both databases where it writes."""

from collections.abc import Callable
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient

from tests import people as who
from tests.factories.states import bring
from tests.pages import form_of
from webapp.shell.services import Services

PROOF = who.DAO_ID[-4:]


def set_up(app: Flask, services: Services, username: str = "officer", name: str = "Sảnh tầng một") -> FlaskClient:
    """The browser of a new screen of that officer's office."""
    browser = app.test_client()
    who.log_in_staff(browser, services, username)
    token = form_of(browser, "/counter/kiosks")["hidden"]["csrf_token"]
    answer = browser.post("/counter/kiosks", data={"csrf_token": token, "name": name})
    assert (answer.status_code, answer.location) == (303, "/kiosk"), answer.get_data(as_text=True)
    assert browser.get("/kiosk").status_code == 200
    return browser


@pytest.fixture
def screen(app: Flask, services: Services) -> FlaskClient:
    browser = set_up(app, services)
    browser.set_cookie("lang", "en")
    return browser


@pytest.fixture
def stand(services: Services) -> Callable[..., Any]:
    """`stand(place)`: lookup code, QR token and public id of a dossier of Đào's that stands there."""

    def go(place: str = "handed over", number: str = who.DAO_ID) -> dict[str, str]:
        with services.database.transaction() as session:
            row = bring(session, services.storage, place, who.person(session, number))
            names = {"code": row.lookup_code, "long": row.code, "token": row.qr_token, "id": row.public_id}
            return {name: value or "" for name, value in names.items()}

    return go
