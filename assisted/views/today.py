"""The helper's day: today's sessions, the open one, and its end."""

from typing import Any

from flask import Blueprint, make_response, request, url_for

from assisted import done
from assisted.guard import refuse, why_closed
from assisted.permissions import END, SEE_TODAY, WORK
from assisted.resolver import found, leave_here
from assisted.sessions import Standing, close
from webapp.accounts.models import Person
from webapp.core.text import mask_id
from webapp.dossiers import progress
from webapp.dossiers.queries import my_dossiers
from webapp.shell.access import allow, current_actor
from webapp.shell.i18n import gettext as _
from webapp.shell.pages import flash, page, see
from webapp.shell.services import settings
from webapp.shell.unit_of_work import db

bp = Blueprint("assisted", __name__)
REASON = {Standing.LIVE: "ended", Standing.ELSEWHERE: "ended", Standing.REVOKED: "revoked"}


@bp.get("/assisted")
@allow(SEE_TODAY)
def today() -> str:
    who = current_actor()
    assert who.account_id is not None
    return page(
        "assisted/today.html", helping=found(), why=why_closed(), visits=done.visits_today(db(), who.account_id)
    )


@bp.get("/assisted/session")
@allow(WORK)
def session() -> Any:
    here = found()
    if here is None or not here.live:
        flash(why_closed(), "info")
        return see("assisted.today")
    person = db().get_one(Person, here.row.person_id)
    return page("assisted/session.html", helping=here, number=mask_id(person.citizen_id), waiting=_waiting())


def _waiting() -> list[dict[str, Any]]:
    """The person's dossiers in which it is their turn, as rows of a task list."""
    return [
        {
            "label": dossier.spec.name,
            "href": url_for("dossiers.track", id=dossier.public_id),
            "status": progress.stage(dossier.state),
            "tone": progress.tone(dossier.state),
            "icon": progress.sign(dossier.state),
        }
        for dossier in my_dossiers(db(), current_actor())
        if progress.waits_for_person(dossier.state)
    ]


@bp.get("/assisted/session/summary")
@allow(WORK)
def summary() -> Any:
    here = found()
    if here is None or not here.live:
        flash(why_closed(), "info")
        return see("assisted.today")
    return page("assisted/summary.html", visit=done.visit(db(), here.row.id), base_url=settings().base_url)


@bp.post("/assisted/end")
@allow(END)
def end() -> Any:
    here = found()
    if here is None:
        flash(_("There is no open session."), "info")
        return see("assisted.today")
    who = current_actor()
    if request.form.get("mandate", here.row.mandate_public) != here.row.mandate_public:
        return refuse(who)
    close(db(), here.row.id, REASON.get(here.standing, "expired"), by=who)
    slip = done.visit(db(), here.row.id)
    leave_here()
    response = make_response(page("assisted/slip.html", visit=slip, base_url=settings().base_url))
    response.headers["Clear-Site-Data"] = '"cache"'
    response.headers["Cache-Control"] = "no-store"
    return response
