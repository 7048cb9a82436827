"""Photos that the office asked for: sent as they are taken, and what is typed beside them stays."""

import pytest
from flask import Flask
from flask.testing import FlaskClient
from playwright.sync_api import BrowserContext, Locator, Page, Route, expect

from tests import people
from tests.webapp.dossiers.test_after_sending import BLURRED, WRONG_PLACE, asked
from tests.webapp.pwa.test_upload import ROW, STORED, picture
from webapp.shell.services import Services

pytestmark = [pytest.mark.browser, pytest.mark.long]

SECOND = {"kind": "document", "key": "marriage_info", "fault": "missing", "words": "Chưa có"}
TYPED = "Bệnh viện Phụ sản Thanh Hóa"
PLACE = "main [name=child_birthplace]"


@pytest.fixture
def page(phone: BrowserContext, address: str, app: Flask, client: FlaskClient, services: Services) -> Page:
    """Đào's phone, where two papers and an answer are asked for; the answer is typed already."""
    dossier = asked(services, BLURRED, SECOND, WRONG_PLACE)
    people.log_in_citizen(client, services)
    cookie = client.get_cookie("motcua")
    assert cookie is not None
    phone.add_cookies([{"name": "motcua", "value": cookie.value, "url": address}])
    page = phone.new_page()
    page.goto(f"/dossiers/{dossier.public_id}/supplement")
    page.fill(PLACE, TYPED)
    return page


def take(page: Page, key: str, name: str) -> None:
    page.set_input_files(f"#f-{key}-files", [picture(name)])  # type: ignore[list-item]


def of(page: Page, key: str, what: str) -> Locator:
    return page.locator(f"#d-{key} {what}")


def press(page: Page) -> None:
    page.locator("main .bottom button").click()


def test_photos_of_two_papers_arrive_as_they_are_taken_and_what_is_typed_stays(page: Page) -> None:
    take(page, "birth_proof", "chung-sinh.jpg")
    expect(of(page, "birth_proof", STORED)).to_have_count(1)
    expect(page.locator(PLACE)).to_have_value(TYPED)
    take(page, "marriage_info", "ket-hon.jpg")
    expect(of(page, "marriage_info", STORED)).to_have_count(1)
    expect(of(page, "birth_proof", STORED)).to_have_count(1)
    expect(page.locator(PLACE)).to_have_value(TYPED)
    press(page)
    expect(page.locator("#main > .panel[role=status]")).to_contain_text("đủ 2 trên 2 giấy tờ")


def test_one_photo_less_leaves_what_is_typed(page: Page) -> None:
    take(page, "birth_proof", "chung-sinh.jpg")
    page.locator(STORED).get_by_role("button", name="Bỏ").click()
    expect(page.locator(STORED)).to_have_count(0)
    expect(page.locator(PLACE)).to_have_value(TYPED)


def test_whoever_presses_before_a_photo_has_arrived_is_told_to_wait_for_it(page: Page) -> None:
    held: list[Route] = []
    page.route("**/supplement/**", lambda route: route.continue_() if held else held.append(route))
    take(page, "birth_proof", "chung-sinh.jpg")
    expect(page.locator(ROW)).to_contain_text("Đang gửi")
    press(page)
    expect(page.locator("main [role=alert]")).to_contain_text("Còn ảnh đang gửi")
    held[0].continue_()
    expect(page.locator(STORED)).to_have_count(1)
    expect(page.locator(PLACE)).to_have_value(TYPED)


def test_without_a_signal_the_answer_stays_on_the_page_and_the_photo_goes_by_itself_later(page: Page) -> None:
    page.context.set_offline(True)
    take(page, "birth_proof", "chung-sinh.jpg")
    expect(page.locator(ROW)).to_contain_text("Mất mạng")
    expect(page.locator(PLACE)).to_have_value(TYPED)
    page.context.set_offline(False)
    expect(page.locator(STORED)).to_have_count(1)
    page.context.set_offline(True)
    press(page)
    expect(page.locator("main [role=alert]")).to_be_visible()
    expect(page.locator(PLACE)).to_have_value(TYPED)
