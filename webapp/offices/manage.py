"""Offices, kept by an administrator."""

from datetime import date
from typing import Any

from flask import Blueprint, request
from sqlalchemy import select
from werkzeug.wrappers import Response

from webapp.core import clock
from webapp.core.fields import FieldSpec
from webapp.core.text import Text
from webapp.offices import units
from webapp.offices.models import Office
from webapp.offices.permissions import UNITS
from webapp.offices.units import UnitRefused, hours_words
from webapp.shell.access import allow, current_actor
from webapp.shell.forms import Form
from webapp.shell.i18n import gettext as _
from webapp.shell.pages import flash, page, see
from webapp.shell.unit_of_work import db

bp = Blueprint("units", __name__)
OF_OFFICE = (
    FieldSpec("name", "text", Text("Name of the office"), Text("For example: UBND xã Hoằng Lộc.")),
    FieldSpec(
        "short_name",
        "text",
        Text("Short name"),
        Text("Stands in SMS, without marks. Left empty, it is made from the name."),
        required=False,
    ),
    FieldSpec(
        "level",
        "select",
        Text("Level"),
        options=(("commune", Text("Commune")), ("province", Text("Province"))),
    ),
    FieldSpec(
        "commune_code", "text", Text("Code of the commune"), Text("Five digits, for example 15961."), required=False
    ),
    FieldSpec("phone", "text", Text("Phone of the office"), required=False),
    FieldSpec("address", "text", Text("Address"), required=False),
)
HOURS = FieldSpec(
    "hours",
    "text",
    Text("Working hours"),
    Text("For example 07:00-11:30, 13:30-17:00. Due dates end with the last hour."),
    required=False,
)
CODE = FieldSpec(
    "code", "text", Text("Identifier"), Text("Of the agency, for example H56.38.12. It cannot be changed.")
)
NEW = (CODE, *OF_OFFICE, HOURS)
CLOSING = (FieldSpec("valid_to", "date_future", Text("Last day"), Text("It takes no new dossiers after this day.")),)


def office_of(public_id: str) -> Office | None:
    return db().scalar(select(Office).where(Office.public_id == public_id))


def units_page(form: Form) -> str:
    rows = db().scalars(select(Office).order_by(Office.valid_to.is_not(None), Office.code)).all()
    return page("offices/units.html", offices=rows, form=form, today=clock.today(), errors=form.errors or None)


def office_page(office: Office, form: Form | None = None, closing: Form | None = None) -> str:
    shown = {spec.key: getattr(office, spec.key) or "" for spec in OF_OFFICE}
    return page(
        "offices/unit.html",
        office=office,
        hours=hours_words(office.hours),
        form=form or Form.show(OF_OFFICE, shown),
        closing=closing or Form.show(CLOSING, {"valid_to": office.valid_to.isoformat() if office.valid_to else ""}),
        errors=[*(form.errors if form else []), *(closing.errors if closing else [])] or None,
    )


@bp.get("/manage/units")
@allow(UNITS, fresh=True)
def listed() -> str:
    return units_page(Form.show(NEW, {"hours": hours_words(None)}))


@bp.post("/manage/units")
@allow(UNITS, fresh=True)
def add() -> Response | tuple[str, int]:
    form = Form.read(NEW, request.form)
    office = _tried(form, lambda: units.add_office(db(), form.values, by=current_actor()))
    if office is None:
        return units_page(form), 422
    flash(_("The office %(name)s was added.", name=office.name))
    return see("units.listed")


@bp.get("/manage/units/<id>")
@allow(UNITS, load=office_of, fresh=True)
def unit(office: Office) -> str:
    return office_page(office)


@bp.post("/manage/units/<id>")
@allow(UNITS, load=office_of, fresh=True)
def change(office: Office) -> Response | tuple[str, int]:
    form = Form.read(OF_OFFICE, request.form)
    done = _tried(form, lambda: units.change_office(db(), office, form.values, by=current_actor()))
    if done is None:
        return office_page(office, form), 422
    flash(_("The office was changed.") if done else _("Nothing was different."), "good" if done else "info")
    return see("units.unit", id=office.public_id)


@bp.post("/manage/units/<id>/close")
@allow(UNITS, load=office_of, fresh=True)
def close(office: Office) -> Response | tuple[str, int]:
    if request.form.get("open"):
        units.close_office(db(), office, None, by=current_actor())
        flash(_("The office is open again."))
        return see("units.unit", id=office.public_id)
    form = Form.read(CLOSING, request.form)

    def closing() -> bool:
        units.close_office(db(), office, date.fromisoformat(form.values["valid_to"]), by=current_actor())
        return True

    if _tried(form, closing) is None:
        return office_page(office, closing=form), 422
    flash(_("The office is closed after that day. What it has received it finishes."))
    return see("units.unit", id=office.public_id)


def _tried(form: Form, act: Any) -> Any:
    """What the verb gives; None when the form or the verb says no, with the reason at its field."""
    if not form.ok:
        return None
    try:
        return act()
    except UnitRefused as refused:
        form.refuse(refused.key, refused.text)
        return None
