"""D24: requests nobody thought of: no page breaks, and no answer tells of how it is made.

CI sends some thousands, always the same; `MOTCUA_FUZZ=20000` sends as many as one likes to each role.
"""

import os
import re
import shutil
import traceback

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from tests.cases.everybody import ARGUMENT, by_path
from webapp.core import throttle
from webapp.core.db import Database
from webapp.core.storage import Storage

pytestmark = [pytest.mark.long, pytest.mark.xdist_group("world")]

CASES = int(os.environ.get("MOTCUA_FUZZ", "1000"))
PEOPLE = ("anonymous", "lan", "tour-officer")
# The API says in its description what it answers; tests/webapp/interop/test_fuzz.py holds it to that.
ELSEWHERE = ("/api/v1", "/static", "/logout")
TELLING = re.compile(r"Traceback \(most|sqlalchemy|sqlite3|psycopg|SELECT .+ FROM |site-packages|/webapp/\w+/\w+\.py")
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


@pytest.fixture
def copy(world, tmp_path):
    """The same installation on a copy of its database and files: what is sent may change them."""
    services = world.tour.services
    kept = services.database, services.storage
    services.database.dispose()
    shutil.copytree(world.tour.site.folder, tmp_path / "copy")
    services.database = Database(f"sqlite:///{tmp_path}/copy/motcua.db")
    services.storage = Storage(str(tmp_path / "copy" / "files"))
    yield world
    services.database.dispose()
    services.database, services.storage = kept


@pytest.mark.parametrize("who", PEOPLE)
def test_nothing_breaks_and_nothing_is_told_whatever_is_sent(copy, who, monkeypatch):
    monkeypatch.setattr(throttle._Rule, "relaxed", True)  # or most answers would be "too many"
    knocks, cache, broken = copy.visitor(who), {}, {}
    everywhere = list(addresses(copy))

    @settings(
        max_examples=CASES, deadline=None, database=None, derandomize=True, phases=[Phase.generate],
        suppress_health_check=list(HealthCheck),
    )  # fmt: skip
    @given(st.sampled_from(everywhere), st.lists(text, min_size=3, max_size=3), fields, fields, st.booleans())
    def send(place, values, query, form, files):
        method, address = place
        given_fields = form
        if method == "POST":
            own = hidden_of(knocks, cache, address)
            given_fields = {**{name: [value] for name, value in own.items()}, **form}
            given_fields |= {name: [values[number % 3]] for number, name in enumerate(own) if number % 2}
        kind = {"content_type": "multipart/form-data"} if files and method == "POST" else {}
        try:
            answer = knocks.knock(
                filled(address, values), method, query_string=query,
                data=given_fields if method == "POST" else None, **kind,
            )  # fmt: skip
        except Exception as error:  # tests see the error itself instead of the page that hides it
            where = [
                f"{f.filename.rsplit('/', 2)[-2:]}:{f.lineno}" for f in traceback.extract_tb(error.__traceback__)[-3:]
            ]
            broken.setdefault(f"{type(error).__name__}: {error}"[:120] + str(where), f"{method} {address}")
            return
        told = TELLING.search(answer.get_data(as_text=True)) if answer.mimetype == "text/html" else None
        if answer.status_code >= 500 or told:
            broken.setdefault(f"{answer.status_code} {told}", f"{method} {address} {values} {query} {form}"[:600])

    send()
    assert broken == {}


@pytest.mark.parametrize("part", ["form-data", 'form-data; filename="x.jpg"', "form-data; name", "attachment", ""])
def test_a_part_without_a_name_is_told_to_be_unreadable(client, part):
    """The check of the form's token asked each name how it ends."""
    body = f"--x\r\nContent-Disposition: {part}\r\n\r\nabc\r\n--x--\r\n"
    answer = client.post("/login", data=body.encode(), content_type="multipart/form-data; boundary=x")
    assert answer.status_code == 400
