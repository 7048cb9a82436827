"""Before the first question: where it goes, what is held already, and a draft that may be begun."""

from flask import abort, request
from werkzeug.wrappers import Response

from webapp.accounts.models import Person
from webapp.catalogue import queries as catalogue
from webapp.catalogue.queries import Current
from webapp.core.text import Text
from webapp.dossiers import draft, permissions, queries
from webapp.dossiers.views.blueprint import bp
from webapp.offices.models import Office
from webapp.shell.access import allow, current_actor
from webapp.shell.i18n import gettext as _
from webapp.shell.i18n import t
from webapp.shell.pages import flash, page, see
from webapp.shell.unit_of_work import db
from webapp.vault import reuse


def procedure_of(code: str) -> Current:
    return catalogue.get_procedure(db(), code) or abort(404)


def start_page(found: Current, errors: list[tuple[str, str]] | None = None) -> str:
    who = current_actor()
    person = db().get(Person, who.person_id) or abort(404)
    choices, near = draft.offices_for(db(), found.spec, person)
    return page(
        "dossiers/start.html",
        spec=found.spec,
        offices=choices,
        near=request.form.get("office") or near,
        held=reuse.offers(db(), person.id, draft.reuse_codes(found.spec)),
        begun=queries.open_draft(db(), who, found.spec.code),
        errors=errors,
    )


@bp.get("/dossiers/new/<code>")
@allow(permissions.DRAFT)
def start(code: str) -> str:
    return start_page(procedure_of(code))


@bp.post("/dossiers/new/<code>")
@allow(permissions.DRAFT)
def begin(code: str) -> Response | tuple[str, int]:
    found = procedure_of(code)
    person = db().get(Person, current_actor().person_id) or abort(404)
    offered = {o.code: o.id for o in draft.offices_for(db(), found.spec, person)[0]}
    chosen = request.form.get("office", "")
    if chosen not in offered:
        return start_page(found, [("office", t(Text("Choose the office that takes your dossier.")))]), 422
    office = db().get_one(Office, offered[chosen])
    beside = request.form.get("beside", "")
    dossier, new = draft.begin_draft(db(), procedure_code=code, office=office, by=current_actor(), beside=beside)
    if not new:
        flash(_("You have begun this already. Go on where you stopped."), "info")
    return see("dossiers.edit", id=dossier.public_id)
