"""The hours of an office, changed as a day of the calendar is: what they would shift is shown before it is done."""

from typing import Any
from urllib.parse import urlencode

from flask import abort, request
from sqlalchemy import select
from werkzeug.wrappers import Response

from webapp.core.fields import FieldSpec
from webapp.core.text import Text
from webapp.dossiers import permissions, recalculation
from webapp.dossiers.views.blueprint import bp
from webapp.dossiers.views.calendar import preview_page, said_of
from webapp.offices.models import Office
from webapp.offices.units import UnitRefused, hours_words, read_hours
from webapp.shell.access import allow, current_actor
from webapp.shell.forms import Form
from webapp.shell.pages import flash, page, see, see_path
from webapp.shell.unit_of_work import db

PATH = "/manage/calendar/hours/<id>"
HOURS = FieldSpec(
    "hours",
    "text",
    Text("Working hours"),
    Text("For example 07:00-11:30, 13:30-17:00. Left empty: as most offices."),
    required=False,
)


def _office(public_id: str) -> Office | None:
    return db().scalar(select(Office).where(Office.public_id == public_id))


def _form_page(office: Office, form: Form) -> str:
    return page("dossiers/hours.html", office=office, form=form, errors=form.errors or None)


@bp.get(PATH)
@allow(permissions.CALENDAR, load=_office, fresh=True)
def office_hours(office: Office) -> str:
    return _form_page(office, Form.show([HOURS], {"hours": hours_words(office.hours)}))


@bp.post(PATH)
@allow(permissions.CALENDAR, load=_office, fresh=True)
def propose_hours(office: Office) -> Any:
    """Nothing is changed yet: on to what the hours would shift."""
    form = Form.read([HOURS], request.form)
    try:
        read_hours(form.values.get("hours") or "")
    except UnitRefused as refused:
        form.refuse(refused.key, refused.text)
    if not form.ok:
        return _form_page(office, form), 422
    asked = urlencode({"hours": form.values.get("hours") or ""})
    return see_path(f"/manage/calendar/hours/{office.public_id}/preview?{asked}")


def _wanted(given: Any) -> list[list[str]] | None:
    try:
        return read_hours(str(given.get("hours", "")))
    except UnitRefused:
        abort(404)


@bp.get(f"{PATH}/preview")
@allow(permissions.CALENDAR, load=_office, fresh=True)
def preview_hours(office: Office) -> str:
    typed = request.args.get("hours", "")
    hours = _wanted(request.args)
    here = f"/manage/calendar/hours/{office.public_id}"
    return preview_page(
        recalculation.hours_change(office, hours), f"{here}/preview?{urlencode({'hours': typed})}",
        action=f"{here}/change", fields={"hours": typed}, back=f"/manage/units/{office.public_id}",
        hours=hours_words(hours), office=office,
    )  # fmt: skip


@bp.post(f"{PATH}/change")
@allow(permissions.CALENDAR, load=_office, fresh=True)
def change_hours(office: Office) -> Response:
    made = recalculation.change_hours(db(), office, _wanted(request.form), by=current_actor())
    flash(*said_of(made))
    return see("dossiers.calendar")
