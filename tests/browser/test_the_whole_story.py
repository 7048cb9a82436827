"""The main job as a commune lives it: register, send, miss a paper, mend, settle, hand over; all told by SMS."""

import random
import re
from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from tests.browser import people
from tests.browser.conftest import DESK, Site
from tests.filling import birth_answers

Opener = Callable[..., Page]
A5 = (148, 210)
SCRIPT = pytest.mark.parametrize("script", [True, False], ids=["with-script", "without-script"])


def somebody_new() -> tuple[str, str, str]:
    """(phone, personal number, name) that no other test uses."""
    tail = random.randrange(10**6)
    return f"0912{tail:06d}", f"038196{tail:06d}", "Trịnh Thị Hoa"


def register(page: Page, phone: str, citizen_id: str, name: str) -> None:
    page.goto("/register")
    people.put(page.locator("[name=phone]"), phone)
    people.put(page.locator("[name=owner]"), "mine")
    people.press(page)
    people.put(page.locator("[name=code]"), people.wait_for_code(page, phone, []))
    people.press(page)
    answers = {
        "full_name": name,
        "birth_date": "14/05/1996",
        "citizen_id": citizen_id,
        "sex": "nu",
        "ethnicity": "Kinh",
        "residence": people.HOANG_LOC,
        "consent": "yes",
    }
    people.answer_page(page, answers)
    people.press(page)
    assert "/register" not in page.url, page.inner_text("main")


def attach(page: Page, path: Path, script: bool) -> None:
    """Choose a photo; the script sends it by itself, without it the button does."""
    page.locator("main input[type=file]").nth(1).set_input_files(str(path))
    if script:
        expect(page.locator("main .photos li[data-state=stored]").first).to_be_visible()
    else:
        people.press(page, "Gửi ảnh")


def open_task(page: Page, dossier: str, key: str) -> None:
    page.goto(f"{dossier}/documents/{key}")


def open_at_counter(page: Page, what: str) -> None:
    """The officer's one box: scan or type, and the dossier opens."""
    page.goto("/counter")
    page.fill("main input[name=q]", what)
    with page.expect_navigation():
        page.press("main input[name=q]", "Enter")
    assert "/counter/dossiers/" in page.url, page.inner_text("main")


def sends_a_birth(mother: Page, who: tuple[str, str, str], folder: Path, script: bool) -> str:
    """From home to the receipt: two papers, one photo each. The dossier's address."""
    phone, citizen_id, name = who
    mother.goto("/")
    people.follow(mother, "Khai sinh cho con")
    people.follow(mother, "Bắt đầu")
    people.put(mother.locator("[name=office]"), "H56.38.12")
    people.press(mother)
    answers = {**birth_answers(), "mother_name": name, "mother_id_no": citizen_id, "applicant_phone": phone}
    people.answer_all(mother, answers)
    dossier = mother.url.removesuffix("/edit")
    for key in ("birth_proof", "marriage_info"):
        open_task(mother, dossier, key)
        attach(mother, people.jpeg(folder, key), script)
    mother.goto(f"{dossier}/review")
    for box in ("pledge", "consent"):
        people.put(mother.locator(f"[name={box}]"), "yes")
    people.press(mother, "Gửi hồ sơ")
    expect(mother.locator("main")).to_contain_text("Cơ quan đã nhận đủ 2 trên 2 giấy tờ")
    return dossier


def asks_for_a_better_photo(desk: Page, at_desk: str) -> None:
    """Everything that is missing, in one request."""
    desk.goto(f"{at_desk}/request-supplement")
    line = desk.locator("fieldset.ask").filter(has_text="Giấy chứng sinh").first
    line.locator("input[type=checkbox]").check()
    line.locator("[name^=fault_]").select_option("blurred")
    line.locator("input[name^=words_]").fill("Mờ phần số seri")
    people.press(desk)


def mends_it(mother: Page, dossier: str, folder: Path, script: bool) -> None:
    """She reads what the officer wrote, photographs again, sends."""
    mother.goto(dossier)
    expect(mother.locator("main")).to_contain_text("Mờ phần số seri")
    people.follow(mother, "Gửi phần còn thiếu")
    mother.locator("main input[type=file]").nth(1).set_input_files(str(people.jpeg(folder, "chup-lai")))
    if script:
        expect(mother.locator("main .photos li")).to_have_count(1)
        mother.wait_for_timeout(500)
    people.press(mother, "Gửi cơ quan")
    expect(mother.locator("main")).to_contain_text("Cơ quan đã nhận đủ 1 trên 1 giấy tờ yêu cầu bổ sung")


def settles(judge: Page, at_desk: str, folder: Path) -> None:
    """The case officer works on it and grants it, with the certificate's file."""
    people.staff_log_in(judge, "case")
    judge.goto(at_desk)
    people.press_action(judge, "/process")
    judge.goto(f"{at_desk}/settle")
    people.put(judge.locator("[name=decision]"), "granted")
    judge.fill("[name=number]", "15/2026")
    people.put(judge.locator("[name=no_draft]"), "phone")
    judge.set_input_files("[name=file]", str(people.jpeg(folder, "giay-khai-sinh")))
    people.press(judge)


def sees_only_the_stage(stranger: Page, qr: str, *private: str) -> None:
    """Anybody who scans the receipt sees the stage and nothing of the person."""
    stranger.goto(qr)  # as a phone's camera opens it, capitals and all
    expect(stranger.locator("main h1")).to_have_text("Cơ quan đã nhận")
    shown = stranger.inner_text("body")
    assert not [words for words in private if words in shown]


@SCRIPT
def test_a_mother_registers_her_childs_birth_from_first_log_in_to_the_result_in_her_hand(
    site: Site, open_page: Opener, tmp_path: Path, script: bool
) -> None:
    phone, citizen_id, name = somebody_new()
    mother = open_page(site, java_script_enabled=script)
    desk, judge = (open_page(site, viewport=DESK, java_script_enabled=script) for _ in range(2))
    register(mother, phone, citizen_id, name)
    dossier = sends_a_birth(mother, (phone, citizen_id, name), tmp_path, script)
    code = re.search(r"H56\.38\.12-\d{6}-\d{4}", mother.inner_text("main"))
    assert code
    people.wait_for_text(mother, phone, code[0])

    # The receipt's QR, read from the printed paper, opens the dossier at the counter.
    receipt = mother.request.get(f"{dossier}/receipt.pdf").body()
    assert people.paper_of(receipt) == [A5]
    qr = people.qr_of_pdf(receipt, tmp_path)
    assert qr.startswith(site.url.upper() + "/Q/")
    people.staff_log_in(desk, "officer")
    open_at_counter(desk, qr)
    expect(desk.locator("main")).to_contain_text(name)
    at_desk = desk.url
    sees_only_the_stage(open_page(site, java_script_enabled=script), qr, name, code[0], citizen_id)

    asks_for_a_better_photo(desk, at_desk)
    people.wait_for_text(mother, phone, "bo sung")
    mends_it(mother, dossier, tmp_path, script)

    # Received, worked on, settled with a result file, handed over; told at each step.
    desk.goto(at_desk)
    people.press_action(desk, "/receive")
    people.wait_for_text(mother, phone, "tiep nhan")
    settles(judge, at_desk, tmp_path)
    people.wait_for_text(mother, phone, "da xong")
    desk.goto(f"{at_desk}/hand-over")
    people.answer_page(desk, {"to_whom": name, "how": "counter"})
    people.press(desk)
    people.wait_for_text(mother, phone, "da tra ket qua")

    # She follows it all, and the result is a record of hers.
    mother.goto(dossier)
    for words in ("Cơ quan đã tiếp nhận", "Cơ quan yêu cầu bổ sung", "15/2026", "Đã trả kết quả"):
        expect(mother.locator("main")).to_contain_text(words)
    mother.goto("/me/records")
    expect(mother.locator("main")).to_contain_text("Giấy khai sinh")
    mother.goto("/me/messages")
    expect(mother.locator("main")).to_contain_text(code[0])
