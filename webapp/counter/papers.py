"""Official papers of a dossier at the desk: the page in the reader's language, the paper itself in Vietnamese."""

from flask import abort
from werkzeug.wrappers import Response

from webapp.counter.views import bp, load_view
from webapp.dossiers.papers.issued import sheet_by_key
from webapp.dossiers.permissions import READ
from webapp.dossiers.view import DossierView
from webapp.dossiers.views.papers import pdf_answer
from webapp.shell.access import allow
from webapp.shell.i18n import speaking
from webapp.shell.pages import page
from webapp.shell.unit_of_work import db


@bp.get("/counter/dossiers/<id>/papers/<key>")
@allow(READ, load=load_view)
def paper(view: DossierView, key: str) -> str:
    here = f"/counter/dossiers/{view.public_id}"
    sheet = sheet_by_key(db(), view, key) or abort(404)
    return page("counter/paper.html", view=view, sheet=sheet, here=here, pdf=f"{here}/papers/{key}.pdf")


@bp.get("/counter/dossiers/<id>/papers/<key>.pdf")
@allow(READ, load=load_view)
def paper_file(view: DossierView, key: str) -> Response:
    with speaking("vi"):
        return pdf_answer(sheet_by_key(db(), view, key) or abort(404), f"{view.row.code}-M{key}")
