"""The ground alone: a keyring of the test's own and an empty, migrated database; no app, no rooms."""

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy.orm import Session

from webapp.core import crypto
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


@pytest.fixture
def session(database: Database) -> Iterator[Session]:
    with database.transaction() as opened:
        yield opened
