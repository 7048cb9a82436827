"""The figures for those who see to an office or to the province: exact, by procedure, and what was late."""

from typing import Any

from flask import Response, abort, request, url_for

from webapp.core import clock
from webapp.core.actor import Role
from webapp.core.audit import audit
from webapp.core.text import N_
from webapp.shell.access import allow, current_actor
from webapp.shell.i18n import gettext as _
from webapp.shell.i18n import t
from webapp.shell.pages import page
from webapp.shell.spreadsheet import KINDS, Cell, file_of
from webapp.shell.unit_of_work import db
from webapp.transparency import queries
from webapp.transparency.figures import FEW
from webapp.transparency.late import DAYS, MOST, PAGE, settled_late
from webapp.transparency.permissions import FIGURES, LATE
from webapp.transparency.views import (
    asked_period,
    board_rows,
    bp,
    choices,
    of_all,
    part_of,
    title_of,
    unit_figures,
    unit_rows,
)

HERE = "/manage/figures"
LATE_HEAD = (N_("Dossier"), N_("Procedure"), N_("Sent at"), N_("Due"), N_("Settled at"))
WIDTHS = (12, 12, 26, 40, *[16] * 14)


def asked_office() -> Any | None:
    """A manager's own; an administrator's, which the address names, or none: then it is the province."""
    who, code = current_actor(), request.args.get("office", "")
    if not who.has(Role.ADMIN):
        return queries.unit_by_key(db(), who.office_id) or abort(404)
    return (queries.unit(db(), code) or abort(404)) if code else None


def asked_kind() -> str:
    return "xlsx" if request.values.get("kind") == "xlsx" else "csv"


@bp.get(HERE)
@allow(FIGURES)
def figures() -> str:
    office, period = asked_office(), asked_period()
    named = office.code if office is not None and current_actor().has(Role.ADMIN) else None
    shared = {
        "period": period,
        "choices": choices(lambda key: url_for("transparency.figures", period=key, office=named)),
        "files": [
            (kind, url_for("transparency.figures_file", period=period.key, office=named, kind=kind)) for kind in KINDS
        ],
    }
    if office is None:
        everywhere = queries.board(db(), period)
        lines = sorted(everywhere, key=lambda line: -line.office.late)
        shown, next_href, previous_href = part_of(lines, lambda **at: url_for("transparency.figures", **at))
        return page(
            "transparency/manage_offices.html", figures=of_all(everywhere), shown=shown, next_href=next_href,
            previous_href=previous_href, few=FEW, **shared,
        )  # fmt: skip
    return page(
        "transparency/manage.html", office=office, may_open=LATE.allows(current_actor()), late_days=DAYS,
        **unit_figures(office, period, exact=True), **shared,
    )  # fmt: skip


@bp.get(f"{HERE}/file")
@allow(FIGURES)
def figures_file() -> Response:
    """Sums only: nobody is asked again who they are for it."""
    office, period, kind = asked_office(), asked_period(), asked_kind()
    if office is None:
        return file_of(board_rows(period), f"so-lieu-{period.key}", kind, WIDTHS)
    return file_of(list(unit_rows(office, period, exact=True)), f"so-lieu-{office.code}-{period.key}", kind, WIDTHS)


@bp.get(f"{HERE}/late")
@allow(LATE)
def late() -> str:
    rows = settled_late(db(), current_actor(), request.args.get("after"))
    more = len(rows) > PAGE
    shown = rows[:PAGE]
    return page(
        "transparency/late.html",
        rows=[(row, title_of(row.procedure_code)) for row in shown],
        days=DAYS,
        next_href=url_for("transparency.late", after=shown[-1].public_id) if more else None,
    )


@bp.post(f"{HERE}/late/export")
@allow(LATE, fresh=True)
def late_file() -> Response:
    """Single dossiers: as with the worklist it is written down who took them along."""
    kind = asked_kind()
    rows = settled_late(db(), current_actor(), limit=MOST)[:MOST]
    audit(db(), current_actor(), "board:export-late", None, rows=len(rows), kind=kind)
    cells: list[list[Cell]] = [[_(title) for title in LATE_HEAD]]
    cells += [[row.code, t(title_of(row.procedure_code)), row.submitted_at, row.due_at, row.settled_at] for row in rows]
    return file_of(cells, f"tre-hen-{clock.today():%Y%m%d}", kind, (26, 40, 17, 17, 17))
