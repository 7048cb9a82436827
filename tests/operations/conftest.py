"""The app on either database, with a dossier in it; commands; what the process writes into its log."""

import copy
import io
import itertools
import json
import logging
import shutil
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from click.testing import Result
from flask import Flask

from tests import people
from tests.cases.conftest import BOTH, TEMPLATE, postgres, postgres_folder  # noqa: F401  (fixtures)
from tests.conftest import test_settings as settings_for
from tests.factories import dossiers
from tests.support.postgres import new_database
from webapp.core import crypto
from webapp.core.db import Database
from webapp.core.storage import Storage
from webapp.shell import log_lines
from webapp.shell.services import Services

_numbers = itertools.count(1)


def new_name() -> str:
    """Of a database that no other test has."""
    return f"operations_{next(_numbers)}"


@pytest.fixture(params=BOTH)
def either(request: pytest.FixtureRequest, built: Flask, tmp_path: Any) -> Iterator[Flask]:
    """The app, once on SQLite and once on PostgreSQL."""
    folder = "template_database" if request.param == "sqlite" else "postgres_folder"
    values = {"erasure_list": str(tmp_path / "erasures.jsonl")}
    if request.param == "postgres":
        # The server first: it is what fills the folder.
        values["database_url"] = new_database(request.getfixturevalue("postgres"), new_name(), template=TEMPLATE)
    shutil.copytree(request.getfixturevalue(folder), tmp_path / "var")
    settings = settings_for(tmp_path / "var", **values)
    crypto.configure(settings)
    services: Services = built.extensions["motcua"]
    services.settings = settings
    services.database = Database(settings.database_url)
    services.storage = Storage(settings.storage_url)
    before = {name: copy.copy(value) for name, value in built.extensions.items() if isinstance(value, list | dict)}
    yield built
    built.extensions.update(before)
    services.database.dispose()


def made(app: Flask) -> Services:
    found: Services = app.extensions["motcua"]
    return found


def command(app: Flask, *arguments: str, answers: str | None = None) -> Result:
    """As typed behind `flask`."""
    return app.test_cli_runner().invoke(args=list(arguments), input=answers)


def a_dossier(app: Flask, citizen_id: str = people.DAO_ID) -> str:
    """One that was really sent, with its photos; its public id."""
    services = made(app)
    with app.app_context(), services.database.transaction() as session:
        sent = dossiers.sent(session, services.storage, people.person(session, citizen_id))
        return str(sent.public_id)


@pytest.fixture
def lines() -> Iterator[Callable[[], list[dict[str, Any]]]]:
    """Every line that was logged since, as the program writes it."""
    out = io.StringIO()
    found = log_lines.config()
    root = logging.getLogger()
    before = root.handlers[:], root.level
    handler = logging.StreamHandler(out)
    formatter = dict(found["formatters"]["json"])
    handler.setFormatter(formatter.pop("()")(**formatter))
    handler.addFilter(log_lines._NoQuery())
    root.handlers = [handler]
    root.setLevel(logging.INFO)  # by its method: loggers remember what they may say until they are told
    yield lambda: [json.loads(line) for line in out.getvalue().splitlines()]
    root.handlers = before[0]
    root.setLevel(before[1])
