"""D19: looking changes nothing: GET and HEAD of every page, real or not, by everybody leave each row as it was."""

import pytest
from sqlalchemy import select

from tests.cases.everybody import NOBODYS_CARE, by_path, contents, made_up, visitor
from tests.cases.world import STARTS
from webapp.dossiers.models import Dossier

pytestmark = [pytest.mark.long, pytest.mark.xdist_group("world")]

COUNTS = {**NOBODYS_CARE, "rate_windows": "how often somebody asks is counted"}


def changed(before, after):
    return [name for name in before if before[name] != after[name]]


def look_everywhere(world, knocks):
    """Each address with GET and HEAD; those where something changed."""
    culprits = []
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
    assert look_everywhere(world, world.visitor(who)) == []


def test_an_offices_own_system_changes_nothing_either(world):
    """Its token is its log-in, and reading by it leaves no row but the journal's."""
    knocks = visitor(world.app, "agency")
    with world.tour.services.database.session(write=False) as session:
        sent = session.scalars(select(Dossier.public_id).where(Dossier.submitted_at.is_not(None))).first()
    for path in ("/api/v1/dossiers", f"/api/v1/dossiers/{sent}"):
        assert knocks.knock(path, "GET").status_code == 200
    assert look_everywhere(world, knocks) == []


def test_trace_is_answered_nowhere(world):
    """What a proxy sent along would come back in the body (RFC 9110 9.3.8)."""
    knocks = world.visitor("anonymous")
    wrong = [path for path in by_path(world.app) if knocks.knock(made_up(path), "TRACE").status_code != 405]
    assert wrong == []
