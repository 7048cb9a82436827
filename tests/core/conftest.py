"""The ground alone: a keyring of the test's own and an empty, migrated database; no app, no rooms."""

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy.orm import Session

from tests.support.postgres import Server, drop_database, new_database, postgres_server
from webapp.core import crypto, throttle
from webapp.core.crypto import Keyring
from webapp.core.db import Database
from webapp.core.settings import Settings, new_data_key
from webapp.shell import migrations


@pytest.fixture(autouse=True)
def ring() -> Iterator[Keyring]:
    """Fresh keys for each test; what was configured before comes back afterwards."""
    before = crypto._Ring.current
    yield crypto.configure(Settings(env="test", data_keys=new_data_key(), index_key="an index key of the tests"))
    crypto._Ring.current = before


@pytest.fixture(autouse=True)
def normal_limits(monkeypatch: pytest.MonkeyPatch) -> None:
    """Tries are counted here, although a rig of an earlier test may have let this process try as often as it likes."""
    monkeypatch.setattr(throttle._Rule, "relaxed", False)


@pytest.fixture(scope="session")
def empty_database(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """One migrated database without a row; tests get copies of it."""
    path = tmp_path_factory.mktemp("empty") / "empty.db"
    made = Database(f"sqlite:///{path}")
    migrations.upgrade(made)
    made.dispose()
    return path


@pytest.fixture
def database(empty_database: Path, tmp_path: Path) -> Iterator[Database]:
    shutil.copy(empty_database, tmp_path / "ground.db")
    made = Database(f"sqlite:///{tmp_path / 'ground.db'}")
    yield made
    made.dispose()


@pytest.fixture(scope="session")
def server() -> Iterator[Server]:
    """A real PostgreSQL with one migrated, empty database to copy."""
    with postgres_server() as running:
        made = Database(new_database(running, "ground"))
        migrations.upgrade(made)
        made.dispose()
        yield running


@pytest.fixture(
    params=["sqlite", pytest.param("postgres", marks=[pytest.mark.postgres, pytest.mark.xdist_group("core-postgres")])]
)
def either(request: pytest.FixtureRequest) -> Iterator[Database]:
    """The same empty database, once of each kind: for what depends on how a database lets people wait."""
    if request.param == "sqlite":
        yield request.getfixturevalue("database")
        return
    server: Server = request.getfixturevalue("server")
    made = Database(new_database(server, "t", template="ground"))
    yield made
    made.dispose()
    drop_database(server, "t")


@pytest.fixture
def session(database: Database) -> Iterator[Session]:
    with database.transaction() as opened:
        yield opened
