"""How did it go? Asked when a dossier is over; and, for whoever sees to an office, what people said."""

from flask import abort, request, url_for
from werkzeug.wrappers import Response

from webapp.core import clock
from webapp.core.errors import Conflict
from webapp.core.fields import FieldSpec
from webapp.core.text import Text
from webapp.dossiers import permissions, ratings
from webapp.dossiers.models import Dossier
from webapp.dossiers.rate import CHANGEABLE, TooLong, may_change, rate_dossier, rating_of
from webapp.dossiers.states import CLOSED
from webapp.dossiers.view import DossierView
from webapp.dossiers.views.blueprint import bp, row_of, view_of
from webapp.dossiers.views.track import moved_on
from webapp.shell.access import allow, current_actor
from webapp.shell.forms import Form
from webapp.shell.i18n import gettext as _
from webapp.shell.pages import flash, page, see
from webapp.shell.unit_of_work import db

WORDS = {
    "satisfied": Text("Satisfied"),
    "neutral": Text("Neither one nor the other"),
    "dissatisfied": Text("Not satisfied"),
}
PICTURES = {"satisfied": "mood-smile", "neutral": "mood-empty", "dissatisfied": "mood-sad"}
ASKED = (
    FieldSpec("choice", "select", Text("How satisfied are you with this office?"), options=tuple(WORDS.items())),
    FieldSpec(
        "words",
        "textarea",
        Text("In one sentence: what was good, what should be better?"),
        hint=Text("Without names and numbers. The head of the office reads it without your name, after a week."),
        required=False,
    ),
)


@bp.get("/dossiers/<id>/rate")
@allow(permissions.RATE, load=view_of)
def rate(view: DossierView) -> str | Response:
    if view.state not in CLOSED:
        return see("dossiers.track", id=view.public_id)
    said = rating_of(db(), view.row.id)
    shown = {"choice": said.choice, "words": said.words or ""} if said and _alone() else {}
    return _rate_page(view, Form.show(ASKED, shown))


@bp.post("/dossiers/<id>/rate")
@allow(permissions.RATE, load=row_of)
def say_rating(dossier: Dossier) -> str | Response | tuple[str | Response, int]:
    form, public_id = Form.read(ASKED, request.form), dossier.public_id
    try:
        if form.ok:
            words = form.values.get("words", "")
            rate_dossier(db(), dossier, by=current_actor(), choice=form.values["choice"], words=words)
    except Conflict as late:
        return moved_on(public_id, late.text)
    except TooLong as refused:
        form.refuse("words", refused.text)
    if not form.ok:
        return _rate_page(view_of(public_id) or abort(404), form), 422
    flash(_("Thank you. What you said is kept."), "good")
    return see("dossiers.track", id=public_id)


def _alone() -> bool:
    """A helper does not read what the person said without them."""
    return not current_actor().acts_for_another


def _rate_page(view: DossierView, form: Form) -> str:
    said, now = rating_of(db(), view.row.id), clock.now()
    return page(
        "dossiers/rate.html",
        view=view, form=form, pictures=PICTURES, words=WORDS, errors=form.errors or None,
        said=said, alone=_alone(), until=said.rated_at + CHANGEABLE if said else None,
        open=said is None or may_change(said, current_actor(), now),
    )  # fmt: skip


@bp.get("/manage/ratings")
@allow(permissions.SEE_RATINGS)
def see_ratings() -> str:
    rows, after = ratings.sentences(db(), current_actor(), request.args.get("after", "")[:22] or None)
    return page(
        "dossiers/ratings.html",
        rows=rows, words=WORDS, pictures=PICTURES,
        counts=[{"value": n, "label": WORDS[choice]} for choice, n in ratings.counts(db(), current_actor()).items()],
        at_kiosk=ratings.at_kiosk(db(), current_actor()),
        more=url_for(".see_ratings", after=after) if after else None,
    )  # fmt: skip
