"""An officer at the desk, citizens who sent something, and a count of what the database is asked."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import event, select

from tests import people as who
from tests.factories import dossiers
from tests.factories.states import bring
from webapp.accounts.models import LoginSession
from webapp.dossiers.models import Dossier
from webapp.shell.services import Services


@pytest.fixture
def officer(client: FlaskClient, services: Services) -> FlaskClient:
    """The browser of Lê Thị Mai, reception."""
    who.log_in_staff(client, services, "officer")
    return client


@pytest.fixture
def case_officer(app: Flask, services: Services) -> FlaskClient:
    """The browser of Trần Quốc Việt, who settles."""
    browser = app.test_client()
    who.log_in_staff(browser, services, "case")
    return browser


@pytest.fixture
def manager(app: Flask, services: Services) -> FlaskClient:
    """The browser of Phạm Hồng Sơn, who leads the office."""
    browser = app.test_client()
    who.log_in_staff(browser, services, "manager")
    return browser


@pytest.fixture
def grown_old(services: Services) -> Any:
    """grown_old(minutes): so long ago everybody who is logged in proved who they are."""

    def grown_old(minutes: int) -> None:
        with services.database.transaction() as session:
            for login in session.scalars(select(LoginSession)):
                login.created_at -= timedelta(minutes=minutes)

    return grown_old


@pytest.fixture
def applicant(app: Flask, services: Services) -> FlaskClient:
    """The browser of Nguyễn Thị Đào, on her own phone."""
    browser = app.test_client()
    who.log_in_citizen(browser, services)
    return browser


@pytest.fixture
def at(services: Services) -> Any:
    """at(place) → a dossier of Đào's that stands there (tests/factories/states.py)."""

    def at(place: str) -> Sent:
        with services.database.transaction() as session:
            row = bring(session, services.storage, place, who.person(session))
            return Sent(row, row.qr_token)

    return at


class Sent:
    """One dossier, with what a person would bring."""

    def __init__(self, row: Dossier, token: str) -> None:
        self.id, self.code, self.lookup, self.token = row.public_id, row.code or "", row.lookup_code or "", token
        self.url = f"/counter/dossiers/{row.public_id}"


@pytest.fixture
def send(services: Services) -> Any:
    """send() → a dossier of Đào; send(name, number, birth) → of somebody new; office=… → to another unit."""

    def send(name: str = "", number: str = who.DAO_ID, birth: str | None = None, **more: Any) -> Sent:
        with services.database.transaction() as session:
            person = dossiers.citizen(session, name, number, birth) if name else who.person(session, number)
            row = dossiers.sent(session, services.storage, person, **more)
            return Sent(row, row.qr_token)

    return send


@pytest.fixture
def row_of(services: Services) -> Any:
    """The row of a dossier as it is now."""

    def row_of(sent: Sent) -> Dossier:
        with services.database.session(write=False) as session:
            return session.query(Dossier).filter_by(public_id=sent.id).one()

    return row_of


@pytest.fixture
def queries(services: Services) -> Any:
    """with queries() as seen: … → the statements that went to the database."""

    @contextmanager
    def counting() -> Iterator[list[str]]:
        seen: list[str] = []

        def note(_connection: Any, _cursor: Any, statement: str, *_more: Any) -> None:
            seen.append(statement)

        event.listen(services.database.engine, "before_cursor_execute", note)
        try:
            yield seen
        finally:
            event.remove(services.database.engine, "before_cursor_execute", note)

    return counting
