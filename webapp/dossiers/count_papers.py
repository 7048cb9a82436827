"""How many originals and copies of each paper lie on the desk, for form 01: only who has them in hand knows it.

Of what was sent as photos nobody does, until the person brings it; the cells of the form then stay empty, for a pen.
"""

from collections.abc import Mapping

from sqlalchemy.orm import Session

from webapp.core.actor import Actor
from webapp.core.errors import Conflict
from webapp.core.text import Text
from webapp.dossiers.documents import document_row
from webapp.dossiers.models import Dossier
from webapp.dossiers.moves import expect_version, record_note
from webapp.dossiers.states import State
from webapp.dossiers.view import Counted, DossierView

VERB = "count_papers"
MOST = 99  # of one kind
AT_THE_DESK = frozenset({State.SUBMITTED, State.RECEIVED, State.PROCESSING})


def may_count(view: DossierView) -> bool:
    """While the office has it, and a paper belongs to it."""
    return view.state in AT_THE_DESK and bool(view.documents)


def count_papers(session: Session, dossier: Dossier, *, by: Actor, version: int, counts: Mapping[str, Counted]) -> None:
    """Key of a paper → how many came. Nothing is noted when all stood there already. Raises Conflict."""
    expect_version(dossier, version)
    if State(dossier.state) not in AT_THE_DESK:
        raise Conflict(Text("Papers are counted while the office has the dossier at its desk. It has moved on since."))
    changed = 0
    for key, new in counts.items():
        row = document_row(session, dossier, key)
        if new != Counted(row.originals, row.certified, row.plain):
            row.originals, row.certified, row.plain = new.originals, new.certified, new.plain
            changed += 1
    if changed:
        record_note(session, dossier, VERB, by=by, papers=changed)
