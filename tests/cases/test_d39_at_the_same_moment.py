"""D39 at the same moment, on both databases: one act stands, with one paper and one payment; and whole ways."""

from threading import Barrier, Thread
from typing import Any

import pytest
from sqlalchemy import func, select

from tests import people as who
from tests.cases.conftest import BOTH, settings_on
from tests.cases.test_d39_two_officers import ACTS, browsers, moves, placed, press, token
from webapp.core.settings import Settings
from webapp.dossiers.models import Dossier
from webapp.dossiers.papers.models import IssuedPaper
from webapp.payments.models import Payment
from webapp.shell.services import Services

__all__ = ["browsers"]

# What is pressed one after the other, by whom, and where the dossier is at the end.
WAYS = {
    "declined": ("submitted", [("officer", "decline")], "declined"),
    "paid": ("submitted", [("officer", "require_payment"), ("officer", "pay"), ("case", "process")], "processing"),
    "stopped": ("processing", [("manager", "stop"), ("officer", "hand_over")], "handed_over"),
    "later": ("processing", [("manager", "extend"), ("case", "request_supplement")], "supplement_requested"),
}


@pytest.fixture(params=BOTH)
def settings(request: Any, tmp_path: Any) -> Settings:
    return settings_on(request, tmp_path)


@pytest.mark.parametrize("verb", ["decline", "pay", "stop", "request_supplement"])
def test_one_act_stands(app, services, browsers, verb):
    """With its paper and its money: one of each."""
    place, person = ACTS[verb]
    dossier, version = placed(services, place)
    papers, before = _written(services), moves(services, dossier)
    pair = [browsers[person], app.test_client()]
    who.log_in_staff(pair[1], services, "manager")
    tokens, statuses, ready = [token(one) for one in pair], [], Barrier(2)

    def act(number: int) -> None:
        ready.wait()
        statuses.append(press(pair[number], dossier, verb, version, tokens[number]).status_code)

    threads = [Thread(target=act, args=(number,)) for number in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(statuses) == [303, 409]
    assert moves(services, dossier) == before + 1
    assert _written(services) == papers + 1


def _written(services: Services) -> int:
    """Papers and payments together."""
    with services.database.session(write=False) as session:
        counts = [session.scalar(select(func.count()).select_from(table)) for table in (IssuedPaper, Payment)]
        return sum(count or 0 for count in counts)


@pytest.mark.parametrize("way", WAYS)
def test_a_whole_way(services, browsers, way):
    place, steps, end = WAYS[way]
    dossier, _version = placed(services, place)
    for person, verb in steps:
        assert press(browsers[person], dossier, verb, _version_of(services, dossier)).status_code == 303, verb
    with services.database.session(write=False) as session:
        row = session.scalars(select(Dossier).where(Dossier.public_id == dossier)).one()
        assert row.state == end
        assert (row.received_at is None) == (end == "declined")


def _version_of(services: Services, dossier: str) -> int:
    with services.database.session(write=False) as session:
        return session.scalar(select(Dossier.version).where(Dossier.public_id == dossier)) or 0
