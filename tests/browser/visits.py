"""Open a screen once in each language and note all that tests want to know of it: axe, widths, weight."""

import re
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from playwright.sync_api import Browser, BrowserContext, Page, Response

from tests.browser.conftest import DESK, PHONE, Site
from tests.browser.screen_list import ANYBODY, BY_NAME, Screen
from tests.browser.tour import STAFF, Tour

AXE = Path(__file__).resolve().parents[1] / "node_modules" / "axe-core" / "axe.min.js"
RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
NARROW = {"width": 320, "height": 640}
RUN_AXE = """async (tags) => {
  const found = await axe.run(document, {runOnly: {type: 'tag', values: tags}, resultTypes: ['violations']});
  return found.violations.flatMap(v => v.nodes.map(n => `${v.id}: ${n.target.join(' ')}: ${n.failureSummary}`));
}"""
# Wider than the screen, and not inside something that scrolls by itself or is meant to be out of sight.
SIDEWAYS = """() => {
  const wide = document.documentElement.clientWidth, found = [];
  if (document.scrollingElement.scrollWidth > wide)
    found.push(`the page is ${document.scrollingElement.scrollWidth} px wide`);
  const scrolls = e => { for (let p = e; p && p !== document.body; p = p.parentElement) {
    const s = getComputedStyle(p); if (/auto|scroll|hidden|clip/.test(s.overflowX)) return true; } return false; };
  for (const e of document.querySelectorAll('body *')) {
    const box = e.getBoundingClientRect();
    if (!box.width || !box.height || getComputedStyle(e).visibility === 'hidden') continue;
    if ((box.right > wide + 1 || box.left < -1) && !scrolls(e) && !e.closest('.skip, svg'))
      found.push(`${e.tagName}.${e.className} reaches from ${Math.round(box.left)} to ${Math.round(box.right)}`);
    const s = getComputedStyle(e);
    const cut = /hidden|clip/.test(s.overflowX) && e.scrollWidth > e.clientWidth + 1;
    if (cut && e.innerText && !e.closest('.visually-hidden'))
      found.push(`${e.tagName}.${e.className} cuts "${e.innerText.slice(0, 40)}"`);
  }
  return found.slice(0, 8);
}"""
# What a finger must hit: 24 px (WCAG 2.5.8). A link in the middle of a sentence is as high as its line.
SMALL = """() => [...document.querySelectorAll('a[href], button, summary, select, textarea, input:not([type=hidden])')]
  .map(e => { const label = /radio|checkbox|file/.test(e.type) && e.closest('label'); return label || e; })
  .filter(e => e.checkVisibility({visibilityProperty: true}) && !e.closest('.skip'))
  .filter(e => getComputedStyle(e).display !== 'inline')
  .map(e => ({e, box: e.getBoundingClientRect()}))
  .filter(({box}) => box.width > 1 && box.height > 1 && (box.width < 24 || box.height < 24))
  .map(({e, box}) => `${e.tagName} "${e.innerText || e.name}" ${box.width | 0} x ${box.height | 0}`)
"""


@dataclass
class Seen:
    """What was found on one screen."""

    status: int
    html: str
    title: str
    headings: list[str]
    weight: int
    violations: dict[str, list[str]] = field(default_factory=dict)
    sideways: list[str] = field(default_factory=list)
    small: list[str] = field(default_factory=list)
    english: str = ""


_tours: dict[str, Tour] = {}
_seen: dict[tuple[str, str], Seen | Exception] = {}


def tour_of(site: Site) -> Tour:
    """The people and dossiers on this site; made at the first question."""
    if site.url not in _tours:
        _tours[site.url] = Tour(site)
    return _tours[site.url]


@dataclass
class Answer:
    """Of the page that stands: its status, and the bytes of its body as they travelled."""

    status: int = 0
    weight: int = 0

    def note(self, response: Response) -> None:
        # A form is sent by the browser, or by the script where photos go with it.
        if response.request.is_navigation_request() or response.request.method == "POST":
            self.status, self.weight = response.status, int(response.headers.get("content-length", 0))


def stand_on(browser: Browser, site: Site, screen: Screen, lang: str = "vi", **settings: Any) -> tuple[Page, Answer]:
    """A browser of its own on this screen, and the answer that it shows."""
    tour = tour_of(site)
    tour.forget_tries()
    chosen = {"viewport": PHONE, "base_url": site.url, "locale": "vi-VN", "service_workers": "block", **settings}
    context = browser.new_context(**chosen)
    context.set_default_timeout(10_000)
    speak(context, site, lang)
    if screen.who != ANYBODY:
        context.add_cookies([tour.cookie(screen.who)])  # type: ignore[list-item]
    page = context.new_page()
    answer = Answer()
    page.on("response", answer.note)
    path = tour.path(screen.path)
    if screen.broken:
        body = tour.broken(screen.status, lang)
        page.route(f"**{path}", lambda route: route.fulfill(status=screen.status, body=body, content_type="text/html"))
    # The lookup page takes the code as people scan or type it: `for` stands only in the list of screens.
    code = re.search(r"\?for=(.+)$", path)
    page.goto(path.split("?for=")[0])
    if code:
        page.fill("main [name=code]", code[1])
    if screen.act:
        screen.act(page)
    page.wait_for_load_state("load")
    return page, answer


def speak(context: BrowserContext, site: Site, lang: str) -> None:
    """The language that somebody has chosen in this browser."""
    context.add_cookies([{"name": "lang", "value": lang, "url": site.url}])


def look_at(browser: Browser, site: Site, name: str) -> Seen:
    """Everything about this screen; looked at once, however many tests ask."""
    key = (site.url, name)
    if key not in _seen:
        try:
            _seen[key] = _visit(browser, site, BY_NAME[name])
        except Exception as error:  # a page that cannot be reached is told by each test, and waited for only once
            _seen[key] = error
    found = _seen[key]
    if isinstance(found, Exception):
        raise found
    return found


def _visit(browser: Browser, site: Site, screen: Screen) -> Seen:
    page, answer = stand_on(browser, site, screen)
    try:
        seen = _note(page, answer, is_of_the_desk(screen))
        if screen.act is None and not screen.broken:
            speak(page.context, site, "en")
            page.emulate_media(color_scheme="light")
            page.set_viewport_size(PHONE)  # type: ignore[arg-type]
            page.reload()
            _note_english(seen, page)
    finally:
        page.context.close()
    if not seen.english:
        page, _answer = stand_on(browser, site, screen, "en")
        try:
            _note_english(seen, page)
        finally:
            page.context.close()
    return seen


def is_of_the_desk(screen: Screen) -> bool:
    return screen.who in STAFF and not screen.who.startswith("tour-help")


def _note(page: Page, answer: Answer, desk: bool) -> Seen:
    headings = page.locator("h1").all_inner_texts()
    seen = Seen(answer.status, page.content(), page.title(), headings, answer.weight)
    _open_and_arm(page)
    seen.small = page.evaluate(SMALL)
    for theme in ("light", "dark"):
        page.emulate_media(color_scheme=theme)  # type: ignore[arg-type]
        seen.violations[theme] = page.evaluate(RUN_AXE, RULES)
    if desk:
        page.set_viewport_size(DESK)  # type: ignore[arg-type]
        seen.sideways += [f"1280 px: {line}" for line in page.evaluate(SIDEWAYS)]
    _measure_narrow(seen, page)
    return seen


def _note_english(seen: Seen, page: Page) -> None:
    """Once more in the other language, whose words are longer: axe in one theme, and the narrow screen."""
    seen.english = page.content()
    _open_and_arm(page)
    seen.violations["english"] = page.evaluate(RUN_AXE, RULES)
    _measure_narrow(seen, page)


def _open_and_arm(page: Page) -> None:
    page.evaluate("document.querySelectorAll('main details').forEach(d => d.open = true)")
    page.evaluate(AXE.read_text(encoding="utf-8"))


def _measure_narrow(seen: Seen, page: Page) -> None:
    """320 px, and what the cookie of the largest text does: an attribute on the root."""
    page.evaluate("document.documentElement.dataset.size = '3'")
    page.set_viewport_size(NARROW)  # type: ignore[arg-type]
    lang = page.evaluate("document.documentElement.lang")
    seen.sideways += [f"{lang}: {line}" for line in page.evaluate(SIDEWAYS)]
