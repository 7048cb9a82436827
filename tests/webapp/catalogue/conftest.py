"""The procedures of the project, read once; and the app with the catalogue's pages in it."""

import pytest
from flask import Flask
from flask.testing import FlaskClient

from tests import people as who
from tests.webapp.catalogue.revising import LISTED
from webapp.catalogue import room
from webapp.catalogue.formspec import ProcedureSpec
from webapp.catalogue.importing import import_lines
from webapp.catalogue.load import files, load_procedures
from webapp.catalogue.national_list import Row, content_of
from webapp.catalogue.reading import parse, read_file
from webapp.shell.services import Services


@pytest.fixture(scope="session")
def specs() -> dict[str, ProcedureSpec]:
    made = [parse(read_file(path), path.name) for path in files()]
    return {spec.code: spec for spec in made}


@pytest.fixture
def birth(specs: dict[str, ProcedureSpec]) -> ProcedureSpec:
    return specs["1.001193"]


@pytest.fixture
def catalogue(app: Flask) -> Flask:
    """The app with the 24 procedures loaded, whether or not the factory already brings the room."""
    if "catalogue" not in app.blueprints:
        room.register(app)
    with app.extensions["motcua"].database.transaction() as session:
        load_procedures(session)
    return app


@pytest.fixture
def visitor(catalogue: Flask) -> FlaskClient:
    return catalogue.test_client()


@pytest.fixture
def citizen(app: Flask, services: Services) -> FlaskClient:
    browser = app.test_client()
    who.log_in_citizen(browser, services)
    return browser


@pytest.fixture
def listed(services: Services) -> str:
    """A procedure of the national list."""
    raw = {"code": LISTED, "name": "Cấp giấy phép nuôi ong lấy mật", "field": "Chăn nuôi", "level": "Cấp xã"}
    import_lines(services.database, [Row(1, LISTED, content_of(raw), index=True)])
    return LISTED


@pytest.fixture
def admin(app: Flask, services: Services) -> FlaskClient:
    browser = app.test_client()
    who.log_in_staff(browser, services, "admin")
    return browser
