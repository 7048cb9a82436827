"""A browser becomes a screen in the hall and is one like any other again; in between somebody says how it went."""

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from tests import people as who
from tests.browser.conftest import Site
from tests.browser.database import session_of
from tests.browser.people import press, put, staff_log_in
from tests.factories.states import bring

pytestmark = pytest.mark.browser


def test_from_the_desk_to_what_a_person_says_and_back(open_page: Callable[..., Page], site: Site) -> None:
    """On both databases. Reception makes the browser a screen, somebody says how it went, the manager ends it."""
    with session_of(site) as (session, storage):
        lookup = bring(session, storage, "handed over", who.person(session)).lookup_code or ""
    page, manager = open_page(site), open_page(site)
    staff_log_in(page, "officer")
    page.goto("/counter/kiosks")
    put(page.locator("main [name=name]"), "Sảnh tầng hai")
    press(page, "Đặt làm màn hình tự tra cứu")
    expect(page.locator("h1")).to_have_text("Ông/bà muốn biết gì?")
    page.goto("/staff/login")
    expect(page.locator("h1")).to_have_text("Màn hình này không làm việc đó")
    page.goto("/kiosk")
    page.get_by_role("link", name="Cho ý kiến đánh giá").click()
    put(page.locator("main [name=code]"), lookup)
    put(page.locator("main [name=proof]"), who.DAO_ID[-4:])
    press(page)
    page.wait_for_url("**/kiosk/rate")
    put(page.locator("main [name=choice]"), "satisfied")
    press(page)
    expect(page.locator("main [role=status]")).to_contain_text("Cảm ơn")
    staff_log_in(manager, "manager")
    manager.goto("/counter/kiosks")
    manager.get_by_role("button", name=re.compile("Cho thôi.*Sảnh tầng hai")).click()
    expect(manager.locator("main")).not_to_contain_text("Sảnh tầng hai")
    page.goto("/kiosk")
    expect(page.locator("h1")).to_have_text("Đây không phải màn hình tự tra cứu")
