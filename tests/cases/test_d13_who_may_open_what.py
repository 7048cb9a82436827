"""D13: each role at each route with each method is let in or turned away as the table says (who_may.csv).

A route is checked the moment it exists; tests/house/test_who_may.py holds the table to what the views declare.
"""

import http.client

import pytest

from tests.cases import who_may
from tests.cases.everybody import METHODS, WHO, by_path, is_turned_away, made_up, visitor
from tests.cases.serving import served

# Steps of a way in: who has not taken the step before begins at the first page.
STEPS = ("/login", "/register", "/phone-stop", "/staff/login", "/not-me")
# role → who that is in the tests' world
WORLDLY = {
    "citizen": "lan",
    "helper": "tour-helper",
    "reception": "tour-officer",
    "case": "tour-case",
    "manager": "tour-manager",
    "admin": "tour-admin",
}
# Doors where even those who may enter need something that no link has.
NEEDS_MORE = {
    "/dossiers/<id>/draft/file": "only where the office has sent a draft of its paper to be checked",
    "/me/helpers/<id>/objection": "an objection is to what was done in a visit, and nobody visited her",
    "/manage/calendar/preview": "shows what would come of the day in its query",
}


def is_as_promised(promise, answer, path):
    turned = is_turned_away(answer)
    if answer.status_code >= 500:
        return False
    match promise:
        case "public":
            return not turned or (answer.status_code == 303 and path.startswith(STEPS))
        case "own proof":
            return answer.status_code != 200
        case "away":
            return turned
        case "nobody's":  # a right to act for the one beside them, and nobody is there
            return answer.status_code != 200
        case _:
            return not turned


def broken_promises(app, who, ask):
    """Each door with each method, asked by `ask(path, method)`; where the answer is another than written down."""
    wrong, table = [], who_may.written()
    for path in by_path(app):
        for method in METHODS:
            promise = table.get((path, "GET" if method == "HEAD" else method), {}).get(who)
            answer = ask(made_up(path), method)
            if promise is None:
                good = answer.status_code == 405 and bool(answer.headers.get("Allow"))
            else:
                good = is_as_promised(promise, answer, path)
            if not good:
                wrong.append(f"{method} {path}: {promise or 'no such'}, {answer.status_code}")
    return wrong


@pytest.mark.long
@pytest.mark.parametrize("who", WHO)
def test_each_door_opens_to_those_it_names_and_to_nobody_else(app, who):
    assert broken_promises(app, who, visitor(app, who).knock) == []


@pytest.mark.long
@pytest.mark.xdist_group("world")
@pytest.mark.parametrize("who", WORLDLY)
def test_whoever_may_enter_finds_something_behind_the_door(world, who):
    """With an id that nobody has, "not found" is no proof of a right; here are things that are there."""
    knocks, closed, opened = world.visitor(WORLDLY[who]), [], 0
    for (path, method), cells in who_may.written().items():
        if method != "GET" or cells[who] != "open" or path in NEEDS_MORE:
            continue
        there = list(dict.fromkeys([*world.addresses(path, WORLDLY[who]), *world.addresses(path)]))
        answers = [knocks.knock(address, "GET").status_code for address in there]
        opened += 1
        if not {200, 302, 303, 409} & set(answers):
            closed.append(f"{path}: {answers}")
    assert closed == []
    assert opened > 5


class Answer:
    """What came over the socket, read as the others are."""

    def __init__(self, response):
        self.status_code, self.headers = response.status, response.headers
        response.read()


@pytest.mark.long
@pytest.mark.xdist_group("world")
@pytest.mark.parametrize("who", ["anonymous", "reception"])
def test_the_same_over_a_socket(world, tmp_path, who):
    """As people reach it: gunicorn, and no test's own browser in between."""
    comes = world.visitor(WORLDLY.get(who, who))
    cookie = comes.client.get_cookie("motcua")
    headers = {"X-CSRF-Token": comes.token, **({"Cookie": f"motcua={cookie.value}"} if cookie else {})}
    world.tour.services.database.dispose()  # the last connection writes the log back into the file
    with served(world.tour.site.folder, tmp_path, MOTCUA_LIMITS="relaxed") as running:

        def ask(path, method):
            link = http.client.HTTPConnection("127.0.0.1", running.port, timeout=60)
            link.request(method, path, headers=headers)
            answer = Answer(link.getresponse())
            link.close()
            return answer

        assert broken_promises(world.app, who, ask) == []


def test_a_browsers_log_in_is_nothing_to_the_api(app):
    """Looking it up once took the one writer's turn and then waited for it: five seconds in which nobody wrote."""
    for who in ("citizen", "helper", "admin"):
        knocks = visitor(app, who)
        for path, status in (("/api/v1/status", 415), ("/api/v1/dossiers/x/acknowledgements", 401)):
            answer = knocks.knock(path, "POST")
            assert answer.status_code == status, (who, path)
            assert "address" in answer.headers["RateLimit-Policy"]
