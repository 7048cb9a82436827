"""Official papers at the desk: one of a dossier, and the register of a period."""

from datetime import date, timedelta

from flask import abort, request
from werkzeug.wrappers import Response

from webapp.core import clock
from webapp.core.fields import FieldSpec
from webapp.core.text import Text
from webapp.counter.permissions import DESK
from webapp.counter.views import bp, load_view
from webapp.dossiers.papers.issued import sheet_by_key
from webapp.dossiers.papers.register import LONGEST, Period, register_sheet
from webapp.dossiers.permissions import READ
from webapp.dossiers.view import DossierView
from webapp.dossiers.views.papers import pdf_answer
from webapp.shell.access import allow, current_actor
from webapp.shell.forms import Form
from webapp.shell.pages import page
from webapp.shell.unit_of_work import db

START = FieldSpec("start", "date", Text("From"))
END = FieldSpec("end", "date", Text("Until"))


@bp.get("/counter/dossiers/<id>/papers/<key>")
@allow(READ, load=load_view)
def paper(view: DossierView, key: str) -> str:
    here = f"/counter/dossiers/{view.public_id}"
    sheet = sheet_by_key(db(), view, key) or abort(404)
    return page("counter/paper.html", view=view, sheet=sheet, here=here, pdf=f"{here}/papers/{key}.pdf")


@bp.get("/counter/dossiers/<id>/papers/<key>.pdf")
@allow(READ, load=load_view)
def paper_file(view: DossierView, key: str) -> Response:
    return pdf_answer(sheet_by_key(db(), view, key) or abort(404), f"{view.row.code}-M{key}")


def read_period() -> tuple[Form, Period | None]:
    """What the address asks for; this month when it asks for nothing."""
    today = clock.today()
    if not request.args:
        period = Period(today.replace(day=1), today)
        return Form.show([START, END], {"start": period.start.isoformat(), "end": period.end.isoformat()}), period
    form = Form.read([START, END], request.args)
    if not form.ok:
        return form, None
    start, end = (date.fromisoformat(form.values[key]) for key in ("start", "end"))
    if end < start:
        form.refuse("end", Text("The last day must not be before the first."))
    elif end - start >= timedelta(days=LONGEST):
        form.refuse("end", Text("Choose at most %(n)s days.", n=LONGEST))
    return form, Period(start, end) if form.ok else None


@bp.get("/counter/register")
@allow(DESK)
def register_book() -> str | tuple[str, int]:
    form, period = read_period()
    sheet = register_sheet(db(), current_actor(), period) if period else None
    pdf = f"/counter/register.pdf?start={period.start:%d/%m/%Y}&end={period.end:%d/%m/%Y}" if period else ""
    body = page("counter/register.html", form=form, sheet=sheet, pdf=pdf, errors=form.errors or None)
    return body if period else (body, 422)


@bp.get("/counter/register.pdf")
@allow(DESK)
def register_file() -> Response:
    _form, period = read_period()
    if period is None:
        abort(404)
    name = f"M07-{period.start:%Y%m%d}-{period.end:%Y%m%d}"
    return pdf_answer(register_sheet(db(), current_actor(), period), name)
