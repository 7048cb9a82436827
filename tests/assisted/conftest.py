"""People of these tests: a helper, and the two citizens of the demo."""

import pytest
from flask import Flask
from flask.testing import FlaskClient

from tests.assisted.steps import begin
from tests.people import log_in_staff
from webapp.shell.services import Services


@pytest.fixture
def helper(client: FlaskClient, services: Services) -> FlaskClient:
    """Lò Văn Pha, logged in, with nobody beside him."""
    log_in_staff(client, services, "helper")
    return client


@pytest.fixture
def beside_nhan(helper: FlaskClient) -> FlaskClient:
    """The helper in a session with Vi Thị Nhàn, who agreed with card and PIN."""
    begin(helper)
    return helper


@pytest.fixture
def citizen(app: Flask) -> FlaskClient:
    """Another browser, nobody logged in."""
    return app.test_client()
