"""What can go wrong with a photo on a phone: each has its own words and its own way on, and nothing is lost."""

import io
import re

import pytest
from flask import Flask
from flask.testing import FlaskClient
from PIL import Image
from playwright.sync_api import BrowserContext, Page, Route, expect

from tests import people
from tests.filling import begin
from webapp.core.errors import Unavailable
from webapp.core.storage import Storage
from webapp.core.text import Text
from webapp.shell.services import Services

pytestmark = [pytest.mark.browser, pytest.mark.long]

STORED = "[data-part=list] > li[data-state=stored]"
ROW = "[data-part=list] > li"


def picture(name: str, *, shade: int | None = None) -> dict[str, object]:
    """A sharp photo; with a shade, one evenly coloured surface."""
    if shade is None:
        image = Image.effect_noise((120, 90), 120).resize((1200, 900), Image.Resampling.NEAREST)
    else:
        image = Image.new("L", (1200, 900), shade)
    out = io.BytesIO()
    image.convert("RGB").save(out, "JPEG", quality=85)
    return {"name": name, "mimeType": "image/jpeg", "buffer": out.getvalue()}


@pytest.fixture
def paper(phone: BrowserContext, address: str, app: Flask, client: FlaskClient, services: Services) -> Page:
    """Đào's phone on the page of one paper."""
    people.log_in_citizen(client, services)
    dossier = begin(client)
    cookie = client.get_cookie("motcua")
    assert cookie is not None
    phone.add_cookies([{"name": "motcua", "value": cookie.value, "url": address}])
    page = phone.new_page()
    page.goto(f"{dossier}/documents/birth_proof")
    return page


def send(page: Page, *photos: dict[str, object]) -> None:
    page.set_input_files("#f-birth_proof-files", list(photos))  # type: ignore[arg-type]


def test_a_photo_can_be_paused_and_goes_on_when_the_person_says_so(paper: Page) -> None:
    held: list[Route] = []

    def hold(route: Route) -> None:
        if route.request.method == "POST" and not held:
            held.append(route)  # the network is so slow that nothing comes back
        else:
            route.continue_()

    paper.route("**/documents/**", hold)
    send(paper, picture("one.jpg"))
    paper.locator(ROW).get_by_role("button", name="Tạm dừng").click()
    expect(paper.locator(ROW)).to_contain_text("Đã tạm dừng")
    expect(paper.locator(STORED)).to_have_count(0)
    paper.locator(ROW).get_by_role("button", name="Làm tiếp").click()
    expect(paper.locator(STORED)).to_have_count(1)


def test_a_photo_that_is_taken_back_on_its_way_is_not_sent(paper: Page) -> None:
    held: list[Route] = []
    hold = lambda route: held.append(route) if route.request.method == "POST" else route.continue_()  # noqa: E731
    paper.route("**/documents/**", hold)
    send(paper, picture("one.jpg"))
    paper.locator(ROW).get_by_role("button", name="Bỏ").click()
    expect(paper.locator(ROW)).to_have_count(0)
    held[0].abort()  # what the page gave up does not arrive later, as Chromium's shell would have it
    paper.unroute_all()
    send(paper, picture("two.jpg"))
    expect(paper.locator(STORED)).to_have_count(1)
    expect(paper.locator(STORED)).to_contain_text("two.jpg")


@pytest.mark.parametrize("status", [429, 503])
def test_a_busy_office_is_said_and_the_photo_goes_by_itself_a_little_later(paper: Page, status: int) -> None:
    refused: list[str] = []

    def busy(route: Route) -> None:
        if route.request.method == "POST" and not refused:
            refused.append(route.request.url)
            route.fulfill(status=status, headers={"Retry-After": "1"}, body="<p>later</p>", content_type="text/html")
        else:
            route.continue_()

    paper.route("**/documents/**", busy)
    send(paper, picture("one.jpg"))
    expect(paper.locator(STORED)).to_have_count(1)
    assert len(refused) == 1


def test_storage_that_is_away_is_said_in_its_own_words_and_the_photo_waits(
    paper: Page, monkeypatch: pytest.MonkeyPatch
) -> None:
    def away(_self: Storage, _key: str, _data: bytes) -> None:
        raise Unavailable(
            Text(
                "We cannot keep files at this moment. Your answers are saved. "
                "Send the photo again in a few minutes."
            )
        )

    with monkeypatch.context() as broken:
        broken.setattr(Storage, "put", away)
        send(paper, picture("one.jpg"))
        expect(paper.locator(ROW)).to_contain_text("one.jpgLúc này chưa lưu được ảnh. Câu trả lời đã lưu.")
        expect(paper.locator(STORED)).to_have_count(0)
    expect(paper.locator(STORED)).to_have_count(1, timeout=20_000)


def test_somebody_logged_out_keeps_the_photo_logs_in_elsewhere_and_sends_it(
    paper: Page, phone: BrowserContext, address: str, app: Flask, services: Services
) -> None:
    phone.clear_cookies()
    send(paper, picture("one.jpg"))
    expect(paper.locator(ROW)).to_contain_text("đã bị đăng xuất")
    expect(paper.locator(ROW).get_by_role("button", name="Đăng nhập")).to_be_visible()
    again = app.test_client()
    people.log_in_citizen(again, services)
    cookie = again.get_cookie("motcua")
    assert cookie is not None
    phone.add_cookies([{"name": "motcua", "value": cookie.value, "url": address}])
    paper.locator(ROW).get_by_role("button", name="Thử lại").click()
    expect(paper.locator(STORED)).to_have_count(1)


def test_the_same_photo_twice_is_said_and_kept_once(paper: Page) -> None:
    one = picture("one.jpg")
    send(paper, one)
    expect(paper.locator(STORED)).to_have_count(1)
    send(paper, one)
    expect(paper.locator("#main > .panel[role=status]")).to_contain_text("ảnh này đã có rồi")
    expect(paper.locator(STORED)).to_have_count(1)


def test_a_broken_photo_among_good_ones_is_named_and_the_good_ones_arrive(paper: Page) -> None:
    broken = {"name": "hong.jpg", "mimeType": "image/jpeg", "buffer": b"\xff\xd8\xff\xe0 not a photo"}
    send(paper, picture("one.jpg"), broken, picture("two.jpg"))
    expect(paper.locator(STORED)).to_have_count(2)
    expect(paper.locator("[data-part=list] > li[data-state=refused]")).to_contain_text("hong.jpg")


def test_a_very_dark_photo_is_asked_about_before_it_goes(paper: Page) -> None:
    send(paper, picture("toi.jpg", shade=10))
    expect(paper.locator(ROW)).to_contain_text("Ảnh quá tối")
    paper.locator(ROW).get_by_role("button", name=re.compile("Vẫn gửi|Cứ gửi")).click()
    expect(paper.locator(STORED)).to_have_count(1)
