"""A helper beside Vi Thị Nhàn, who has no phone: card and PIN, a gold bar, and nothing of her afterwards."""

import contextlib
from collections.abc import Callable

from playwright.sync_api import Error as PlaywrightError
from playwright.sync_api import Page, expect

from tests.browser import people
from tests.browser.conftest import DESK, Site
from tests.filling import HOANG_LOC

Opener = Callable[..., Page]
NAME, NUMBER = "Vi Thị Nhàn", "038154004321"
LEFT_BEHIND = """async () => {
  const cached = [];
  for (const name of await caches.keys()) {
    for (const request of await (await caches.open(name)).keys()) {
      const answer = await (await caches.open(name)).match(request);
      cached.push([request.url, await answer.text()]);
    }
  }
  const databases = indexedDB.databases ? await indexedDB.databases() : [];
  return {cached, databases: databases.map(d => d.name),
          local: Object.entries(localStorage), session: Object.entries(sessionStorage)};
}"""
PENSION = {
    "for_self": "yes",
    "applicant_id_type": "can_cuoc",
    "applicant_id_no": NUMBER,
    "applicant_id_issued": {"date": "16/08/2023", "text": "Bộ Công an"},
    "applicant_residence": HOANG_LOC,
    "applicant_phone": "",
    "beneficiary_name": NAME,
    "beneficiary_dob": "1954",
    "beneficiary_id_no": NUMBER,
    "beneficiary_ethnicity": "Thái",
    "beneficiary_nationality": "Việt Nam",
    "beneficiary_residence": HOANG_LOC,
    "pension": "no",
    "under_75": "no",
    "poverty": "khong",
    "pay_method": "tien_mat_buu_dien",
    "result_channel": "tai_bo_phan_mot_cua",
}


def begin_session(page: Page) -> None:
    """The card on the table, the PIN from her head."""
    page.goto("/assisted/sessions/new")
    page.fill("#find-card [name=card]", "7F2-Q8M")
    with page.expect_navigation():
        page.locator("#find-card button[type=submit]").click()
    expect(page.locator("main h1")).to_contain_text(NAME)
    if page.locator("#card [name=card]").count():
        page.fill("#card [name=card]", "7F2-Q8M")
    page.fill("#card [name=pin]", "2468")
    with page.expect_navigation():
        page.locator("#card button[type=submit]").click()


def test_her_pension_is_asked_for_with_her_consent_and_nothing_of_her_stays_on_the_device(
    site: Site, open_page: Opener
) -> None:
    helper, desk = open_page(site), open_page(site, viewport=DESK)
    people.staff_log_in(helper, "helper")
    begin_session(helper)
    bar = helper.locator(".assisted")
    expect(bar).to_contain_text(NAME)

    # Her own pages, under the bar, each form with the mandate.
    helper.goto("/dossiers/new/1.014027")
    expect(helper.locator("main form input[name=mandate]").first).to_have_count(1)
    people.put(helper.locator("[name=office]"), "H56.38.12")
    people.press(helper)
    people.answer_all(helper, PENSION)
    dossier = helper.url.removesuffix("/edit")
    helper.goto(f"{dossier}/review")
    expect(bar).to_contain_text(NAME)
    for box in helper.locator("main input[type=checkbox]").all():
        box.check(force=True)
    people.press(helper, "Gửi hồ sơ")
    expect(helper.locator("main")).to_contain_text("Cơ quan đã nhận hồ sơ")
    code = helper.locator("main .long-code").first.inner_text()

    # End: a slip to give her, and the device forgets.
    with helper.expect_navigation():
        bar.locator("form button").click()
    expect(helper.locator("main")).to_contain_text(code)
    helper.goto("/assisted")
    left = helper.evaluate(LEFT_BEHIND)
    assert all(NAME not in text and NUMBER not in text and "/dossiers" not in url for url, text in left["cached"])
    assert left["local"] == left["session"] == left["databases"] == []
    for _ in range(4):
        # A page that came from a post asks whether to send again: there is nothing to show then.
        with contextlib.suppress(PlaywrightError):
            helper.go_back()
        assert NAME not in helper.inner_text("body") and NUMBER not in helper.content()
    answer = helper.goto(dossier)
    assert answer is not None
    assert NAME not in helper.inner_text("body")

    # The officer sees who helped and under which mandate.
    people.staff_log_in(desk, "officer")
    desk.goto("/counter")
    desk.fill("main input[name=q]", code)
    with desk.expect_navigation():
        desk.press("main input[name=q]", "Enter")
    expect(desk.locator("main")).to_contain_text(NAME)
    expect(desk.locator("main")).to_contain_text("Lò Văn Pha")
