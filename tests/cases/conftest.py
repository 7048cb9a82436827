"""A clock that cases may turn, and both databases for those that are about many at once."""

import re
import shutil
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
import time_machine

import wsgi
from tests.cases.world import World
from tests.conftest import prepare
from tests.conftest import test_settings as settings_for
from tests.notifications.conftest import gateway as gateway
from tests.notifications.conftest import happen as happen
from tests.notifications.conftest import messages as messages
from tests.support.postgres import Server, new_database, postgres_server
from webapp.core.settings import Settings

START = datetime(2026, 11, 23, 2, 0, tzinfo=UTC)  # Monday, 09:00 in Thanh Hóa
TEMPLATE = "template_cases"
BOTH = ["sqlite", pytest.param("postgres", marks=[pytest.mark.postgres, pytest.mark.long])]


@pytest.fixture
def later() -> Iterator[Callable[..., None]]:
    """`later(minutes=6)`: so much time goes by. The clock stands still otherwise."""
    with time_machine.travel(START, tick=False) as traveller:
        yield lambda **much: traveller.shift(timedelta(**much))


@pytest.fixture(scope="session")
def postgres_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Where the files of the seeded database lie."""
    return tmp_path_factory.mktemp("pg")


@pytest.fixture(scope="session")
def postgres(postgres_folder: Path) -> Iterator[Server]:
    """A server with one migrated and seeded database to copy."""
    with postgres_server() as running:
        url = new_database(running, TEMPLATE)
        app = wsgi.create_app(settings_for(postgres_folder, database_url=url))
        prepare(app)
        app.extensions["motcua"].database.dispose()
        yield running


def settings_on(request: Any, tmp_path: Path) -> Settings:
    """Settings of a test of its own copy of the migrated and seeded database `request.param` ("sqlite", "postgres")."""
    if request.param == "sqlite":
        shutil.copytree(request.getfixturevalue("template_database"), tmp_path / "var")
        return settings_for(tmp_path / "var")
    server = request.getfixturevalue("postgres")
    name = "case_" + re.sub(r"\W", "_", request.node.name)[:40].lower()
    shutil.copytree(request.getfixturevalue("postgres_folder"), tmp_path / "var")
    return settings_for(tmp_path / "var", database_url=new_database(server, name, template=TEMPLATE))


@pytest.fixture(scope="session")
def world(tmp_path_factory: pytest.TempPathFactory, template_database: Path) -> Iterator[World]:
    """The gallery's installation, with something in every state; shared by cases that must not change it."""
    folder = tmp_path_factory.mktemp("world") / "var"
    shutil.copytree(template_database, folder)
    made = World(folder)
    yield made
    made.close()
