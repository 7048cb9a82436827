"""Rows and figures of the desk, ready to be printed."""

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from webapp.core.text import N_, mask_id
from webapp.counter.words import remaining, state_label
from webapp.dossiers.desk import DeskRow
from webapp.shell.i18n import gettext as _

# Filter of the worklist → what the page calls it, in the order of the page.
FILTER_WORDS = {
    "": N_("All open"),
    "overdue": N_("Overdue"),
    "today": N_("Due today"),
    "submitted": N_("To be received"),
    "working": N_("Being worked on"),
    "waiting": N_("Waiting for the citizen"),
    "withdrawal_requested": N_("Withdrawals"),
    "settled": N_("To hand over"),
    "closed": N_("Finished"),
}
# The figures of the first page, and the tone that a number above zero gets.
SHOWN = ("submitted", "working", "waiting", "today", "overdue", "settled")


def figures(numbers: dict[str, int]) -> list[dict[str, Any]]:
    """For the macro `figures`; each number leads to its rows."""
    return [
        {"value": numbers[name], "label": _(FILTER_WORDS[name]), "href": f"/counter/worklist?state={name}"}
        for name in SHOWN
    ]


def listed(rows: Iterable[DeskRow], now: datetime) -> list[dict[str, Any]]:
    """Rows of a table, times and states in words."""
    return [
        {
            "id": row.public_id,
            "code": row.code,
            "procedure": row.procedure,
            "applicant": row.applicant,
            "citizen_id": mask_id(row.citizen_id),
            "birth_year": row.birth_year,
            "state": state_label(row.state),
            "left": remaining(row.state, row.due_at, row.submitted_at, now),
            "due_at": row.due_at,
        }
        for row in rows
    ]
