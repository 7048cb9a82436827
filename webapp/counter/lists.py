"""Rows and figures of the desk, ready to be printed."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from urllib.parse import urlencode

from webapp.catalogue.words import Words
from webapp.core import clock
from webapp.core.text import N_, mask_id
from webapp.counter.words import Label, remaining, state_label
from webapp.dossiers.deadlines import calendar
from webapp.dossiers.desk import DeskRow
from webapp.dossiers.worklist import named
from webapp.offices.workdays import Calendar
from webapp.shell.access import current_actor
from webapp.shell.i18n import gettext as _
from webapp.shell.unit_of_work import db

# Filter of the worklist → what the page calls it, in the order of the page.
STATE_WORDS = {
    "": N_("All open"),
    "submitted": N_("To be received"),
    "working": N_("Being worked on"),
    "waiting": N_("Waiting for the citizen"),
    "withdrawal_requested": N_("Withdrawals"),
    "settled": N_("To hand over"),
    "closed": N_("Finished"),
}
DUE_WORDS = {
    "": N_("Any day"),
    "overdue": N_("Overdue"),
    "today": N_("Due today"),
    "week": N_("Due this week"),
}
CHANNEL_WORDS = {
    "": N_("Any way"),
    "self": N_("Online, by the applicant"),
    "assisted": N_("With a helper"),
    "counter": N_("At the counter"),
    "post": N_("By post"),
    "api": N_("By another system"),
}
# The figures of the first page, and the tone that a number above zero gets.
SHOWN = ("submitted", "working", "waiting", "today", "overdue", "settled")


def figures(numbers: dict[str, int]) -> list[dict[str, Any]]:
    """For the macro `figures`; each number leads to its rows."""
    return [
        {
            "value": numbers[name],
            "label": _((STATE_WORDS | DUE_WORDS)[name]),
            "href": f"/counter/worklist?{urlencode(named(name).given())}",
        }
        for name in SHOWN
    ]


def own_calendar() -> Calendar:
    """The working days and hours of the actor's office, for saying how much time remains."""
    return calendar(db(), current_actor().office_id, clock.today())


@dataclass(frozen=True)
class Row:
    """One dossier of a table, times and states in words: equal rows look the same, so each is drawn once."""

    id: str
    code: str
    procedure: Words
    applicant: str
    citizen_id: str
    birth_year: str | None
    state: Label
    left: Label
    due_at: datetime | None


def listed(rows: Iterable[DeskRow], days: Calendar) -> list[Row]:
    """Rows of a table, ready to be printed."""
    now = clock.now()
    return [
        Row(
            row.public_id,
            row.code,
            row.procedure,
            row.applicant,
            mask_id(row.citizen_id),
            row.birth_year,
            state_label(row.state),
            remaining(row.state, row.act_by, row.due_at, days, now),
            row.due_at,
        )
        for row in rows
    ]
