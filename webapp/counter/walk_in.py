"""A person comes with papers: find or write down, begin, end. The questions are the citizen's own pages."""

from flask import abort, request
from flask import session as browser
from werkzeug.wrappers import Response

from webapp.accounts import people
from webapp.accounts.models import Person
from webapp.accounts.sessions import current_login
from webapp.core.errors import DomainError
from webapp.core.fields import FieldSpec
from webapp.core.text import Text, mask_id
from webapp.counter import visits
from webapp.counter.permissions import WALK_IN
from webapp.counter.views import bp
from webapp.dossiers.states import State
from webapp.shell.access import allow, current_actor
from webapp.shell.forms import Form
from webapp.shell.i18n import gettext as _
from webapp.shell.pages import flash, page, see, see_path
from webapp.shell.templating import render
from webapp.shell.unit_of_work import db, keep_changes

FOUND = "walk_in_found"  # public ids that this browser was shown; only one of these may be chosen
FIND = (
    FieldSpec(
        "who",
        "text",
        Text("ID card or name"),
        Text("Scan the QR code of the ID card, type its 12 digits, or the whole name."),
        autocomplete="off",
        sensitive=True,
    ),
)
PERSON = (
    FieldSpec(
        "name", "name", Text("Family name, middle name, given name"), Text("As on the ID card."), autocomplete="off"
    ),
    FieldSpec("citizen_id", "id_number", Text("Personal number"), Text("12 digits, on the ID card."), sensitive=True),
    FieldSpec("birth_date", "date_partial", Text("Date of birth"), autocomplete="off"),
    FieldSpec(
        "phone",
        "phone",
        Text("Phone that reaches the person"),
        Text("Never the phone of a helper or an officer. Leave it empty if there is none."),
        required=False,
        autocomplete="off",
    ),
)


def walk_in_page(form: Form | None = None, errors: list[tuple[str, str]] | None = None) -> str:
    shown = [p for p in (people.find_by_public_id(db(), one) for one in browser.get(FOUND, [])) if p is not None]
    return page(
        "counter/walk_in.html",
        form=form or Form.show(FIND),
        fields=FIND,
        visit=visits.current_visit(),
        found=[
            {"id": p.public_id, "name": p.full_name, "born": (p.birth_date or "")[:4], "number": mask_id(p.citizen_id)}
            for p in shown
        ],
        procedures=visits.procedures(db()) if shown else {},
        chosen=request.form,
        errors=errors or (form.errors if form is not None else None) or None,
    )


@bp.get("/counter/walk-in")
@allow(WALK_IN)
def walk_in() -> str:
    return walk_in_page()


@bp.post("/counter/walk-in")
@allow(WALK_IN)
def look_up() -> Response | tuple[str, int]:
    keep_changes()  # refused or not, a look-up is counted
    browser.pop(FOUND, None)
    form = Form.read(FIND, request.form)
    try:
        found = visits.look_up(db(), form.values["who"], by=current_actor()) if form.ok else []
    except DomainError as refused:
        form.refuse("who", refused.text)
        return walk_in_page(form), refused.status
    if form.ok and not found:
        form.refuse(
            "who", Text("Nobody is known by this. Compare it with the ID card, or write the person down as new.")
        )
    if not form.ok:
        return walk_in_page(form), 422
    browser[FOUND] = [person.public_id for person in found]
    return see("counter.walk_in")


@bp.get("/counter/walk-in/people/new")
@allow(WALK_IN)
def new_person() -> str:
    return page("counter/walk_in_person.html", form=Form.show(PERSON), errors=None)


@bp.post("/counter/walk-in/people/new")
@allow(WALK_IN)
def register_person() -> Response | tuple[str, int]:
    form = Form.read(PERSON, request.form)
    try:
        person = visits.register_person(db(), form.values, by=current_actor()) if form.ok else None
    except DomainError as refused:
        form.refuse("citizen_id", refused.text)
        person = None
    if person is None:
        return page("counter/walk_in_person.html", form=form, errors=form.errors), 422
    browser[FOUND] = [person.public_id]
    return see("counter.walk_in")


@bp.post("/counter/walk-in/begin")
@allow(WALK_IN)
def begin() -> Response | tuple[str, int]:
    person, errors = _chosen()
    login = current_login()
    if errors or person is None or login is None:
        return walk_in_page(errors=errors), 422
    procedure = request.form["procedure"]
    dossier = visits.begin(db(), person, procedure, by=current_actor(), login_id=login.id)
    browser.pop(FOUND, None)
    browser[visits.OPEN] = True
    return see_path(f"/dossiers/{dossier.public_id}/edit")


def _chosen() -> tuple[Person | None, list[tuple[str, str]]]:
    """Who stands there and what for; what is missing."""
    asked = request.form.get("person", "")
    person = people.find_by_public_id(db(), asked) if asked in browser.get(FOUND, []) else None
    errors = []
    if person is None:
        errors.append(("person", _("Choose the person.")))
    if request.form.get("procedure") not in visits.procedures(db()):
        errors.append(("procedure", _("Choose what the person wants.")))
    if request.form.get("seen") != "yes":
        errors.append(("seen", _("Look at the ID card, then tick that you have seen it.")))
    return person, errors


@bp.post("/counter/walk-in/end")
@allow(WALK_IN)
def end_visit() -> Response:
    visit = visits.current_visit() or abort(404)
    visits.end(db(), visit.row.id, by=current_actor())
    browser.pop(visits.OPEN, None)
    if visit.row.state == State.DRAFT.value:
        flash(_("The visit is over. What was typed stays as a draft of the person; it was not sent."), "info")
        return see("counter.walk_in")
    flash(_("The visit is over. The dossier is received; print its paper for the person."))
    return see("counter.show", id=visit.row.dossier)


def visit_bar() -> str:
    """Over every page while an officer types for a person: for whom, how long still, and the way out."""
    visit = visits.current_visit()
    if visit is None:
        return ""
    return render("counter/visit_bar.html", visit=visit, draft=visit.row.state == State.DRAFT.value)
