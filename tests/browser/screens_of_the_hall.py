"""The screen in the hall, and the page at the desk that makes a browser one."""

from playwright.sync_api import Page

from tests.browser.screen_acts import Screen, press, typed
from tests.browser.tour import HALL, LAN_ID

PROOF = typed({"proof": LAN_ID[-4:]})


def say_nothing(page: Page) -> None:
    PROOF(page)
    press(page)


def be_asked(page: Page) -> None:
    """As after a minute without a touch; the number stands still."""
    page.evaluate("document.getElementById('still').showModal()")


def name_nothing(page: Page) -> None:
    with page.expect_navigation():
        page.locator("main form:has([name=name]) button").click()


IN_THE_HALL = [
    Screen("hall", "/kiosk", HALL),
    Screen("hall-lookup", "/kiosk/lookup", HALL),
    Screen("hall-lookup-wrong", "/kiosk/lookup", HALL, typed({"code": "7K4-92M", "proof": "0000"}), 422),
    Screen("hall-still-there", "/kiosk/lookup", HALL, be_asked),
    Screen("hall-dossier", "/kiosk/lookup?for={lookup}", HALL, PROOF),
    Screen("hall-dossier-over", "/kiosk/lookup?for={lookup_over}", HALL, PROOF),
    Screen("hall-qr", "/kiosk/lookup?for=HTTP://LOCALHOST/Q/{token}", HALL, press),
    Screen("hall-rate-who", "/kiosk/rate", HALL),
    Screen("hall-rate", "/kiosk/rate?for={lookup_over}", HALL, PROOF),
    Screen("hall-rate-wrong", "/kiosk/rate?for={lookup_over}", HALL, say_nothing, 422),
    Screen("hall-rate-early", "/kiosk/rate?for={lookup}", HALL, PROOF),
    Screen("hall-procedures", "/procedures", HALL),
    Screen("hall-procedures-found", "/procedures?q=khai+sinh", HALL),
    Screen("hall-procedure", "/procedures/1.001193", HALL),
    Screen("hall-refused", "/login", HALL, status=403),
    Screen("hall-none", "/kiosk"),
    Screen("kiosks", "/counter/kiosks", "tour-manager"),
    Screen("kiosks-wrong", "/counter/kiosks", "tour-officer", name_nothing, 422),
]
