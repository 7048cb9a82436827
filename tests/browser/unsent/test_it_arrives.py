"""What could not be sent for want of a signal waits on one's own phone, locked, and arrives once there is one."""

import hashlib
from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.sync_api import Page, Route, expect

from tests.browser.conftest import Site
from tests.browser.unsent.phone import (
    BOX,
    HELD,
    NAME,
    PAPER,
    QUESTION,
    SECTION,
    answer_offline,
    be,
    is_onward,
    on_server,
    own_phone,
    press,
    says,
    stand,
    stand_without_worker,
    stored,
    take_photo,
)
from tests.browser.visits import tour_of

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("unsent-site")]


def test_an_answer_given_without_a_signal_waits_unreadable_and_arrives_when_there_is_one(
    visit: Callable[..., Page], own_site: Site
) -> None:
    page = visit()
    own_phone(page, own_site)
    answer_offline(page, own_site)
    says(page, "Đang giữ trên điện thoại này: 1 câu trả lời")
    (row,) = page.evaluate(HELD)
    assert row["locked"] is True
    for words in (NAME, "Ngọc", "Trần Thị Lan", "sections", tour_of(own_site).ids["draft_new"]):
        assert words not in row["whole"] and words.encode().decode("latin1") not in row["whole"]
    kept = page.evaluate("JSON.stringify([{...localStorage}, {...sessionStorage}])")
    assert kept == "[{},{}]"
    page.reload()
    says(page, "Đang giữ trên điện thoại này: 1 câu trả lời")
    expect(page.get_by_role("heading", level=1)).to_have_text("Lúc này không có mạng")
    page.context.set_offline(False)
    stand(page, own_site)
    expect(page.locator(BOX)).to_have_value(NAME)
    says(page, "Đã lưu trên máy chủ")
    assert on_server(visit, own_site) == NAME
    assert page.evaluate(HELD) == []


def test_the_page_goes_on_by_itself_when_the_network_comes_back(visit: Callable[..., Page], own_site: Site) -> None:
    page = visit()
    own_phone(page, own_site)
    answer_offline(page, own_site, "Trần Gia Hân")
    says(page, "1 câu trả lời")
    page.context.set_offline(False)
    page.wait_for_url(is_onward)
    assert on_server(visit, own_site) == "Trần Gia Hân" and page.evaluate(HELD) == []
    # The next page lives as if it had been opened: what is typed is saved by itself.
    with page.expect_response(lambda r: r.request.method == "POST") as saved:
        page.fill("main [name=child_dob]", "01/02/2026")
    assert saved.value.status == 204


def test_a_photo_waits_and_is_the_same_one_on_the_server(
    visit: Callable[..., Page], own_site: Site, tmp_path: Path
) -> None:
    page = visit()
    own_phone(page, own_site)
    stand(page, own_site, PAPER)
    page.context.set_offline(True)
    take_photo(page, 1)
    says(page, "1 ảnh")
    assert b"\xff\xd8\xff\xe0".decode("latin1") not in page.evaluate(HELD)[0]["whole"]  # two bytes occur by chance
    press(page, "Xem")
    with page.expect_download() as saved:
        press(page, "Lưu ảnh ra máy")
    saved.value.save_as(tmp_path / "photo.jpg")
    digest = hashlib.sha256((tmp_path / "photo.jpg").read_bytes()).hexdigest()
    page.context.set_offline(False)
    expect(page.locator("main .photos li[data-state=stored], main .photos li[data-state=checking]")).to_have_count(1)
    says(page, "Đã lưu trên máy chủ")
    assert stored(own_site) == [digest] and page.evaluate(HELD) == []


def test_a_photo_that_the_office_asked_for_waits_too_and_is_there_when_there_is_a_signal(
    visit: Callable[..., Page], own_site: Site
) -> None:
    page = visit()
    own_phone(page, own_site)
    stand(page, own_site, "/dossiers/{asked}/supplement")
    page.context.set_offline(True)
    page.fill("main [name=child_birthplace]", "Nhà bà ngoại")
    take_photo(page, 7)
    says(page, "1 ảnh")
    page.context.set_offline(False)
    expect(page.locator("main .photos li[data-state=stored], main .photos li[data-state=checking]")).to_have_count(1)
    says(page, "Đã lưu trên máy chủ")
    expect(page.locator("main [name=child_birthplace]")).to_have_value("Nhà bà ngoại")
    assert page.evaluate(HELD) == []


def test_a_lost_answer_doubles_nothing(visit: Callable[..., Page], own_site: Site) -> None:
    page = visit(service_workers="block")
    stand_without_worker(page, own_site, "/me/settings")
    page.get_by_role("button", name="Đây là máy của riêng tôi").click()
    posts = lose_first_answers(page)
    stand_without_worker(page, own_site, QUESTION)
    page.fill(BOX, "Trần Văn Lâm")
    page.locator("main .bottom button").click()
    page.wait_for_url(is_onward)
    assert [url for url in posts if "/sections/" in url] == [f"{own_site.url}{tour_of(own_site).path(QUESTION)}"] * 2
    assert on_server(visit, own_site) == "Trần Văn Lâm"

    before = len(stored(own_site))
    stand_without_worker(page, own_site, PAPER)
    take_photo(page, 2)
    says(page, "Đã lưu trên máy chủ")
    assert len([url for url in posts if "/documents/" in url]) == 2
    assert len(stored(own_site)) == before + 1 and page.evaluate(HELD) == []


def test_another_account_on_this_phone_neither_sees_nor_sends_it(visit: Callable[..., Page], own_site: Site) -> None:
    page = visit()
    own_phone(page, own_site)
    answer_offline(page, own_site, "Trần Bình Minh")
    says(page, "1 câu trả lời")
    posts: list[str] = []
    page.on("request", lambda request: posts.append(request.url) if request.method == "POST" else None)
    page.goto("about:blank")
    be(page.context, own_site, "empty")
    page.context.set_offline(False)
    stand(page, own_site, "/dossiers")
    page.evaluate("dispatchEvent(new Event('online'))")
    page.wait_for_timeout(800)
    expect(page.locator(SECTION)).to_be_hidden()
    assert posts == [] and len(page.evaluate(HELD)) == 1
    be(page.context, own_site, "lan")
    stand(page, own_site, "/dossiers")
    says(page, "Đã lưu trên máy chủ")
    assert on_server(visit, own_site) == "Trần Bình Minh"


def test_a_shared_phone_keeps_nothing_and_the_text_stays_on_the_page(
    visit: Callable[..., Page], own_site: Site
) -> None:
    page = visit()
    answer_offline(page, own_site, "Không Giữ")
    expect(page.locator(SECTION)).to_contain_text("Giữ lại trên điện thoại cho tới khi có mạng không?")
    press(page, "Máy dùng chung: không giữ")
    says(page, "Máy dùng chung thì không giữ gì")
    assert page.evaluate(HELD) == []
    page.locator("main .bottom button").click()
    says(page, "Máy dùng chung thì không giữ gì")
    expect(page.locator(BOX)).to_have_value("Không Giữ")
    assert page.evaluate(HELD) == []


def test_the_question_whose_phone_it_is_comes_in_place_and_once(visit: Callable[..., Page], own_site: Site) -> None:
    page = visit()
    answer_offline(page, own_site, "Trần Hỏi Một")
    press(page, "Máy của tôi: giữ lại")
    says(page, "1 câu trả lời")
    page.fill(BOX, "Trần Hỏi Hai")
    page.locator("main .bottom button").click()
    says(page, "Đang giữ trên điện thoại này: 1 câu trả lời")
    page.context.set_offline(False)
    page.wait_for_url(is_onward)
    assert on_server(visit, own_site) == "Trần Hỏi Hai"


def lose_first_answers(page: Page) -> list[str]:
    """The server does what the first post to each address asks, and its answer is lost."""
    posts: list[str] = []

    def lose(route: Route) -> None:
        if route.request.method != "POST" or "hx-request" in route.request.headers:
            return route.continue_()
        posts.append(route.request.url)
        if posts.count(route.request.url) > 1:
            return route.continue_()
        route.fetch(max_redirects=0)
        return route.abort("connectionreset")

    page.route("**/dossiers/**", lose)
    return posts


def test_a_server_that_is_busy_is_asked_again_by_itself(visit: Callable[..., Page], own_site: Site) -> None:
    page = visit(service_workers="block")
    stand_without_worker(page, own_site, "/me/settings")
    page.get_by_role("button", name="Đây là máy của riêng tôi").click()
    busy: list[str] = []

    def answer(route: Route) -> None:
        if route.request.method != "POST" or "hx-request" in route.request.headers or len(busy) == 3:
            return route.continue_()
        busy.append(route.request.url)
        return route.fulfill(status=503, body="<p>busy</p>", content_type="text/html")

    page.route("**/dossiers/**", answer)
    stand_without_worker(page, own_site, QUESTION)
    page.fill(BOX, "Trần Kiên Nhẫn")
    page.locator("main .bottom button").click()
    says(page, "Đang giữ trên điện thoại này: 1 câu trả lời")
    page.wait_for_url(is_onward)
    assert len(busy) == 3 and on_server(visit, own_site) == "Trần Kiên Nhẫn"


def test_what_was_typed_but_not_pressed_waits_too_where_the_autosave_failed(
    visit: Callable[..., Page], own_site: Site
) -> None:
    page = visit()
    own_phone(page, own_site)
    stand(page, own_site)
    page.fill(BOX, "Trần Gõ Trước")  # the first autosave shows that htmx is there
    expect(page.locator("[data-part=saved]")).to_have_attribute("data-state", "saved")
    page.context.set_offline(True)
    page.fill(BOX, "Trần Gõ Sau")
    says(page, "1 câu trả lời")
    page.goto("about:blank")  # the phone has ended the tab
    page.context.set_offline(False)
    stand(page, own_site, "/dossiers")
    says(page, "Đã lưu trên máy chủ")
    assert on_server(visit, own_site) == "Trần Gõ Sau"
