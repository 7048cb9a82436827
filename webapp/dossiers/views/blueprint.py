"""The room's blueprint and how its pages find their dossier."""

from flask import Blueprint, request

from webapp.dossiers import queries
from webapp.dossiers.models import Dossier
from webapp.dossiers.view import DossierView
from webapp.shell.access import current_actor
from webapp.shell.unit_of_work import db

bp = Blueprint("dossiers", __name__)


def view_of(public_id: str) -> DossierView | None:
    """For a page that shows: everything about the dossier, if it is the actor's subject's."""
    return queries.own_view(db(), current_actor(), public_id)


def row_of(public_id: str) -> Dossier | None:
    """For a verb: the row itself, locked."""
    return queries.own_dossier(db(), current_actor(), public_id)


def view_or_row(public_id: str) -> DossierView | Dossier | None:
    """A page that shows on GET and acts on POST."""
    return row_of(public_id) if request.method == "POST" else view_of(public_id)
