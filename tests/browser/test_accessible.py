"""Whoever cannot see, cannot point or reads slowly can use every page: axe finds nothing in any theme or language."""

import pytest
from playwright.sync_api import Browser

from tests.browser.conftest import Site
from tests.browser.screen_list import BY_NAME
from tests.browser.visits import look_at

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("sqlite-site")]
EVERY = pytest.mark.parametrize("name", BY_NAME)


@EVERY
def test_every_page_answers_as_it_should(browser: Browser, sqlite_site: Site, name: str) -> None:
    assert look_at(browser, sqlite_site, name).status == BY_NAME[name].status


@EVERY
@pytest.mark.parametrize("theme", ["light", "dark", "english"])
def test_axe_finds_nothing_wrong(browser: Browser, sqlite_site: Site, name: str, theme: str) -> None:
    """In both themes; in English, whose words are longer, in the light one."""
    assert look_at(browser, sqlite_site, name).violations[theme] == []


@EVERY
def test_every_page_has_one_heading_a_title_and_its_language(browser: Browser, sqlite_site: Site, name: str) -> None:
    seen = look_at(browser, sqlite_site, name)
    assert len(seen.headings) == 1, seen.headings
    assert seen.title.endswith(" – Một Cửa")
    assert '<html lang="vi"' in seen.html and '<html lang="en"' in seen.english
    if seen.status == 422:
        assert seen.title.startswith("Lỗi:"), seen.title
