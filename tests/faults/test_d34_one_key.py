"""D34: the same act twenty times at once is one act; the same key for something else is refused."""

import http.client
import threading
from contextlib import closing

import pytest

from tests.bench import people as bench
from tests.faults import rig

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


def test_the_key_of_one_dossier_does_not_send_another(stand):
    first, second = bench.drafts(stand, 1, photographed=True) + bench.drafts(stand, 1, photographed=True)
    other = bench.Draft(first.by, second.path, second.papers)
    with stand.web() as running, closing(http.client.HTTPConnection("127.0.0.1", running.port, timeout=30)) as link:
        assert bench.try_submit(link, first, "the-key")[0] == 303
        assert bench.try_submit(link, other, "the-key")[0] == 404, "somebody else's dossier is nowhere"
    assert rig.findings(stand, {first.path.rsplit("/", 1)[1]: 1}) == []
