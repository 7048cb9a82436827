"""The program behind a port of its own, and Chromium in front of it."""

import shutil
import threading
from collections.abc import Iterator

import pytest
from flask import Flask
from playwright.sync_api import Browser, BrowserContext, sync_playwright
from werkzeug.serving import BaseWSGIServer, make_server


@pytest.fixture
def live(app: Flask) -> Iterator[BaseWSGIServer]:
    """The app of this test, served by threads; `stop` it to be without a connection that the browser knows of."""
    server = make_server("127.0.0.1", 0, app, threaded=True)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    yield server
    server.shutdown()
    thread.join()
    server.server_close()


@pytest.fixture
def address(live: BaseWSGIServer) -> str:
    return f"http://localhost:{live.server_port}"


@pytest.fixture(scope="session")
def chromium() -> Iterator[Browser]:
    path = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
    assert path, "Chromium is not installed; `make test` installs it"
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=["--no-sandbox", "--disable-dev-shm-usage"])
        yield browser
        browser.close()


@pytest.fixture
def phone(chromium: Browser, address: str) -> Iterator[BrowserContext]:
    """A small phone that has never been here."""
    context = chromium.new_context(viewport={"width": 360, "height": 780}, base_url=address, locale="vi-VN")
    context.set_default_timeout(30_000)
    yield context
    context.close()
