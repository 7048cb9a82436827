"""Open a screen once and note all that tests want to know of it: axe in both themes, 320 px with the largest text."""

import re
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from playwright.sync_api import Browser, Page

from tests.browser.conftest import PHONE, Site
from tests.browser.screen_list import ANYBODY, BY_NAME, Screen
from tests.browser.tour import Tour

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
    violations: dict[str, list[str]] = field(default_factory=dict)
    sideways: list[str] = field(default_factory=list)
    small: list[str] = field(default_factory=list)


_tours: dict[str, Tour] = {}
_seen: dict[tuple[str, str], Seen | Exception] = {}


def tour_of(site: Site) -> Tour:
    """The people and dossiers on this site; made at the first question."""
    if site.url not in _tours:
        _tours[site.url] = Tour(site)
    return _tours[site.url]


def stand_on(browser: Browser, site: Site, screen: Screen, **settings: Any) -> tuple[Page, int]:
    """A browser of its own on this screen, and the status of the answer it shows."""
    tour = tour_of(site)
    chosen = {"viewport": PHONE, "base_url": site.url, "locale": "vi-VN", "service_workers": "block", **settings}
    context = browser.new_context(**chosen)
    context.set_default_timeout(10_000)
    if screen.who != ANYBODY:
        context.add_cookies([tour.cookie(screen.who)])  # type: ignore[list-item]
    page = context.new_page()
    statuses: list[int] = []
    # A form is sent by the browser, or by the script where photos go with it.
    page.on(
        "response",
        lambda r: statuses.append(r.status) if r.request.is_navigation_request() or r.request.method == "POST" else 0,
    )
    path = tour.path(screen.path)
    # The lookup page takes the code as people scan or type it: `for` stands only in the list of screens.
    code = re.search(r"\?for=(.+)$", path)
    page.goto(path.split("?for=")[0])
    if code:
        page.fill("main [name=code]", code[1])
    if screen.act:
        screen.act(page)
    page.wait_for_load_state("load")
    return page, statuses[-1]


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
    page, status = stand_on(browser, site, screen)
    try:
        return _note(page, status)
    finally:
        page.context.close()


def _note(page: Page, status: int) -> Seen:
    seen = Seen(status, page.content(), page.title(), page.locator("h1").all_inner_texts())
    page.evaluate("document.querySelectorAll('main details').forEach(d => d.open = true)")
    page.evaluate(AXE.read_text(encoding="utf-8"))
    seen.small = page.evaluate(SMALL)
    for theme in ("light", "dark"):
        page.emulate_media(color_scheme=theme)  # type: ignore[arg-type]
        seen.violations[theme] = page.evaluate(RUN_AXE, RULES)
    # What the cookie of the largest text does: an attribute on the root.
    page.evaluate("document.documentElement.dataset.size = '3'")
    page.set_viewport_size(NARROW)  # type: ignore[arg-type]
    seen.sideways = page.evaluate(SIDEWAYS)
    return seen
