"""Stands on SQLite and on a PostgreSQL with all its durability."""

from collections.abc import Iterator

import pytest

from tests.faults.rig import Stand
from tests.support.postgres import Server, new_database, postgres_server

BOTH = ["sqlite", pytest.param("postgres", marks=pytest.mark.postgres)]


@pytest.fixture(scope="session")
def durable_postgres() -> Iterator[Server]:
    with postgres_server(durable=True) as running:
        yield running


@pytest.fixture(params=BOTH)
def stand(request, tmp_path) -> Iterator[Stand]:
    if request.param == "sqlite":
        made = Stand(tmp_path, f"sqlite:///{tmp_path}/motcua.db")
    else:
        server = request.getfixturevalue("durable_postgres")
        made = Stand(tmp_path, new_database(server, f"fault_{abs(hash(request.node.nodeid)) % 10**8}"))
    yield made
    made.services.database.dispose()
