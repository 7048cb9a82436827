"""A screen that everybody uses: it asks whether anybody is there, clears itself, and Back leads to nobody's dossier."""

from collections.abc import Callable, Iterator

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.browser.conftest import Site
from tests.browser.people import press, put
from tests.browser.tour import HALL, LAN_ID
from tests.browser.visits import AXE, RULES, RUN_AXE, tour_of

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("sqlite-site")]
SECOND = 1000
ASKED = "Ông/bà còn ở đó không?"
START = "Ông/bà muốn biết gì?"


def become_a_screen(page: Page, site: Site) -> None:
    tour_of(site).forget_tries()
    page.context.add_cookies([tour_of(site).cookie(HALL)])  # type: ignore[list-item]


def stand_before_a_dossier(page: Page, site: Site) -> str:
    """From the first page as a person would; the dossier's code."""
    facts = tour_of(site).facts
    page.goto("/kiosk")
    page.get_by_role("link", name="Hồ sơ của tôi đến đâu rồi?").click()
    put(page.locator("main [name=code]"), facts["lookup"])
    put(page.locator("main [name=proof]"), LAN_ID[-4:])
    press(page)
    page.wait_for_url("**/kiosk/dossier")
    expect(page.locator("main")).to_contain_text(facts["code"])
    return facts["code"]


@pytest.fixture
def screen(browser: Browser, sqlite_site: Site) -> Iterator[Page]:
    """A screen whose clock the test turns."""
    context = browser.new_context(base_url=sqlite_site.url, locale="vi-VN", viewport={"width": 1280, "height": 800})
    page = context.new_page()
    become_a_screen(page, sqlite_site)
    page.clock.install()
    yield page
    context.close()


def test_after_a_minute_it_asks_and_one_press_lets_the_person_go_on(screen: Page, sqlite_site: Site) -> None:
    code = stand_before_a_dossier(screen, sqlite_site)
    dialog = screen.get_by_role("alertdialog", name=ASKED)
    screen.clock.fast_forward(59 * SECOND)
    expect(dialog).to_have_count(0)
    screen.clock.fast_forward(2 * SECOND)
    expect(dialog).to_be_visible()
    expect(dialog).to_contain_text("giây")
    expect(dialog.get_by_role("button")).to_be_focused()
    screen.evaluate(AXE.read_text(encoding="utf-8"))
    assert screen.evaluate(RUN_AXE, RULES) == []
    with screen.expect_response("**/kiosk/stay") as told:
        screen.keyboard.press("Enter")
    assert told.value.status == 204
    expect(dialog).to_have_count(0)
    screen.clock.fast_forward(30 * SECOND)
    expect(screen.locator("main")).to_contain_text(code)


def test_whoever_touches_something_is_not_asked(screen: Page, sqlite_site: Site) -> None:
    stand_before_a_dossier(screen, sqlite_site)
    for _ in range(3):
        screen.clock.fast_forward(50 * SECOND)
        screen.mouse.click(5, 300)
    expect(screen.get_by_role("alertdialog", name=ASKED)).to_have_count(0)


def test_whoever_does_not_answer_has_left_and_the_next_person_begins_anew(screen: Page, sqlite_site: Site) -> None:
    code = stand_before_a_dossier(screen, sqlite_site)
    screen.clock.fast_forward(60 * SECOND)
    expect(screen.get_by_role("alertdialog", name=ASKED)).to_be_visible()
    for _ in range(16):
        screen.clock.fast_forward(SECOND)
    screen.wait_for_url("**/kiosk")
    expect(screen.locator("h1")).to_have_text(START)
    for _ in range(3):
        screen.go_back()
        assert code not in screen.content()


def test_without_a_connection_nothing_stays_and_it_goes_on_when_there_is_one(screen: Page, sqlite_site: Site) -> None:
    code = stand_before_a_dossier(screen, sqlite_site)
    screen.context.set_offline(True)
    screen.clock.fast_forward(60 * SECOND)
    for _ in range(16):
        screen.clock.fast_forward(SECOND)
    expect(screen.locator("main")).to_contain_text("Xin chờ một chút")
    assert code not in screen.content() and tour_of(sqlite_site).facts["lookup"] not in screen.content()
    screen.context.set_offline(False)
    screen.clock.fast_forward(6 * SECOND)
    screen.wait_for_url("**/kiosk")
    expect(screen.locator("h1")).to_have_text(START)


def test_the_first_page_asks_nothing_but_forgets_the_language_of_whoever_left(screen: Page, sqlite_site: Site) -> None:
    screen.goto("/kiosk")
    screen.get_by_role("button", name="English").first.click()
    expect(screen.locator("h1")).to_have_text("What would you like to know?")
    screen.clock.fast_forward(61 * SECOND)
    expect(screen.locator("h1")).to_have_text(START)


def test_back_leads_nobody_to_what_somebody_before_has_read(
    open_page_that_goes_back: Callable[..., Page], sqlite_site: Site
) -> None:
    """In a Chromium that keeps whole pages for Back: after "I am done" neither dossier, nor typed text, nor search."""
    page = open_page_that_goes_back(sqlite_site)
    become_a_screen(page, sqlite_site)
    page.goto("/procedures?q=ho+ngheo")
    expect(page.locator("[name=q]").first).to_have_value("ho ngheo")
    code, lookup = stand_before_a_dossier(page, sqlite_site), tour_of(sqlite_site).facts["lookup"]
    page.get_by_role("link", name="Tôi xong rồi").first.click()
    expect(page.locator("h1")).to_have_text(START)
    for _ in range(5):
        page.go_back()
        page.wait_for_load_state("load")
        page.wait_for_timeout(300)
        typed = page.locator("input:not([type=hidden])").evaluate_all("boxes => boxes.map(box => box.value).join()")
        assert code not in page.content() and lookup not in page.content() + typed and "ngheo" not in typed, page.url


def test_a_form_of_somebody_before_that_is_loaded_again_leads_to_the_first_page(
    open_page: Callable[..., Page], sqlite_site: Site
) -> None:
    page = open_page(sqlite_site)
    become_a_screen(page, sqlite_site)
    page.goto("/kiosk/lookup")
    put(page.locator("main [name=code]"), "7K4-92M")
    put(page.locator("main [name=proof]"), "0000")
    press(page)  # the answer stands at the address of a form: loaded again, a browser would send it once more
    other = page.context.new_page()
    other.goto("/kiosk/end")
    page.reload()
    expect(page.locator("h1")).to_have_text(START)
    assert "7K4-92M" not in page.content()


def test_the_scanner_may_be_used_on_the_first_page(screen: Page, sqlite_site: Site) -> None:
    screen.goto("/kiosk")
    screen.keyboard.type(f"HTTP://LOCALHOST/Q/{tour_of(sqlite_site).facts['token']}")
    screen.keyboard.press("Enter")
    screen.wait_for_url("**/kiosk/dossier")
    expect(screen.locator("h1")).to_have_text("Cơ quan đã nhận")
    screen.go_back()
    screen.get_by_role("link", name="Hồ sơ của tôi đến đâu rồi?").click()
    screen.keyboard.type(f"HTTP://LOCALHOST/Q/{tour_of(sqlite_site).facts['token']}")
    screen.keyboard.press("Enter")
    screen.wait_for_url("**/kiosk/dossier")


def test_a_screen_keeps_nothing_in_its_browser_not_even_without_a_signal(
    open_page: Callable[..., Page], sqlite_site: Site
) -> None:
    """This browser was somebody's own before: its worker goes, and what waits for a signal is not taken."""
    page = open_page(sqlite_site)
    page.goto("/")
    page.wait_for_function("navigator.serviceWorker.ready.then(() => true)")
    become_a_screen(page, sqlite_site)
    stand_before_a_dossier(page, sqlite_site)
    page.goto("/kiosk/rate")
    page.context.set_offline(True)
    page.evaluate("window.dispatchEvent(new Event('offline'))")
    page.wait_for_timeout(300)
    page.context.set_offline(False)
    page.goto("/kiosk")
    kept = """async () => [(await navigator.serviceWorker.getRegistrations()).length,
      (await indexedDB.databases()).length, localStorage.length]"""
    page.wait_for_function(f"({kept})().then(found => found.join() === '0,0,0')")


def test_no_link_leads_out_of_the_screen(screen: Page) -> None:
    screen.goto("/accessibility")
    screen.locator("main a[href^='tel:']").first.click()
    expect(screen).to_have_url(screen.url)
    assert screen.evaluate(
        """() => { const link = document.querySelector('main a[href^="tel:"]'); const press = new MouseEvent('click',
          {bubbles: true, cancelable: true}); link.dispatchEvent(press); return press.defaultPrevented; }"""
    )
