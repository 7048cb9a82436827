"""What an officer does with a dossier. Every page posts the version it showed: whoever was slower is shown the newer
state, with what they had typed."""

from collections.abc import Callable
from datetime import date
from typing import Any

from flask import request
from werkzeug.wrappers import Response

from webapp.core import clock
from webapp.core.errors import Conflict, DomainError
from webapp.core.fields import FieldSpec
from webapp.core.text import Text
from webapp.counter import sheet
from webapp.counter.asking import CHOICES, Asking, empty_asking, preview, read_asking
from webapp.counter.views import bp, load_view
from webapp.dossiers import desk
from webapp.dossiers.deadlines import supplement_deadline
from webapp.dossiers.hand_over import hand_over as hand_over_verb
from webapp.dossiers.models import Dossier
from webapp.dossiers.permissions import (
    ANSWER_WITHDRAWAL,
    HAND_OVER,
    PROCESS,
    RECEIVE,
    REQUEST_SUPPLEMENT,
    SETTLE,
)
from webapp.dossiers.process import start_processing
from webapp.dossiers.receive import mark_delivered, receive_dossier
from webapp.dossiers.settle import settle_dossier
from webapp.dossiers.supplement import request_supplement as request_verb
from webapp.dossiers.view import DossierView
from webapp.dossiers.withdraw import answer_withdrawal as answer_verb
from webapp.shell.access import allow, current_actor
from webapp.shell.formats import daytime
from webapp.shell.forms import Form
from webapp.shell.i18n import gettext as _
from webapp.shell.i18n import t
from webapp.shell.pages import flash, page, see
from webapp.shell.services import services
from webapp.shell.unit_of_work import db

Answer = Response | tuple[str, int]
# Shows a form again: the newest view, its form, and what happened meanwhile (None: only mistakes in the form).
Again = Callable[[DossierView, sheet.Clash | None], Answer]

DECISION = FieldSpec(
    "decision",
    "select",
    Text("What was decided?"),
    options=(("granted", Text("Granted: there is a result")), ("refused", Text("Refused, with the reason"))),
)
NUMBER = FieldSpec("number", "text", Text("Number of the result"), required=False)
ISSUED_ON = FieldSpec("issued_on", "date", Text("Issued on"))
REASON = FieldSpec(
    "reason",
    "textarea",
    Text("Reason, when refused"),
    hint=Text("The applicant reads these words. Say what is missing and what they can do."),
    required=False,
)
SETTLING = [DECISION, NUMBER, ISSUED_ON, REASON]
TO_WHOM = FieldSpec("to_whom", "name", Text("Who takes it?"), hint=Text("Full name, as on the ID card."))
HOW = FieldSpec(
    "how",
    "select",
    Text("How?"),
    options=(
        ("counter", Text("At the counter, after looking at the ID card")),
        ("post", Text("By post")),
        ("phone", Text("The file on the phone is enough")),
    ),
)
HANDING = [TO_WHOM, HOW]
ACCEPT = FieldSpec(
    "accept",
    "select",
    Text("Your answer"),
    options=(("yes", Text("Give the dossier back")), ("no", Text("Go on with the dossier"))),
)
WHY_NOT = FieldSpec(
    "reason", "textarea", Text("Why it goes on"), hint=Text("The applicant reads these words."), required=False
)
ANSWERING = [ACCEPT, WHY_NOT]
NOT_NOW = Text("This cannot be done in the state the dossier is in now.")
OWN_WORDS = ("words_", "reason", "number", "to_whom")


def load_row(public_id: str) -> Dossier | None:
    """For decisions: the row itself, locked."""
    return desk.officer_dossier(db(), current_actor(), public_id)


def decide(
    dossier: Dossier,
    verb: str,
    act: Callable[[Dossier, int], Any],
    done: str,
    again: Again | None = None,
    refuse: tuple[Form, str] | None = None,
) -> Answer:
    """Do it, go back to the dossier. Somebody was faster: the newer state, and the form again if it still fits.

    `refuse`: the form and its field under which a refusal of the verb is shown.
    """
    public_id = dossier.public_id
    version = request.form.get("version", "")
    try:
        act(dossier, int(version) if version.isdecimal() else -1)
        mark_delivered(db(), dossier)  # whoever decides has the files on the desk
    except Conflict as clash:
        return _clash(public_id, verb, clash, again)
    except DomainError as refusal:
        if refuse is None or again is None or refusal.status != 422:
            raise
        refuse[0].refuse(refuse[1], refusal.text)
        return again(the_view(public_id), None)
    due = daytime(dossier.due_at) or "–"
    flash(done % {"due": due} if "%(due)s" in done else done)
    return see("counter.show", id=public_id)


def _clash(public_id: str, verb: str, clash: Conflict, again: Again | None) -> Answer:
    view = the_view(public_id)
    what = sheet.clash(view, clash.text)
    return again(view, what) if again is not None and _may(verb, view) else _closed(view, what)


def _typed() -> list[str]:
    """Own words of a form that can no longer be sent, to copy."""
    return [v for k, v in request.form.items() if k.startswith(OWN_WORDS) and v.strip()]


def the_view(public_id: str) -> DossierView:
    """The dossier as it stands: a change that was begun and refused must not be shown as done."""
    db().rollback()
    view = load_view(public_id)
    assert view is not None  # access has loaded its row
    return view


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
    return asking_page(view, empty_asking(view, supplement_deadline(db(), clock.now())))


@bp.post("/counter/dossiers/<id>/request-supplement")
@allow(REQUEST_SUPPLEMENT, load=load_row)
def request_supplement(dossier: Dossier) -> Answer:
    view = the_view(dossier.public_id)
    asking = read_asking(view, request.form)
    if not asking.ok or request.form.get("preview"):
        return asking_page(view, asking, status=200 if asking.ok else 422, told=asking.ok)

    def act(row: Dossier, version: int) -> None:
        request_verb(db(), row, by=current_actor(), version=version, items=asking.items, deadline_on=asking.deadline_on)

    def again(newer: DossierView, clash: sheet.Clash) -> Answer:
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
        told=preview(asking) if told else [],
        errors=asking.errors,
        **seen(view, clash),
    )
    return too_late("request_supplement", view) or (body, status)


# ------------------------------------------------------------------------------------------------ the result


@bp.get("/counter/dossiers/<id>/settle")
@allow(SETTLE, load=load_view)
def settling(view: DossierView) -> Answer:
    return form_page("settle", view, Form.show(SETTLING, {"issued_on": clock.today().isoformat()}))


@bp.post("/counter/dossiers/<id>/settle")
@allow(SETTLE, load=load_row)
def settle(dossier: Dossier) -> Answer:
    form = Form.read(SETTLING, request.form)
    given = given_file()
    check_result(form, given)
    again = form_again("settle", form)
    if not form.ok:
        return again(the_view(dossier.public_id), None)

    def act(row: Dossier, version: int) -> None:
        v = form.values
        settle_dossier(
            db(), services().storage, row, by=current_actor(), version=version, decision=v["decision"],
            number=v.get("number", ""), issued_on=date.fromisoformat(v["issued_on"]), file=given,
            reason=v.get("reason", ""),
        )  # fmt: skip

    return decide(dossier, "settle", act, _("Settled. The applicant gets a message now."), again, (form, "file"))


def given_file() -> tuple[bytes, str] | None:
    """The file of the result, if one was chosen."""
    sent = request.files.get("file")
    return (sent.read(), sent.filename or "") if sent is not None and sent.filename else None


def check_result(form: Form, given: tuple[bytes, str] | None) -> None:
    """Granted needs the paper, refused the reason."""
    decision = form.values.get("decision")
    if decision == "granted" and given is None:
        form.refuse("file", Text("Add the file of the result (PDF or photo)."))
    if decision == "refused" and not form.values.get("reason"):
        form.refuse("reason", Text("Write the reason in words; the applicant will read it."))


# ------------------------------------------------------------------------------------------------ into a hand


@bp.get("/counter/dossiers/<id>/hand-over")
@allow(HAND_OVER, load=load_view)
def handing(view: DossierView) -> Answer:
    return form_page("hand_over", view, Form.show(HANDING, {"to_whom": view.applicant, "how": "counter"}))


@bp.post("/counter/dossiers/<id>/hand-over")
@allow(HAND_OVER, load=load_row)
def hand_over(dossier: Dossier) -> Answer:
    form = Form.read(HANDING, request.form)
    again = form_again("hand_over", form)
    if not form.ok:
        return again(the_view(dossier.public_id), None)

    def act(row: Dossier, version: int) -> None:
        how = t(dict(HOW.options)[form.values["how"]])
        hand_over_verb(db(), row, by=current_actor(), version=version, to_whom=f"{form.values['to_whom']} ({how})")

    return decide(dossier, "hand_over", act, _("Handed over."), again, (form, "to_whom"))


# ------------------------------------------------------------------------------------------------ asked back


@bp.get("/counter/dossiers/<id>/answer-withdrawal")
@allow(ANSWER_WITHDRAWAL, load=load_view)
def answering(view: DossierView) -> Answer:
    return form_page("answer_withdrawal", view, Form.show(ANSWERING))


@bp.post("/counter/dossiers/<id>/answer-withdrawal")
@allow(ANSWER_WITHDRAWAL, load=load_row)
def answer_withdrawal(dossier: Dossier) -> Answer:
    form = Form.read(ANSWERING, request.form)
    if form.values.get("accept") == "no" and not form.values.get("reason"):
        form.refuse("reason", Text("Write why the dossier goes on; the applicant will read it."))
    again = form_again("answer_withdrawal", form)
    if not form.ok:
        return again(the_view(dossier.public_id), None)
    accept = form.values["accept"] == "yes"

    def act(row: Dossier, version: int) -> None:
        reason = form.values.get("reason", "")
        answer_verb(db(), row, by=current_actor(), version=version, accept=accept, reason=reason)

    return decide(dossier, "answer_withdrawal", act, _("Answered. The applicant gets a message now."), again)


# ------------------------------------------------------------------------------------------------ together


def form_page(verb: str, view: DossierView, form: Form, clash: sheet.Clash | None = None, status: int = 200) -> Answer:
    return too_late(verb, view) or (
        page(f"counter/{verb}.html", view=view, form=form, errors=form.errors, **seen(view, clash)),
        status,
    )


def form_again(verb: str, form: Form) -> Again:
    """The form with what was typed: refused (422), or the dossier moved on meanwhile (409)."""

    def again(view: DossierView, clash: sheet.Clash | None) -> Answer:
        return form_page(verb, view, form, clash, 409 if clash else 422)

    return again


def seen(view: DossierView, clash: sheet.Clash | None) -> dict[str, Any]:
    """The version the officer has looked at: a form that comes back for its mistakes must not hide a newer one."""
    posted = request.form.get("version")
    return {"clash": clash, "version": view.row.version if clash or posted is None else posted}


def too_late(verb: str, view: DossierView) -> Answer | None:
    """The state does not allow this (any more): say where the dossier stands."""
    return None if _may(verb, view) else _closed(view, sheet.clash(view, NOT_NOW))


def _may(verb: str, view: DossierView) -> bool:
    return verb in {decision.page for decision in sheet.decisions(view, current_actor())}


def _closed(view: DossierView, clash: sheet.Clash) -> Answer:
    return page("counter/clash.html", view=view, clash=clash, kept=_typed(), state=sheet.state_of(view)), 409
