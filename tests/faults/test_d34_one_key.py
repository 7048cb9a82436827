"""D34: the same act twenty times at once is one act; the same key for something else is refused."""

import http.client
import threading
from contextlib import closing
from dataclasses import replace

import pytest
from sqlalchemy import select

from tests.bench import people as bench
from tests.faults import rig
from webapp.accounts.models import Person
from webapp.dossiers.models import Dossier

pytestmark = [pytest.mark.long, pytest.mark.xdist_group("faults")]


def test_twenty_taps_at_once_are_one_dossier(stand):
    (draft,) = bench.drafts(stand, 1, photographed=True)
    answers: list[tuple[int, str]] = []
    with stand.web() as running:

        def tap() -> None:
            with closing(http.client.HTTPConnection("127.0.0.1", running.port, timeout=30)) as link:
                answers.append(bench.try_submit(link, draft, "one-and-the-same-key"))

        crew = [threading.Thread(target=tap) for _ in range(20)]
        for thread in crew:
            thread.start()
        for thread in crew:
            thread.join()
    assert set(answers) == {(303, f"{draft.path}/receipt")}
    assert rig.findings(stand, {draft.path.rsplit("/", 1)[1]: 1}) == []


def test_one_key_is_one_act_whatever_comes_under_it_later(stand):
    """Another draft of the same person, the same one with other contents, somebody else's: none is called sent."""
    (draft,) = bench.drafts(stand, 1, photographed=True)
    other, stranger = _another_of(stand, draft), bench.drafts(stand, 1, photographed=True)[0]
    with stand.web() as running, closing(http.client.HTTPConnection("127.0.0.1", running.port, timeout=30)) as link:
        assert bench.try_submit(link, draft, "the-key") == (303, f"{draft.path}/receipt")
        assert bench.try_submit(link, other, "the-key")[0] == 409
        assert bench.try_submit(link, replace(draft, path=stranger.path), "the-key")[0] == 404
        assert bench.try_submit(link, draft, "the-key") == (303, f"{draft.path}/receipt"), "it was done, and stays so"
        _change(stand, draft)
        assert bench.try_submit(link, draft, "the-key")[0] == 409
        assert bench.try_submit(link, other, "a key of its own") == (303, f"{other.path}/receipt")
    assert rig.findings(stand, {one.path.rsplit("/", 1)[1]: 1 for one in (draft, other)}) == []


def _another_of(stand, draft):
    with stand.app.app_context(), stand.services.database.transaction() as session:
        person = session.get_one(Person, _row(session, draft).person_id)
        return bench.draft_of(stand, session, person, draft.by, photographed=True)


def _change(stand, draft):
    """As if the sent answers had been others (no page lets anybody do that)."""
    with stand.app.app_context(), stand.services.database.transaction() as session:
        row = _row(session, draft)
        content = row.answers
        row.answers = {**content, "values": {**content["values"], "child_name": "Lê Minh Ân"}}


def _row(session, draft):
    return session.scalars(select(Dossier).where(Dossier.public_id == draft.path.rsplit("/", 1)[1])).one()
