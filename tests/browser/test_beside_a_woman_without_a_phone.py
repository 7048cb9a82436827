"""A helper beside Vi Thị Nhàn, who has no phone: card and PIN, a gold bar, and nothing of her afterwards."""

import contextlib
from collections.abc import Callable

import pytest
from playwright.sync_api import Error as PlaywrightError
from playwright.sync_api import Page, expect

from tests.browser import people
from tests.browser.conftest import DESK, PHONE, Site
from tests.filling import HOANG_LOC

Opener = Callable[..., Page]
ON_SQLITE = pytest.mark.xdist_group("sqlite-site")
NAME, NUMBER = "Vi Thị Nhàn", "038154004321"
CONSENT = "người nộp đã đồng ý và có ghi nhận"
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


def nothing_is_left(helper: Page) -> None:
    """Neither in the browser's stores nor behind Back."""
    left = helper.evaluate(LEFT_BEHIND)
    assert len(left["cached"]) >= 4, "the worker keeps the dress of the pages and the page without a connection"
    assert all(NAME not in text and NUMBER not in text and "/dossiers" not in url for url, text in left["cached"])
    assert left["local"] == left["session"] == left["databases"] == []
    back = 0
    for _ in range(6):
        # A page that came from a post asks whether to send again: there is nothing to show then.
        with contextlib.suppress(PlaywrightError):
            here = helper.url
            helper.go_back(wait_until="load")
            back += helper.url != here
        helper.wait_for_timeout(200)  # a page out of memory is shown at once, and asks then
        assert NAME not in helper.inner_text("body") and NUMBER not in helper.content()
    assert back >= 1, "nobody has gone back"


def the_officer_sees_who_helped(desk: Page, code: str, mandate: str) -> None:
    """Who, how, and under which mandate; above and in the history."""
    people.staff_log_in(desk, "officer")
    desk.goto("/counter")
    desk.fill("main input[name=q]", code)
    with desk.expect_navigation():
        desk.press("main input[name=q]", "Enter")
    expect(desk.locator("main")).to_contain_text(NAME)
    expect(desk.locator("main")).to_contain_text("Lò Văn Pha")
    expect(desk.locator("main .summary", has_text="Ai gửi")).to_contain_text(f"Lò Văn Pha (tổ công nghệ số), {CONSENT}")
    expect(desk.locator("main .summary", has_text="Ai gửi")).to_contain_text(mandate)
    sent = desk.locator("#history li", has_text="Đã nộp")
    expect(sent).to_contain_text(f"Lò Văn Pha, giúp {NAME}")
    expect(sent).to_contain_text(f"ngồi cạnh người nộp, theo ủy quyền {mandate}")


def test_her_pension_is_asked_for_with_her_consent_and_nothing_of_her_stays_on_the_device(
    site: Site, open_page_that_goes_back: Opener
) -> None:
    helper, desk = (open_page_that_goes_back(site, viewport=size) for size in (PHONE, DESK))
    people.staff_log_in(helper, "helper")
    begin_session(helper)
    bar = helper.locator(".assisted")
    expect(bar).to_contain_text(NAME)

    # Her own pages, under the bar, each form with the mandate.
    helper.goto("/dossiers/new/1.014027")
    mandate = helper.locator("main form input[name=mandate]").first.input_value()
    assert helper.evaluate("navigator.serviceWorker.ready.then(r => r.active.state)") in ("activating", "activated")
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
    nothing_is_left(helper)
    answer = helper.goto(dossier)
    assert answer is not None
    assert NAME not in helper.inner_text("body")

    the_officer_sees_who_helped(desk, code, mandate)


@ON_SQLITE
def test_a_private_page_out_of_the_browsers_memory_is_asked_for_again(
    sqlite_site: Site, open_page_that_goes_back: Opener
) -> None:
    """Chromium keeps no page that says "no-store"; other browsers do. It is told here what they would tell."""
    page = open_page_that_goes_back(sqlite_site)
    people.staff_log_in(page, "helper")
    page.goto("/assisted")
    page.evaluate("window.old = true")
    with page.expect_navigation():
        page.evaluate("window.dispatchEvent(new PageTransitionEvent('pageshow', {persisted: true}))")
    assert page.evaluate("window.old") is None


@ON_SQLITE
def test_a_public_page_out_of_the_browsers_memory_can_be_used_again(
    sqlite_site: Site, open_page_that_goes_back: Opener
) -> None:
    page = open_page_that_goes_back(sqlite_site)
    page.goto("/register")
    page.evaluate("window.old = true")
    page.evaluate("document.querySelector('main form').dataset.sent = '1'")
    page.goto("/help")
    page.go_back()
    if page.evaluate("window.old"):  # it came out of memory: what was pressed before can be pressed again
        assert page.evaluate("document.querySelector('main form').dataset.sent") is None
    page.evaluate("document.querySelector('main form').dataset.sent = '1'")
    page.evaluate("window.dispatchEvent(new PageTransitionEvent('pageshow', {persisted: true}))")
    assert page.evaluate("document.querySelector('main form').dataset.sent") is None
