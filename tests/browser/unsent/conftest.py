"""A site of its own, and phones whose worker is at work."""

from collections.abc import Callable, Iterator

import pytest
from playwright.sync_api import Browser, BrowserContext, Page

from tests.browser.conftest import PHONE, Site, running
from tests.browser.unsent.phone import CONTROLLED, be


@pytest.fixture(scope="session")
def own_site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    """An installation of its own: what is answered here must not be so for other tests."""
    folder = tmp_path_factory.mktemp("unsent")
    with running(folder, "sqlite", f"sqlite:///{folder}/motcua.db") as site:
        yield site


@pytest.fixture
def visit(browser: Browser, own_site: Site) -> Iterator[Callable[..., Page]]:
    """A phone of its own with this person logged in, and the worker at work."""
    contexts: list[BrowserContext] = []
    problems: list[str] = []

    def open_one(who: str = "lan", lang: str = "vi", **settings: object) -> Page:
        chosen = {"viewport": PHONE, "base_url": own_site.url, "locale": "vi-VN", **settings}
        context = browser.new_context(**chosen)  # type: ignore[arg-type]
        context.set_default_timeout(10_000)
        contexts.append(context)
        be(context, own_site, who)
        context.add_cookies([{"name": "lang", "value": lang, "url": own_site.url}])
        page = context.new_page()
        page.on("pageerror", lambda error: problems.append(f"{page.url}: {error}"))
        if settings.get("service_workers") != "block" and settings.get("java_script_enabled", True):
            page.goto("/me")
            page.evaluate(CONTROLLED)
        return page

    yield open_one
    for context in contexts:
        context.close()
    assert not problems, problems
