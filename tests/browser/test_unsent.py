"""What could not be sent for want of a signal waits on one's own phone, locked, and arrives once there is one."""

import hashlib
import io
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from PIL import Image
from playwright.sync_api import Browser, BrowserContext, Page, Route, expect
from sqlalchemy import select

from tests.browser.conftest import PHONE, Site, running
from tests.browser.visits import tour_of
from webapp.dossiers.documents import LEDGER
from webapp.dossiers.models import Dossier

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("unsent-site")]
NAME = "Trần Gia Bảo Ngọc"
QUESTION, BOX = "/dossiers/{draft_new}/sections/child?q=1", "main [name=child_name]"
PAPER = "/dossiers/{draft_half}/documents/birth_proof"
SECTION = "section[aria-label='Những gì đang chờ trên điện thoại này']"
CONTROLLED = """async () => {
  await navigator.serviceWorker.ready;
  while (!navigator.serviceWorker.controller) await new Promise(done => setTimeout(done, 20));
}"""
# All that the phone holds, as somebody reads it who has the phone and no log-in.
HELD = """async () => {
  const open = indexedDB.open('unsent');
  const db = await new Promise(done => { open.onsuccess = () => done(open.result); });
  const all = await new Promise(done => {
    const request = db.transaction('things').objectStore('things').getAll();
    request.onsuccess = () => done(request.result);
  });
  db.close();
  const text = async (part) =>
    part ? new TextDecoder('latin1').decode(await new Response(part.data).arrayBuffer()) : '';
  return Promise.all(all.map(async (row) => ({
    whole: JSON.stringify(row) + await text(row.head) + await text(row.body),
    kind: row.kind, locked: row.key ? row.key.extractable === false : null,
  })));
}"""
FILL_UP = """async (many) => {
  const open = indexedDB.open('unsent');
  const db = await new Promise(done => { open.onsuccess = () => done(open.result); });
  const turn = db.transaction('things', 'readwrite');
  for (let n = 0; n < many; n += 1)
    turn.objectStore('things').put({id: `x${n}`, who: 'other', at: Date.now(), kind: 'answer', size: 0, key: 'k'});
  await new Promise(done => { turn.oncomplete = done; });
  db.close();
}"""


@pytest.fixture(scope="module")
def own_site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    """An installation of its own: what is answered here must not be so for other tests."""
    folder = tmp_path_factory.mktemp("unsent")
    with running(folder, "sqlite", f"sqlite:///{folder}/motcua.db") as site:
        yield site


@pytest.fixture
def visit(browser: Browser, own_site: Site) -> Iterator[Callable[..., Page]]:
    """A phone of its own with this person logged in, and the worker at work."""
    contexts: list[BrowserContext] = []
    problems: list[str] = []

    def open_one(who: str = "lan", lang: str = "vi", **settings: object) -> Page:
        chosen = {"viewport": PHONE, "base_url": own_site.url, "locale": "vi-VN", **settings}
        context = browser.new_context(**chosen)  # type: ignore[arg-type]
        context.set_default_timeout(10_000)
        contexts.append(context)
        be(context, own_site, who)
        context.add_cookies([{"name": "lang", "value": lang, "url": own_site.url}])
        page = context.new_page()
        page.on("pageerror", lambda error: problems.append(f"{page.url}: {error}"))
        if settings.get("service_workers") != "block" and settings.get("java_script_enabled", True):
            page.goto("/me")
            page.evaluate(CONTROLLED)
        return page

    yield open_one
    for context in contexts:
        context.close()
    assert not problems, problems


def be(context: BrowserContext, site: Site, who: str) -> None:
    context.add_cookies([tour_of(site).cookie(who)])  # type: ignore[list-item]


def stand(page: Page, site: Site, path: str = QUESTION) -> None:
    page.goto(tour_of(site).path(path))
    for _ in range(200):  # our policy forbids waiting by a text that is run
        if page.evaluate("Boolean(window.motcua && window.motcua.unsent)"):
            return
        page.wait_for_timeout(50)
    raise AssertionError("the script for what waits did not come")


def press(page: Page, name: str) -> None:
    page.locator(SECTION).get_by_role("button", name=name, exact=True).click()


def own_phone(page: Page, site: Site) -> None:
    stand(page, site, "/me/settings")
    button = page.get_by_role("button", name="Đây là máy của riêng tôi")
    button.click()
    expect(button).to_have_attribute("aria-pressed", "true")


def says(page: Page, words: str) -> None:
    expect(page.locator(f"{SECTION} .strip")).to_contain_text(words, timeout=10_000)


def answer_offline(page: Page, site: Site, value: str = NAME, path: str = QUESTION, box: str = BOX) -> None:
    stand(page, site, path)
    page.context.set_offline(True)
    page.fill(box, value)
    page.locator("main .bottom button").click()


def on_server(visit: Callable[..., Page], site: Site, path: str = QUESTION, box: str = BOX) -> str:
    other = visit(service_workers="block")
    other.goto(tour_of(site).path(path))
    return other.input_value(box)


def a_photo(seed: int) -> dict[str, Any]:
    out = io.BytesIO()
    picture = Image.effect_noise((400, 500), 90 + seed)
    picture.convert("RGB").save(out, "JPEG", quality=85)
    return {"name": f"chung-sinh-{seed}.jpg", "mimeType": "image/jpeg", "buffer": out.getvalue()}


def take_photo(page: Page, seed: int) -> None:
    page.locator("main [data-module=upload] input[type=file]").last.set_input_files([a_photo(seed)])


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
    page.wait_for_url("**/sections/child?q=2")
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
    assert b"\xff\xd8".decode("latin1") not in page.evaluate(HELD)[0]["whole"][:4000]
    press(page, "Xem")
    with page.expect_download() as saved:
        press(page, "Lưu ảnh ra máy")
    saved.value.save_as(tmp_path / "photo.jpg")
    digest = hashlib.sha256((tmp_path / "photo.jpg").read_bytes()).hexdigest()
    page.context.set_offline(False)
    expect(page.locator("main .photos li[data-state=stored], main .photos li[data-state=checking]")).to_have_count(1)
    says(page, "Đã lưu trên máy chủ")
    assert stored(own_site) == [digest] and page.evaluate(HELD) == []


def test_a_lost_answer_doubles_nothing(visit: Callable[..., Page], own_site: Site) -> None:
    page = visit(service_workers="block")
    stand_without_worker(page, own_site, "/me/settings")
    page.get_by_role("button", name="Đây là máy của riêng tôi").click()
    posts = lose_first_answers(page)
    stand_without_worker(page, own_site, QUESTION)
    page.fill(BOX, "Trần Văn Lâm")
    page.locator("main .bottom button").click()
    page.wait_for_url("**/sections/child?q=2")
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
    page.wait_for_url("**/sections/child?q=2")
    assert on_server(visit, own_site) == "Trần Hỏi Hai"


def stand_without_worker(page: Page, site: Site, path: str) -> None:
    """Where no worker is, the script comes when the browser first notices that the network is gone."""
    page.goto(tour_of(site).path(path))
    page.evaluate("dispatchEvent(new Event('offline'))")
    for _ in range(200):
        if page.evaluate("Boolean(window.motcua.unsent)"):
            break
        page.wait_for_timeout(50)
    page.wait_for_timeout(100)


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


def stored(site: Site) -> list[str]:
    """Hashes of the photos of the paper, as the server counted them."""
    tour = tour_of(site)
    with tour.services.database.transaction() as session:
        dossier = session.scalars(select(Dossier).where(Dossier.public_id == tour.ids["draft_half"])).one()
        rows = LEDGER.rows(session, dossier=dossier.id)
        return [row.sha256 for row in rows if row.key == "birth_proof" and row.sha256]
