"""The page before a dossier that is out of the queue: why does the officer open it?"""

from flask import request
from werkzeug.wrappers import Response

from webapp.core.errors import DomainError
from webapp.counter.views import bp
from webapp.dossiers import openings
from webapp.dossiers.permissions import READ
from webapp.dossiers.queries import office_view
from webapp.dossiers.view import DossierView
from webapp.shell.access import allow, current_actor
from webapp.shell.i18n import t
from webapp.shell.pages import page, see
from webapp.shell.unit_of_work import db


def shut_view(public_id: str) -> DossierView | None:
    """Still shut: of it the page shows only the code."""
    return office_view(db(), current_actor(), public_id)


def reason_page(view: DossierView, errors: list[tuple[str, str]] | None = None) -> str:
    return page(
        "counter/reason.html", view=view, reasons=openings.REASONS, days=openings.AFTER.days, errors=errors,
        given=request.form,
    )  # fmt: skip


@bp.get("/counter/dossiers/<id>/reason")
@allow(READ, load=shut_view)
def reason(view: DossierView) -> str:
    return reason_page(view)


@bp.post("/counter/dossiers/<id>/reason")
@allow(READ, load=shut_view)
def open_with_reason(view: DossierView) -> Response | tuple[str, int]:
    why, words = request.form.get("reason", ""), request.form.get("words", "")
    try:
        openings.open_out_of_queue(db(), view, by=current_actor(), reason=why, words=words)
    except DomainError as refused:
        return reason_page(view, [("words" if why in openings.REASONS else "reason", t(refused.text))]), 422
    return see("counter.show", id=view.public_id)
