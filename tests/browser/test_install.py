"""Putting the app on the phone's screen is offered beside a receipt, twice at most, a month apart, and nowhere else."""

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.browser.conftest import Site
from tests.browser.screen_list import BY_NAME
from tests.browser.visits import stand_on

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("sqlite-site")]
# What Chromium says to a page that can be put on the screen; it says so only to people who have been there for a while.
OFFER = """() => {
  const offer = new Event("beforeinstallprompt", {cancelable: true});
  window.prompted = 0;
  offer.prompt = () => { window.prompted += 1; };
  window.dispatchEvent(offer);
  return offer.defaultPrevented;
}"""
ASKED = "localStorage.setItem('install-asked', JSON.stringify(%s.map(days => Date.now() - days * 864e5)))"
PANEL = "[data-module=install]"


def receipt(browser: Browser, site: Site) -> Page:
    page, _answer = stand_on(browser, site, BY_NAME["receipt"])
    return page


def test_it_is_offered_beside_a_receipt_and_one_press_does_it(browser: Browser, sqlite_site: Site) -> None:
    page = receipt(browser, sqlite_site)
    panel = page.locator(PANEL)
    expect(panel).to_be_hidden()
    assert page.evaluate(OFFER), "the browser's own bar stays away"
    expect(panel).to_be_visible()
    panel.get_by_role("button").click()
    assert page.evaluate("window.prompted") == 1
    expect(panel).to_be_hidden()
    page.context.close()


@pytest.mark.parametrize(("days_ago", "offered"), [([], True), ([3], False), ([31], True), ([31, 70], False)])
def test_it_is_offered_twice_and_a_month_apart(
    browser: Browser, sqlite_site: Site, days_ago: list[int], offered: bool
) -> None:
    page = receipt(browser, sqlite_site)
    page.evaluate(ASKED % days_ago)
    page.evaluate(OFFER)
    expect(page.locator(PANEL)).to_be_visible(visible=offered)
    page.context.close()


def test_it_is_offered_on_no_other_page(browser: Browser, sqlite_site: Site) -> None:
    page = receipt(browser, sqlite_site)
    page.goto("/dossiers")
    page.evaluate(OFFER)
    assert page.locator(PANEL).count() == 0 and page.evaluate("localStorage.getItem('install-asked')") is None
    page.context.close()
