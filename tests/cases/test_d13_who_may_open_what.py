"""D13: each role at each route with each method; the table is made from what the views declare.

A route is checked the moment it exists: nothing here names pages but the few that refuse for a reason of their own.
"""

import pytest

from tests.cases.everybody import METHODS, WHO, by_path, is_turned_away, made_up, visitor
from webapp.core.permissions import CITIZEN_SIDE, MACHINE_SIDE

# Public doors that turn away by a proof of another kind than a log-in.
OWN_PROOF = {
    "/demo/vneid/token": "asks for the secret of the program that comes with a code",
    "/demo/vneid/userinfo": "asks for the token it has given",
    "/login/stay": "a script asks with it whether this browser is still logged in",
    "/login/again/code": "staff have no phone of their own that a code could go to",
    "/hooks/sms/status": "the gateway signs what it reports",
}
# Steps of a way in: who has not taken the step before begins at the first page.
STEPS = ("/login", "/register", "/phone-stop", "/staff/login", "/not-me")


def expected(door, who):
    """What the declaration promises to this visitor: public, own, away, or (for a helper alone) nothing to see."""
    if door.right is None:
        return "own proof" if door.path in OWN_PROOF else "public"
    roles = set(door.roles)
    if who == "agency":
        return "open" if roles <= MACHINE_SIDE else "away"
    if who not in roles:
        return "away"
    return "nobody's" if who == "helper" and roles == CITIZEN_SIDE else "open"


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


@pytest.mark.long
@pytest.mark.parametrize("who", WHO)
def test_each_door_opens_to_those_it_names_and_to_nobody_else(app, who):
    knocks, wrong = visitor(app, who), []
    for path, declared in by_path(app).items():
        for method in METHODS:
            answer = knocks.knock(made_up(path), method)
            door = declared.get(method)
            if door is None:
                good = answer.status_code == 405 and bool(answer.headers.get("Allow"))
            else:
                good = is_as_promised(expected(door, who), answer, path)
            if not good:
                wrong.append(f"{method} {path}: {expected(door, who) if door else 'no such'}, {answer.status_code}")
    assert wrong == []


def test_a_browsers_log_in_is_nothing_to_the_api(app):
    """Looking it up once took the one writer's turn and then waited for it: five seconds in which nobody wrote."""
    for who in ("citizen", "helper", "admin"):
        knocks = visitor(app, who)
        for path, status in (("/api/v1/status", 415), ("/api/v1/dossiers/x/acknowledgements", 401)):
            answer = knocks.knock(path, "POST")
            assert answer.status_code == status, (who, path)
            assert "address" in answer.headers["RateLimit-Policy"]
