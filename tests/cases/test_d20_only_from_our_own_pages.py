"""D20: a form counts only from our own page, in the browser that was given it; everything else is refused."""

import pytest

from tests.cases.everybody import by_path, contents, made_up
from tests.cases.world import STARTS
from webapp.shell.unit_of_work import SAFE_METHODS

pytestmark = [pytest.mark.long, pytest.mark.xdist_group("world")]

# Not by a browser's cookie at all, so that a form on a foreign page could use nothing.
BY_OTHER_PROOF = ("/api/v1/", "/hooks/sms/", "/demo/vneid/token")
# How this browser shows pages, and what only answers: no form token, so that public pages need no cookie; foreign pages
# are refused still.
WITHOUT_TOKEN = ("/appearance", "/language/<code>", "/lookup")
FOREIGN = [
    {"Sec-Fetch-Site": "cross-site"},
    {"Sec-Fetch-Site": "same-site"},
    {"Origin": "https://attacker.example"},
    {"Origin": "http://localhost.attacker.example"},
]
PEOPLE = {
    "citizen": {"lan"},
    "helper": {"tour-helper", "tour-helping"},
    "reception": {"tour-officer"},
    "case": {"tour-case"},
    "manager": {"tour-manager"},
    "admin": {"tour-admin"},
}


def unsafe(world, who):
    """(route, real or made-up address, method) of all that this one may change."""
    for route, declared in by_path(world.app).items():
        if route.startswith(BY_OTHER_PROOF):
            continue
        for method, door in declared.items():
            people = set().union(*(PEOPLE.get(role, set()) for role in door.roles))
            if method not in SAFE_METHODS and (who in people or (not people and who in ("anonymous", "lan"))):
                yield route, (world.addresses(route) or [made_up(route)])[0], method


def refused(knocks, path, method, headers):
    return knocks.knock(path, method, headers=headers).status_code in (400, 403)


@pytest.mark.parametrize("who", STARTS)
def test_a_form_from_elsewhere_is_refused_and_changes_nothing(world, who):
    knocks, other, wrong = world.visitor(who), world.visitor(who), []
    before = contents(world.app)
    tokenless = [{"X-CSRF-Token": ""}, {"X-CSRF-Token": other.token}, {"X-CSRF-Token": "", "HX-Request": "true"}]
    tried = 0
    for route, path, method in unsafe(world, who):
        for headers in [*FOREIGN, *([] if route in WITHOUT_TOKEN else tokenless)]:
            tried += 1
            if not refused(knocks, path, method, headers):
                wrong.append(f"{method} {route} {headers}")
    assert wrong == []
    assert tried > 20
    after = contents(world.app)
    assert [name for name in before if before[name] != after[name]] == []
