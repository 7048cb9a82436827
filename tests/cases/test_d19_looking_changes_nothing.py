"""D19: looking changes nothing: GET and HEAD of every page, real or not, by everybody leave each row as it was."""

import pytest

from tests.cases.everybody import NOBODYS_CARE, by_path, contents, made_up
from tests.cases.world import STARTS

pytestmark = [pytest.mark.long, pytest.mark.xdist_group("world")]

COUNTS = {**NOBODYS_CARE, "rate_windows": "how often somebody asks is counted"}


def changed(before, after):
    return [name for name in before if before[name] != after[name]]


def look_everywhere(world, who):
    """Each address with GET and HEAD; those where something changed."""
    knocks, culprits = world.visitor(who), []
    before = contents(world.app, COUNTS)
    for route, declared in by_path(world.app).items():
        if "GET" not in declared:
            continue
        for path in dict.fromkeys([*world.addresses(route)[:2], made_up(route)]):
            for method in ("GET", "HEAD"):
                answer = knocks.knock(path, method)
                if answer.status_code >= 500:
                    culprits.append(f"{method} {path}: {answer.status_code}")
    return culprits + changed(before, contents(world.app, COUNTS))


@pytest.mark.parametrize("who", STARTS)
def test_whoever_looks_wherever_nothing_is_changed(world, who):
    assert look_everywhere(world, who) == []


def test_trace_is_answered_nowhere(world):
    """What a proxy sent along would come back in the body (RFC 9110 9.3.8)."""
    knocks = world.visitor("anonymous")
    wrong = [path for path in by_path(world.app) if knocks.knock(made_up(path), "TRACE").status_code != 405]
    assert wrong == []
