"""What the desk does with a dossier on its way: take it on, begin, ask for what is missing, answer a withdrawal."""

from flask import request

from webapp.core import clock
from webapp.core.fields import FieldSpec
from webapp.core.text import Text
from webapp.counter import sheet
from webapp.counter.asking import CHOICES, Asking, empty_asking, phrase_choices, preview, read_asking
from webapp.counter.deciding import (
    Answer,
    decide,
    form_again,
    form_page,
    load_row,
    reason_of,
    seen,
    the_view,
    too_late,
)
from webapp.counter.views import bp, load_view
from webapp.dossiers.deadlines import supplement_deadline
from webapp.dossiers.models import Dossier
from webapp.dossiers.permissions import ANSWER_WITHDRAWAL, PROCESS, RECEIVE, REQUEST_SUPPLEMENT
from webapp.dossiers.process import start_processing
from webapp.dossiers.receive import receive_dossier
from webapp.dossiers.states import State
from webapp.dossiers.supplement import request_supplement as request_verb
from webapp.dossiers.view import DossierView
from webapp.dossiers.withdraw import answer_withdrawal as answer_verb
from webapp.shell.access import allow, current_actor
from webapp.shell.forms import Form
from webapp.shell.i18n import gettext as _
from webapp.shell.pages import page
from webapp.shell.unit_of_work import db

YES, NO = ("yes", Text("Give the dossier back")), ("no", Text("Go on with the dossier"))
ACCEPT = FieldSpec("accept", "select", Text("Your answer"), options=(YES, NO))
ONLY_YES = FieldSpec("accept", "select", Text("Your answer"), options=(YES,))
WHY_NOT = FieldSpec(
    "reason", "textarea", Text("Why it goes on"), hint=Text("The applicant reads these words."), required=False
)


# ------------------------------------------------------------------------------------------------ by one press


@bp.post("/counter/dossiers/<id>/receive")
@allow(RECEIVE, load=load_row)
def receive(dossier: Dossier) -> Answer:
    def act(row: Dossier, version: int) -> None:
        receive_dossier(db(), row, by=current_actor(), version=version)

    return decide(dossier, "receive", act, _("Taken on. The result is due at %(due)s."))


@bp.post("/counter/dossiers/<id>/process")
@allow(PROCESS, load=load_row)
def process(dossier: Dossier) -> Answer:
    def act(row: Dossier, version: int) -> None:
        start_processing(db(), row, by=current_actor(), version=version)

    return decide(dossier, "process", act, _("You are working on this dossier now."))


# ------------------------------------------------------------------------------------------------ what is missing


@bp.get("/counter/dossiers/<id>/request-supplement")
@allow(REQUEST_SUPPLEMENT, load=load_view)
def ask(view: DossierView) -> Answer:
    return asking_page(view, empty_asking(view, supplement_deadline(db(), clock.now(), view.row.office_id)))


@bp.post("/counter/dossiers/<id>/request-supplement")
@allow(REQUEST_SUPPLEMENT, load=load_row)
def request_supplement(dossier: Dossier) -> Answer:
    view = load_view(dossier.public_id)  # not `the_view`: it would let the lock on the row go
    assert view is not None  # access has loaded its row
    asking = read_asking(view, request.form)
    if not asking.ok or request.form.get("preview"):
        return asking_page(view, asking, status=200 if asking.ok else 422, told=asking.ok)

    def act(row: Dossier, version: int) -> None:
        request_verb(db(), row, by=current_actor(), version=version, items=asking.items, deadline_on=asking.deadline_on)

    def again(newer: DossierView, clash: sheet.Clash | None) -> Answer:
        return asking_page(newer, read_asking(newer, request.form), clash, 409)

    return decide(dossier, "request_supplement", act, _("Asked for. The applicant gets a message now."), again)


def asking_page(
    view: DossierView, asking: Asking, clash: sheet.Clash | None = None, status: int = 200, *, told: bool = False
) -> Answer:
    body = page(
        "counter/request_supplement.html",
        view=view,
        asking=asking,
        choices=CHOICES,
        phrases=phrase_choices(),
        told=preview(asking) if told else [],
        errors=asking.errors,
        **seen(view, clash),
    )
    return too_late("request_supplement", view) or (body, status)


# ------------------------------------------------------------------------------------------------ asked back


def answering_specs(resume_to: str | None) -> list[FieldSpec]:
    """Going on is for what the office had accepted; before that the applicant's wish is enough."""
    return [ACCEPT if resume_to == State.PROCESSING.value else ONLY_YES, WHY_NOT]


@bp.get("/counter/dossiers/<id>/answer-withdrawal")
@allow(ANSWER_WITHDRAWAL, load=load_view)
def answering(view: DossierView) -> Answer:
    return form_page("answer_withdrawal", view, Form.show(answering_specs(view.row.resume_to), {"accept": "yes"}))


@bp.post("/counter/dossiers/<id>/answer-withdrawal")
@allow(ANSWER_WITHDRAWAL, load=load_row)
def answer_withdrawal(dossier: Dossier) -> Answer:
    form = Form.read([ACCEPT, WHY_NOT], request.form)
    form.specs = answering_specs(dossier.resume_to)
    accept = form.values.get("accept") == "yes"
    reason = form.values.get("reason", "") if accept else reason_of("answer_withdrawal", form)
    again = form_again("answer_withdrawal", form)
    if not form.ok:
        return again(the_view(dossier.public_id), None)

    def act(row: Dossier, version: int) -> None:
        answer_verb(db(), row, by=current_actor(), version=version, accept=accept, reason=reason)

    return decide(dossier, "answer_withdrawal", act, _("Answered. The applicant gets a message now."), again)
