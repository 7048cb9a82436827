"""One page in one state, and what people do there before it is looked at: type, press, refuse."""

import itertools
import random
from collections.abc import Callable
from dataclasses import dataclass

from playwright.sync_api import Page

from tests.browser import people
from tests.browser.tour import CARD, EMPTY_PHONE, LAN_PHONE, SON
from tests.filling import photo

ANYBODY = ""


@dataclass(frozen=True)
class Screen:
    """One page in one state."""

    name: str
    path: str
    who: str = ANYBODY
    act: Callable[[Page], None] | None = None
    status: int = 200
    broken: bool = False  # the server would have to break for it: its page is put in the answer's place


def press(page: Page) -> None:
    """The main form's button, as it stands on the page: nothing typed."""
    people.press(page)


def typed(values: dict[str, str]) -> Callable[[Page], None]:
    """Type into the named fields, then press."""

    def act(page: Page) -> None:
        for name, value in values.items():
            people.put(page.locator(f"main [name='{name}']"), value)
        people.press(page)

    return act


def emptied(page: Page) -> None:
    """Wipe what stands in the form, then press."""
    for box in page.locator("main form input.input, main form textarea").all():
        box.fill("")
    people.press(page)


def give_phone(page: Page) -> None:
    people.put(page.locator("[name=phone]"), "0" + LAN_PHONE.removeprefix("+84"))
    people.press(page)


def register_phone(page: Page) -> None:
    people.put(page.locator("[name=phone]"), "0987654321")
    people.put(page.locator("[name=owner]"), "mine")
    people.press(page)


NEWCOMERS = itertools.count(54322)


def register_code(page: Page) -> None:
    """A number of this visit's own: a second code to the same one has to wait half a minute."""
    number = f"09876{next(NEWCOMERS):05d}"
    people.put(page.locator("[name=phone]"), number)
    people.put(page.locator("[name=owner]"), "mine")
    people.press(page)
    page.fill("[name=code]", people.wait_for_code(page, number, []))
    people.press(page)


def find_person(page: Page) -> None:
    form = page.locator("main form", has=page.locator("[name=card]"))
    form.locator("[name=card]").fill(CARD)
    with page.expect_navigation():
        form.locator("button[type=submit]").first.click()


def find_by_name(page: Page) -> None:
    form = page.locator("main form", has=page.locator("[name=name]"))
    page.evaluate("document.querySelectorAll('main details').forEach(d => d.open = true)")
    form.locator("[name=name]").fill(SON)
    form.locator("[name=birth_year]").fill("1951")
    with page.expect_navigation():
        form.locator("button[type=submit]").first.click()


def agree_wrongly(page: Page) -> None:
    find_person(page)
    form = page.locator("main form", has=page.locator("[name=pin]"))
    page.evaluate("document.querySelectorAll('main details').forEach(d => d.open = true)")
    with page.expect_navigation():
        form.locator("button[type=submit]").first.click()


def end_session(page: Page) -> None:
    with page.expect_navigation():
        page.locator("form[action='/assisted/end'] button").first.click()


def first_paper(page: Page) -> None:
    """The picture of a paper, with the officer's mark."""
    with page.expect_navigation():
        page.locator(".sheets a").first.click()
    page.wait_for_function("document.querySelector('img.sheet').naturalWidth > 0")


def old_version(page: Page) -> None:
    """Somebody else was faster: the page knows a version that is gone."""
    page.evaluate("document.querySelectorAll('[name=version]').forEach(v => v.value = '0')")
    with page.expect_navigation():
        page.locator("main form:has([name=version]) button[type=submit]").first.click()


def ask_nothing(page: Page) -> None:
    for box in page.locator("main form [type=checkbox]").all():
        box.uncheck(force=True)
    with page.expect_navigation():
        page.locator("main form:has([name=version]) button[type=submit]").first.click()


def decide_nothing(page: Page) -> None:
    with page.expect_navigation():
        page.locator("main form:has([name=version]) button[type=submit]").first.click()


def send_nothing(page: Page) -> None:
    with page.expect_navigation():
        page.locator("main form[action$='/submit'] button[type=submit]").last.click()


def send_supplement(page: Page) -> None:
    """The script sends photos by itself and puts the answer into the page."""
    page.locator("main .bottom button[type=submit]").click()
    page.locator("main [role=alert]").wait_for()


def change_phone(page: Page) -> None:
    """Each visit with a number of its own: a second code to the same one has to wait."""
    people.put(page.locator("[name=phone]"), f"098{random.randrange(10**7):07d}")
    people.press(page)


def approve_own(page: Page) -> None:
    """The button is not there for whoever asked; somebody may post all the same."""
    page.evaluate(
        "document.querySelector(\"form[action$='/refuse']\").action = location.pathname + '/approve'"
    )
    with page.expect_navigation():
        page.locator("form[action$='/approve'] button").click()


def reset_staff(page: Page) -> None:
    with page.expect_navigation():
        page.locator("form[action$='/reset'] button").click()


def come_in(page: Page, phone: str) -> None:
    number = "0" + phone.removeprefix("+84")
    before = people.codes_so_far(page, number)
    people.put(page.locator("[name=phone]"), number)
    people.press(page)
    page.fill("[name=code]", people.wait_for_code(page, number, before))
    people.press(page)


def come_in_on_a_new_device(page: Page) -> None:
    """The code is right, and one fact is missing."""
    come_in(page, EMPTY_PHONE)


def search(text: str) -> Callable[[Page], None]:
    def act(page: Page) -> None:
        page.fill("main input[name=q]", text)
        with page.expect_navigation():
            page.press("main input[name=q]", "Enter")

    return act


def cancel_vneid(page: Page) -> None:
    people.press(page)
    with page.expect_navigation():
        page.locator("main [name=person][value='']").click()


def be_known_by_phone(page: Page) -> None:
    """At the trial's VNeID be somebody who has an account by phone; the page on the way back goes on by itself."""
    people.press(page)
    page.get_by_role("button", name="NGUYỄN THỊ ĐÀO").click()
    page.wait_for_url("**/login/vneid/confirm")


def photo_without_code(page: Page) -> None:
    """Chosen is sent; the answer is the page about oneself again."""
    register_code(page)
    with page.expect_navigation():
        page.set_input_files("#f-card_photo", {"name": "a.jpg", "mimeType": "image/jpeg", "buffer": photo().getvalue()})


def lose_the_signal(page: Page) -> None:
    """The script for what waits comes, then the network goes."""
    page.evaluate("dispatchEvent(new Event('offline'))")
    for _ in range(200):  # our policy forbids waiting by a text that is run
        if page.evaluate("Boolean(window.motcua.unsent && document.querySelector('section[aria-label] > .strip'))"):
            break
        page.wait_for_timeout(50)
    page.context.set_offline(True)


def answer_without_signal(page: Page) -> None:
    """Whose phone is this?"""
    lose_the_signal(page)
    page.locator("main form input.input").first.fill("Trần Gia Bảo Ngọc")
    page.locator("main .bottom button").click()
    page.locator("section > .inner .panel").wait_for()


def keep_an_answer(page: Page) -> None:
    """It is her own; she looks at what waits and wants to delete it."""
    answer_without_signal(page)
    page.locator("section > .inner .panel button").first.click()
    page.locator("section > .inner > .actions button").last.click()
    page.locator("section .photos button.danger").click()


def photograph_without_signal(page: Page) -> None:
    lose_the_signal(page)
    chosen = {"name": "giay-chung-sinh.jpg", "mimeType": "image/jpeg", "buffer": photo("giay-chung-sinh").read()}
    page.locator("main [data-module=upload] input[type=file]").last.set_input_files([chosen])
    page.locator("section > .inner .panel button").first.click()
    page.locator("section > .inner > .actions button").last.click()
    page.locator("section > .inner .photos").wait_for()


def own_phone(page: Page) -> None:
    lose_the_signal(page)
    page.locator("[data-module=phone] button").first.click()
    page.locator("[data-module=phone] [value=own][aria-pressed=true]").wait_for()
