"""The page says in time that the log-in ends; and the page on which one waits for a code needs no script."""

import re
from collections.abc import Callable, Iterator

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.browser.conftest import Site, running
from tests.browser.people import put
from tests.browser.visits import AXE, RULES, RUN_AXE, SIDEWAYS, tour_of
from webapp.accounts import limits
from webapp.core import crypto
from webapp.core.db import Database
from webapp.core.settings import Settings

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("sqlite-site")]
MINUTES = 60_000


@pytest.fixture
def lan(browser: Browser, sqlite_site: Site) -> Iterator[Page]:
    """Lan with a form before her, and a clock that the test turns."""
    context = browser.new_context(base_url=sqlite_site.url, locale="vi-VN", service_workers="block")
    context.add_cookies([tour_of(sqlite_site).cookie("lan")])  # type: ignore[list-item]
    page = context.new_page()
    page.clock.install()
    page.goto("/me/settings")
    yield page
    context.close()


def test_two_and_a_half_minutes_before_the_end_the_page_says_so_and_one_press_puts_it_off(lan: Page) -> None:
    button = lan.get_by_role("button", name="Vẫn làm tiếp")
    lan.clock.fast_forward(27 * MINUTES)
    expect(button).to_have_count(0)
    lan.clock.fast_forward(MINUTES)
    expect(button).to_be_visible()
    expect(lan.get_by_text("máy sẽ tự đăng xuất")).to_contain_text(re.compile(r"đến \d\d:\d\d"))
    put(lan.locator("[name=email]"), "lan@example.vn")
    with lan.expect_response("**/login/stay") as answer:
        button.click()
    assert answer.value.status == 204
    expect(button).to_have_count(0)
    expect(lan.locator("[name=email]")).to_have_value("lan@example.vn")
    lan.clock.fast_forward(28 * MINUTES)
    expect(button).to_be_visible()


def test_after_the_end_the_page_says_that_nothing_is_lost(lan: Page) -> None:
    lan.clock.fast_forward(28 * MINUTES)
    expect(lan.get_by_role("button", name="Vẫn làm tiếp")).to_be_visible()
    lan.clock.fast_forward(3 * MINUTES)
    expect(lan.get_by_text("Máy đã đăng xuất")).to_be_visible()
    expect(lan.get_by_role("button", name="Vẫn làm tiếp")).to_have_count(0)


@pytest.fixture(scope="module")
def busy_site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    """An installation of its own, because what is busy here must not be so for other tests."""
    folder = tmp_path_factory.mktemp("busy")
    with running(folder, "sqlite", f"sqlite:///{folder}/motcua.db") as site:
        yield site


def busy(site: Site, *, give_back: bool = False) -> None:
    """25 codes were just asked for from this machine's address; or all of them were typed in."""
    crypto.configure(Settings(env="test"))
    database = Database(site.database_url)
    with database.transaction() as session:
        for _ in range(limits.ADDRESS.times):
            count = limits.ADDRESS.give_back if give_back else limits.ADDRESS.hit
            count(session, limits.address_key("127.0.0.1"))
    database.dispose()


def test_the_page_to_wait_on_works_without_script_and_for_everybody(
    busy_site: Site, open_page: Callable[..., Page]
) -> None:
    busy(busy_site)
    page = open_page(busy_site, java_script_enabled=False)
    page.goto("/login")
    page.fill("[name=phone]", "0912 000 001")
    page.locator("main form button").first.click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Chờ một chút rồi bấm lại")
    page.locator("main form button").first.click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Chờ một chút rồi bấm lại")
    busy(busy_site, give_back=True)
    page.locator("main form button").first.click()
    page.wait_for_url("**/login/code")


def test_the_page_to_wait_on_is_accessible_and_fits(busy_site: Site, open_page: Callable[..., Page]) -> None:
    busy(busy_site)
    page = open_page(busy_site, viewport={"width": 320, "height": 640})
    page.goto("/login")
    page.fill("[name=phone]", "0912 000 001")
    page.locator("main form button").first.click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Chờ một chút rồi bấm lại")
    page.evaluate("document.documentElement.dataset.size = '3'")
    assert page.evaluate(SIDEWAYS) == []
    page.evaluate(AXE.read_text(encoding="utf-8"))
    for theme in ("light", "dark"):
        page.emulate_media(color_scheme=theme)  # type: ignore[arg-type]
        assert page.evaluate(RUN_AXE, RULES) == []
