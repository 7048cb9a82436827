"""One paper of a draft: photograph it, or let a record stand for it."""

from flask import abort, request
from werkzeug.wrappers import Response

from webapp.catalogue import queries as catalogue
from webapp.catalogue.formspec import DocumentSpec, papers
from webapp.core.text import Text
from webapp.dossiers import documents, permissions, queries
from webapp.dossiers.models import Dossier
from webapp.dossiers.states import State
from webapp.dossiers.view import DossierView
from webapp.dossiers.views.blueprint import bp, view_of, view_or_row
from webapp.shell.access import allow, current_actor
from webapp.shell.i18n import gettext as _
from webapp.shell.i18n import t
from webapp.shell.pages import flash, page, see
from webapp.shell.serve import file_response
from webapp.shell.services import services
from webapp.shell.unit_of_work import db, keep_changes
from webapp.vault import queries as vault
from webapp.vault import reuse


def posted_photos() -> list[tuple[bytes, str]]:
    """The files of this post that were chosen; an empty box is not a file."""
    return [(f.read(), f.filename) for f in request.files.getlist("photos") if f.filename]


def photo_rows(view: DossierView, key: str) -> list[dict[str, object]]:
    """As ui/document.html lists them."""
    paper = view.paper(key)
    return [
        {
            "id": f.public_id,
            "name": f.name,
            "size": f.size,
            "state": "stored",
            "href": f"/dossiers/{view.public_id}/files/{f.public_id}",
        }
        for f in (paper.current if paper else [])
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
@allow(permissions.DRAFT, load=view_or_row)
def document(thing: DossierView | Dossier, key: str) -> str | Response | tuple[str, int]:
    if thing.state != State.DRAFT.value:
        return see("dossiers.track", id=thing.public_id)
    if isinstance(thing, DossierView):
        return document_page(thing, key)
    spec = catalogue.spec_by_revision(db(), thing.revision_id)
    paper = next((d for d in papers(spec, thing.answers["values"]) if d.key == key), None) or abort(404)
    return _act(thing, paper)


def _act(dossier: Dossier, paper: DocumentSpec) -> str | Response | tuple[str, int]:
    """What the pressed button says: remove a photo, use or drop a record, or keep the chosen photos."""
    here = see("dossiers.document", id=dossier.public_id, key=paper.key)
    if request.form.get("remove"):
        documents.remove_photo(db(), dossier, paper.key, request.form["remove"])
        return here
    if request.form.get("record"):
        item = vault.record_of(db(), dossier.person_id, request.form["record"]) or abort(404)
        documents.use_record(db(), dossier, paper, item, by=current_actor())
        flash(_("Done. You need not send this paper."))
        return see("dossiers.edit", id=dossier.public_id)
    if request.form.get("drop_record"):
        documents.drop_record(db(), dossier, paper, by=current_actor())
        return here
    return _keep_photos(dossier, paper)


def _keep_photos(dossier: Dossier, paper: DocumentSpec) -> str | Response | tuple[str, int]:
    photos = posted_photos()
    if photos:
        documents.drop_record(db(), dossier, paper, by=current_actor())  # a photo was sent after all
    refused = documents.add_photos(db(), services().storage, dossier, paper, photos)
    db().flush()
    view = view_of(dossier.public_id) or abort(404)
    there = view.paper(paper.key)
    if refused or (not photos and not (there and there.given) and paper.required):
        keep_changes()
        words = (
            refused[0]
            if refused
            else Text("No photo was chosen. Take a photo or choose a file, then press the button.")
        )
        return document_page(view, paper.key, error=t(words)), 422
    if photos and request.form.get("more", "stay") == "stay":
        return see("dossiers.document", id=dossier.public_id, key=paper.key)
    return see("dossiers.edit", id=dossier.public_id)


@bp.get("/dossiers/<id>/files/<file_id>")
@allow(permissions.TRACK, load=view_of)
def own_file(view: DossierView, file_id: str) -> Response:
    stored = queries.file_of(db(), view.row.id, file_id) or abort(404)
    return file_response(stored, stored.name, inline=True)
