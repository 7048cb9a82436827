"""Looking through the draft of a result: yes, or what is wrong."""

from flask import abort, request
from werkzeug.wrappers import Response

from webapp.core import clock
from webapp.core.errors import Conflict, DomainError
from webapp.core.fields import FieldSpec
from webapp.core.files import StoredFile
from webapp.core.text import Text
from webapp.dossiers import permissions
from webapp.dossiers.draft_check import answer_draft, newest, waits
from webapp.dossiers.models import Dossier
from webapp.dossiers.view import DossierView
from webapp.dossiers.views.blueprint import bp, row_of, view_of
from webapp.dossiers.views.track import moved_on
from webapp.shell.access import allow, current_actor
from webapp.shell.forms import Form
from webapp.shell.i18n import gettext as _
from webapp.shell.pages import flash, page, see
from webapp.shell.serve import file_response
from webapp.shell.unit_of_work import db

ANSWER = FieldSpec(
    "answer",
    "select",
    Text("Is everything right?"),
    options=(("yes", Text("Yes, everything is right")), ("no", Text("No, something is wrong"))),
)
WORDS = FieldSpec(
    "words",
    "textarea",
    Text("If not: what is wrong, and how should it read?"),
    hint=Text("For example: the child's name is Lê Gia Hân, not Lê Gia Hằng."),
    required=False,
)


def draft_page(view: DossierView, form: Form) -> str | Response:
    draft = newest(db(), view.row.id)
    if draft is None:
        return see("dossiers.track", id=view.public_id)
    return page(
        "dossiers/draft_check.html",
        view=view,
        draft=draft,
        open=waits(draft, clock.now()),
        form=form,
        errors=form.errors or None,
    )


@bp.get("/dossiers/<id>/draft")
@allow(permissions.CHECK_DRAFT, load=view_of)
def draft_result(view: DossierView) -> str | Response:
    return draft_page(view, Form.show([ANSWER, WORDS]))


@bp.post("/dossiers/<id>/draft")
@allow(permissions.CHECK_DRAFT, load=row_of)
def answer_draft_result(dossier: Dossier) -> str | Response | tuple[str | Response, int]:
    form = Form.read([ANSWER, WORDS], request.form)
    public_id, agreed, words = dossier.public_id, form.values.get("answer") == "yes", form.values.get("words", "")
    try:
        if form.ok:
            check = request.form.get("check", "")
            answer_draft(db(), dossier, by=current_actor(), check=check, agreed=agreed, words=words)
    except Conflict as late:
        return moved_on(public_id, late.text)
    except DomainError as refused:
        form.refuse("words", refused.text)
    if not form.ok:
        return draft_page(view_of(public_id) or abort(404), form), 422
    flash(_("Thank you. The office has your answer."))
    return see("dossiers.track", id=public_id)


@bp.get("/dossiers/<id>/draft/file")
@allow(permissions.CHECK_DRAFT, load=view_of)
def draft_file(view: DossierView) -> Response:
    draft = newest(db(), view.row.id)
    stored = db().get(StoredFile, draft.file_id) if draft is not None and draft.file_id is not None else None
    return file_response(stored or abort(404), f"ban nhap {view.row.code}")
