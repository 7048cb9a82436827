"""Screens of the calendar, the worklist, people who come with papers, and units."""

from playwright.sync_api import Page

from tests.browser import people
from tests.browser.screen_acts import Screen, press
from tests.browser.tour import SON_ID


def look_up(page: Page) -> None:
    """The officer scans the ID card."""
    form = page.locator("main form#look-up")
    form.locator("[name=who]").fill(SON_ID)
    with page.expect_navigation():
        form.locator("button[type=submit], button:not([type])").first.click()


def begin_nothing(page: Page) -> None:
    look_up(page)
    with page.expect_navigation():
        page.locator("main form#begin button").first.click()


def stand_beside(page: Page) -> None:
    """A visit, begun or still open; then the person's own page under the officer's bar."""
    if page.locator(".assisted").count() == 0:
        look_up(page)
        people.put(page.locator("main form#begin [name=procedure]"), "1.001193")
        page.locator("main form#begin [name=seen]").check()
        with page.expect_navigation():
            page.locator("main form#begin button").first.click()
        return
    with page.expect_navigation():
        page.locator(".assisted a").click()


def change_wrongly(page: Page) -> None:
    """There is no 31st of February."""
    form = page.locator("main form[action='/manage/calendar']")
    form.locator("[name=day]").fill("31/02/2027")
    with page.expect_navigation():
        form.locator("button").first.click()


def ask_for_help(page: Page) -> None:
    page.locator("#keys").wait_for(state="attached")
    page.keyboard.press("?")
    page.locator("#keys-help").wait_for()


TIME = [
    Screen("worklist-narrow", "/counter/worklist?due=week&channel=self", "tour-officer"),
    Screen("worklist-nothing", "/counter/worklist?state=settled&channel=post", "tour-officer"),
    Screen("worklist-keys", "/counter/worklist", "tour-officer", ask_for_help),
    Screen("out-of-queue", "/counter/dossiers/{old}/reason", "tour-officer"),
    Screen("out-of-queue-wrong", "/counter/dossiers/{old}/reason", "tour-officer", press, 422),
    Screen("track-opened", "/dossiers/{old}", "lan"),
    Screen("walk-in", "/counter/walk-in", "tour-officer"),
    Screen("walk-in-wrong", "/counter/walk-in", "tour-officer", press, 422),
    Screen("walk-in-found", "/counter/walk-in", "tour-officer", look_up),
    Screen("walk-in-unsure", "/counter/walk-in", "tour-officer", begin_nothing, 422),
    Screen("walk-in-person", "/counter/walk-in/people/new", "tour-officer"),
    Screen("walk-in-person-wrong", "/counter/walk-in/people/new", "tour-officer", press, 422),
    Screen("visit", "/counter/walk-in", "tour-desk", stand_beside),
    Screen("calendar", "/manage/calendar", "tour-admin"),
    Screen("calendar-empty", "/manage/calendar?year=2028", "tour-admin"),
    Screen("calendar-wrong", "/manage/calendar", "tour-admin", change_wrongly, 422),
    Screen("calendar-preview", "/manage/calendar/preview?day={holiday}&works=off&scope=*&name=Ngh%E1%BB%89+b%C3%A3o",
           "tour-admin"),
    Screen("calendar-preview-nothing", "/manage/calendar/preview?day=2029-01-02&works=off&scope=*&name=", "tour-admin"),
    Screen("figures", "/manage/figures", "tour-manager"),
    Screen("figures-late-none", "/manage/figures/late", "tour-manager"),
    Screen("figures-offices", "/manage/figures", "tour-admin"),
    Screen("figures-office", "/manage/figures?office=H56.38.12", "tour-admin"),
    Screen("units", "/manage/units", "tour-admin"),
    Screen("units-wrong", "/manage/units", "tour-admin", press, 422),
    Screen("unit", "/manage/units/{unit}", "tour-admin"),
    Screen("hours", "/manage/calendar/hours/{unit}", "tour-admin"),
    Screen("hours-preview", "/manage/calendar/hours/{unit}/preview?hours=07:30-11:30", "tour-admin"),
    Screen("hours-preview-nothing", "/manage/calendar/hours/{unit}/preview?hours=", "tour-admin"),
]  # fmt: skip
