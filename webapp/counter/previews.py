"""Papers as pictures: an officer looks at them without opening a stranger's file, and each copy says who made it.

Who opened which file is written in the journal, of the pictures as of the originals.
"""

from collections.abc import Callable

from flask import abort, request
from werkzeug.wrappers import Response

from webapp.core import clock, inspect
from webapp.core.audit import audit
from webapp.core.files import StoredFile
from webapp.core.text import Text
from webapp.counter.views import bp, load_view
from webapp.dossiers import desk
from webapp.dossiers.permissions import READ
from webapp.dossiers.queries import file_of
from webapp.dossiers.view import DossierView
from webapp.shell.access import allow, current_actor
from webapp.shell.formats import daytime
from webapp.shell.i18n import t
from webapp.shell.pages import page
from webapp.shell.serve import file_response, picture_response
from webapp.shell.unit_of_work import database, db


def found_file(view: DossierView, kind: str, ref: str) -> StoredFile:
    """A file of one of this dossier's papers, or of the record that stands for one; anything else is 404."""
    if kind == "files":
        return file_of(db(), view.row.id, ref) or abort(404)
    paper = view.paper(ref)
    record = paper.record if paper else None
    return desk.stored_file(db(), record.file_id if record else None) or abort(404)


def note_opening(view: DossierView, stored: StoredFile, act: str, **more: object) -> None:
    """In a transaction of its own: the request itself only reads."""
    with database().transaction() as session:
        audit(session, current_actor(), f"file:{act}", stored.public_id, dossier=view.public_id, **more)


def watermark(view: DossierView) -> str:
    """Whose copy it is: the office, the officer's initials, the moment."""
    initials = "".join(f"{word[0].upper()}." for word in current_actor().name.split())
    return f"{view.row.office_name} · {initials} · {daytime(clock.now())}"


@bp.get("/counter/dossiers/<id>/<any(files, records):kind>/<ref>/preview")
@allow(READ, load=load_view)
def preview(view: DossierView, kind: str, ref: str) -> str:
    """The pages of one file, one at a time."""
    stored = found_file(view, kind, ref)
    pages = stored.pages or 1
    number = request.args.get("page", 1, type=int)
    if not 1 <= number <= pages:
        abort(404)
    paper = next((p for p in view.documents if p.spec.key == ref or ref in {f.public_id for f in p.files}), None)
    return page(
        "counter/preview.html",
        view=view,
        stored=stored,
        title=paper.spec.title if paper else Text("Papers"),
        file_path=f"/counter/dossiers/{view.public_id}/{kind}/{ref}",
        number=number,
        pages=pages,
    )


@bp.get("/counter/dossiers/<id>/<any(files, records):kind>/<ref>/pages/<int:number>")
@allow(READ, load=load_view)
def page_picture(view: DossierView, kind: str, ref: str, number: int) -> Response:
    """One page with the officer's mark across it."""
    stored = found_file(view, kind, ref)
    if not 1 <= number <= (stored.pages or 1):
        abort(404)
    note_opening(view, stored, "preview", page=number)
    words = watermark(view)
    return _drawn(stored, lambda data: inspect.page_picture(data, stored.media_type, number, words))


@bp.get("/counter/dossiers/<id>/files/<file_id>/small")
@allow(READ, load=load_view)
def small(view: DossierView, file_id: str) -> Response:
    """The first page in the size of a stamp, so that a dossier with ten photos opens at once."""
    stored = file_of(db(), view.row.id, file_id) or abort(404)
    return _drawn(stored, lambda data: inspect.stamp_picture(data, stored.media_type))


def _drawn(stored: StoredFile, draw: Callable[[bytes], bytes]) -> Response:
    try:
        return picture_response(stored, draw)
    except inspect.Refused:
        abort(404)  # no such page, or a file of long ago that no longer opens


@bp.get("/counter/dossiers/<id>/<any(files, records):kind>/<ref>")
@allow(READ, load=load_view)
def original(view: DossierView, kind: str, ref: str) -> Response:
    """The bytes that were sent, or the record whose owner agreed that it stands for this paper."""
    stored = found_file(view, kind, ref)
    note_opening(view, stored, "open")
    return file_response(stored, f"{view.row.code} {ref[:4] if kind == 'files' else ref}")


@bp.get("/counter/dossiers/<id>/result")
@allow(READ, load=load_view)
def result(view: DossierView) -> Response:
    """What this office itself has made."""
    stored = desk.stored_file(db(), view.row.outcome_file_id) or abort(404)
    note_opening(view, stored, "open")
    return file_response(stored, f"{view.row.code} {t(Text('result'))}")
