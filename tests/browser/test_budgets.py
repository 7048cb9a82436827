"""What a page costs on the wire, compressed as phones get it. Over 2G every kilobyte is a fifth of a second."""

import re
from http.client import HTTPConnection
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Browser, BrowserContext, CDPSession, Page

from tests.browser.conftest import PHONE, Site
from tests.browser.screen_list import BY_NAME
from tests.browser.visits import look_at, stand_on, tour_of
from webapp.shell.assets import Assets

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("sqlite-site")]
KB = 1024
BEFORE_PAINT = 13.5 * KB  # page and sheet arrive in one initial window of TCP
FIRST_VISIT, FIRST_REQUESTS = 25 * KB, 3
OFTEN_FIRST, OFTEN_FIRST_REQUESTS = 8 * KB, 2  # tracking by QR, and logging in: they need no script
HEADERS = 0.8 * KB  # of one answer; most of it is the content policy
STEP = 3 * KB
NEXT_PAGE = 4 * KB
SCRIPT = 26 * KB  # deferred: nothing waits for it
SHEET, WORKER = 6 * KB, 2.5 * KB


def fetch(site: Site, path: str, cookie: str = "") -> tuple[bytes, str]:
    """(the body as it travels, its encoding)."""
    connection = HTTPConnection(urlsplit(site.url).netloc, timeout=20)
    connection.request("GET", path, headers={"Accept-Encoding": "br", "Cookie": cookie})
    answer = connection.getresponse()
    body = answer.read()
    assert answer.status == 200, f"{path}: {answer.status}"
    connection.close()
    return body, answer.headers.get("Content-Encoding", "")


def page_with(site: Site, path: str, cookie: str) -> str:
    """A page of the tour as text."""
    connection = HTTPConnection(urlsplit(site.url).netloc, timeout=20)
    connection.request("GET", tour_of(site).path(path), headers={"Cookie": cookie})
    answer = connection.getresponse()
    html = answer.read().decode()
    connection.close()
    return html


def assets(html: str) -> dict[str, list[str]]:
    """Addresses of sheets and scripts that a page names."""
    return {
        "sheets": re.findall(r'<link rel="stylesheet" href="([^"]+)"', html),
        "scripts": re.findall(r'<script[^>]* src="([^"]+)"', html) + re.findall(r'data-htmx="([^"]+)"', html),
    }


def weigh(site: Site, paths: list[str]) -> int:
    return sum(len(fetch(site, path)[0]) for path in paths)


def page_of(site: Site) -> dict[str, list[str]]:
    return assets(page_with(site, "/", ""))


def test_scripts_are_deferred_and_small(sqlite_site: Site) -> None:
    named = page_of(sqlite_site)
    assert weigh(sqlite_site, named["scripts"]) <= SCRIPT
    assert weigh(sqlite_site, named["sheets"]) <= SHEET
    cookie = f"motcua={tour_of(sqlite_site).cookie(BY_NAME['document-empty'].who)['value']}"
    paper = page_with(sqlite_site, BY_NAME["document-empty"].path, cookie)
    assert weigh(sqlite_site, assets(paper)["scripts"]) <= SCRIPT, "a page that takes photos has one script more"
    assert len(fetch(sqlite_site, "/sw.js")[0]) <= WORKER


def test_no_font_is_loaded() -> None:
    files = Assets().files
    sheets = [asset.data for name, asset in files.items() if name.endswith(".css")]
    assert len(sheets) >= 3 and not any(b"@font-face" in sheet for sheet in sheets)
    assert not [name for name in files if name.endswith((".woff2", ".woff", ".ttf", ".otf"))]


class Wire:
    """What Chromium's network layer sees: requests that leave the browser, and their bytes with their headers."""

    def __init__(self, page: Page) -> None:
        self.cdp: CDPSession = page.context.new_cdp_session(page)
        self.cdp.send("Network.enable")
        self.urls: dict[str, str] = {}
        self.cached: set[str] = set()
        self.bytes: dict[str, float] = {}
        self.cdp.on("Network.requestWillBeSent", lambda e: self.urls.__setitem__(e["requestId"], e["request"]["url"]))
        self.cdp.on("Network.requestServedFromCache", lambda e: self.cached.add(e["requestId"]))
        self.cdp.on("Network.responseReceived", self._answered)
        self.cdp.on("Network.loadingFinished", lambda e: self.bytes.update({e["requestId"]: e["encodedDataLength"]}))

    def _answered(self, event: dict[str, dict[str, bool]]) -> None:
        response = event["response"]
        if response.get("fromDiskCache") or response.get("fromServiceWorker") or response.get("fromPrefetchCache"):
            self.cached.add(str(event["requestId"]))

    def sent(self) -> dict[str, float]:
        """address → bytes. Without the picture in the tab: it is the browser's own, comes after the page, and once."""
        asked = {key: url for key, url in self.urls.items() if url.startswith("http") and "/icons/mark." not in url}
        return {url: self.bytes.get(key, 0) for key, url in asked.items() if key not in self.cached}

    def forget(self) -> None:
        for kept in (self.urls, self.cached, self.bytes):
            kept.clear()


def newcomer(browser: Browser, site: Site) -> tuple[BrowserContext, Page, Wire]:
    """A browser that was never here. What the worker fetches later, to keep it, is not part of a visit."""
    context = browser.new_context(viewport=PHONE, base_url=site.url, service_workers="block")
    page = context.new_page()
    return context, page, Wire(page)


def test_the_first_page_stands_after_one_window_and_the_whole_visit_takes_three_requests(
    browser: Browser, sqlite_site: Site
) -> None:
    assert fetch(sqlite_site, "/")[1] == "br"
    context, page, wire = newcomer(browser, sqlite_site)
    page.goto("/", wait_until="networkidle")
    first = wire.sent()
    before_paint = {url: size for url, size in first.items() if not url.endswith(".js")}
    assert len(before_paint) == 2 and sum(before_paint.values()) <= BEFORE_PAINT, first
    assert len(first) <= FIRST_REQUESTS and 5 * KB < sum(first.values()) <= FIRST_VISIT, first

    # The next page is itself and nothing else; so is the first one when they come back.
    for path in ("/procedures/1.001193", "/"):
        wire.forget()
        page.goto(path, wait_until="networkidle")
        assert list(wire.sent()) == [f"{sqlite_site.url}{path}"]
    context.close()


@pytest.mark.parametrize("path", ["/procedures", "/procedures/1.001193", "/lookup", "/register"])
def test_whoever_comes_by_another_page_first_waits_no_longer(browser: Browser, sqlite_site: Site, path: str) -> None:
    context, page, wire = newcomer(browser, sqlite_site)
    page.goto(path, wait_until="networkidle")
    first = wire.sent()
    context.close()
    assert len(first) <= FIRST_REQUESTS and sum(first.values()) <= FIRST_VISIT, first


@pytest.mark.parametrize("path", ["/q/{token}", "/login"])
def test_tracking_and_logging_in_take_two_requests(browser: Browser, sqlite_site: Site, path: str) -> None:
    context, page, wire = newcomer(browser, sqlite_site)
    page.goto(tour_of(sqlite_site).path(path), wait_until="networkidle")
    first = wire.sent()
    context.close()
    most = OFTEN_FIRST + HEADERS * len(first)
    assert len(first) <= OFTEN_FIRST_REQUESTS and 5 * KB < sum(first.values()) <= most, first


def test_a_step_that_htmx_makes_takes_three_kilobytes(browser: Browser, sqlite_site: Site) -> None:
    page, _answer = stand_on(browser, sqlite_site, BY_NAME["question-child-1"])
    for _ in range(100):  # it comes after the first paint; our policy forbids waiting by a text that is run
        if page.evaluate("'htmx' in window"):
            break
        page.wait_for_timeout(50)
    wire = Wire(page)
    with page.expect_response(lambda r: r.request.method == "POST") as saved:
        page.locator("main form input.input").first.type("Lê")
    assert saved.value.status == 204
    page.wait_for_timeout(100)  # until the network layer has told of it
    step = wire.sent()
    page.context.close()
    assert len(step) == 1 and 0 < sum(step.values()) <= STEP, step


@pytest.mark.parametrize("name", [name for name, screen in BY_NAME.items() if not screen.broken])
def test_every_page_takes_four_kilobytes(browser: Browser, sqlite_site: Site, name: str) -> None:
    assert 500 < look_at(browser, sqlite_site, name).weight <= NEXT_PAGE
