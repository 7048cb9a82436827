"""The worklist as a file for a spreadsheet: as it is narrowed, row by row, and of a person what the list shows.

A long one is taken only when a colleague agreed to it (`taking.py`), and then holds what the list holds at that moment.
"""

from collections.abc import Iterator

from flask import Response, request
from sqlalchemy.orm import Session

from webapp.accounts.fresh import require_fresh
from webapp.core import clock
from webapp.core.actor import Actor
from webapp.core.audit import audit
from webapp.core.errors import DomainError
from webapp.core.text import N_, Text, mask_id
from webapp.counter.lists import CHANNEL_WORDS, DUE_WORDS, STATE_WORDS
from webapp.counter.permissions import EXPORT
from webapp.counter.taking import agreed_rows
from webapp.counter.views import bp
from webapp.counter.words import state_label
from webapp.dossiers import worklist
from webapp.dossiers.desk import DeskRow
from webapp.dossiers.states import State
from webapp.dossiers.worklist import Filter
from webapp.shell.access import allow, current_actor
from webapp.shell.i18n import gettext as _
from webapp.shell.i18n import t
from webapp.shell.services import services
from webapp.shell.spreadsheet import Cell, file_of
from webapp.shell.unit_of_work import db

# More than an office has open at once; whoever needs more asks the manager, who has the figures.
MOST = 5_000
PIECE = 500
HEAD = (
    N_("Dossier"), N_("Procedure"), N_("Applicant"), N_("ID number"), N_("How it came"), N_("Where it stands"),
    N_("Sent at"), N_("Due"),
)  # fmt: skip
WIDTHS = (26, 40, 28, 16, 20, 24, 17, 17)


class TooManyRows(DomainError):
    """A list this long is not a day's work."""


@bp.post("/counter/worklist/export")
@allow(EXPORT)
def export() -> Response:
    require_fresh()
    filter = Filter.read(request.form)
    kind = "xlsx" if request.form.get("kind") == "xlsx" else "csv"
    count = counted(db(), current_actor(), filter)
    most = agreed_rows(N_("Take the worklist along"), words_of(filter), count)
    audit(db(), current_actor(), "counter:export", None, rows=count, kind=kind, **filter.given())
    name = f"ho-so-{clock.local(clock.now()):%Y%m%d-%H%M}"
    return file_of(cells(current_actor(), filter, most), name, kind, WIDTHS)


def words_of(filter: Filter) -> str:
    """What the list is narrowed to, in the language of whoever asks."""
    state = STATE_WORDS.get(filter.state)
    words = [_(state) if state else state_label(State(filter.state)).text]
    words += [_(DUE_WORDS[filter.due])] if filter.due else []
    words += [_(CHANNEL_WORDS[filter.channel])] if filter.channel else []
    if filter.procedure:
        name = worklist.offered_procedures(db(), current_actor()).get(filter.procedure)
        words.append(t(name) if name else filter.procedure)
    return " · ".join(words)


def counted(session: Session, actor: Actor, filter: Filter) -> int:
    """How many rows there will be. Raises TooManyRows."""
    count = worklist.count(session, actor, filter, MOST + 1)
    if count > MOST:
        raise TooManyRows(
            Text("This list has more than %(n)s dossiers. Narrow it by state, day or procedure first.", n=MOST)
        )
    return count


def cells(actor: Actor, filter: Filter, most: int) -> Iterator[list[Cell]]:
    """Rows of the list in its order, read in pieces by a session of their own: the request's has ended by then."""
    yield [_(title) for title in HEAD]
    with services().database.session(write=False) as session:
        after, left = None, most
        while left > 0:
            page = worklist.worklist(session, actor, filter=filter, after=after, limit=PIECE, with_person=True)
            yield from (_cells(row) for row in page.rows[:left])
            after, left = page.next_key, left - PIECE
            if after is None:
                return


def _cells(row: DeskRow) -> list[Cell]:
    return [
        row.code,
        t(row.procedure),
        row.applicant,
        mask_id(row.citizen_id),
        _(CHANNEL_WORDS.get(row.channel, row.channel)),
        state_label(row.state).text,
        row.submitted_at,
        row.due_at,
    ]
