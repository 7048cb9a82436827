"""One paper of a draft: photograph it, or let a record stand for it."""

import json
from typing import Any

from flask import abort, request
from werkzeug.wrappers import Response

from webapp.catalogue import queries as catalogue
from webapp.catalogue.formspec import DocumentSpec, papers
from webapp.core.actor import Actor
from webapp.core.files import CHECKED, INFECTED, USABLE, Prepared, TurnedAway
from webapp.core.inspect import Refused, page_picture
from webapp.core.text import Text
from webapp.dossiers import documents, draft, permissions, queries
from webapp.dossiers.models import Dossier
from webapp.dossiers.states import State
from webapp.dossiers.view import DossierView, FileView, open_sealed
from webapp.dossiers.views.blueprint import bp, row_of, view_of, view_or_glance
from webapp.shell.access import allow, current_actor
from webapp.shell.i18n import gettext as _
from webapp.shell.i18n import t
from webapp.shell.pages import flash, page, see
from webapp.shell.serve import file_response, picture_response
from webapp.shell.services import services
from webapp.shell.unit_of_work import db, keep_changes, look
from webapp.shell.uploads import take_in
from webapp.vault import queries as vault
from webapp.vault import reuse

# State of a stored file → how ui/document.html shows it.
SHOWN = {USABLE: "stored", CHECKED: "checking", INFECTED: "rejected"}
OTHER_BUTTONS = ("remove", "record", "drop_record")
NOTHING_CHOSEN = Text("No photo was chosen. Take a photo or choose a file, then press the button.")
INFECTED_NOTE = Text("A virus was found. Remove it, then take a photo of the paper itself.")


def photo_row(file: FileView, **more: object) -> dict[str, object]:
    """One line of ui/document.html."""
    note = INFECTED_NOTE if file.state == INFECTED else None
    return {
        "id": file.public_id,
        "name": file.name,
        "size": file.size,
        "state": SHOWN[file.state],
        "note": note,
        **more,
    }


def photo_rows(view: DossierView, key: str) -> list[dict[str, object]]:
    """As ui/document.html lists them, with where each can be looked at."""
    paper = view.paper(key)
    return [
        photo_row(f, href=f"/dossiers/{view.public_id}/files/{f.public_id}/picture" if f.usable else "")
        for f in (paper.files if paper else [])
        if f.replaced_at is None
    ]


def document_page(view: DossierView, key: str, error: str | None = None) -> str:
    paper = view.paper(key) or abort(404)
    offers = reuse.offers(db(), view.row.person_id, paper.spec.reuse_codes) if paper.spec.reuse_codes else []
    return page(
        "dossiers/document.html",
        view=view,
        paper=paper,
        photos=photo_rows(view, key),
        offers=[] if paper.record else offers,
        consent=reuse.CONSENT,
        error=error,
        errors=[(key, error)] if error else None,
    )


@bp.route("/dossiers/<id>/documents/<key>", methods=["GET", "POST"])
@allow(permissions.DRAFT, load=view_or_glance)
def document(thing: Any, key: str) -> str | Response | tuple[str, int]:
    if thing.state != State.DRAFT.value:
        return see("dossiers.track", id=thing.public_id)
    if isinstance(thing, DossierView):
        return document_page(thing, key)
    spec = catalogue.spec_by_hash(look(), thing.content_hash)
    answers = json.loads(open_sealed("dossiers.answers", thing.public_id, thing.answers_sealed) or "{}")
    paper = next((d for d in papers(spec, answers.get("values", {})) if d.key == key), None) or abort(404)
    return _act(thing.public_id, paper)


def _act(public_id: str, paper: DocumentSpec) -> str | Response | tuple[str, int]:
    """What the pressed button says: remove a photo, use or drop a record, or keep the chosen photos."""
    here = see("dossiers.document", id=public_id, key=paper.key)
    by = current_actor()
    photos = [] if any(request.form.get(other) for other in OTHER_BUTTONS) else take_in("photos", by=by)
    dossier = row_of(public_id) or abort(404)
    draft.editable(dossier)  # while a photo was opened, another window may have sent it
    if request.form.get("remove"):
        documents.remove_photo(db(), dossier, paper.key, request.form["remove"])
        return here
    if request.form.get("record"):
        item = vault.record_of(db(), dossier.person_id, request.form["record"]) or abort(404)
        documents.use_record(db(), dossier, paper, item, by=by)
        flash(_("Done. You need not send this paper."))
        return see("dossiers.edit", id=public_id)
    if request.form.get("drop_record"):
        documents.drop_record(db(), dossier, paper, by=by)
        return here
    return _keep_photos(dossier, paper, photos, by)


def _keep_photos(
    dossier: Dossier, paper: DocumentSpec, photos: list[Prepared | TurnedAway], by: Actor
) -> str | Response | tuple[str, int]:
    public_id = dossier.public_id
    if photos:
        documents.drop_record(db(), dossier, paper, by=by)  # a photo was sent after all
    added = documents.add_photos(db(), services().storage, dossier, paper, photos, by=by)
    db().flush()
    if added.refused or (not photos and _lacking(public_id, paper)):
        keep_changes()
        words = added.refused[0] if added.refused else NOTHING_CHOSEN
        view = view_of(public_id) or abort(404)
        return document_page(view, paper.key, error=t(words)), 503 if added.later else 422
    for words in added.doubled:
        flash(t(words), "info")
    if photos and request.form.get("more", "stay") == "stay":
        return see("dossiers.document", id=public_id, key=paper.key)
    return see("dossiers.edit", id=public_id)


def _lacking(public_id: str, paper: DocumentSpec) -> bool:
    there = (view_of(public_id) or abort(404)).paper(paper.key)
    return paper.required and not (there and there.given)


@bp.get("/dossiers/<id>/files/<file_id>")
@allow(permissions.TRACK, load=view_of)
def own_file(view: DossierView, file_id: str) -> Response:
    """The file itself, to keep."""
    stored = queries.file_of(db(), view.row.id, file_id) or abort(404)
    return file_response(stored, stored.name)


@bp.get("/dossiers/<id>/files/<file_id>/picture")
@allow(permissions.TRACK, load=view_of)
def own_picture(view: DossierView, file_id: str) -> Response:
    """To look at what was sent: a phone shows it at once, whatever the file is."""
    stored = queries.file_of(db(), view.row.id, file_id) or abort(404)
    try:
        return picture_response(stored, lambda data: page_picture(data, stored.media_type, 1, ""))
    except Refused:
        abort(404)
