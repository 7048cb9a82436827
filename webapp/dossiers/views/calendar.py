"""The calendar that an administrator edits: what a change would shift is shown before it is done."""

from datetime import date
from itertools import islice
from typing import Any
from urllib.parse import urlencode

from flask import abort, request
from sqlalchemy import select
from werkzeug.wrappers import Response

from webapp.accounts.models import Account
from webapp.core import clock
from webapp.core.fields import FieldSpec
from webapp.core.text import N_, Text, one_line
from webapp.dossiers import answer_days, permissions, recalculation
from webapp.dossiers.views.blueprint import bp
from webapp.offices import queries as offices
from webapp.offices.models import EVERYWHERE, CalendarChange, Office, SpecialDay
from webapp.offices.queries import DayChange
from webapp.shell.access import allow, current_actor
from webapp.shell.forms import Form
from webapp.shell.i18n import gettext as _
from webapp.shell.pages import flash, page, see, see_path
from webapp.shell.unit_of_work import db

ROWS = 50
CHANGES = 20
WORKS = {"off": False, "works": True, "plain": None}
KINDS = {
    "public": N_("Public holiday"),
    "substitute": N_("Substitute day"),
    "swapped_off": N_("Swapped day off"),
    "swapped_on": N_("Working day in exchange"),
    "local": N_("Closed"),
}
FIELDS = (
    FieldSpec("day", "date_future", Text("Day"), Text("For example 02/01/2027.")),
    FieldSpec(
        "works",
        "select",
        Text("What it is to be"),
        options=[("off", Text("Day off")), ("works", Text("Working day"))],
    ),
    FieldSpec("scope", "text", Text("Where")),
    FieldSpec("name", "text", Text("Why"), Text("People read it, for example: Nghỉ bù Tết Dương lịch.")),
)


def scopes() -> dict[str, str]:
    """Everywhere, and each office."""
    return {EVERYWHERE: _("The whole province"), **{o.code: o.name for o in offices.offices(db())}}


def calendar_page(form: Form) -> str:
    today = clock.today()
    asked = request.args.get("year", "")
    year = int(asked) if asked.isdecimal() and 2025 <= int(asked) <= 2100 else today.year
    days = db().scalars(
        select(SpecialDay)
        .where(SpecialDay.day.between(date(year, 1, 1), date(year, 12, 31)))
        .order_by(SpecialDay.day, SpecialDay.scope)
    )
    return page(
        "dossiers/calendar.html",
        year=year,
        years=range(today.year - 1, today.year + 3),
        days=days.all(),
        kinds=KINDS,
        unsure=recalculation.unsure_years(db(), today),
        changes=db()
        .execute(
            select(CalendarChange, Account.display_name)
            .join(Account, Account.id == CalendarChange.account_id)
            .order_by(CalendarChange.id.desc())
            .limit(CHANGES)
        )
        .all(),
        scopes=scopes(),
        fields={spec.key: spec for spec in FIELDS},
        form=form,
        errors=form.errors or None,
    )


@bp.get("/manage/calendar")
@allow(permissions.CALENDAR, fresh=True)
def calendar() -> str:
    return calendar_page(Form.show(FIELDS, {"scope": EVERYWHERE}))


@bp.post("/manage/calendar")
@allow(permissions.CALENDAR, fresh=True)
def propose() -> Response | tuple[str, int]:
    """Nothing is changed yet: on to what the change would shift."""
    form = Form.read(FIELDS, request.form)
    if form.values.get("scope") not in scopes():
        form.refuse("scope", Text("Choose the province or one office."))
    if not form.ok:
        return calendar_page(form), 422
    return see_path(f"/manage/calendar/preview?{urlencode(form.values)}")


def wanted(given: Any) -> tuple[DayChange, str]:
    """The change that an address or a form names; 404 for what cannot be one."""
    try:
        day = date.fromisoformat(str(given.get("day")))
    except ValueError:
        abort(404)
    scope, works = given.get("scope", ""), given.get("works", "")
    if works not in WORKS or scope not in scopes() or not 2025 <= day.year <= 2100:
        abort(404)
    return DayChange(scope, day, WORKS[works]), one_line(given.get("name", ""))[:120]


@bp.get("/manage/calendar/preview")
@allow(permissions.CALENDAR, fresh=True)
def preview() -> str:
    change, name = wanted(request.args)
    given = {key: request.args[key] for key in FIELD_NAMES if key in request.args}
    return preview_page(
        change, f"/manage/calendar/preview?{urlencode(given)}",
        action="/manage/calendar/days", fields={**given, "name": name},
        back=f"/manage/calendar?year={change.day.year}", scope=scopes()[change.scope], name=name,
    )  # fmt: skip


def preview_page(change: DayChange, here: str, *, office: Office | None = None, **shown: Any) -> str:
    """What a change would shift, fifty dossiers on a page. `here` is the address of the page, with its question."""
    asked = request.args.get("page", "")
    number = max(int(asked), 1) if asked.isdecimal() and len(asked) < 5 else 1
    shifts = list(islice(recalculation.shifts(db(), change), recalculation.MOST))
    found = [one for one in shifts if one.moves_due]
    more = len(found) > number * ROWS
    return page(
        "dossiers/calendar_preview.html",
        change=change,
        office=office,
        found=found[(number - 1) * ROWS : number * ROWS],
        first=(number - 1) * ROWS,
        count=len(found),
        answers=len(shifts) - len(found),
        ends=answer_days.last_days(db(), change),
        drafts=answer_days.draft_terms(db(), change),
        most=recalculation.MOST,
        full=len(shifts) == recalculation.MOST,
        later=sum(one.days > 0 for one in found),
        earlier=sum(one.days < 0 for one in found),
        at_once=len(shifts) <= recalculation.AT_ONCE,
        next_href=f"{here}&page={number + 1}" if more else None,
        previous_href=f"{here}&page={number - 1}" if number > 1 else None,
        **shown,
    )


FIELD_NAMES = tuple(spec.key for spec in FIELDS)


def said_of(made: CalendarChange) -> tuple[str, str]:
    """After it was done: the words, and their kind."""
    if made.finished_at is None:
        return _("Changed. The due dates are being worked out again; this page shows how far it is."), "info"
    return _("Changed. Due dates moved: %(n)s.", n=made.moved), "good"


@bp.post("/manage/calendar/days")
@allow(permissions.CALENDAR, fresh=True)
def change_day() -> Response:
    change, name = wanted(request.form)
    made = recalculation.change_day(db(), change, name=name, by=current_actor())
    flash(*said_of(made))
    return see("dossiers.calendar", year=change.day.year)


@bp.post("/manage/calendar/years")
@allow(permissions.CALENDAR, fresh=True)
def confirm_year() -> Response:
    year = request.form.get("year", "")
    if not year.isdecimal() or not 2025 <= int(year) <= 2100:
        abort(404)
    recalculation.confirm_year(db(), int(year), by=current_actor())
    flash(_("The days of %(year)s are confirmed.", year=year))
    return see("dossiers.calendar", year=year)
