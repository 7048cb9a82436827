"""Pages fit: on the smallest phone with the largest text, under a thumb, in Vietnamese, within the policy."""

import re
from functools import cache

import pytest
from playwright.sync_api import Browser

from tests.browser.conftest import Site
from tests.browser.screen_list import BY_NAME
from tests.browser.visits import look_at
from tests.pages import read
from tests.support import words

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("sqlite-site")]
EVERY = pytest.mark.parametrize("name", BY_NAME)


@cache
def english() -> set[str]:
    """Sentences that read differently in Vietnamese, as a page would print them."""
    found = set()
    for message in words.load():
        for text in (message.id,) if isinstance(message.id, str) else message.id or ():
            plain = " ".join(re.sub(r"<[^>]+>", "", text).split())
            if plain and "%(" not in plain and words.text_of(message) != text:
                found.add(plain)
    return found


@EVERY
def test_nothing_sticks_out_at_320_px_with_the_largest_text(browser: Browser, sqlite_site: Site, name: str) -> None:
    """In both languages; the desk's pages at 1280 px, too."""
    assert look_at(browser, sqlite_site, name).sideways == []


@EVERY
def test_everything_to_press_is_large_enough_for_a_finger(browser: Browser, sqlite_site: Site, name: str) -> None:
    assert look_at(browser, sqlite_site, name).small == []


@EVERY
def test_no_page_styles_or_scripts_itself(browser: Browser, sqlite_site: Site, name: str) -> None:
    html = look_at(browser, sqlite_site, name).html
    assert re.findall(r"<[^>]+\sstyle=[^>]*>", html) == []
    assert re.findall(r"<script(?![^>]*\ssrc=)[^>]*>", html) == []
    assert re.findall(r"<[^>]+\son[a-z]+=[^>]*>", html) == []


@EVERY
def test_no_english_is_left_on_a_vietnamese_page(browser: Browser, sqlite_site: Site, name: str) -> None:
    shown = {" ".join(text.split()) for text in read(look_at(browser, sqlite_site, name).html).words}
    assert sorted(shown & english()) == []
