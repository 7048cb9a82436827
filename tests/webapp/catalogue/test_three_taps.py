"""Nobody needs more than three taps from the first page to what any service needs, costs and gives."""

import re
from collections import defaultdict, deque
from html import unescape
from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskClient

from tests.webapp.catalogue.national import index_of
from webapp.catalogue.importing import import_lines
from webapp.catalogue.life_events import EVENTS
from webapp.catalogue.load import files
from webapp.catalogue.memory import index
from webapp.catalogue.national_list import read_lines
from webapp.catalogue.views import public
from webapp.shell.services import Services

OURS = {path.stem for path in files()}
PAGE = re.compile(r"^/procedures/([0-9]\.[0-9]{6})$")
WALKED = ("/procedures",)  # what leads on from the first page; other menus lead elsewhere


def links(client: FlaskClient, url: str) -> list[str]:
    """Where one tap on this page leads, within the catalogue."""
    answer = client.get(url)
    assert answer.status_code == 200, url
    found = [unescape(href) for href in re.findall(r'<a [^>]*href="(/[^"#]*)', answer.text)]
    return [href for href in dict.fromkeys(found) if href.startswith(WALKED)]


def walk(client: FlaskClient, taps: int) -> dict[str, int]:
    """procedure → the fewest taps from the first page, not going further than `taps`."""
    found: dict[str, int] = {}
    seen, todo = {"/"}, deque([("/", 0)])
    while todo:
        url, deep = todo.popleft()
        for href in links(client, url) if deep < taps else ():
            code = PAGE.match(href)
            if code:
                found.setdefault(code[1], deep + 1)
            elif href not in seen:
                seen.add(href)
                todo.append((href, deep + 1))
    return found


def test_each_of_ours_is_at_most_two_taps_away_and_the_most_wanted_one(client: FlaskClient) -> None:
    found = walk(client, 2)
    assert set(found) == OURS
    assert sum(taps == 1 for taps in found.values()) >= 6


def reached(client: FlaskClient, kind: str, key: str) -> set[str]:
    """What is at most three taps from the first page for somebody who looks only by this one list."""
    list_of = re.compile(rf"^/procedures\?(?=.*\b{kind}={re.escape(key)}(&|$))")
    first = [href for href in links(client, "/") if list_of.match(href)]
    second = [href for page in ("/procedures", *first) for href in links(client, page) if list_of.match(href)]
    found = (PAGE.match(href) for page in {*first, *second} for href in links(client, page))
    return {code[1] for code in found if code}


def ways_of(services: Services) -> dict[tuple[str, str], set[str]]:
    """Every life event, field of work and level with the procedures that belong there."""
    found: dict[tuple[str, str], set[str]] = defaultdict(set)
    with services.database.session(write=False) as session:
        for entry in index(session).entries:
            belongs = [("field", entry.field_key), *(("level", level) for level in entry.levels)]
            belongs += [("event", entry.life_event)] if entry.life_event in EVENTS else []
            for way in belongs:
                found[way].add(entry.code)
    return found


def test_by_event_field_or_level_alone_nothing_is_further_than_three_taps(
    client: FlaskClient, services: Services, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(public, "LIST_SIZE", 2)  # so that every list has pages behind its first one
    import_lines(services.database, read_lines(index_of(tmp_path / "index.tsv", 40)))
    ways = ways_of(services)
    assert {kind for kind, _key in ways} == {"event", "field", "level"}
    for (kind, key), codes in ways.items():
        assert reached(client, kind, key) == codes, (kind, key)


@pytest.mark.long
def test_each_of_five_thousand_is_at_most_three_taps_away(app: Flask, services: Services, tmp_path: Path) -> None:
    import_lines(services.database, read_lines(index_of(tmp_path / "index.tsv", 5000)))
    found = walk(app.test_client(), 3)
    assert len(found) == 5024
    assert {code for code, taps in found.items() if taps <= 2} >= OURS
    client = app.test_client()
    for (kind, key), codes in ways_of(services).items():
        assert reached(client, kind, key) == codes, (kind, key)


def test_the_first_page_is_light(client: FlaskClient) -> None:
    """14 KB arrive in the first window of a connection; a browser test adds style and pictures to this."""
    answer = client.get("/", headers={"Accept-Encoding": "gzip"})
    assert len(answer.data) < 12_000


def test_every_way_to_the_procedures_can_be_walked(client: FlaskClient, services: Services, tmp_path: Path) -> None:
    """Life event, field of work, level and letter; each list holds only what belongs there."""
    import_lines(services.database, read_lines(index_of(tmp_path / "index.tsv", 300)))
    ways = [*links(client, "/"), *links(client, "/procedures")]
    for kind in ("event", "field", "level", "letter"):
        urls = [url for url in ways if f"{kind}=" in url]
        assert urls, kind
        for url in urls[:6]:
            assert any(PAGE.match(href) for href in links(client, url)), url


@pytest.mark.parametrize("query", ["field=nothing", "level=moon", "event=lottery", "letter=%C4%91", "letter=aa"])
def test_a_list_that_does_not_exist_is_no_page(client: FlaskClient, query: str) -> None:
    assert client.get(f"/procedures?{query}").status_code == 404


@pytest.mark.parametrize("after", ["", "9.999999", "%00", "'; --"])
def test_a_made_up_place_in_a_list_begins_at_its_beginning(client: FlaskClient, after: str) -> None:
    assert client.get(f"/procedures?letter=k&after={after}").text.count('href="/procedures/') >= 2
