"""What is to be paid for a dossier, how, and what was paid. The counter takes the money; nobody pays here."""

from werkzeug.wrappers import Response

from webapp.dossiers import permissions
from webapp.dossiers.states import State
from webapp.dossiers.view import DossierView
from webapp.dossiers.views.blueprint import bp, view_of
from webapp.payments.queries import money_of
from webapp.shell.access import allow
from webapp.shell.pages import page, see
from webapp.shell.unit_of_work import db


@bp.get("/dossiers/<id>/pay")
@allow(permissions.TRACK, load=view_of)
def pay(view: DossierView) -> str | Response:
    asked = money_of(db(), view.public_id)
    if view.state is State.DRAFT or not asked:
        return see("dossiers.track", id=view.public_id)
    return page("dossiers/pay.html", view=view, owed=[m for m in asked if m.due], done=[m for m in asked if m.payment])
