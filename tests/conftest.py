"""What every test stands on: a migrated and seeded database copied for each test, the app, and people in it."""

import copy
import shutil
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import hypothesis
import pytest
import time_machine
from flask import Flask
from flask.testing import FlaskClient
from playwright.sync_api import Browser, sync_playwright

import wsgi
from notifications import sending
from webapp.core import crypto, scan, throttle
from webapp.core.db import Database
from webapp.core.settings import Settings
from webapp.core.storage import Storage
from webapp.shell import filekeeping, migrations, seeding
from webapp.shell.services import Services

# A busy machine is slow, not wrong; and what a run has found is written down as a test, not kept in a folder.
hypothesis.settings.register_profile("motcua", deadline=None, database=None)
hypothesis.settings.load_profile("motcua")
# The shell is Chromium without windows: the same pages for a third of the work. Where there is none, the whole browser.
CHROMIUM = next(filter(None, map(shutil.which, ("chromium-headless-shell", "chromium", "google-chrome"))), None)
CHROMIUM_FLAGS = ["--no-sandbox", "--disable-dev-shm-usage", "--disable-quic"]


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """A test through Chromium that fails is tried once more, and pytest says so ("rerun").

    On two cores that everything shares a page may come seconds late. What is broken fails twice; everything else in
    this suite is tried once.
    """
    for item in items:
        if "browser" in getattr(item, "fixturenames", ()):
            item.add_marker(pytest.mark.flaky(reruns=1))


def test_settings(folder: Path, **changes: object) -> Settings:
    """Settings of a test: its own folder for database and files."""
    values: dict[str, object] = {
        "env": "test",
        "database_url": f"sqlite:///{folder}/motcua.db",
        "storage_url": str(folder / "files"),
        "base_url": "http://localhost",
        **changes,
    }
    return Settings(**values)  # type: ignore[arg-type]


test_settings.__test__ = False  # type: ignore[attr-defined]


# Before every clock that a test sets: procedures are in force from the day they were loaded.
SEEDED = datetime(2026, 11, 2, 1, 0, tzinfo=UTC)


def prepare(app: Flask, *, demo: bool = True) -> None:
    """Migrate and load what `flask seed demo` loads, as it was done on the day SEEDED."""
    services: Services = app.extensions["motcua"]
    migrations.upgrade(services.database)
    with time_machine.travel(SEEDED), app.app_context():
        for step in seeding.seeds(app, demo=demo):
            with services.database.transaction() as session:
                step.run(session)


@pytest.fixture(scope="session")
def template_database(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """One migrated and seeded SQLite file per test process; tests get copies of it."""
    folder = tmp_path_factory.mktemp("template")
    app = wsgi.create_app(test_settings(folder))
    prepare(app)
    services: Services = app.extensions["motcua"]
    services.database.dispose()  # the last connection writes the log back into the file
    return folder


@pytest.fixture
def settings(tmp_path: Path, template_database: Path) -> Settings:
    shutil.copytree(template_database, tmp_path / "var")
    return test_settings(tmp_path / "var")


@pytest.fixture(scope="session")
def built(template_database: Path) -> Flask:
    """The app, put together once per test process: its routes and words are the same for every test."""
    return wsgi.create_app(test_settings(template_database))


@pytest.fixture
def app(built: Flask, settings: Settings) -> Iterator[Flask]:
    """The app on a database and a folder of this test's own."""
    for part in (crypto, throttle, scan, sending):  # one per process: another app of this process may have set them
        part.configure(settings)
    filekeeping.register(built)  # as with these: the worker's handlers read the files of the app put together last
    services: Services = built.extensions["motcua"]
    services.settings = settings
    services.database = Database(settings.database_url)
    services.storage = Storage(settings.storage_url)
    built.extensions["motcua_pages"].clear()
    before = {name: copy.copy(value) for name, value in built.extensions.items() if isinstance(value, list | dict)}
    yield built
    built.extensions.update(before)  # what a test added (somebody else who acts, a menu entry) goes with it
    services.database.dispose()


@pytest.fixture
def services(app: Flask) -> Services:
    made: Services = app.extensions["motcua"]
    return made


@pytest.fixture
def client(app: Flask) -> FlaskClient:
    """A browser without a log-in."""
    return app.test_client()


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    """One Chromium per test process: Playwright has one loop, so nobody starts a second."""
    if CHROMIUM is None:
        raise RuntimeError("Chromium is not installed; `make test` installs it")
    with sync_playwright() as playwright:
        started = playwright.chromium.launch(executable_path=CHROMIUM, args=CHROMIUM_FLAGS)
        yield started
        started.close()
