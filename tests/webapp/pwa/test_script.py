"""The script on the real pages: photos go smaller and one by one, answers keep themselves, errors take the focus."""

import io
from datetime import datetime

import pytest
from flask import Flask
from flask.testing import FlaskClient
from PIL import Image
from playwright.sync_api import BrowserContext, Page, Route, expect

from tests import people
from tests.filling import begin
from webapp.shell.services import Services

pytestmark = [pytest.mark.browser, pytest.mark.long]


def camera(name: str, size: tuple[int, int] = (1800, 2400), *, sharp: bool = True) -> dict[str, object]:
    """A photo as a phone's camera hands it over, with a place and a time in its EXIF."""
    if sharp:
        picture = Image.effect_noise((size[0] // 10, size[1] // 10), 120).resize(size, Image.Resampling.NEAREST)
    else:
        picture = Image.new("L", size, 200)
    exif = Image.Exif()
    exif[0x010F] = "Phone of Dao"
    out = io.BytesIO()
    picture.convert("RGB").save(out, "JPEG", exif=exif, quality=85)
    return {"name": name, "mimeType": "image/jpeg", "buffer": out.getvalue()}


@pytest.fixture
def mine(phone: BrowserContext, address: str, app: Flask, client: FlaskClient, services: Services) -> tuple[Page, str]:
    """Đào's browser and the address of a birth dossier that she has begun."""
    people.log_in_citizen(client, services)
    dossier = begin(client)
    cookie = client.get_cookie("motcua")
    assert cookie is not None
    phone.add_cookies([{"name": "motcua", "value": cookie.value, "url": address}])
    return phone.new_page(), dossier


# Playwright does not show the bytes of files in a request; the page remembers what it gave to the network.
REMEMBER = """
  window.sent = [];
  const send = XMLHttpRequest.prototype.send;
  XMLHttpRequest.prototype.send = function (data) {
    for (const [, value] of data.entries())
      if (value instanceof File) window.sent.push(Promise.all([createImageBitmap(value), value.text()]).then(
        ([image, text]) => [Math.max(image.width, image.height), text.includes("Phone of Dao")]));
    return send.call(this, data);
  };
"""


def papers(page: Page) -> list[str]:
    return page.locator("[data-part=list] > li[data-state=stored] .what > :first-child").all_inner_texts()


def test_photos_are_made_smaller_sent_one_by_one_and_counted(mine):
    page, dossier = mine
    page.add_init_script(REMEMBER)
    page.goto(f"{dossier}/documents/birth_proof")
    page.set_input_files("#f-birth_proof-files", [camera("one.jpg"), camera("two.jpg")])
    expect(page.locator("[data-part=list] > li[data-state=stored]")).to_have_count(2, timeout=30_000)
    assert papers(page) == ["one.jpg", "two.jpg"]
    assert page.url.endswith("/documents/birth_proof"), "the page goes on"
    assert page.evaluate("Promise.all(window.sent)") == [[1600, False], [1600, False]], "small, without place and time"
    assert page.evaluate("document.activeElement.id") == "d-birth_proof"


def test_a_photo_that_lost_its_connection_goes_by_itself_when_there_is_one(mine, phone):
    page, dossier = mine
    page.goto(f"{dossier}/documents/birth_proof")
    phone.set_offline(True)
    page.set_input_files("#f-birth_proof", camera("one.jpg"))
    row = page.locator("[data-part=list] > li[data-state=failed]")
    row.wait_for()
    assert "Mất mạng" in row.inner_text()
    phone.set_offline(False)
    page.locator("[data-part=list] > li[data-state=stored]").wait_for()
    assert papers(page) == ["one.jpg"]


def test_a_blurred_photo_is_sent_only_if_the_person_says_so(mine):
    page, dossier = mine
    page.goto(f"{dossier}/documents/birth_proof")
    page.set_input_files("#f-birth_proof", camera("one.jpg", sharp=False))
    row = page.locator("[data-part=list] > li")
    row.get_by_text("có vẻ mờ").wait_for()
    assert papers(page) == []
    row.get_by_role("button").first.click()
    page.locator("[data-part=list] > li[data-state=stored]").wait_for()


def test_what_is_no_paper_is_refused_with_words_before_it_is_sent(mine):
    page, dossier = mine
    page.goto(f"{dossier}/documents/birth_proof")
    asked: list[str] = []
    page.on("request", lambda r: asked.append(r.url) if r.method == "POST" else None)
    page.set_input_files("#f-birth_proof-files", {"name": "a.txt", "mimeType": "text/plain", "buffer": b"hello"})
    row = page.locator("[data-part=list] > li")
    row.get_by_text("Không đọc được").wait_for()
    row.get_by_role("button", name="Bỏ").click()
    assert row.count() == 0
    assert asked == []


def test_a_file_that_was_refused_does_not_hide_the_way_on(mine):
    page, dossier = mine
    page.goto(f"{dossier}/documents/birth_proof")
    go_on = page.get_by_role("button", name="Tiếp tục")
    note = {"name": "a.txt", "mimeType": "text/plain", "buffer": b"hello"}
    page.set_input_files("#f-birth_proof-files", note)
    page.locator("[data-part=list] > li[data-state=refused]").wait_for()
    assert not go_on.is_visible(), "no photo has come yet"
    page.set_input_files("#f-birth_proof-files", [camera("one.jpg"), note])
    expect(page.locator("[data-part=list] > li[data-state=refused]")).to_have_count(2, timeout=30_000)
    page.locator("[data-part=list] > li[data-state=stored]").wait_for()
    go_on.click()
    page.wait_for_url("**/edit")


def section(page: Page, dossier: str) -> None:
    """The first question that is typed."""
    page.goto(f"{dossier}/edit")
    page.locator("a[href*='/sections/']").first.click()
    page.wait_for_selector("form[data-autosave] [data-part=saved]", state="attached")


def test_an_answer_keeps_itself_and_says_when(mine):
    page, dossier = mine
    section(page, dossier)
    line = page.locator("[data-part=saved]")
    box = page.locator("form[data-autosave] input:not([type=hidden])").first
    with page.expect_response(lambda r: r.request.method == "POST") as answered:
        box.press("Space") if box.get_attribute("type") == "radio" else box.type("12")
    assert answered.value.status == 204
    expect(line).to_have_attribute("data-state", "saved", timeout=30_000)
    told = line.inner_text()
    assert told.startswith("Đã lưu lúc ")
    datetime.strptime(told.removeprefix("Đã lưu lúc "), "%H:%M")


def test_what_was_not_kept_says_so_and_is_tried_again(mine):
    page, dossier = mine
    section(page, dossier)
    broken = [True]

    def answer(route: Route) -> None:
        if route.request.method == "POST" and broken[0]:
            route.fulfill(status=200, body="<p>the log-in page of somebody's proxy</p>")
        else:
            route.continue_()

    page.route("**/sections/**", answer)
    box = page.locator("form[data-autosave] input:not([type=hidden])").first
    box.press("Space") if box.get_attribute("type") == "radio" else box.type("12")
    line = page.locator("[data-part=saved][data-state=failed]")
    line.wait_for()
    broken[0] = False
    line.get_by_role("button").click()
    page.locator("[data-part=saved][data-state=saved]").wait_for()


def test_the_summary_of_errors_takes_the_focus_and_leads_to_the_box(phone):
    page = phone.new_page()
    page.goto("/login")
    page.locator("main form button").first.click()
    page.wait_for_selector(".errors")
    assert page.title().startswith("Lỗi: ")
    assert page.evaluate("document.activeElement.classList.contains('errors')")
    page.locator(".errors a").first.click()
    assert page.evaluate("document.activeElement.name") == "phone"


def test_two_presses_send_once(phone):
    page = phone.new_page()
    page.goto("/login")
    posts: list[str] = []

    def slow(route: Route) -> None:
        if route.request.method == "POST":
            posts.append(route.request.url)
            page.wait_for_timeout(600)
        route.continue_()

    page.route("**/login", slow)
    button = page.locator("main form button").first
    page.evaluate("it => { it.click(); it.click(); }", button.element_handle())
    page.wait_for_selector(".errors")
    assert len(posts) == 1


def test_communes_are_offered_while_typing_without_marks(mine):
    page, _dossier = mine
    page.goto("/dev/components")
    page.locator("#f-home-commune").fill("")
    page.locator("#f-home-commune").type("hoang loc")
    page.wait_for_selector("#l-home option", state="attached")
    assert "Xã Hoằng Lộc" in page.evaluate("[...document.querySelectorAll('#l-home option')].map((one) => one.value)")


def test_reading_aloud_is_offered_only_where_there_is_a_voice(phone):
    speaking = """
      const said = window.said = [];
      class Sentence { constructor(text) { this.text = text; } }
      window.SpeechSynthesisUtterance = Sentence;
      Object.defineProperty(window, "speechSynthesis", { value: {
        speaking: false, pending: false, getVoices: () => [{ lang: "vi-VN" }], addEventListener() {},
        speak(sentence) { said.push(sentence.text); this.speaking = true; }, cancel() { this.speaking = false; },
      } });
    """
    silent = phone.new_page()
    silent.goto("/")
    assert silent.locator("[data-module=listen]").is_hidden()
    page = phone.new_page()
    page.add_init_script(speaking)
    page.goto("/")
    button = page.locator("[data-module=listen]")
    title = page.locator("h1").inner_text()
    button.click()
    said = page.evaluate("said")
    assert said[0] == title
    assert "Nghe trang này" not in said
    button.click()
    assert page.evaluate("speechSynthesis.speaking") is False
