"""Stands on SQLite and on a PostgreSQL with all its durability."""

import itertools
import shutil
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import pytest

import wsgi
from tests.conftest import prepare
from tests.conftest import test_settings as settings_for
from tests.faults.rig import Stand
from tests.support.postgres import Server, new_database, postgres_server

BOTH = ["sqlite", pytest.param("postgres", marks=pytest.mark.postgres)]
TEMPLATE = "template_faults"
_numbers = itertools.count()


@pytest.fixture(scope="session")
def durable_postgres(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """A server with one migrated and seeded database to copy."""
    folder = tmp_path_factory.mktemp("pg")
    with postgres_server(durable=True) as running:
        app = wsgi.create_app(settings_for(folder, database_url=new_database(running, TEMPLATE)))
        prepare(app)
        app.extensions["motcua"].database.dispose()
        yield running


@pytest.fixture
def stand_on(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Callable[..., Stand]]:
    """`stand_on("sqlite", setting=…)`: a stand on a seeded database of its own."""
    with ExitStack() as stack:

        def make(kind: str, folder: Path = tmp_path / "var", **settings: Any) -> Stand:
            if kind == "sqlite":
                shutil.copytree(request.getfixturevalue("template_database"), folder, dirs_exist_ok=True)
                made = Stand(folder, f"sqlite:///{folder}/motcua.db", **settings)
            else:
                folder.mkdir()
                server = request.getfixturevalue("durable_postgres")
                name = f"fault_{next(_numbers)}"
                made = Stand(folder, new_database(server, name, template=TEMPLATE), **settings)
                # PostgreSQL copies a sequence as its page is, and logs the next 32 numbers only after a checkpoint:
                # a copy that crashes before one gives numbers again. Nobody's real database is such a copy.
                with server.connect(name) as connection:
                    connection.execute("checkpoint")
            stack.callback(made.services.database.dispose)
            return made

        yield make


@pytest.fixture(params=BOTH)
def stand(request: pytest.FixtureRequest, stand_on: Callable[..., Stand]) -> Stand:
    return stand_on(request.param)
