"""What a page costs on the wire, compressed as phones get it. Over 2G every kilobyte is a fifth of a second."""

import re
from http.client import HTTPConnection
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Browser, CDPSession, Page

from tests.browser.conftest import PHONE, Site
from tests.browser.screen_list import BY_NAME
from tests.browser.visits import stand_on, tour_of
from webapp.pwa.views import DRESS

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("sqlite-site")]
KB = 1024
BEFORE_PAINT = 14 * KB  # one initial window of TCP
NEXT_PAGE = 4 * KB
SCRIPT = 26 * KB  # deferred: nothing waits for it
SHEET, SPRITE, WORKER = 6 * KB, 3.5 * KB, 2.5 * KB
REQUESTS = {"first": 5, "next": 1}
NEXT_PAGES = (
    "procedure", "procedures-found", "lookup", "lookup-answer", "qr", "login", "dossiers-empty", "start", "edit-half",
    "question-child-1", "question-mother", "document-empty", "document-offer", "review", "receipt", "track-submitted",
    "track-asked", "supplement", "session", "counter", "worklist",
    "desk-submitted", "desk-asked",
)  # fmt: skip
# Name → what it may weigh, and why.
HEAVIER = {
    "worklist": (5 * KB, "fifty rows of the desk, which sits on a cable"),
    "desk-submitted": (5 * KB, "the whole dossier at once, so that an officer need not turn pages"),
    "desk-asked": (5 * KB, "the same, with what was asked for"),
}


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
    """Addresses of sheets, scripts and sprites that a page names."""
    return {
        "sheets": re.findall(r'<link rel="stylesheet" href="([^"]+)"', html),
        "scripts": re.findall(r'<script[^>]* src="([^"]+)"', html) + re.findall(r'data-htmx="([^"]+)"', html),
        "sprites": sorted(set(re.findall(r'<use href="([^"#]+)#', html))),
    }


def weigh(site: Site, paths: list[str]) -> int:
    return sum(len(fetch(site, path)[0]) for path in paths)


def page_of(site: Site) -> dict[str, list[str]]:
    connection = HTTPConnection(urlsplit(site.url).netloc, timeout=20)
    connection.request("GET", "/")
    found = assets(connection.getresponse().read().decode())
    connection.close()
    return found


def test_the_first_page_is_painted_after_14_kilobytes(sqlite_site: Site) -> None:
    named = page_of(sqlite_site)
    html, encoding = fetch(sqlite_site, "/")
    assert encoding == "br"
    parts = {
        "html": len(html),
        "sheets": weigh(sqlite_site, named["sheets"]),
        "sprite": weigh(sqlite_site, named["sprites"]),
    }
    assert sum(parts.values()) <= BEFORE_PAINT, parts
    assert parts["sheets"] <= SHEET, parts
    assert parts["sprite"] <= SPRITE, parts


def test_scripts_are_deferred_and_small(sqlite_site: Site) -> None:
    named = page_of(sqlite_site)
    assert weigh(sqlite_site, named["scripts"]) <= SCRIPT
    cookie = f"motcua={tour_of(sqlite_site).cookie(BY_NAME['document-empty'].who)['value']}"
    paper = page_with(sqlite_site, BY_NAME["document-empty"].path, cookie)
    assert weigh(sqlite_site, assets(paper)["scripts"]) <= SCRIPT, "a page that takes photos has one script more"
    assert len(fetch(sqlite_site, "/sw.js")[0]) <= WORKER


def test_no_font_is_loaded(sqlite_site: Site) -> None:
    sheets = b"".join(raw(sqlite_site, path) for path in page_of(sqlite_site)["sheets"])
    assert b"@font-face" not in sheets
    assert not [name for name in DRESS if name.endswith((".woff2", ".woff", ".ttf"))]


def raw(site: Site, path: str) -> bytes:
    connection = HTTPConnection(urlsplit(site.url).netloc, timeout=20)
    connection.request("GET", path)
    body = connection.getresponse().read()
    connection.close()
    return body


class Wire:
    """What Chromium's network layer sees: requests that leave the browser, and their bytes as encoded."""

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

    def sent(self) -> list[str]:
        return [url for key, url in self.urls.items() if key not in self.cached and url.startswith("http")]

    def forget(self) -> None:
        for kept in (self.urls, self.cached, self.bytes):
            kept.clear()


def test_a_first_visit_takes_five_requests_and_the_next_page_one(browser: Browser, sqlite_site: Site) -> None:
    context = browser.new_context(viewport=PHONE, base_url=sqlite_site.url, service_workers="block")
    page = context.new_page()
    wire = Wire(page)
    page.goto("/", wait_until="networkidle")
    first = wire.sent()
    assert len(first) <= REQUESTS["first"], first
    wire.forget()
    page.goto("/procedures/1.001193", wait_until="networkidle")
    then = wire.sent()
    context.close()
    assert len(then) == REQUESTS["next"], then


@pytest.mark.parametrize("name", NEXT_PAGES)
def test_a_next_page_takes_four_kilobytes(browser: Browser, sqlite_site: Site, name: str) -> None:
    screen = BY_NAME[name]
    if screen.act is None:
        cookie = f"motcua={tour_of(sqlite_site).cookie(screen.who)['value']}" if screen.who else ""
        size = len(fetch(sqlite_site, tour_of(sqlite_site).path(screen.path), cookie)[0])
    else:
        size = _posted(browser, sqlite_site, name)
    assert size <= HEAVIER.get(name, (NEXT_PAGE, "as every page"))[0], size


def _posted(browser: Browser, site: Site, name: str) -> int:
    """A page that answers a form: its bytes as the browser counted them."""
    page, _status = stand_on(browser, site, BY_NAME[name])
    wire = Wire(page)
    page.reload()
    page.wait_for_load_state("networkidle")
    sizes = [wire.bytes[key] for key, url in wire.urls.items() if url == page.url and key in wire.bytes]
    page.context.close()
    return int(max(sizes))
