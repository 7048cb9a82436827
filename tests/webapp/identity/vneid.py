"""How a test goes to VNeID and back: through the trial's own issuer, page by page, as a browser without script."""

from dataclasses import replace
from urllib.parse import urlsplit

from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from tests.pages import form_of, post_form, read, text_of
from webapp.identity.demo_issuer import PEOPLE, Invented

__all__ = ["form_of", "read"]

DAO, NHAN, TU, SEN = "demo-dao", "demo-nhan", "demo-tu", "demo-sen"


def path_of(url: str) -> str:
    """The address without its host: the test's browser knows one host only."""
    parts = urlsplit(url)
    return f"{parts.path}?{parts.query}" if parts.query else parts.path


def leave(client: FlaskClient, page: str = "/login", action: str = "/login/vneid") -> str:
    """Press the button; where the issuer's page is."""
    answer = post_form(client, page, action=action)
    assert answer.status_code == 303, text_of(answer)
    return path_of(answer.headers["Location"])


def choose(client: FlaskClient, page: str, person: str) -> str:
    """Be somebody at the trial's issuer; the address it leads back to."""
    answer = post_form(client, page, {"person": person}, action="/demo/vneid/authorize")
    assert answer.status_code == 303, text_of(answer)
    return path_of(answer.headers["Location"])


def come_back(client: FlaskClient, callback: str) -> TestResponse:
    """The page that carries the answer on, and its button."""
    assert [f["action"] for f in read(client.get(callback).text).forms] == ["/login/vneid/callback"]
    return post_form(client, callback)


def log_in(client: FlaskClient, person: str, page: str = "/login") -> TestResponse:
    """All of it; the answer of the last button."""
    return come_back(client, choose(client, leave(client, page), person))


def link(client: FlaskClient, person: str) -> TestResponse:
    """The same from the own account's page."""
    return come_back(client, choose(client, leave(client, "/me/identity", "/me/identity/link"), person))


def people_of_the_trial() -> dict[str, Invented]:
    return PEOPLE


def changed(person: str, **values: object) -> Invented:
    """The same invented person with something different about them."""
    return replace(PEOPLE[person], **values)  # type: ignore[arg-type]
