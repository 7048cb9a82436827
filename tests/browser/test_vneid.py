"""In with VNeID on a phone, and an ID card photographed instead of typed; with script, as most people have it."""

import re
from collections.abc import Callable

from playwright.sync_api import Page, expect

from tests.browser import people
from tests.browser.conftest import Site
from tests.webapp.identity import cards

Opener = Callable[..., Page]


def test_a_man_with_vneid_types_nothing_to_come_in(site: Site, open_page: Opener) -> None:
    page = open_page(site)
    page.goto("/login?next=/me")
    people.press(page, "Đăng nhập bằng VNeID")
    expect(page.get_by_role("heading", level=1)).to_contain_text("VNeID GIẢ")
    page.get_by_role("button", name="HOÀNG VĂN TÚ").click()
    expect(page).to_have_url(re.compile("/me$"))  # the page on the way back has pressed its own button
    expect(page.get_by_role("heading", level=1)).to_have_text("Hoàng Văn Tú")
    expect(page.get_by_text("Từ VNeID")).to_have_count(3)


def test_without_script_the_way_back_has_a_button(site: Site, open_page: Opener) -> None:
    page = open_page(site, java_script_enabled=False)
    page.goto("/login/vneid")
    people.press(page)
    people.press(page, "BÙI THỊ SEN · VNeID, mức 1")
    expect(page.get_by_role("heading", level=1)).to_have_text("Từ VNeID trở lại")
    people.press(page)
    expect(page).to_have_url(re.compile("/me$"))


def test_one_photo_of_the_id_card_fills_the_registration_in(site: Site, open_page: Opener) -> None:
    page = open_page(site)
    number = "0987333" + ("111" if "sqlite" in site.kind else "222")
    page.goto("/register")
    people.put(page.locator("[name=phone]"), number)
    people.put(page.locator("[name=owner]"), "mine")
    people.press(page)
    page.fill("[name=code]", people.wait_for_code(page, number, []))
    people.press(page)
    page.fill("[name=ethnicity]", "Mường")
    card = {"name": "the.jpg", "mimeType": "image/jpeg", "buffer": cards.photo(cards.TU).getvalue()}
    page.set_input_files("#f-card_photo", card)
    expect(page.locator("[name=full_name]")).to_have_value("Hoàng Văn Tú")
    expect(page.locator("[name=citizen_id]")).to_have_value("038090007788")
    expect(page.locator("[name=ethnicity]")).to_have_value("Mường")
    expect(page.locator("[name=full_name]")).to_be_visible()
