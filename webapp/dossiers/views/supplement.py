"""Sending what was asked for, all on one page; and asking for a dossier back."""

from typing import Any

from flask import abort, request
from werkzeug.wrappers import Response

from webapp.catalogue import queries as catalogue
from webapp.catalogue.formspec import DocumentSpec, ProcedureSpec
from webapp.core.errors import Conflict
from webapp.core.fields import FieldSpec
from webapp.core.files import Prepared, TurnedAway
from webapp.core.text import Text
from webapp.dossiers import documents, draft, permissions
from webapp.dossiers.models import Dossier, SupplementRequest
from webapp.dossiers.receipts import Proved, prove, prove_files
from webapp.dossiers.states import Party, State, verbs_for
from webapp.dossiers.supplement import (
    correct_answers,
    open_request,
    outstanding,
    papers_of,
    send_supplement,
    was_answered,
)
from webapp.dossiers.supplement_items import asked_fields, item_rows
from webapp.dossiers.view import DossierView
from webapp.dossiers.views.blueprint import bp, glance_of, row_of, view_of
from webapp.dossiers.views.documents import photo_row
from webapp.dossiers.views.track import moved_on
from webapp.dossiers.withdraw import withdraw_dossier
from webapp.shell.access import allow, current_actor
from webapp.shell.forms import Form
from webapp.shell.i18n import gettext as _
from webapp.shell.i18n import t
from webapp.shell.pages import flash, page, see
from webapp.shell.services import services
from webapp.shell.unit_of_work import db, keep_changes, look
from webapp.shell.uploads import take_in

NO_PHOTO = Text("This paper has no new photo yet. Take one or choose a file.")
REASON = FieldSpec("reason", "textarea", Text("Why do you want it back? (one sentence is enough)"), required=False)


def supplement_page(view: DossierView, form: Form | None = None, wrong: list[tuple[str, str]] | None = None) -> str:
    items = item_rows(view)
    fields = asked_fields(view.spec, view.answers, view.supplement_items)
    photos = {
        i.key: [photo_row(f, id=f"{i.key}:{f.public_id}") for f in view.not_sent(i.key)]
        for i in items
        if i.kind == "document"
    }
    return page(
        "dossiers/supplement.html",
        view=view,
        items=items,
        photos=photos,
        form=form or Form.show(fields, view.answers),
        errors=wrong or (form.errors if form else None),
        wrong=dict(wrong or []),
    )


@bp.get("/dossiers/<id>/supplement")
@allow(permissions.SUPPLEMENT, load=view_of)
def supplement(view: DossierView) -> str | Response:
    if view.state is not State.SUPPLEMENT_REQUESTED:
        return see("dossiers.track", id=view.public_id)
    return supplement_page(view)


@bp.post("/dossiers/<id>/supplement")
@allow(permissions.SUPPLEMENT, load=glance_of)
def send(seen: Any) -> str | Response | tuple[str, int]:
    asked_for = papers_of(open_request(look(), seen.id))
    arrived = _take_in(asked_for)
    proved = _prove(seen.id, asked_for, arrived)
    dossier, asked = _asked_now(seen.public_id)  # while photos were opened, another window may have sent it
    if asked is None:
        return _nothing_asked(dossier)
    spec = catalogue.spec_by_revision(db(), dossier.revision_id)
    form = Form.read(asked_fields(spec, dossier.answers["values"], asked.items), request.form)
    if request.form.get("remove"):
        return _without(dossier, form)
    draft.check_places(db(), form)
    wrong = _add_photos(dossier, spec, asked, arrived)
    if form.ok and not wrong:
        wrong = _still_missing(dossier, asked)
    if not form.ok or wrong:
        return _again(dossier, form, wrong)
    correct_answers(dossier, asked, form.values)
    send_supplement(db(), services().storage, dossier, by=current_actor(), proved=proved)
    flash(_received(asked))
    return see("dossiers.track", id=dossier.public_id)


@bp.post("/dossiers/<id>/supplement/<key>")
@allow(permissions.SUPPLEMENT, load=glance_of)
def add_photo(seen: Any, key: str) -> str | Response | tuple[str, int]:
    """Photos of one asked paper, as they are taken: kept with it; the office gets them when all of it is sent."""
    here = see("dossiers.supplement", id=seen.public_id)
    arrived = _take_in([one for one in papers_of(open_request(look(), seen.id)) if one == key])
    dossier, asked = _asked_now(seen.public_id)
    if asked is None:
        return _nothing_asked(dossier)
    if key not in papers_of(asked):
        abort(404)
    wrong = _add_photos(dossier, catalogue.spec_by_revision(db(), dossier.revision_id), asked, arrived)
    if wrong or not arrived:
        away = any(isinstance(one, TurnedAway) and one.later for one in arrived.get(key, []))
        return _again(dossier, None, wrong or [(key, t(NO_PHOTO))], 503 if away else 422)
    return here


def _asked_now(public_id: str) -> tuple[Dossier, SupplementRequest | None]:
    """The dossier, to be changed, and what is asked for at this moment."""
    dossier = row_of(public_id) or abort(404)
    asked = open_request(db(), dossier.id)
    return dossier, asked if dossier.state == State.SUPPLEMENT_REQUESTED.value else None


def _without(dossier: Dossier, typed: Form) -> str:
    """One photo less; what was typed beside it stays."""
    key, _sep, file_id = request.form["remove"].partition(":")
    documents.remove_photo(db(), dossier, key, file_id)
    db().flush()
    return supplement_page(view_of(dossier.public_id) or abort(404), Form.show(typed.specs, typed.raw))


def _nothing_asked(dossier: Dossier) -> Response | tuple[str, int]:
    if was_answered(db(), dossier, request.form.get("request", "")):  # a double tap
        return see("dossiers.track", id=dossier.public_id)
    return moved_on(dossier.public_id, Text("Nothing is asked for now. See below where the dossier stands."))


def _received(asked: SupplementRequest) -> str:
    """What is said once it was sent: papers are counted, answers are not."""
    n = sum(1 for item in asked.items if item["kind"] == "document")
    counted = _("The office has received %(n)s of %(n)s papers that it asked for.", n=n)
    return counted if n else _("The office has received what was missing.")


Arrived = dict[str, list[Prepared | TurnedAway]]


def _take_in(only: list[str]) -> Arrived:
    """The photos of each asked paper, opened and kept before anything is written about them."""
    found = {key: take_in(f"photos_{key}", by=current_actor()) for key in only}
    if len(only) == 1:
        found[only[0]] += take_in("photos", by=current_actor())
    return {key: photos for key, photos in found.items() if photos}


def _prove(dossier_id: int, keys: list[str], arrived: Arrived) -> Proved:
    """What may be counted in a moment is read back before it: while this takes, nobody waits for the turn to write."""
    if request.form.get("remove"):
        return ()
    store, new = services().storage, [one for photos in arrived.values() for one in photos if isinstance(one, Prepared)]
    return {*prove(look(), store, dossier_id, keys), *prove_files(store, new)}


def _add_photos(
    dossier: Dossier, spec: ProcedureSpec, asked: SupplementRequest, arrived: Arrived
) -> list[tuple[str, str]]:
    """Put them in their papers; (key, words) for the refused ones."""
    wrong: list[tuple[str, str]] = []
    for key, photos in arrived.items():
        paper: DocumentSpec = spec.document(key) or abort(404)
        added = documents.add_photos(
            db(), services().storage, dossier, paper, photos, since=asked.asked_at, by=current_actor()
        )
        wrong += [(key, t(words)) for words in added.refused]
        for words in added.doubled:
            flash(t(words), "info")
    db().flush()
    return wrong


def _still_missing(dossier: Dossier, asked: SupplementRequest) -> list[tuple[str, str]]:
    return [(key, t(NO_PHOTO)) for key in outstanding(db(), dossier, asked)]


def _again(
    dossier: Dossier, form: Form | None, wrong: list[tuple[str, str]], status: int = 422
) -> tuple[str, int]:
    """Photos that were good are kept although something else was not."""
    keep_changes()
    view = view_of(dossier.public_id) or abort(404)
    return supplement_page(view, form, [*wrong, *(form.errors if form else [])]), status


@bp.get("/dossiers/<id>/withdraw")
@allow(permissions.WITHDRAW, load=view_of)
def withdraw(view: DossierView) -> str | Response:
    if "withdraw" not in verbs_for(view.state, Party.APPLICANT, view.resume_to):
        flash(_("This dossier can no longer be taken back. Call the office if something is wrong."), "warn")
        return see("dossiers.track", id=view.public_id)
    return page("dossiers/withdraw.html", view=view, form=Form.show([REASON]))


@bp.post("/dossiers/<id>/withdraw")
@allow(permissions.WITHDRAW, load=row_of)
def take_back(dossier: Dossier) -> Response | tuple[str, int]:
    if dossier.state == State.WITHDRAWAL_REQUESTED.value:  # a double tap
        return see("dossiers.track", id=dossier.public_id)
    public_id = dossier.public_id
    try:
        withdraw_dossier(db(), dossier, by=current_actor(), reason=request.form.get("reason", ""))
    except Conflict as late:
        return moved_on(public_id, late.text)
    flash(_("The office knows that you want it back and will answer."))
    return see("dossiers.track", id=dossier.public_id)
