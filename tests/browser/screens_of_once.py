"""Screens that their visit uses up (links good once, codes, two accounts), and those nobody wants to meet."""

import pyotp
from playwright.sync_api import Page

from tests.browser import people
from tests.browser.screen_acts import Screen, come_in, find_person, press, register_code
from tests.browser.tour import EMPTY_ID
from tests.browser.tour_once import SHARED_PHONE
from webapp.accounts.demo import HOME


def come_in_by_a_shared_phone(page: Page) -> None:
    come_in(page, SHARED_PHONE)


def read_the_consent(page: Page) -> None:
    find_person(page)
    page.goto("/assisted/consent/paper")


def say_what_an_office_wrote_down(page: Page) -> None:
    register_code(page)
    page.goto("/register/claim")


def claim_nothing(page: Page) -> None:
    say_what_an_office_wrote_down(page)
    people.press(page)


def come_with_another_mandate(page: Page) -> None:
    """A page left open from somebody else's visit."""
    page.evaluate("document.querySelectorAll('[name=mandate]').forEach(m => m.value = 'gone')")
    people.press(page)


def type_too_late(page: Page) -> None:
    """The form's token is good no more."""
    people.answer_page(page, {"child_name": "Lê Gia Hân"})
    page.evaluate("document.querySelectorAll('[name=csrf_token]').forEach(t => t.value = 'old')")
    people.press(page)


def meet_the_other_account(page: Page) -> None:
    people.press_action(page, "/link")
    page.get_by_role("button", name="NGUYỄN THỊ ĐÀO").click()
    page.wait_for_url("**/me/identity/join")


def name_the_other_phone(page: Page) -> None:
    people.put(page.locator("main [name=phone]"), "0912000068")
    people.press(page)


def stop_the_change(page: Page) -> None:
    phone, code = page.evaluate("location.hash.slice(1)").split(",")
    people.put(page.locator("main [name=phone]"), phone)
    people.put(page.locator("main [name=code]"), code)
    people.press(page)


def set_up(page: Page) -> None:
    secret = page.locator("main .code").last.inner_text().replace(" ", "")
    for name in ("password", "password_again"):
        people.put(page.locator(f"main [name={name}]"), "lúa chín ngoài đồng tháng mười")
    people.put(page.locator("main [name=otp]"), pyotp.TOTP(secret).now())
    people.press(page)


def make_a_card(page: Page) -> None:
    people.put(page.locator("main [name=citizen_id]"), EMPTY_ID)
    for name in ("pin", "pin_again"):
        people.put(page.locator(f"main [name={name}]"), "8642")
    for box in page.locator("main [type=checkbox]").all():
        box.check(force=True)
    people.press(page)


def make_a_token(page: Page) -> None:
    people.put(page.locator("main [name=office]"), HOME)
    people.put(page.locator("main [name=label]"), "Phần mềm hộ tịch")
    people.press(page)


ONCE = [
    Screen("who", "/login", act=come_in_by_a_shared_phone),
    Screen("claim", "/register", act=say_what_an_office_wrote_down),
    Screen("claim-wrong", "/register", act=claim_nothing, status=422),
    Screen("kept", "/login/kept", "kept"),
    Screen("expired-form", "/dossiers/{draft_new}/sections/child?q=1", "lan", type_too_late, 403),
    Screen("not-me-link", "/not-me/{alarm}"),
    Screen("not-me-done", "/not-me/{alarm}", act=press),
    Screen("phone-stopped", "/phone-stop#{stop}", act=stop_the_change),
    Screen("enrolled", "/staff/enrol/{enrol_once}", act=set_up),
    Screen("identity-join", "/me/identity", "twin", meet_the_other_account),
    Screen("identity-other-code", "/me/identity/other-account", "twin", name_the_other_phone),
    Screen("consent-paper", "/assisted/sessions/new", "tour-helper", read_the_consent),
    Screen("helping-refused", "/dossiers/new/1.001193", "tour-helping", come_with_another_mandate, 409),
    Screen("objection", "/me/helpers/{visit}/objection", "lan"),
    Screen("desk-card-made", "/counter/cards/new", "tour-officer", make_a_card),
    Screen("desk-card-wrong", "/counter/cards/new", "tour-officer", press, 422),
    Screen("tokens", "/manage/api-tokens", "tour-admin"),
    Screen("tokens-wrong", "/manage/api-tokens", "tour-admin", press, 422),
    Screen("token-asked-for", "/manage/api-tokens", "tour-admin", make_a_token),
    Screen("token-made", "/manage/approvals/{agreed}", "tour-admin", press),
    Screen("approval-wanted", "/manage/approvals/{wanted}", "tour-admin"),
    Screen("approval-given", "/manage/approvals/{wanted}", "tour-admin", press),
    Screen("approval-agreed", "/manage/approvals/{agreed}", "tour-admin"),
    Screen("approvals", "/manage/approvals", "tour-admin"),
    Screen("erasure-wanted", "/manage/approvals/{erasure_wanted}", "tour-admin"),
    Screen("erasure-agreed", "/manage/approvals/{erasure_agreed}", "tour-admin"),
    Screen("list-asked-for", "/counter/approvals/{list_wanted}", "tour-officer"),
    Screen("list-wanted", "/counter/approvals/{list_wanted}", "tour-case"),
    Screen("list-given", "/counter/approvals/{list_wanted}", "tour-case", press),
    Screen("list-agreed", "/counter/approvals/{list_agreed}", "tour-officer"),
    Screen("lists-of-two", "/counter/approvals", "tour-officer"),
    Screen("counter-second-person", "/counter#{list_wanted}", "tour-case"),
    *(Screen(f"broken-{status}", "/lookup", status=status, broken=True) for status in (413, 429, 500, 503)),
]
