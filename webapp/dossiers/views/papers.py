"""The official papers that concern a person, on their own pages; and how any sheet is answered."""

from flask import abort
from werkzeug.wrappers import Response

from webapp.dossiers import permissions
from webapp.dossiers.papers.issued import sheet_by_key
from webapp.dossiers.papers.printing import sheet_pdf
from webapp.dossiers.papers.sheet import Sheet
from webapp.dossiers.states import State
from webapp.dossiers.view import DossierView
from webapp.dossiers.views.blueprint import bp, view_of
from webapp.shell.access import allow
from webapp.shell.i18n import speaking
from webapp.shell.pages import page
from webapp.shell.unit_of_work import db


def own_sheet(view: DossierView, key: str) -> Sheet:
    if view.state is State.DRAFT:
        abort(404)
    return sheet_by_key(db(), view, key, citizen=True) or abort(404)


def pdf_answer(sheet: Sheet, name: str) -> Response:
    response = Response(sheet_pdf(sheet), mimetype="application/pdf")
    response.headers["Content-Disposition"] = f'attachment; filename="{name}.pdf"'
    response.headers["Cache-Control"] = "no-store"
    return response


@bp.get("/dossiers/<id>/papers/<key>")
@allow(permissions.TRACK, load=view_of)
def paper(view: DossierView, key: str) -> str:
    return page(
        "dossiers/sheet.html",
        sheet=own_sheet(view, key),
        back=f"/dossiers/{view.public_id}",
        pdf=f"/dossiers/{view.public_id}/papers/{key}.pdf",
    )


@bp.get("/dossiers/<id>/papers/<key>.pdf")
@allow(permissions.TRACK, load=view_of)
def paper_file(view: DossierView, key: str) -> Response:
    with speaking("vi"):
        return pdf_answer(own_sheet(view, key), f"{view.row.code}-M{key}")
