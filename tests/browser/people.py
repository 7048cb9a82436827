"""What people do with the pages, as steps of a story: log in, answer, photograph, decide."""

import io
import re
import subprocess
import time
from pathlib import Path
from typing import Any

import pikepdf
import pyotp
import zxingcpp
from PIL import Image
from playwright.sync_api import Locator, Page

from tests.filling import HOANG_LOC, inputs, photo
from webapp.accounts.demo import DAO_ID, STAFF_PASSWORD, STAFF_SECRET

CODE = re.compile(r"\bMa\D{0,12}(\d{6})\b")


LAST_FOUR = {"0912000001": DAO_ID[-4:]}


def texts(page: Page, number: str) -> list[str]:
    """The texts of a phone, newest first, read on the demo gateway's page."""
    other = page.context.browser.new_context(base_url=origin(page))  # type: ignore[union-attr]
    try:
        phone = other.new_page()
        phone.goto(f"/demo/phone?number={number}")
        return phone.locator("main article").all_inner_texts()
    finally:
        other.close()


def origin(page: Page) -> str:
    match = re.match(r"https?://[^/]+", page.url)
    assert match, page.url
    return match[0]


def wait_for_text(page: Page, number: str, words: str) -> str:
    """The newest text with these words, once the worker has sent it."""
    for _ in range(60):
        found = [text for text in texts(page, number) if words in text]
        if found:
            return found[0]
        page.wait_for_timeout(250)
    raise AssertionError(f"no text with {words!r} came to {number}: {texts(page, number)}")


def wait_for_code(page: Page, number: str, seen: list[str]) -> str:
    """A one-time code that was not there before."""
    for _ in range(60):
        for text in texts(page, number):
            match = CODE.search(text)
            if match and match[1] not in seen:
                return match[1]
        page.wait_for_timeout(250)
    raise AssertionError(f"no new code came to {number}")


def codes_so_far(page: Page, number: str) -> list[str]:
    return [match[1] for text in texts(page, number) if (match := CODE.search(text))]


def log_in(page: Page, number: str = "0912000001") -> None:
    """Phone, then the code from the SMS."""
    page.goto("/login")
    before = codes_so_far(page, number)
    page.get_by_role("textbox").first.fill(number)
    press(page)
    page.fill("input[name=code]", wait_for_code(page, number, before))
    press(page)
    if "/login/device" in page.url:  # a browser that this account does not know: one fact more
        page.fill("input[name=proof]", LAST_FOUR[number])
        press(page)
    page.wait_for_url(lambda url: "/login" not in url)


_used_steps: set[tuple[str, str, str]] = set()


def staff_log_in(page: Page, username: str) -> None:
    """Name, password and a code that this person has not used on this site."""
    page.goto("/staff/login")
    for _ in range(3):
        _wait_for_an_unused_code(page, username)
        page.fill("input[name=username]", username)
        page.fill("input[name=password]", STAFF_PASSWORD)
        page.fill("input[name=otp]", pyotp.TOTP(STAFF_SECRET).now())
        press(page)
        if "/staff/login" not in page.url:
            return
    raise AssertionError(f"{username} cannot log in: {page.inner_text('main')}")


def _wait_for_an_unused_code(page: Page, username: str) -> None:
    """A code is good once, and a wrong one counts: whoever logs in twice within half a minute waits for the next."""
    site = page.url.split("/staff", 1)[0]
    while (taken := (site, username, str(int(time.time()) // 30))) in _used_steps:
        page.wait_for_timeout(500)
    _used_steps.add(taken)


def press(page: Page, name: str | None = None) -> None:
    """The page's own button: the named one, or the first of the main form."""
    # Not the one that only the Enter key presses, and not the one for the photo of an ID card.
    usual = ":visible:not(.visually-hidden):not([name=read_card])"
    first = page.locator(f"main form button[type=submit]{usual}")
    button = page.locator("main").get_by_role("button", name=name) if name else first
    with page.expect_navigation():
        button.first.click()


def press_action(page: Page, ending: str) -> None:
    """The button of the form that posts to this address."""
    with page.expect_navigation():
        page.locator(f"main form[action$='{ending}'] button[type=submit]").first.click()


def follow(page: Page, name: str) -> None:
    with page.expect_navigation():
        page.locator("main").get_by_role("link", name=name).first.click()


def answer_page(page: Page, answers: dict[str, Any]) -> None:
    """Fill what this page asks, as the answers say; what is filled already stays."""
    form = page.locator("main form").first
    for key, value in answers.items():
        for name, part in inputs(key, value).items():
            put(form.locator(f"[name='{name}']"), str(part))


def put(box: Locator, value: str) -> None:
    if box.count() == 0:
        return
    kind = box.first.evaluate("e => e.tagName === 'SELECT' ? 'select' : e.type")
    if kind == "select":
        box.first.select_option(value)
    elif kind == "radio":
        box.and_(box.page.locator(f"[value='{value}']")).check(force=True)
    elif kind == "checkbox":
        box.first.check(force=True)
    elif box.first.input_value() != value:
        box.first.fill(value)


def answer_all(page: Page, answers: dict[str, Any]) -> None:
    """From the task list until its questions are answered."""
    dossier = page.url.split("/edit")[0]
    for _ in range(60):
        if "/sections/" in page.url:
            answer_page(page, answers)
            press(page)
            assert page.locator("main [role=alert]").count() == 0, page.inner_text("main")
            continue
        links = page.locator("main .bottom a[href*='/sections/']")
        if page.url.endswith("/edit") and links.count():
            with page.expect_navigation():
                links.first.click()
            continue
        break
    if not page.url.endswith("/edit"):
        page.goto(f"{dossier}/edit")


def jpeg(folder: Path, name: str) -> Path:
    """A photo on the phone's disk."""
    path = folder / f"{name}.jpg"
    path.write_bytes(photo(name).getvalue())
    return path


def paper_of(data: bytes) -> list[tuple[int, int]]:
    """Width and height of each page, in millimetres."""
    with pikepdf.open(io.BytesIO(data)) as document:
        boxes = [[float(edge) for edge in page.mediabox] for page in document.pages]
    return [(round((b[2] - b[0]) / 72 * 25.4), round((b[3] - b[1]) / 72 * 25.4)) for b in boxes]


def qr_of_pdf(data: bytes, folder: Path) -> str:
    """What a phone's camera reads from the printed receipt."""
    pdf = folder / "receipt.pdf"
    pdf.write_bytes(data)
    subprocess.run(["pdftoppm", "-r", "150", "-png", str(pdf), str(folder / "receipt")], check=True)
    pages = sorted(folder.glob("receipt-*.png"))
    assert len(pages) == 1, "the receipt is one page"
    found = zxingcpp.read_barcodes(Image.open(io.BytesIO(pages[0].read_bytes())))
    assert found, "no QR on the receipt"
    return str(found[0].text)


__all__ = ["HOANG_LOC", "answer_all", "jpeg", "log_in", "press", "put", "qr_of_pdf", "staff_log_in", "wait_for_text"]
