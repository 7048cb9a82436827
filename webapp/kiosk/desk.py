"""At the desk: this browser becomes a screen for everybody; the screens of the office, and their end."""

from typing import Any

from flask import request
from werkzeug.wrappers import Response

from webapp.accounts import sessions
from webapp.core.fields import FieldSpec
from webapp.core.text import Text
from webapp.kiosk import device, queries
from webapp.kiosk.blueprint import bp
from webapp.kiosk.models import Kiosk
from webapp.kiosk.permissions import SCREENS
from webapp.kiosk.set_up import end_kiosk, set_up_kiosk
from webapp.shell.access import actor, allow, current_actor
from webapp.shell.forms import Form
from webapp.shell.i18n import gettext as _
from webapp.shell.pages import flash, page, see
from webapp.shell.templating import still
from webapp.shell.unit_of_work import db

LONGEST = 60
NAME = FieldSpec("name", "text", Text("Where does it stand?"), Text("For example: hall, ground floor."))


def _own(public_id: str) -> Kiosk | None:
    return queries.own_kiosk(db(), current_actor(), public_id)


def desk_link() -> str:
    """At the end of the desk's first page, for whoever may."""
    return still("kiosk/desk_link.html") if SCREENS.allows(actor()) else ""


def _page(form: Form) -> str:
    rows = queries.of_office(db(), current_actor())
    return page("kiosk/desk.html", rows=rows, form=form, errors=form.errors or None)


@bp.get("/counter/kiosks")
@allow(SCREENS)
def kiosks() -> str:
    return _page(Form.show([NAME]))


@bp.post("/counter/kiosks")
@allow(SCREENS)
def set_up() -> Any:
    """The officer's log-in ends here, and whatever else this browser held of anybody goes."""
    form = Form.read([NAME], request.form)
    if form.ok and len(form.values["name"]) > LONGEST:
        form.refuse("name", Text("This is too long. Keep it under %(n)s letters.", n=LONGEST))
    if not form.ok:
        return _page(form), 422
    token = set_up_kiosk(db(), by=current_actor(), name=form.values["name"])
    sessions.end(db())
    answer = see("kiosk.start")
    device.forget_all(answer)
    device.give(answer, token)
    answer.headers["Clear-Site-Data"] = '"cache", "storage"'
    return answer


@bp.post("/counter/kiosks/<id>/end")
@allow(SCREENS, load=_own)
def end_screen(found: Kiosk) -> Response:
    end_kiosk(db(), found, by=current_actor())
    flash(_("Ended. That browser is one like any other again."), "good")
    return see("kiosk.kiosks")
