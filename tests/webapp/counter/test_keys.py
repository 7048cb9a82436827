"""The desk without a mouse: keys, a scanner anywhere on the page, and a switch for whom they disturb."""

import os
import threading
from collections.abc import Iterator

import pytest
from flask import Flask
from flask.testing import FlaskClient
from playwright.sync_api import Browser, Page, expect
from werkzeug.serving import make_server

from tests.core.test_keystrokes import Typewriter

pytestmark = pytest.mark.browser


@pytest.fixture
def desk(app: Flask, officer: FlaskClient, browser: Browser) -> Iterator[Page]:
    """The officer's browser, on the desk's first page."""
    server = make_server("127.0.0.1", 0, app, threaded=True)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    address = f"http://localhost:{server.server_port}"
    context = browser.new_context(viewport={"width": 1280, "height": 900}, base_url=address, locale="vi-VN")
    context.set_default_timeout(20_000)
    cookie = officer.get_cookie(app.config["SESSION_COOKIE_NAME"])
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
