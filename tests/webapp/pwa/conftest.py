"""The program behind a port of its own, and Chromium in front of it."""

import threading
from collections.abc import Iterator

import pytest
from flask import Flask
from playwright.sync_api import Browser, BrowserContext
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


@pytest.fixture
def phone(browser: Browser, address: str) -> Iterator[BrowserContext]:
    """A small phone that has never been here."""
    context = browser.new_context(viewport={"width": 360, "height": 780}, base_url=address, locale="vi-VN")
    context.set_default_timeout(30_000)
    yield context
    context.close()
