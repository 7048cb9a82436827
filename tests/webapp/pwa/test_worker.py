"""The worker in a real browser: it keeps the dress of the pages and public procedures, and nothing of a person."""

import json

import pytest
from flask import Flask
from playwright.sync_api import BrowserContext, Page, expect

from tests import people
from webapp.shell.services import Services

pytestmark = [pytest.mark.browser, pytest.mark.long]

PROCEDURE = "/procedures/1.001193"
KEPT = """async () => {
  const found = {};
  for (const name of await caches.keys())
    found[name] = (await (await caches.open(name)).keys()).map((one) => new URL(one.url).pathname);
  return found;
}"""


def with_worker(phone: BrowserContext, path: str = "/offline") -> Page:
    """A page whose worker stands and has taken over."""
    page = phone.new_page()
    page.goto(path)
    page.evaluate(
        """() => navigator.serviceWorker.controller
          || new Promise((done) => navigator.serviceWorker.addEventListener("controllerchange", () => done(true)))"""
    )
    return page


def kept(page: Page) -> set[str]:
    return {path for paths in page.evaluate(KEPT).values() for path in paths}


def log_in(phone: BrowserContext, address: str, app: Flask, services: Services) -> None:
    """Be Đào in this browser, with the cookie that the log-in pages would have set."""
    client = app.test_client()
    people.log_in_citizen(client, services)
    cookie = client.get_cookie("motcua")
    assert cookie is not None
    phone.add_cookies([{"name": "motcua", "value": cookie.value, "url": address}])


def test_only_the_dress_and_public_procedures_are_kept(phone, address, app, services):
    page = with_worker(phone)
    page.goto("/procedures")
    page.goto(PROCEDURE)
    log_in(phone, address, app, services)
    for path in ("/", "/dossiers", "/me", "/me/records", "/procedures", "/lookup"):
        page.goto(path)
    page.wait_for_timeout(300)
    there = kept(page)
    assert PROCEDURE in there
    others = {path for path in there if not path.startswith("/static/") and path != "/offline"}
    assert others <= {"/procedures", PROCEDURE}
    assert page.evaluate("[localStorage.length, sessionStorage.length]") == [0, 0]


def test_a_public_page_opened_while_logged_in_is_not_kept(phone, address, app, services):
    log_in(phone, address, app, services)
    page = with_worker(phone)
    page.goto(PROCEDURE)
    assert page.locator("form[action='/logout']").count() == 1
    page.wait_for_timeout(300)
    assert PROCEDURE not in kept(page)


def test_without_a_connection_the_phone_says_so_and_shows_kept_procedures(phone, live):
    page = with_worker(phone)
    page.goto(PROCEDURE)
    title = page.title()
    page.wait_for_timeout(300)
    phone.set_offline(True)
    page.goto("/dossiers")
    assert page.locator("h1").inner_text() == "Lúc này không có mạng"
    assert page.locator("main .button").evaluate("it => getComputedStyle(it).backgroundColor") == "rgb(30, 58, 107)"
    page.goto(PROCEDURE)
    assert page.title() == title
    assert "Bản lưu trên máy" in page.locator("[role=status] .strip").inner_text()
    page.goto("/procedures/none-such")
    assert page.locator("h1").inner_text() == "Lúc này không có mạng"


def test_the_strip_says_when_the_connection_goes_and_comes(phone):
    page = phone.new_page()
    page.goto("/procedures")
    strip = page.locator("[role=status] .strip")
    assert strip.count() == 0
    phone.set_offline(True)
    strip.wait_for()
    assert "Mất mạng" in strip.inner_text()
    phone.set_offline(False)
    expect(strip).to_have_attribute("data-state", "saved", timeout=30_000)


def test_switched_off_it_goes_and_takes_its_cache_along_but_not_what_waits_to_be_sent(phone, app):
    page = with_worker(phone)
    assert page.evaluate("caches.keys()")
    made = "new Promise(done => { indexedDB.open('unsent').onsuccess = event => done(event.target.result.close()); })"
    page.evaluate(made)
    attached = app.extensions["motcua"]
    attached.settings = attached.settings.model_copy(update={"sw_mode": "off"})
    page.evaluate("navigator.serviceWorker.getRegistration().then((one) => one.update())")
    for _ in range(50):
        left = page.evaluate(
            "async () => [...await caches.keys(), ...await navigator.serviceWorker.getRegistrations()].length"
        )
        if not left:
            break
        page.wait_for_timeout(100)
    assert left == 0
    assert [one["name"] for one in page.evaluate("indexedDB.databases()")] == ["unsent"]
    # the worker hands its pages back to the network, so this one may just now be loading anew
    expect(page.locator("h1")).to_have_count(1)


def test_fragments_and_posts_go_past_the_worker(phone):
    page = with_worker(phone)
    asked = page.evaluate(
        """async (path) => {
          await fetch(path, {headers: {"HX-Request": "true"}});
          await fetch(path);
          return (await (await caches.open("procedures-1")).keys()).length;
        }""",
        PROCEDURE,
    )
    assert asked == 0
    assert json.loads(page.request.get("/manifest.webmanifest").text())["id"] == "/"
