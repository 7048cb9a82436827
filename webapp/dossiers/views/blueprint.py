"""The room's blueprint and how its pages find their dossier."""

from typing import Any

from flask import Blueprint, request

from webapp.dossiers import queries
from webapp.dossiers.models import Dossier
from webapp.dossiers.view import DossierView
from webapp.shell.access import current_actor
from webapp.shell.unit_of_work import db, look

bp = Blueprint("dossiers", __name__)


def view_of(public_id: str) -> DossierView | None:
    """For a page that shows: everything about the dossier, if it is the actor's subject's."""
    return queries.own_view(db(), current_actor(), public_id)


def row_of(public_id: str) -> Dossier | None:
    """For a verb: the row itself, locked."""
    return queries.own_dossier(db(), current_actor(), public_id)


def glance_of(public_id: str) -> Any | None:
    """Before an act that takes long: the dossier as it lies there now. The act itself begins with `row_of`."""
    return queries.GLANCE.first(look(), public=public_id, person=current_actor().person_id)


def view_or_row(public_id: str) -> DossierView | Dossier | None:
    """A page that shows on GET and acts on POST."""
    return row_of(public_id) if request.method == "POST" else view_of(public_id)


def view_or_glance(public_id: str) -> Any | None:
    """The same where the act takes long."""
    return glance_of(public_id) if request.method == "POST" else view_of(public_id)
