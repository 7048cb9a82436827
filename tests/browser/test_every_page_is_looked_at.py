"""No page is left out of the list that all visits go by: what the program can show is compared with what was seen.

Each line of the site's own log says which route answered, and which page it showed.
"""

import json
import re
from collections.abc import Iterable
from functools import cache

import pytest
from flask import Flask
from playwright.sync_api import Browser

from tests.browser.conftest import Site
from tests.browser.screen_list import BY_NAME
from tests.browser.visits import look_at

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("sqlite-site")]
# Why a route that answers GET needs no look. A name may end in *.
NO_PAGE = {
    "a file": (
        "*_file", "*.own_picture", "*.result", "counter.original", "counter.small", "counter.page_picture",
        "assets.static_file",
    ),
    "for machines": (
        "interop.*", "health.*", "metrics.*", "pwa.*", "demo_vneid.document", "demo_vneid.keys", "demo_vneid.userinfo",
    ),
    "a part of a page, or nothing to see": ("offices.communes", "accounts.stay", "kiosk.stay"),
    "only leads on": ("appearance.language", "kiosk.end"),
    "the parts on one page, which tests/webapp/pwa/test_look.py looks at": ("gallery.components",),
}  # fmt: skip
# Why a page is in no screen.
LEFT_OUT = {
    "pwa/offline.html": "made without the request that the log tells of; the screen is called offline",
    "shell/components.html": "the parts on one page, as above",
    "accounts/wait.html": "needs a busy address; test_staying_logged_in.py makes one and looks at it",
    "identity/go.html": "only where the issuer's log-in stands on another site than the issuer itself",
}


def is_listed(name: str, patterns: Iterable[str]) -> bool:
    return any(
        name.endswith(p[1:]) if p[0] == "*" else name.startswith(p[:-1]) if p[-1] == "*" else name == p
        for p in patterns
    )  # fmt: skip


def looked_at(browser: Browser, site: Site) -> list[dict[str, object]]:
    """The log's lines of pages shown, once every screen has been visited."""
    for name in BY_NAME:
        look_at(browser, site, name)
    lines = [json.loads(line) for line in (site.folder / "log.txt").read_text().splitlines() if line[:1] == "{"]
    return [line for line in lines if line.get("page")]


@cache
def pages(app: Flask) -> set[str]:
    """Templates that are whole pages: they extend another one, and nothing extends them."""
    sources = {
        name: app.jinja_env.loader.get_source(app.jinja_env, name)[0]  # type: ignore[union-attr]
        for name in app.jinja_env.list_templates(extensions=["html"])
    }
    extended = {name: re.search(r'{% extends "([^"]+)"', text) for name, text in sources.items()}
    bases = {found[1] for found in extended.values() if found}
    return {name for name, found in extended.items() if found and name not in bases}


def test_every_route_that_shows_a_page_is_looked_at(browser: Browser, sqlite_site: Site, app: Flask) -> None:
    seen = {line["route"] for line in looked_at(browser, sqlite_site) if line["method"] == "GET"}
    reasons = [pattern for patterns in NO_PAGE.values() for pattern in patterns]
    routes = {rule.endpoint for rule in app.url_map.iter_rules() if "GET" in (rule.methods or ())}
    assert sorted(name for name in routes - seen if not is_listed(name, reasons)) == []
    assert [p for p in reasons if not any(is_listed(name, [p]) for name in routes)] == [], "nothing is called that"


def test_every_page_there_is_is_looked_at(browser: Browser, sqlite_site: Site, app: Flask) -> None:
    seen = {line["page"] for line in looked_at(browser, sqlite_site)}
    assert sorted(pages(app) - seen - set(LEFT_OUT)) == []


def test_nothing_is_excused_that_is_looked_at(browser: Browser, sqlite_site: Site, app: Flask) -> None:
    seen = looked_at(browser, sqlite_site)
    assert not {line["page"] for line in seen} & set(LEFT_OUT)
    assert set(LEFT_OUT) <= pages(app)
