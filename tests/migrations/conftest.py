"""Empty databases of both kinds."""

from collections.abc import Callable, Iterator
from itertools import count
from pathlib import Path

import pytest

import wsgi  # noqa: F401  (the models of all rooms: what the tables are compared with)
from tests.support.postgres import Server, new_database, postgres_server
from webapp.core import crypto
from webapp.core.db import Database
from webapp.core.settings import Settings


@pytest.fixture(autouse=True)
def keys() -> None:
    """The journal's chain needs a key also where no app is made."""
    crypto.configure(Settings(env="test"))


@pytest.fixture(scope="session")
def server() -> Iterator[Server]:
    """A real PostgreSQL for these tests."""
    with postgres_server() as running:
        yield running


@pytest.fixture(params=["sqlite", pytest.param("postgres", marks=pytest.mark.postgres)])
def kind(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.fixture
def new_url(kind: str, request: pytest.FixtureRequest, tmp_path: Path) -> Callable[[], str]:
    """Addresses of fresh, empty databases."""
    numbers = count()

    def make() -> str:
        if kind == "sqlite":
            return f"sqlite:///{tmp_path}/fresh{next(numbers)}.db"
        name = f"m{abs(hash(request.node.name)) % 10**9}_{next(numbers)}"
        return new_database(request.getfixturevalue("server"), name)

    return make


@pytest.fixture
def database(new_url: Callable[[], str]) -> Iterator[Database]:
    made = Database(new_url())
    yield made
    made.dispose()
