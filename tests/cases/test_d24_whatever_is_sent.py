"""D24: requests nobody thought of: no page breaks, and no answer tells of how it is made.

Everybody sends their share (tests/cases/fuzzing.py says how many), from an installation and a log-in that are fresh
again and again: what is sent withdraws dossiers and ends log-ins, and nobody in an empty house proves little.
"""

import re
import shutil
import traceback

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from tests.cases import fuzzing
from tests.cases.everybody import ARGUMENT, by_path
from tests.cases.world import STARTS
from webapp.core import throttle
from webapp.core.db import Database
from webapp.core.storage import Storage

pytestmark = [pytest.mark.long, pytest.mark.xdist_group("world")]

# The API says in its description what it answers; tests/webapp/interop/test_fuzz.py holds it to that.
ELSEWHERE = ("/api/v1", "/static", "/logout")
OWN = {name: starts[0] for name, starts in STARTS.items()} | {"lan": "/me", "tour-helping": "/dossiers"}
READABLE = re.compile(r"text/|application/(problem\+)?json")
FRESH_HOUSE, FRESH_LOG_IN = 500, 25  # after so many requests
NASTY = [
    "", " ", "\x00", "a\x00b", "\ud7ff", "\uffff", "\u202eabc", "e\u0301", "İ", "ß", "🇻🇳", "٣٤", "１２", "²", "½",
    "-1", "0", "1e309", "NaN", "Infinity", "9" * 400, "9" * 5000, "0x10", "1_000", "'", "' OR 1=1 --", '"', "<b>",
    "{{7*7}}", "${7}", "%s%n", "%", "../../etc/passwd", "..\\..", "/", "\\", "\r\nX: y", "null", "true", "[]", "{}",
    "[" * 3000,
    "31/02/2026", "00/00/0000", "01/01/0001", "31/12/9999", "9999-12-31T23:59:59Z", "+84999999999999", "0912000001",
    "yes", "vi", "A" * 20_000, "AAAA-AAAA", "7K4-92M", "1.001193", "H56.38.12",
]  # fmt: skip
NAMES = [
    "q", "next", "after", "page", "sort", "state", "from", "to", "office", "phone", "code", "proof", "otp", "number",
    "for", "event", "version", "key", "way", "way_of", "decision", "reason", "deadline_on", "day", "year", "date",
    "text", "pledge", "consent", "photos", "file", "remove", "record", "add_row", "drop_row", "full_name", "birth_date",
    "citizen_id", "residence_province", "residence_commune", "amount", "name", "username", "password", "pin", "mandate",
    "group", "kind", "view", "tab", "owner", "cause", "theme", "size", "token", "state_", "scope", "redirect_uri",
]  # fmt: skip
text = st.one_of(st.sampled_from(NASTY), st.text(st.characters(exclude_categories=["Cs"]), max_size=60))
fields = st.dictionaries(
    st.one_of(st.sampled_from(NAMES), st.text(st.characters(exclude_categories=["Cs"]), min_size=1, max_size=12)),
    st.lists(text, min_size=1, max_size=3),
    max_size=8,
)
HEADERS = [
    "Accept", "Accept-Language", "Content-Language", "Cookie", "HX-Request", "HX-Target", "HX-Current-URL",
    "If-Modified-Since", "If-None-Match", "Range", "Referer", "User-Agent", "X-Forwarded-For", "X-Request-Id",
]  # fmt: skip
headers = st.one_of(
    st.just({}),
    st.dictionaries(
        st.sampled_from(HEADERS), st.text(st.characters(min_codepoint=32, max_codepoint=255), max_size=60), max_size=2
    ),
)


def addresses(world):
    """(method, address) of every page: as it stands in links, or with a hole for whatever comes."""
    for route, declared in by_path(world.app).items():
        if route.startswith(ELSEWHERE):
            continue
        ways = [*world.addresses(route)[:2], *([route] if "<" in route else [])]
        yield from ((method, way) for method in sorted(set(declared) - {"HEAD"}) for way in ways)


def filled(address, values):
    """The holes filled in, as a browser would write it; numbers where the route has numbers."""
    filler = iter(values)
    return ARGUMENT.sub(lambda _hole: next(filler, "x").replace("?", "").replace("#", "") or "x", address)


def hidden_of(knocks, cache, address):
    """Names and values of the page's own inputs, so that forms are read further than their first line."""
    if address not in cache:
        body = knocks.knock(address, "GET").get_data(as_text=True) if "<" not in address else ""
        cache[address] = dict(
            re.findall(r'<(?:input|select|textarea|button)[^>]*? name="([^"]+)"(?:[^>]*? value="([^"]*)")?', body)
        )
    return {name: value for name, value in cache[address].items() if name != "csrf_token"}


class House:
    """Copies of the same installation, one after the other, and somebody in it: what is sent may change them."""

    def __init__(self, world, folder, who):
        self.world, self.folder, self.who = world, folder, who
        self.services = world.tour.services
        self.kept = self.services.database, self.services.storage
        self.services.database.dispose()
        self.sent = self.looks = self.still_in = 0

    def knocks(self):
        """Whoever sends next: mostly as before, now and then from a fresh copy."""
        if self.sent % FRESH_HOUSE == 0:
            self.copy()
            self.log_in()
            assert self.visitor.knock(OWN[self.who], "GET").status_code == 200, "the log-in is good for something"
        elif self.sent % FRESH_LOG_IN == 0:
            self.looks += 1
            if self.visitor.knock(OWN[self.who], "GET").status_code == 200:
                self.still_in += 1
            else:
                self.log_in()
        self.sent += 1
        return self.visitor

    def copy(self):
        """From now on this is the installation; nothing of the one before is left."""
        self._leave()
        shutil.copytree(self.world.tour.site.folder, self.folder)
        self.services.database = Database(f"sqlite:///{self.folder}/motcua.db")
        self.services.storage = Storage(str(self.folder / "files"))

    def log_in(self):
        self.visitor = self.world.visitor(self.who)
        return self.visitor

    def _leave(self):
        if self.services.database is not self.kept[0]:
            self.services.database.dispose()
        shutil.rmtree(self.folder, ignore_errors=True)

    def close(self):
        self._leave()
        self.services.database, self.services.storage = self.kept


@pytest.fixture
def house(world, tmp_path, who):
    made = House(world, tmp_path / "copy", who)
    yield made
    made.close()


def place_of(error):
    """The last lines of the program that it passed."""
    return [f"{f.filename.rsplit('/', 2)[-2:]}:{f.lineno}" for f in traceback.extract_tb(error.__traceback__)[-3:]]


@pytest.mark.parametrize("who", STARTS)
def test_nothing_breaks_and_nothing_is_told_whatever_is_sent(house, who, monkeypatch):
    monkeypatch.setattr(throttle._Rule, "relaxed", True)  # or most answers would be "too many"
    cache, broken, everywhere = {}, {}, list(addresses(house.world))

    @settings(
        max_examples=fuzzing.each(fuzzing.TO_PAGES, len(STARTS)), deadline=None, database=None, derandomize=True,
        phases=[Phase.generate], suppress_health_check=list(HealthCheck),
    )  # fmt: skip
    @given(st.sampled_from(everywhere), st.lists(text, min_size=3, max_size=3), fields, fields, headers, st.booleans())
    def send(place, values, query, form, extra, files):
        method, address = place
        knocks, given_fields = house.knocks(), form
        if method == "POST":
            own = hidden_of(knocks, cache, address)
            given_fields = {**{name: [value] for name, value in own.items()}, **form}
            given_fields |= {name: [values[number % 3]] for number, name in enumerate(own) if number % 2}
        kind = {"content_type": "multipart/form-data"} if files and method == "POST" else {}
        try:
            answer = knocks.knock(
                filled(address, values), method, query_string=query, headers=extra,
                data=given_fields if method == "POST" else None, **kind,
            )  # fmt: skip
        except Exception as error:  # tests see the error itself instead of the page that hides it
            what = f"{type(error).__name__}: {error}"[:120]
            broken.setdefault(f"{what} {place_of(error)}", f"{method} {address}")
            return
        told = fuzzing.TELLING.search(answer.get_data(as_text=True)) if READABLE.match(answer.mimetype or "") else None
        if answer.status_code >= 500 or told:
            broken.setdefault(f"{answer.status_code} {told}", f"{method} {address} {values} {query} {form}"[:600])

    send()
    fuzzing.log.info("%s: %s requests, logged in at %s of %s looks", who, house.sent, house.still_in, house.looks)
    assert broken == {}
    assert house.sent >= fuzzing.each(fuzzing.TO_PAGES, len(STARTS))
    assert house.still_in > house.looks / 2, "who sent was mostly somebody"


@pytest.mark.parametrize("part", ["form-data", 'form-data; filename="x.jpg"', "form-data; name", "attachment", ""])
def test_a_part_without_a_name_is_told_to_be_unreadable(client, part):
    """The check of the form's token asked each name how it ends."""
    body = f"--x\r\nContent-Disposition: {part}\r\n\r\nabc\r\n--x--\r\n"
    answer = client.post("/login", data=body.encode(), content_type="multipart/form-data; boundary=x")
    assert answer.status_code == 400
