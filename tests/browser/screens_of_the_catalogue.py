"""Screens of procedures: searching and browsing at size, what is only listed, and looking after them."""

from playwright.sync_api import Page

from tests.browser import people
from tests.browser.screen_acts import Screen, press
from tests.browser.tour_catalogue import LISTED, OFF, REVISED

MANAGE = "/manage/procedures"


def say_it_otherwise(page: Page) -> None:
    page.locator("main [name=plain_vi]").fill("Xóa tên khỏi hộ khẩu")
    people.put(page.locator("main [name=reason]"), "Nói cho dễ hiểu")
    people.press(page)


def follow(page: Page, link: str) -> None:
    with page.expect_navigation():
        page.locator(link).click()


def read_the_questions(page: Page) -> None:
    say_it_otherwise(page)
    follow(page, "main a[href$='/questions']")


def go_back_to_the_text(page: Page) -> None:
    say_it_otherwise(page)
    follow(page, "a.back")


def switch_off_without_a_reason(page: Page) -> None:
    page.locator("main details", has=page.locator("form[action$='/off']")).locator("summary").click()
    people.press_action(page, "/off")


CATALOGUE = [
    Screen("procedures-field", "/procedures?field=linh-vuc-so-0"),
    Screen("procedures-letter", "/procedures?letter=d"),
    Screen("procedures-level", "/procedures?level=commune"),
    Screen("procedures-place", "/procedures?q=khai+sinh+huy%E1%BB%87n+Ho%E1%BA%B1ng+H%C3%B3a"),
    Screen("procedures-many", "/procedures?q=cap+giay+phep"),
    Screen("procedures-nearly", "/procedures?q=giay+phep+tau+vu+tru"),
    Screen("procedure-listed", f"/procedures/{LISTED}"),
    Screen("procedure-off", f"/procedures/{OFF}"),
    Screen("question-table-more", "/dossiers/{tabled}/sections/members?more=members", "lan"),
    Screen("manage-procedures", MANAGE, "tour-manager"),
    Screen("manage-procedures-nothing", f"{MANAGE}?q=zzzz", "tour-manager"),
    Screen("manage-procedure", f"{MANAGE}/{REVISED}", "tour-admin"),
    Screen("manage-procedure-read", f"{MANAGE}/1.001193", "tour-manager"),
    Screen("manage-procedure-off", f"{MANAGE}/{OFF}", "tour-admin"),
    Screen("manage-procedure-wrong", f"{MANAGE}/1.001193", "tour-admin", switch_off_without_a_reason, 422),
    Screen("manage-revise", f"{MANAGE}/{REVISED}/revise", "tour-admin"),
    Screen("manage-revise-wrong", f"{MANAGE}/{REVISED}/revise", "tour-admin", press, 422),
    Screen("manage-revise-listed", f"{MANAGE}/{LISTED}/revise", "tour-admin"),
    Screen("manage-preview", f"{MANAGE}/{REVISED}/revise", "tour-admin", say_it_otherwise),
    Screen("manage-preview-questions", f"{MANAGE}/{REVISED}/revise", "tour-admin", read_the_questions),
    Screen("manage-preview-back", f"{MANAGE}/{REVISED}/revise", "tour-admin", go_back_to_the_text),
]
