"""D14: what belongs to somebody else answers as if it did not exist: 404, byte for byte as with an id nobody has."""

import re
from datetime import UTC, datetime

import pytest
import time_machine

from tests.cases.everybody import ARGUMENT, by_path, made_up
from tests.cases.world import STRANGER

pytestmark = [pytest.mark.long, pytest.mark.xdist_group("world")]

# Routes with an id that nobody owns.
EVERYBODYS = {
    "/api/v1/": "by token: tests/webapp/interop says whose dossiers it opens",
    "/dossiers/new/": "the catalogue is public",
    "/manage/api-tokens/": "the administrator has the whole province",
    "/manage/approvals/": "each administrator decides what another one asks for",
    "/manage/calendar/hours/": "the administrator has the whole province",
    "/manage/procedures/": "the catalogue is the province's",
    "/manage/units/": "the administrator has the whole province",
}
CITIZENS = ["empty", "tour-helping"]
REFUSED = {"tour-helping": {403, 404}}  # what no helper may do at all, whosever it is; everybody else is told nothing
OWNERS = {"citizen": ("lan",), "staff": ("tour-officer", "tour-case", "tour-manager")}


def owned(app, side):
    """Routes whose object somebody has, by the side that uses them."""
    for path, declared in by_path(app).items():
        rights = [door for door in declared.values() if door.right]
        if not rights or not ARGUMENT.search(path) or path.startswith(tuple(EVERYBODYS)):
            continue
        if side == ("citizen" if {"citizen", "helper"} & set(rights[0].roles) else "staff"):
            yield path, declared


def scrubbed(answer, path):
    """The body without what differs from one request to the next."""
    body = answer.get_data(as_text=True).replace(answer.headers["X-Request-Id"], "")
    for word in filter(None, path.split("/")):
        body = body.replace(word, "") if len(word) > 20 else body
    return re.sub(r'(nonce|name="csrf[_-]token" (value|content))="[^"]*"', "", body)  # a token tells its second


def invented(route, real):
    """The same address with an id that nobody has; what is not an id (a section's key, a page) stays."""
    first = ARGUMENT.search(route)
    head = route[: first.start()]
    return made_up(head + first[0]) + real[len(head) :][len(real[len(head) :].split("/")[0].split(".")[0]) :]


def mandate_of(knocks):
    """What a helper's forms carry, so that not the lack of it is what answers."""
    found = re.search(r'name="mandate" value="([^"]+)"', knocks.knock("/dossiers/new/1.001193", "GET").text)
    return {"mandate": found[1]} if found else {}


def differences(world, side, stranger):
    """Doors that let this stranger see, do or guess anything; and how many were tried."""
    with time_machine.travel(datetime.now(UTC), tick=False):  # a page says until when its log-in lasts
        return _differences(world, side, world.visitor(stranger), REFUSED.get(stranger, {404}))


def _differences(world, side, knocks, refused):
    wrong, tried, mandate = [], 0, mandate_of(knocks)
    for route, declared in owned(world.app, side):
        addresses = world.addresses(route, *OWNERS[side])
        wrong += [] if addresses else [f"{route}: nothing leads there, so it could not be tried"]
        for method in sorted(set(declared) - {"HEAD"}):
            for real in addresses[:3]:
                nowhere, data = invented(route, real), mandate if method == "POST" else None
                theirs, nobodys = knocks.knock(real, method, data=data), knocks.knock(nowhere, method, data=data)
                same = scrubbed(theirs, real) == scrubbed(nobodys, nowhere)
                tried += 1
                if not same or theirs.status_code != nobodys.status_code or theirs.status_code not in refused:
                    wrong.append(f"{method} {route}: {theirs.status_code}, made up {nobodys.status_code}, {same}")
    return wrong, tried


def found_by_owners(world, side):
    """The same addresses are there for those whose they are: otherwise nothing above means anything."""
    for route, declared in owned(world.app, side):
        for name in OWNERS[side]:
            if "GET" in declared and (here := world.found[name].get(route)):
                yield route, world.visitor(name).knock(here[0], "GET").status_code


def test_a_citizen_and_a_helper_cannot_tell_anothers_thing_from_nothing(world):
    for stranger in CITIZENS:
        wrong, tried = differences(world, "citizen", stranger)
        assert (wrong, tried > 50) == ([], True)


def test_an_officer_of_the_next_office_cannot_either(world):
    wrong, tried = differences(world, "staff", STRANGER)
    assert (wrong, tried > 50) == ([], True)


@pytest.mark.parametrize("side", OWNERS)
def test_the_same_addresses_open_for_those_whose_they_are(world, side):
    seen = list(found_by_owners(world, side))
    assert len(seen) > 15
    assert [(route, status) for route, status in seen if status in (401, 403, 404, 405)] == []
