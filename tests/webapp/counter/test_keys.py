"""The desk without a mouse: keys, a scanner anywhere on the page, and a switch for whom they disturb."""

import io
import os
import re
import threading
from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from flask import Flask
from flask.testing import FlaskClient
from playwright.sync_api import Browser, Page, expect
from werkzeug.serving import make_server

from tests.core.test_keystrokes import Typewriter
from tests.factories.dossiers import photo
from tests.pages import post_form

pytestmark = pytest.mark.browser


@contextmanager
def at_the_desk(app: Flask, client: FlaskClient, browser: Browser) -> Iterator[Page]:
    """The browser of a member of staff."""
    server = make_server("127.0.0.1", 0, app, threaded=True)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    address = f"http://localhost:{server.server_port}"
    context = browser.new_context(viewport={"width": 1280, "height": 900}, base_url=address, locale="vi-VN")
    context.set_default_timeout(20_000)
    cookie = client.get_cookie(app.config["SESSION_COOKIE_NAME"])
    context.add_cookies([{"name": cookie.key, "value": cookie.value, "url": address}])
    page = context.new_page()
    broken: list[str] = []
    page.on("pageerror", lambda error: broken.append(str(error)))
    yield page
    context.close()
    server.shutdown()
    thread.join()
    server.server_close()
    assert not broken


@pytest.fixture
def desk(app: Flask, officer: FlaskClient, browser: Browser) -> Iterator[Page]:
    with at_the_desk(app, officer, browser) as page:
        yield page


@pytest.fixture
def small_desk(app: Flask, manager: FlaskClient, browser: Browser) -> Iterator[Page]:
    """In a small office one person does everything."""
    with at_the_desk(app, manager, browser) as page:
        yield page


def press(page: Page, key: str) -> None:
    """One key, as a hand does: nothing else for a while."""
    page.keyboard.press(key)
    page.wait_for_timeout(120)


def scan(page: Page, text: str) -> None:
    """What a scanner does: all keys at once, then Enter."""
    page.keyboard.type(text)
    page.keyboard.press("Enter")


def test_a_dossier_is_found_and_opened_by_keys_alone(desk, send):
    first, second = send(), send("Lê Thị Mận", "038188004455")
    desk.goto("/counter/worklist")
    expect(desk.locator("#keys")).to_be_visible()
    links = desk.locator(".desk-table a.code")
    press(desk, "j")
    expect(links.nth(0)).to_be_focused()
    press(desk, "j")
    expect(links.nth(1)).to_be_focused()
    press(desk, "k")
    expect(links.nth(0)).to_be_focused()
    desk.keyboard.press("Enter")
    desk.wait_for_url("**/counter/dossiers/*")
    assert desk.url.rpartition("/")[2] in (first.id, second.id)


def test_a_decision_is_marked_by_its_number_and_made_by_enter(desk, send, row_of):
    sent = send()
    desk.goto(sent.url)
    expect(desk.locator(".decision .button kbd").first).to_have_text("1")
    press(desk, "1")
    expect(desk.locator(".decision .button").first).to_be_focused()
    assert row_of(sent).state == "submitted"
    desk.keyboard.press("Enter")
    expect(desk.locator("main [role=status]").first).to_be_visible()
    assert row_of(sent).state == "received"


def test_slash_goes_to_the_box_and_there_keys_are_letters(desk, send):
    sent = send()
    desk.goto(sent.url)
    press(desk, "/")
    expect(desk.locator("#f-q")).to_be_focused()
    for key in ("w", "j", "?"):
        press(desk, key)
    expect(desk.locator("#f-q")).to_have_value("wj?")
    assert desk.url.endswith(sent.url)


def test_a_scanner_works_wherever_the_cursor_stands_and_never_presses_a_button(desk, send, row_of):
    one, two = send(), send("Lê Thị Mận", "038188004455")
    desk.goto(one.url)
    press(desk, "1")  # "receive" has the focus: the scanner's Enter must not press it
    scan(desk, f"HTTPS://LOCALHOST/Q/{two.token}")
    desk.wait_for_url(f"**{two.url}")
    assert row_of(one).state == "submitted"
    scan(desk, "038196001234|123456789|NGUYEN")
    desk.wait_for_url(f"**{one.url}")


def scan_with_unikey(page: Page, method: str, text: str) -> None:
    """The same with UniKey on: what it changes it takes back with Backspace, and its own letters come as keys."""
    keyboard, shown = page.context.new_cdp_session(page), ""

    def press_down(key: str, **more: str) -> None:
        keyboard.send("Input.dispatchKeyEvent", {"type": "keyDown", "key": key, **more})
        keyboard.send("Input.dispatchKeyEvent", {"type": "keyUp", "key": key})

    for n in range(1, len(text) + 1):
        now = Typewriter(method).type(text[:n])
        same = len(os.path.commonprefix([shown, now]))
        for _ in shown[same:]:
            press_down("Backspace")
        for letter in now[same:]:
            press_down(letter, text=letter)
        shown = now
    page.keyboard.press("Enter")


@pytest.mark.parametrize("focus", ["body", "button"])
@pytest.mark.parametrize("method", ["telex", "vni"])
def test_a_scanner_works_anywhere_on_the_page_although_vietnamese_typing_is_on(desk, send, monkeypatch, method, focus):
    code = "DDASK3AA2XW7NP4U" if method == "telex" else "A3TK7HO6QW2XNP4U"
    one = send("Lê Thị Mận", "038188004455")
    monkeypatch.setattr("webapp.core.ids.new_qr_token", lambda: code)
    dao = send()
    desk.goto(one.url)
    expect(desk.locator(".decision .button kbd").first).to_be_visible()
    if focus == "button":
        press(desk, "1")
    scan_with_unikey(desk, method, f"HTTPS://LOCALHOST/Q/{code}")
    desk.wait_for_url(f"**{dao.url}")


def test_scan_after_scan_finds_each_one(desk, send):
    one, two = send(), send("Lê Thị Mận", "038188004455")
    desk.goto("/counter")
    expect(desk.locator("#f-q")).to_be_focused()
    scan(desk, "H56.38.12-000000-0000")
    desk.wait_for_url("**/counter?found=*")
    expect(desk.locator("#keys")).to_be_visible()
    expect(desk.locator("#f-q")).to_have_value("H56.38.12-000000-0000")
    for sent in (one, two):
        scan(desk, sent.token)
        desk.wait_for_url(f"**{sent.url}")
        expect(desk.locator("#keys")).to_be_visible()


def test_the_help_says_the_keys_and_switches_them_off_for_good(desk, send):
    send()
    desk.goto("/counter/worklist")
    press(desk, "?")
    expect(desk.locator("#keys-help")).to_be_visible()
    desk.locator("#keys-on").uncheck()
    desk.locator("#keys-help button").click()
    desk.reload()
    expect(desk.locator("#keys")).to_be_visible()
    press(desk, "j")
    expect(desk.locator(".desk-table a.code").first).not_to_be_focused()
    press(desk, "?")
    expect(desk.locator("#keys-on")).not_to_be_checked()
    desk.locator("#keys-on").check()
    desk.keyboard.press("Escape")
    press(desk, "j")
    expect(desk.locator(".desk-table a.code").first).to_be_focused()


def test_a_key_held_with_control_is_the_browsers(desk, send):
    send()
    desk.goto("/counter/worklist")
    desk.keyboard.press("Control+j")
    desk.wait_for_timeout(120)
    expect(desk.locator(".desk-table a.code").first).not_to_be_focused()


class Hand:
    """A hand that touches only the keyboard, and counts."""

    def __init__(self, page: Page) -> None:
        self.page, self.keys = page, 0

    def press(self, key: str) -> None:
        press(self.page, key)
        self.keys += 1

    def go(self, key: str) -> None:
        """A key that leads to another page, on which the keys work again."""
        if len(key) == 1 and self.page.evaluate("document.activeElement.id") == "f-q":
            self.press("Tab")
        before = self.page.url
        self.press(key)
        self.page.wait_for_url(lambda url: url != before)
        expect(self.page.locator("#keys")).to_be_visible()

    def tab_to(self, wanted: str) -> None:
        for _ in range(60):
            if self.page.evaluate("wanted => document.activeElement.matches(wanted)", wanted):
                return
            self.press("Tab")
        raise AssertionError(f"Tab does not come to {wanted}")

    def choose(self, name: str, value: str) -> None:
        """Of a list or of radio buttons, with the arrow keys."""
        self.tab_to(f"[name={name}]")
        there = self.page.locator(f"select[name={name}], [name={name}]:checked")
        if not there.count():
            self.press("Space")
        for _ in range(10):
            if there.input_value() == value:
                return
            self.press("ArrowDown")
        raise AssertionError(f"{name} has no {value}")

    def decide(self, words: str) -> None:
        """The number that stands on the decision, then Enter; after an act the cursor waits in the box for a scan."""
        if self.page.evaluate("document.activeElement.id") == "f-q":
            self.press("Tab")
        button = self.page.locator(".decision .button").filter(has_text=re.compile(rf"^\s*{words}\s*\d$"))
        number = button.locator("kbd").inner_text()
        self.press(number)
        self.press("Enter")

    def send(self) -> None:
        """The form's own button, back to the dossier."""
        self.tab_to("main form button[type=submit]:not([name])")
        self.go("Enter")


def test_a_dossier_goes_from_the_list_into_the_hand_by_keys_alone(small_desk, send, row_of, applicant, tmp_path):
    desk, sent = small_desk, send()
    desk.goto("/counter/worklist")
    expect(desk.locator("#keys")).to_be_visible()
    hand = Hand(desk)

    hand.press("j")
    hand.go("Enter")
    hand.decide("Tiếp nhận")
    expect(desk.locator("main [role=status]").first).to_be_visible()
    assert row_of(sent).state == "received" and hand.keys <= 6

    hand.decide("Yêu cầu bổ sung")
    desk.wait_for_url("**/request-supplement")
    hand.choose("fault_document_birth_proof", "blurred")
    hand.tab_to("[name=words_document_birth_proof]")
    desk.keyboard.type("Chụp lại số seri.")
    hand.send()
    assert row_of(sent).state == "supplement_requested"
    photos = {"photos_birth_proof": [(io.BytesIO(photo()), "lai.jpg")]}
    assert post_form(applicant, f"/dossiers/{sent.id}/supplement", photos).status_code == 303

    hand.go("w")
    hand.press("j")
    hand.go("Enter")
    hand.decide("Ghi kết quả")
    desk.wait_for_url("**/settle")
    hand.choose("decision", "granted")
    hand.tab_to("[name=file]")
    with desk.expect_file_chooser() as asked:
        hand.press("Enter")
    (tmp_path / "ket-qua.jpg").write_bytes(photo())
    asked.value.set_files(str(tmp_path / "ket-qua.jpg"))
    hand.choose("no_draft", "counter")
    hand.send()
    assert row_of(sent).state == "settled"

    hand.decide("Trả kết quả")
    desk.wait_for_url("**/hand-over")
    hand.send()
    assert row_of(sent).state == "handed_over"
