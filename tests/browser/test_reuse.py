"""A second dossier asks only for what is new: the first one's result stands for the paper, with its source shown."""

import re
from collections.abc import Callable

from playwright.sync_api import Page, expect

from tests.browser import people
from tests.browser.conftest import DESK, Site
from tests.browser.database import settled_birth
from tests.filling import HOANG_LOC

Opener = Callable[..., Page]

# All that is left to say; the rest is known from her profile and the birth certificate.
HEALTH_CARD = {
    "relation": "me",
    "applicant_id_issued": {"date": "16/08/2023", "text": "Bộ Công an"},
    "child_id_no": "038326001234",
    "child_residence": HOANG_LOC,
    "hospital": "Bệnh viện Nhi Thanh Hóa",
    "card_form": "dien_tu",
    "result_channel": "dien_tu",
}


def test_the_birth_certificate_of_the_first_dossier_is_not_asked_for_again(site: Site, open_page: Opener) -> None:
    first = settled_birth(site)
    mother, desk = open_page(site), open_page(site, viewport=DESK)
    people.log_in(mother)
    mother.goto("/dossiers/new/1.014137")
    expect(mother.locator("main")).to_contain_text("Giấy khai sinh")
    people.put(mother.locator("[name=office]"), "H56.38.12")
    people.press(mother)
    people.answer_all(mother, HEALTH_CARD)
    dossier = mother.url.removesuffix("/edit")

    # The paper is offered, with where it came from; one tap and it is done.
    mother.goto(f"{dossier}/documents/birth_certificate")
    expect(mother.locator("main")).to_contain_text(first.code)
    people.press(mother, "Tôi đồng ý, dùng giấy này")
    mother.goto(f"{dossier}/review")
    expect(mother.locator("main")).to_contain_text("Ông/bà đỡ phải nộp 1 giấy tờ")
    for box in mother.locator("main input[type=checkbox]").all():
        box.check(force=True)
    people.press(mother, "Gửi hồ sơ")
    expect(mother.locator("main")).to_contain_text("Cơ quan đã nhận đủ 1 trên 1 giấy tờ")
    code = re.search(r"H56\.38\.12-\d{6}-\d{4}", mother.inner_text("main"))
    assert code

    # The officer sees whose paper it is, which dossier it came from and that she agreed.
    people.staff_log_in(desk, "officer")
    desk.goto("/counter")
    desk.fill("main input[name=q]", code[0])
    with desk.expect_navigation():
        desk.press("main input[name=q]", "Enter")
    expect(desk.locator("main")).to_contain_text(first.code)

    # And her own records say who used it.
    mother.goto("/me/records")
    path = dossier.removeprefix(site.url)
    expect(mother.locator(f"main a[href='{path}']")).to_be_visible()
