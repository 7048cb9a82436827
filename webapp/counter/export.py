"""The worklist as a file for a spreadsheet: as it is narrowed, row by row, and of a person what the list shows.

A cell that a spreadsheet would work out as a formula gets an apostrophe before it, in both kinds of file: somebody may
be called "=HYPERLINK(…)" in a form, and the next person saves the file as another kind (OWASP ASVS 5.0, V1.2.10).
"""

import csv
import io
import tempfile
from collections.abc import Iterable, Iterator
from datetime import datetime

import xlsxwriter
from flask import Response, request, stream_with_context
from sqlalchemy.orm import Session

from webapp.accounts.fresh import require_fresh
from webapp.core import clock
from webapp.core.actor import Actor
from webapp.core.audit import audit
from webapp.core.errors import DomainError
from webapp.core.text import N_, Text, mask_id
from webapp.counter.lists import CHANNEL_WORDS
from webapp.counter.permissions import EXPORT
from webapp.counter.views import bp
from webapp.counter.words import state_label
from webapp.dossiers import worklist
from webapp.dossiers.desk import DeskRow
from webapp.dossiers.worklist import Filter
from webapp.shell.access import allow, current_actor
from webapp.shell.i18n import gettext as _
from webapp.shell.i18n import t
from webapp.shell.services import services
from webapp.shell.unit_of_work import db

# More than an office has open at once; whoever needs more asks the manager, who has the figures.
MOST = 5_000
PIECE = 500
DANGEROUS = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")  # full width counts in East Asian settings
KINDS = {
    "csv": "text/csv; charset=utf-8",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
}
HEAD = (
    N_("Dossier"), N_("Procedure"), N_("Applicant"), N_("ID number"), N_("How it came"), N_("Where it stands"),
    N_("Sent at"), N_("Due"),
)  # fmt: skip
WIDTHS = (26, 40, 28, 16, 20, 24, 17, 17)
Cell = str | datetime | None


class TooManyRows(DomainError):
    """A list this long is not a day's work."""


def inert(value: str) -> str:
    """The same words, never a formula."""
    return f"'{value}" if value.startswith(DANGEROUS) else value


@bp.post("/counter/worklist/export")
@allow(EXPORT)
def export() -> Response:
    require_fresh()
    filter = Filter.read(request.form)
    kind = "xlsx" if request.form.get("kind") == "xlsx" else "csv"
    count = counted(db(), current_actor(), filter)
    audit(db(), current_actor(), "counter:export", None, rows=count, kind=kind, **filter.given())
    body = (as_xlsx if kind == "xlsx" else as_csv)(cells(current_actor(), filter))
    response = Response(stream_with_context(body), content_type=KINDS[kind])
    name = f"ho-so-{clock.local(clock.now()):%Y%m%d-%H%M}.{kind}"
    response.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    return response


def counted(session: Session, actor: Actor, filter: Filter) -> int:
    """How many rows there will be. Raises TooManyRows."""
    count = worklist.count(session, actor, filter, MOST + 1)
    if count > MOST:
        raise TooManyRows(
            Text("This list has more than %(n)s dossiers. Narrow it by state, day or procedure first.", n=MOST)
        )
    return count


def cells(actor: Actor, filter: Filter) -> Iterator[list[Cell]]:
    """Rows of the list in its order, read in pieces by a session of their own: the request's has ended by then."""
    yield [_(title) for title in HEAD]
    with services().database.session(write=False) as session:
        after, left = None, MOST
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


def as_csv(rows: Iterable[list[Cell]]) -> Iterator[bytes]:
    """UTF-8 with its mark in front: without it Excel shows Vietnamese as garbage."""
    yield b"\xef\xbb\xbf"
    for row in rows:
        line = io.StringIO()
        csv.writer(line).writerow([_written(cell) for cell in row])
        yield line.getvalue().encode()


def _written(cell: Cell) -> str:
    if isinstance(cell, datetime):
        return f"{clock.local(cell):%d/%m/%Y %H:%M}"
    return inert(cell or "")


def as_xlsx(rows: Iterable[list[Cell]]) -> Iterator[bytes]:
    """Row by row onto the disk, then out in pieces: memory does not grow with the list."""
    with tempfile.TemporaryFile() as file:
        options = {"constant_memory": True, "strings_to_formulas": False, "strings_to_urls": False}
        book = xlsxwriter.Workbook(file, {**options, "default_date_format": "dd/mm/yyyy hh:mm"})
        sheet = book.add_worksheet()
        bold = book.add_format({"bold": True})
        for column, width in enumerate(WIDTHS):
            sheet.set_column(column, column, width)
        sheet.freeze_panes(1, 0)
        for number, row in enumerate(rows):
            for column, cell in enumerate(row):
                if isinstance(cell, datetime):
                    sheet.write_datetime(number, column, clock.local(cell).replace(tzinfo=None))
                else:
                    sheet.write_string(number, column, inert(cell or ""), bold if number == 0 else None)
        book.close()
        file.seek(0)
        while piece := file.read(65_536):
            yield piece
