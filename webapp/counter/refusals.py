"""How a dossier ends badly or late: declined, stopped, or promised for another day. Each has its official paper."""

from dataclasses import replace
from datetime import date

from flask import request

from webapp.accounts.fresh import require_fresh
from webapp.core.fields import FieldSpec
from webapp.core.text import Text
from webapp.counter.deciding import (
    Answer,
    decide,
    form_again,
    form_page,
    load_row,
    reason_of,
    the_view,
    wants_preview,
)
from webapp.counter.views import bp, load_view
from webapp.dossiers.decline import decline_dossier
from webapp.dossiers.extend import extend_dossier
from webapp.dossiers.models import Dossier
from webapp.dossiers.permissions import DECLINE, EXTEND, STOP
from webapp.dossiers.stop import stop_dossier
from webapp.dossiers.view import DossierView
from webapp.shell.access import allow, current_actor
from webapp.shell.formats import day
from webapp.shell.forms import Form
from webapp.shell.i18n import gettext as _
from webapp.shell.unit_of_work import db

OWN = FieldSpec("reason", "textarea", Text("In your own words"), required=False)
BASIS = FieldSpec(
    "basis",
    "text",
    Text("Legal basis"),
    hint=Text("The act and its article, for example: Điều 5 Nghị định 123/2015/NĐ-CP."),
)
PAPERS_BACK = FieldSpec(
    "papers_back",
    "text",
    Text("Papers to give back"),
    hint=Text("Left empty: all papers that were handed in."),
    required=False,
)
REFUND = FieldSpec(
    "refund", "text", Text("What becomes of a fee that was paid"), hint=Text("How much is returned, where and when."),
    required=False,
)  # fmt: skip
DUE_ON = FieldSpec("due_on", "date_future", Text("The new day"), hint=Text("A working day after the one promised."))
DECLINING, STOPPING, EXTENDING = [OWN, BASIS], [OWN, BASIS, PAPERS_BACK, REFUND], [DUE_ON, OWN]


def basis_of(view: DossierView) -> FieldSpec:
    """The acts of the procedure as a reminder; which article it is, only the officer knows."""
    acts = ", ".join(act.act for act in view.spec.legal)
    hint = Text("The act and its article. This procedure rests on: %(acts)s.", acts=acts)
    return replace(BASIS, hint=hint) if acts else BASIS


def preview(verb: str, dossier: Dossier, form: Form, *lines: str) -> Answer:
    return form_page(verb, the_view(dossier.public_id), form, told=tuple(line for line in lines if line))


@bp.get("/counter/dossiers/<id>/decline")
@allow(DECLINE, load=load_view)
def declining(view: DossierView) -> Answer:
    return form_page("decline", view, Form.show([OWN, basis_of(view)]))


@bp.post("/counter/dossiers/<id>/decline")
@allow(DECLINE, load=load_row)
def decline(dossier: Dossier) -> Answer:
    form = Form.read(DECLINING, request.form)
    reason, again = reason_of("decline", form), form_again("decline", form)
    if not form.ok:
        return again(the_view(dossier.public_id), None)
    basis = form.values["basis"]
    if wants_preview():
        return preview("decline", dossier, form, reason, basis)

    def act(row: Dossier, version: int) -> None:
        decline_dossier(db(), row, by=current_actor(), version=version, reason=reason, basis=basis)

    done = _("Declined. The applicant gets a message now; form 03 can be printed.")
    return decide(dossier, "decline", act, done, again, (form, "reason"))


@bp.get("/counter/dossiers/<id>/stop")
@allow(STOP, load=load_view)
def stopping(view: DossierView) -> Answer:
    require_fresh()
    return form_page("stop", view, Form.show([OWN, basis_of(view), PAPERS_BACK, REFUND]))


@bp.post("/counter/dossiers/<id>/stop")
@allow(STOP, load=load_row)
def stop(dossier: Dossier) -> Answer:
    require_fresh()
    form = Form.read(STOPPING, request.form)
    reason, again = reason_of("stop", form), form_again("stop", form)
    if not form.ok:
        return again(the_view(dossier.public_id), None)
    said = {key: form.values.get(key, "") for key in ("basis", "papers_back", "refund")}
    if wants_preview():
        return preview("stop", dossier, form, reason, *said.values())

    def act(row: Dossier, version: int) -> None:
        stop_dossier(db(), row, by=current_actor(), version=version, reason=reason, **said)

    done = _("Stopped. The applicant gets a message now; form 05 can be printed.")
    return decide(dossier, "stop", act, done, again, (form, "reason"))


@bp.get("/counter/dossiers/<id>/extend")
@allow(EXTEND, load=load_view)
def extending(view: DossierView) -> Answer:
    return form_page("extend", view, Form.show(EXTENDING))


@bp.post("/counter/dossiers/<id>/extend")
@allow(EXTEND, load=load_row)
def extend(dossier: Dossier) -> Answer:
    form = Form.read(EXTENDING, request.form)
    reason, again = reason_of("extend", form), form_again("extend", form)
    if not form.ok:
        return again(the_view(dossier.public_id), None)
    due_on = date.fromisoformat(form.values["due_on"])
    if wants_preview():
        return preview("extend", dossier, form, reason, _("New day: %(day)s", day=day(due_on)))

    def act(row: Dossier, version: int) -> None:
        extend_dossier(db(), row, by=current_actor(), version=version, due_on=due_on, reason=reason)

    done = _("The new day is %(due)s. The applicant gets a message now; form 04 can be printed.")
    return decide(dossier, "extend", act, done, again, (form, "due_on"))
