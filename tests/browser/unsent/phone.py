"""What people do on a phone without a signal, and what it then holds."""

import io
from collections.abc import Callable
from typing import Any

from PIL import Image
from playwright.sync_api import BrowserContext, Page, expect
from sqlalchemy import select

from tests.browser.conftest import Site
from tests.browser.visits import tour_of
from webapp.dossiers.documents import LEDGER
from webapp.dossiers.models import Dossier

NAME = "Trần Gia Bảo Ngọc"
QUESTION, BOX = "/dossiers/{draft_new}/sections/child?q=1", "main [name=child_name]"
PAPER = "/dossiers/{draft_half}/documents/birth_proof"
SECTION = "section[aria-label='Những gì đang chờ trên điện thoại này']"
CONTROLLED = """async () => {
  await navigator.serviceWorker.ready;
  while (!navigator.serviceWorker.controller) await new Promise(done => setTimeout(done, 20));
}"""
# All that the phone holds, as somebody reads it who has the phone and no log-in.
HELD = """async () => {
  const open = indexedDB.open('unsent');
  const db = await new Promise(done => { open.onsuccess = () => done(open.result); });
  const all = await new Promise(done => {
    const request = db.transaction('things').objectStore('things').getAll();
    request.onsuccess = () => done(request.result);
  });
  db.close();
  const text = async (part) =>
    part ? new TextDecoder('latin1').decode(await new Response(part.data).arrayBuffer()) : '';
  return Promise.all(all.map(async (row) => ({
    whole: JSON.stringify(row) + await text(row.head) + await text(row.body),
    kind: row.kind, locked: row.key ? row.key.extractable === false : null,
  })));
}"""


def is_onward(url: str) -> bool:
    return "/sections/" in url and not url.endswith("q=1")


def be(context: BrowserContext, site: Site, who: str) -> None:
    context.add_cookies([tour_of(site).cookie(who)])  # type: ignore[list-item]


def stand(page: Page, site: Site, path: str = QUESTION) -> None:
    page.goto(tour_of(site).path(path))
    for _ in range(200):  # our policy forbids waiting by a text that is run
        if page.evaluate("Boolean(window.motcua && window.motcua.unsent)"):
            return
        page.wait_for_timeout(50)
    raise AssertionError("the script for what waits did not come")


def press(page: Page, name: str) -> None:
    page.locator(SECTION).get_by_role("button", name=name, exact=True).click()


def own_phone(page: Page, site: Site) -> None:
    stand(page, site, "/me/settings")
    button = page.get_by_role("button", name="Đây là máy của riêng tôi")
    button.click()
    expect(button).to_have_attribute("aria-pressed", "true")


def says(page: Page, words: str) -> None:
    expect(page.locator(f"{SECTION} .strip")).to_contain_text(words, timeout=10_000)


def answer_offline(page: Page, site: Site, value: str = NAME, path: str = QUESTION, box: str = BOX) -> None:
    stand(page, site, path)
    page.context.set_offline(True)
    page.fill(box, value)
    page.locator("main .bottom button").click()


def on_server(visit: Callable[..., Page], site: Site, path: str = QUESTION, box: str = BOX) -> str:
    other = visit(service_workers="block")
    other.goto(tour_of(site).path(path))
    return other.input_value(box)


def a_photo(seed: int) -> dict[str, Any]:
    out = io.BytesIO()
    picture = Image.effect_noise((400, 500), 90 + seed)
    picture.convert("RGB").save(out, "JPEG", quality=85)
    return {"name": f"chung-sinh-{seed}.jpg", "mimeType": "image/jpeg", "buffer": out.getvalue()}


def take_photo(page: Page, seed: int) -> None:
    page.locator("main [data-module=upload] input[type=file]").last.set_input_files([a_photo(seed)])


def stand_without_worker(page: Page, site: Site, path: str) -> None:
    """Where no worker is, the script comes when the browser first notices that the network is gone."""
    page.goto(tour_of(site).path(path))
    page.evaluate("dispatchEvent(new Event('offline'))")
    for _ in range(200):
        if page.evaluate("Boolean(window.motcua.unsent)"):
            break
        page.wait_for_timeout(50)
    page.wait_for_timeout(100)


def stored(site: Site) -> list[str]:
    """Hashes of the photos of the paper, as the server counted them."""
    tour = tour_of(site)
    with tour.services.database.transaction() as session:
        dossier = session.scalars(select(Dossier).where(Dossier.public_id == tour.ids["draft_half"])).one()
        rows = LEDGER.rows(session, dossier=dossier.id)
        return [row.sha256 for row in rows if row.key == "birth_proof" and row.sha256]
