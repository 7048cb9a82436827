"""/me/helpers: who acted for me, when, how I agreed, what was done; and the two buttons against it."""

from typing import Any

from flask import Blueprint, request

from assisted import done, mine, specs
from assisted.models import HelperSession
from assisted.permissions import SEE_HELPERS, STOP_HELPER
from webapp.shell.access import allow, current_actor
from webapp.shell.forms import Form
from webapp.shell.i18n import gettext as _
from webapp.shell.pages import flash, page, see
from webapp.shell.unit_of_work import db

bp = Blueprint("helpers", __name__)


def _own(public_id: str) -> HelperSession | None:
    return mine.own_session(db(), public_id, by=current_actor())


@bp.get("/me/helpers")
@allow(SEE_HELPERS)
def helpers() -> str:
    who = current_actor()
    assert who.person_id is not None
    return page("assisted/helpers.html", visits=done.visits_of_person(db(), who.person_id))


@bp.post("/me/helpers/<id>/revoke")
@allow(STOP_HELPER, load=_own)
def revoke(row: HelperSession) -> Any:
    if mine.stop_helper(db(), row, by=current_actor()):
        flash(_("Stopped. The helper can do nothing for you any more."))
    else:
        flash(_("This session was over already."), "info")
    return see("helpers.helpers")


@bp.get("/me/helpers/<id>/objection")
@allow(STOP_HELPER, load=_own)
def objection(row: HelperSession) -> str:
    visit = done.visit(db(), row.id)
    return page("assisted/objection.html", visit=visit, form_=Form.show(specs.OBJECTION))


@bp.post("/me/helpers/<id>/objection")
@allow(STOP_HELPER, load=_own)
def object_to(row: HelperSession) -> Any:
    form = Form.read(specs.OBJECTION, request.form)
    if not form.ok:
        return page("assisted/objection.html", visit=done.visit(db(), row.id), form_=form, errors=form.errors), 422
    mine.object_to(db(), row, form.values.get("words"), by=current_actor())
    flash(_("Thank you. Your office was told and will look into it."))
    return see("helpers.helpers")
