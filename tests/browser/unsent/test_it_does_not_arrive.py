"""What is refused, changed elsewhere, too old or too much: nothing is lost silently, and nothing is kept in secret."""

import re
from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pytest
from playwright.sync_api import Page, Route, expect

from tests.browser.conftest import Site
from tests.browser.unsent.phone import (
    BOX,
    HELD,
    PAPER,
    QUESTION,
    SECTION,
    a_photo,
    answer_offline,
    be,
    is_onward,
    on_server,
    own_phone,
    press,
    says,
    stand,
    take_photo,
)
from tests.browser.visits import tour_of
from webapp.shell.assets import Assets
from webapp.shell.i18n import LANGUAGES

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("unsent-site")]


FILL_UP = """async ([many, size]) => {
  const open = indexedDB.open('unsent');
  const db = await new Promise(done => { open.onsuccess = () => done(open.result); });
  const turn = db.transaction('things', 'readwrite');
  for (let n = 0; n < many; n += 1)
    turn.objectStore('things').put({id: `x${n}`, who: 'other', at: Date.now(), kind: 'answer', size, key: 'k'});
  await new Promise(done => { turn.oncomplete = done; });
  db.close();
}"""
NEXT, DATE = "/dossiers/{draft_new}/sections/child?q=2", "main [name=child_dob]"


def test_an_answer_that_the_office_refuses_waits_with_its_reason_until_it_is_mended(
    visit: Callable[..., Page], own_site: Site
) -> None:
    page = visit()
    own_phone(page, own_site)
    answer_offline(page, own_site, "01/02/2062", NEXT, DATE)
    says(page, "1 câu trả lời")
    page.context.set_offline(False)
    stand(page, own_site, "/dossiers")
    says(page, "Chưa gửi được: bấm xem")
    press(page, "Xem")
    expect(page.locator(f"{SECTION} li")).to_contain_text("01/02/2062")
    press(page, "Mở trang đó")
    expect(page.locator(DATE)).to_have_value("01/02/2062")
    page.fill(DATE, "01/02/2026")
    page.locator("main [name=child_sex]").first.check()
    page.locator("main .bottom button").click()
    page.wait_for_url(lambda url: "q=2" not in url)
    expect(page.locator(SECTION)).to_be_hidden()
    assert page.evaluate(HELD) == []
    assert on_server(visit, own_site, NEXT, DATE) == "01/02/2026"


def test_what_was_changed_elsewhere_meanwhile_is_not_written_over(visit: Callable[..., Page], own_site: Site) -> None:
    page = visit()
    own_phone(page, own_site)
    answer_offline(page, own_site, "Trần Ở Ruộng")
    says(page, "1 câu trả lời")
    other = visit(service_workers="block")
    other.goto(tour_of(own_site).path(QUESTION))
    other.fill(BOX, "Trần Ở Nhà")
    with other.expect_navigation():
        other.locator("main .bottom button").click()
    page.context.set_offline(False)
    says(page, "Chưa gửi được: bấm xem")
    press(page, "Xem")
    expect(page.locator(f"{SECTION} li")).to_contain_text("đã được sửa ở máy khác")
    assert on_server(visit, own_site) == "Trần Ở Nhà"
    page.reload()
    expect(page.locator(BOX)).to_have_value("Trần Ở Ruộng")
    says(page, "Chưa gửi được: bấm xem")
    page.locator("main .bottom button").click()
    page.wait_for_url(is_onward)
    assert on_server(visit, own_site) == "Trần Ở Ruộng" and page.evaluate(HELD) == []


def test_what_has_no_page_any_more_can_still_be_read_and_is_deleted_after_a_question(
    visit: Callable[..., Page], own_site: Site
) -> None:
    page = visit()
    own_phone(page, own_site)
    answer_offline(page, own_site, "Trần Bỏ Đi")
    says(page, "1 câu trả lời")
    path = tour_of(own_site).path(QUESTION)
    page.context.route(f"**{path}", lambda route: route.fulfill(status=404, body=gone_page(own_site)))
    page.context.set_offline(False)
    says(page, "Chưa gửi được: bấm xem")
    press(page, "Xem")
    expect(page.locator(f"{SECTION} li")).to_contain_text("Trần Bỏ Đi")
    press(page, "Xóa")
    expect(page.locator(f"{SECTION} li")).to_contain_text("Cơ quan chưa nhận được")
    press(page, "Không, giữ lại")
    assert len(page.evaluate(HELD)) == 1
    press(page, "Xóa")
    press(page, "Có, xóa")
    expect(page.locator(SECTION)).to_be_hidden()
    assert page.evaluate(HELD) == []


def gone_page(site: Site) -> str:
    """As the office answers a logged-in person whose draft is gone."""
    page = tour_of(site).client("lan").get("/dossiers/no-such-dossier/edit")
    assert page.status_code == 404
    return page.get_data(as_text=True)


def test_logged_out_meanwhile_it_waits_for_the_same_account(visit: Callable[..., Page], own_site: Site) -> None:
    page = visit()
    own_phone(page, own_site)
    answer_offline(page, own_site, "Trần Trở Lại")
    says(page, "1 câu trả lời")
    page.context.clear_cookies(name="motcua")
    page.context.set_offline(False)
    says(page, "Chưa gửi được: bấm xem")
    press(page, "Xem")
    expect(page.locator(f"{SECTION} li")).to_contain_text("Đăng nhập lại đúng tài khoản")
    be(page.context, own_site, "lan")
    press(page, "Gửi ngay")
    page.wait_for_url(is_onward)
    assert on_server(visit, own_site) == "Trần Trở Lại"


def test_logging_out_says_first_what_was_not_sent(visit: Callable[..., Page], own_site: Site) -> None:
    page = visit()
    own_phone(page, own_site)
    answer_offline(page, own_site, "03/02/2062", NEXT, DATE)
    says(page, "1 câu trả lời")
    page.context.set_offline(False)
    stand(page, own_site, "/me")
    says(page, "Chưa gửi được: bấm xem")
    page.route("**/logout", lambda route: route.fulfill(status=200, body="<p>out</p>", content_type="text/html"))
    page.locator("main form[action='/logout'] button").click()
    expect(page.locator(SECTION)).to_contain_text("Chưa gửi: 1 câu trả lời")
    press(page, "Ở lại và gửi")
    assert page.url.endswith("/me")
    page.locator("main form[action='/logout'] button").click()
    press(page, "Vẫn đăng xuất")
    page.wait_for_url("**/logout")
    assert len(page.evaluate(HELD)) == 1


def test_after_three_days_it_is_deleted_and_the_person_is_told(visit: Callable[..., Page], own_site: Site) -> None:
    page = visit()
    own_phone(page, own_site)
    answer_offline(page, own_site, "Trần Quá Hạn")
    says(page, "1 câu trả lời")
    page.clock.set_system_time(datetime.now(UTC) + timedelta(hours=71))
    page.reload()
    says(page, "1 câu trả lời")
    page.clock.set_system_time(datetime.now(UTC) + timedelta(hours=73))
    page.reload()
    expect(page.locator(SECTION)).to_contain_text("Quá 3 ngày chưa gửi được nên đã xóa")
    (row,) = page.evaluate(HELD)
    assert row["locked"] is None and len(row["whole"]) < 200, "nothing but that there was something"
    page.context.set_offline(False)
    stand(page, own_site, "/dossiers")
    expect(page.locator(SECTION)).to_contain_text("1 câu trả lời. Cơ quan chưa nhận được")
    press(page, "Tôi hiểu")
    expect(page.locator(SECTION)).to_be_hidden()
    assert page.evaluate(HELD) == [] and on_server(visit, own_site) != "Trần Quá Hạn"


def test_the_twenty_first_is_refused_in_words_and_stays_on_the_page(visit: Callable[..., Page], own_site: Site) -> None:
    page = visit()
    own_phone(page, own_site)
    page.evaluate(FILL_UP, [20, 0])
    answer_offline(page, own_site, "Trần Hết Chỗ")
    says(page, "Điện thoại hết chỗ giữ")
    expect(page.locator(BOX)).to_have_value("Trần Hết Chỗ")
    assert len(page.evaluate(HELD)) == 20
    page.context.set_offline(False)
    page.locator("main .bottom button").click()
    page.wait_for_url(is_onward)
    assert on_server(visit, own_site) == "Trần Hết Chỗ"


def test_photos_of_thirty_megabytes_are_kept_and_no_more(visit: Callable[..., Page], own_site: Site) -> None:
    page = visit()
    own_phone(page, own_site)
    photo = len(a_photo(4)["buffer"])
    page.evaluate(FILL_UP, [1, 30 * 1024 * 1024 - photo - photo // 2])
    stand(page, own_site, PAPER)
    page.context.set_offline(True)
    take_photo(page, 4)
    says(page, "1 ảnh")
    take_photo(page, 5)
    expect(page.locator("main .photos")).to_contain_text("chung-sinh-5.jpg")
    says(page, "1 ảnh")
    page.wait_for_timeout(300)
    assert [held["kind"] for held in page.evaluate(HELD)].count("photo") == 1


@pytest.mark.parametrize(("status", "title"), [(403, "Trang này dành cho việc khác"), (409, "Đã được gửi rồi")])
def test_an_answer_that_may_not_be_given_any_more_waits_with_what_the_office_said(
    visit: Callable[..., Page], own_site: Site, status: int, title: str
) -> None:
    page = visit()
    own_phone(page, own_site)
    answer_offline(page, own_site, "Trần Không Được")
    says(page, "1 câu trả lời")
    said = re.sub(r"(<h1[^>]*>)[^<]*", rf"\g<1>{title}", gone_page(own_site), count=1)

    def answer(route: Route) -> None:
        if route.request.method == "POST":
            route.fulfill(status=status, body=said)
        else:
            route.fallback()

    page.context.route("**/sections/**", answer)
    page.context.set_offline(False)
    stand(page, own_site, "/dossiers")
    says(page, "Chưa gửi được: bấm xem")
    press(page, "Xem")
    row = page.locator(f"{SECTION} li")
    expect(row).to_contain_text(title)
    expect(row).to_contain_text("Trần Không Được")
    assert len(page.evaluate(HELD)) == 1


def test_a_phone_with_little_room_keeps_no_photo_and_the_page_tries_on(
    visit: Callable[..., Page], own_site: Site
) -> None:
    page = visit()
    own_phone(page, own_site)
    page.add_init_script("navigator.storage.estimate = async () => ({usage: 86, quota: 100})")
    stand(page, own_site, PAPER)
    page.context.set_offline(True)
    take_photo(page, 3)
    says(page, "Điện thoại hết chỗ giữ")
    expect(page.locator("main .photos")).to_contain_text("chung-sinh-3.jpg")
    assert page.evaluate(HELD) == []


@pytest.mark.parametrize(
    "missing", ["delete Crypto.prototype.subtle", "Object.defineProperty(window, 'indexedDB', {get: () => undefined})"]
)
def test_where_a_browser_cannot_lock_it_forms_go_as_ever(
    visit: Callable[..., Page], own_site: Site, missing: str
) -> None:
    page = visit(service_workers="block")
    page.add_init_script(missing)
    page.goto(tour_of(own_site).path(QUESTION))
    page.evaluate("dispatchEvent(new Event('offline'))")
    page.wait_for_timeout(500)
    assert page.evaluate("window.motcua.unsent") is None
    page.fill(BOX, "Trần Không Khóa")
    with page.expect_navigation():
        page.locator("main .bottom button").click()
    assert is_onward(page.url)


def test_without_script_the_form_goes_as_ever(visit: Callable[..., Page], own_site: Site) -> None:
    page = visit(java_script_enabled=False)
    page.goto("/me/settings")
    expect(page.get_by_text("Khi mất mạng")).to_be_hidden()
    page.goto(tour_of(own_site).path(QUESTION))
    page.fill(BOX, "Trần Không Script")
    with page.expect_navigation():
        page.locator("main .bottom button").click()
    assert is_onward(page.url)


@pytest.mark.parametrize("who", ["tour-helping", "tour-officer"])
def test_nothing_is_kept_for_a_helper_or_at_the_desk(visit: Callable[..., Page], who: str) -> None:
    page = visit(who, service_workers="block")
    page.goto("/dossiers" if who == "tour-helping" else "/counter")
    assert page.locator("script[data-unsent]").count() == 0


def test_the_script_for_what_waits_weighs_eight_kilobytes_at_most() -> None:
    assets = Assets()
    for lang in LANGUAGES:
        packed = assets.files[assets.urls[f"js/unsent.{lang}.js"].removeprefix("/static/")].packed
        assert len(packed["br"]) <= 8 * 1024
