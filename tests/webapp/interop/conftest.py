"""An office's own system with its token, and a dossier that Đào sent to that office."""

from dataclasses import dataclass
from datetime import timedelta

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select

from tests import people
from tests.factories import dossiers as make
from webapp.accounts.staff_admin import office_of_code
from webapp.core.actor import SYSTEM
from webapp.dossiers.models import Dossier
from webapp.interop import agency, tokens
from webapp.shell.services import Services


@dataclass(frozen=True)
class System:
    """An office's own system: asks with its token, and has no cookies."""

    client: FlaskClient
    secret: str

    def headers(self, **more):
        return {"Authorization": f"Bearer {self.secret}", **{k.replace("_", "-"): v for k, v in more.items()}}

    def get(self, path, **more):
        return self.client.get(f"/api/v1{path}", headers=self.headers(**more))

    def post(self, path, body, **more):
        return self.client.post(f"/api/v1{path}", json=body, headers=self.headers(**more))


def system_of(app, office):
    services: Services = app.extensions["motcua"]
    with services.database.transaction() as session:
        _token, secret = tokens.issue_token(session, office_of_code(session, office), "Hệ thống hộ tịch", by=SYSTEM)
    return System(app.test_client(use_cookies=False), secret)


@pytest.fixture(autouse=True)
def at_once(monkeypatch):
    """What a test has just sent can be read; the test of holding back sets it again."""
    monkeypatch.setattr(agency, "HOLD_BACK", timedelta(0))


@pytest.fixture
def system(app):
    return system_of(app, make.HOME)


@pytest.fixture
def neighbour(app):
    return system_of(app, make.NEXT_DOOR)


@pytest.fixture
def sent(app, services):
    """Public id of a dossier of Đào at the home office."""
    with services.database.transaction() as session:
        return make.sent(session, services.storage, people.person(session)).public_id


@pytest.fixture
def dossier(services, sent):
    with services.database.session(write=False) as session:
        return session.scalars(select(Dossier).where(Dossier.public_id == sent)).one()
