"""The boards on both databases."""

from collections.abc import Iterator
from pathlib import Path

import pytest

import wsgi
from tests.conftest import prepare, test_settings
from tests.support.postgres import new_database, postgres_server
from webapp.shell.services import Services


@pytest.fixture(params=["sqlite", pytest.param("postgresql", marks=pytest.mark.postgres)], scope="module")
def both(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Services]:
    """The whole program, on a database of its own for each module of tests."""
    folder = tmp_path_factory.mktemp("board")
    if request.param == "sqlite":
        yield from _made(folder, f"sqlite:///{folder}/motcua.db")
    else:
        with postgres_server() as server:
            yield from _made(folder, new_database(server, "board"))


def _made(folder: Path, url: str) -> Iterator[Services]:
    app = wsgi.create_app(test_settings(folder, database_url=url))
    prepare(app)
    services: Services = app.extensions["motcua"]
    with app.app_context():
        yield services
    services.database.dispose()
