"""The program as it would start, for the tests that ask it about itself; no request is made."""

from collections.abc import Iterator

import pytest
from flask import Flask
from jinja2 import nodes

from tests.support import house
from webapp.core.settings import Settings
from wsgi import create_app


@pytest.fixture(scope="session")
def started(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Flask]:
    """The whole program, composed as in production, on an empty folder."""
    folder = tmp_path_factory.mktemp("house")
    app = create_app(
        Settings(env="test", database_url=f"sqlite:///{folder}/house.db", storage_url=str(folder / "files"))
    )
    yield app
    app.extensions["motcua"].database.dispose()


@pytest.fixture(scope="session")
def parsed(started: Flask) -> dict[str, nodes.Template]:
    """Every template's syntax tree."""
    return {name: house.parse(started.jinja_env, path) for name, path in house.templates().items()}
