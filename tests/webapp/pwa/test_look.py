"""The gallery in a real browser: axe finds nothing, nothing runs over the edge, targets are large, papers print."""

import io
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pikepdf
import pytest
from playwright.sync_api import Browser, Page

pytestmark = [pytest.mark.browser, pytest.mark.long]

AXE = Path(__file__).resolve().parents[2] / "node_modules" / "axe-core" / "axe.min.js"
RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "wcag2aaa", "best-practice"]
GALLERY = "/dev/components?errors=1"
SMALL_TARGETS = """() => [...document.querySelectorAll(
    "a.button, button, select, input:not([type=hidden]), summary, .nav a, .chip")]
  .filter((it) => it.offsetParent && !it.closest(".visually-hidden"))
  .map((it) => it.closest(".choice") || it)
  .filter((it) => it.getBoundingClientRect().height < 47.5).map((it) => it.outerHTML.slice(0, 120))"""


@pytest.fixture
def look(browser: Browser, address: str) -> Iterator[Callable[..., Page]]:
    """The page as one reader has set it."""
    contexts = []

    def opened(path: str = GALLERY, *, size: str = "1", **settings: Any) -> Page:
        context = browser.new_context(base_url=address, service_workers="block", **settings)
        contexts.append(context)
        context.add_cookies([{"name": "look", "value": f"{size}.auto", "url": address}])
        page = context.new_page()
        page.goto(path)
        return page

    yield opened
    for context in contexts:
        context.close()


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [360, 1280])
@pytest.mark.parametrize("path", [GALLERY, f"{GALLERY}&wide=1", "/offline"])
def test_axe_finds_nothing(look, path: str, width: int, scheme: str):
    page = look(path, viewport={"width": width, "height": 800}, color_scheme=scheme, bypass_csp=True)
    page.evaluate(AXE.read_text(encoding="utf-8"))
    found = page.evaluate("(rules) => axe.run(document, {runOnly: rules})", RULES)
    assert len(found["passes"]) > 20
    assert [(v["id"], [n["target"] for n in v["nodes"]]) for v in found["violations"]] == []


@pytest.mark.parametrize(("width", "size"), [(320, "1"), (320, "3"), (360, "2"), (1280, "3")])
def test_nothing_runs_over_the_edge(look, width: int, size: str):
    page = look(size=size, viewport={"width": width, "height": 640})
    assert page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth") == 0


def test_text_may_be_spaced_as_a_reader_needs_it(look):
    """WCAG 1.4.12: wider letters, words and lines cut nothing off."""
    page = look(viewport={"width": 320, "height": 640}, bypass_csp=True)
    page.add_style_tag(
        content="* { letter-spacing: .12em !important; word-spacing: .16em !important; line-height: 1.5 !important }"
    )
    assert page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth") == 0


def test_whatever_is_pressed_is_at_least_48_high(look):
    page = look(viewport={"width": 360, "height": 780})
    assert page.evaluate(SMALL_TARGETS) == []


def test_the_menu_opens_without_a_script(look):
    page = look(viewport={"width": 360, "height": 780}, java_script_enabled=False)
    link = page.locator(".nav a").first
    assert link.is_hidden()
    page.locator(".menu summary").click()
    assert link.is_visible()


def test_the_header_is_the_same_indigo_in_both_themes(look):
    for scheme in ("light", "dark"):
        page = look(color_scheme=scheme)
        assert page.locator(".header").evaluate("it => getComputedStyle(it).backgroundColor") == "rgb(30, 58, 107)"


def test_state_stays_readable_in_forced_colours(look):
    page = look(forced_colors="active", viewport={"width": 360, "height": 780})
    assert page.locator(".tag").first.evaluate("it => getComputedStyle(it).borderTopWidth") == "2px"


def test_nothing_moves_for_those_who_asked_for_stillness(look):
    page = look(reduced_motion="reduce")
    assert page.evaluate("document.getAnimations().length") == 0


def test_print_is_black_on_white_without_what_can_only_be_pressed(look):
    page = look(color_scheme="dark")
    page.emulate_media(media="print")
    assert page.evaluate("getComputedStyle(document.body).backgroundColor") == "rgb(255, 255, 255)"
    assert page.locator(".header, .footer, .button").evaluate_all("all => all.every((it) => !it.offsetParent)")
    sheets = pikepdf.open(io.BytesIO(page.pdf(format="A4")))
    assert len(sheets.pages) >= 1
