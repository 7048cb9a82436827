"""The program as it runs for people: gunicorn, the worker and Chromium; once on SQLite, once on PostgreSQL."""

import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from urllib.error import URLError
from urllib.request import urlopen

import pytest
from playwright.sync_api import Browser, BrowserContext, Page

import wsgi
from tests.conftest import CHROMIUM, CHROMIUM_FLAGS, prepare, test_settings
from tests.support.postgres import new_database, postgres_server
from webapp.shell.services import Services

ROOT = Path(__file__).resolve().parents[2]
PHONE = {"width": 360, "height": 780}
DESK = {"width": 1280, "height": 900}


@dataclass(frozen=True)
class Site:
    """A running installation."""

    url: str
    kind: str
    database_url: str
    folder: Path


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@contextmanager
def running(folder: Path, kind: str, database_url: str) -> Iterator[Site]:
    """Migrate, seed, start web and worker as `flask up` does; stop them afterwards."""
    port = free_port()
    address = f"http://localhost:{port}"
    settings = test_settings(folder, database_url=database_url, base_url=address)
    app = wsgi.create_app(settings)
    prepare(app)
    services: Services = app.extensions["motcua"]
    services.database.dispose()
    environment = {
        **os.environ,
        "MOTCUA_ENV": "test",
        "MOTCUA_DATABASE_URL": database_url,
        "MOTCUA_STORAGE_URL": settings.storage_url,
        "MOTCUA_BASE_URL": address,
        "MOTCUA_WORKER_POLL_SECONDS": "0.1",
        "WEB_WORKERS": "1",
        "HOST": "127.0.0.1",
    }
    with (folder / "log.txt").open("w") as log:
        command = [sys.executable, "-m", "flask", "--app", "wsgi:create_app", "up", "--port", str(port)]
        server = subprocess.Popen(command, cwd=ROOT, env=environment, stdout=log, stderr=log)
        try:
            wait_for(f"{address}/readyz", server)
            yield Site(address, kind, database_url, folder)
        finally:
            server.send_signal(signal.SIGTERM)
            server.wait(timeout=40)


def wait_for(url: str, server: subprocess.Popen[bytes]) -> None:
    for _ in range(450):  # a busy machine takes its time to start
        if server.poll() is not None:
            raise RuntimeError(f"the server stopped with {server.returncode}")
        try:
            with urlopen(url, timeout=2):
                return
        except (URLError, ConnectionError, TimeoutError):
            time.sleep(0.2)
    raise RuntimeError(f"{url} did not answer in 90 seconds")


@pytest.fixture(scope="session")
def sqlite_site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    folder = tmp_path_factory.mktemp("site")
    with running(folder, "sqlite", f"sqlite:///{folder}/motcua.db") as site:
        yield site


@pytest.fixture(scope="session")
def postgres_site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    folder = tmp_path_factory.mktemp("site")
    with postgres_server() as server, running(folder, "postgresql", new_database(server, "motcua")) as site:
        yield site


@pytest.fixture(
    params=[
        pytest.param("sqlite_site", marks=pytest.mark.xdist_group("sqlite-site")),
        pytest.param("postgres_site", marks=[pytest.mark.postgres, pytest.mark.xdist_group("postgres-site")]),
    ]
)
def site(request: pytest.FixtureRequest) -> Site:
    """Each test that asks for `site` runs on both databases."""
    found: Site = request.getfixturevalue(request.param)
    return found


@pytest.fixture
def open_page(browser: Browser) -> Iterator[Callable[..., Page]]:
    """`open_page(site)`: a fresh browser profile; more settings go to the context. A broken script fails the test."""
    yield from _openers(browser)


@pytest.fixture
def open_page_that_goes_back(browser: Browser) -> Iterator[Callable[..., Page]]:
    """The same in a Chromium that keeps whole pages in memory for Back, as people's do; Playwright's own does not."""
    remembering = browser.browser_type.launch(
        executable_path=CHROMIUM, args=CHROMIUM_FLAGS, ignore_default_args=["--disable-back-forward-cache"]
    )
    yield from _openers(remembering)
    remembering.close()


def _openers(browser: Browser) -> Iterator[Callable[..., Page]]:
    contexts: list[BrowserContext] = []
    problems: list[str] = []

    def open_one(site: Site, **settings: object) -> Page:
        chosen = {"viewport": PHONE, "base_url": site.url, "locale": "vi-VN", **settings}
        context = browser.new_context(**chosen)  # type: ignore[arg-type]
        context.set_default_timeout(15_000)
        contexts.append(context)
        page = context.new_page()
        page.on("pageerror", lambda error: problems.append(f"{page.url}: {error}"))
        page.on("console", lambda line: problems.append(f"{page.url}: {line.text}") if refused(line.text) else None)
        return page

    yield open_one
    for number, context in enumerate(contexts):
        _last_look(context, number)
        context.close()
    assert not problems, problems


def _last_look(context: BrowserContext, number: int) -> None:
    """Where each person stood at the end; kept only if somebody asks for it (MOTCUA_TEST_SHOTS=folder)."""
    folder = os.environ.get("MOTCUA_TEST_SHOTS")
    for page in context.pages if folder else []:
        page.screenshot(path=f"{folder}/{number}.png", full_page=True)
        Path(f"{folder}/{number}.txt").write_text(f"{page.url}\n{page.inner_text('body')}", encoding="utf-8")


def refused(line: str) -> bool:
    """The content policy stopped something on our own page."""
    return "Content Security Policy" in line or "Refused to" in line
