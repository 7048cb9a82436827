"""Money at the desk: what is to be paid, and that it was paid."""

from typing import Any

from flask import request

from webapp.catalogue.formspec import fee_of
from webapp.core import clock
from webapp.core.fields import FieldSpec
from webapp.core.text import Text
from webapp.counter.deciding import (
    Answer,
    decide,
    form_again,
    form_page,
    load_row,
    reason_of,
    the_view,
    wants_preview,
)
from webapp.counter.views import bp, load_view
from webapp.dossiers.models import Dossier
from webapp.dossiers.pay import pay_dossier
from webapp.dossiers.permissions import RECORD_PAYMENT, REQUIRE_PAYMENT
from webapp.dossiers.require_payment import require_payment as require_verb
from webapp.dossiers.view import DossierView
from webapp.payments.queries import open_request
from webapp.shell.access import allow, current_actor
from webapp.shell.formats import money
from webapp.shell.forms import Form
from webapp.shell.i18n import gettext as _
from webapp.shell.unit_of_work import db

AMOUNT = FieldSpec("amount", "money", Text("Amount in đồng"), hint=Text("Whole đồng, for example 50000."))
WHAT_FOR = FieldSpec("what_for", "text", Text("What is it for?"), hint=Text("For example: Lệ phí đăng ký khai sinh."))
OWN = FieldSpec("reason", "textarea", Text("In your own words"), required=False)
REQUIRING = [AMOUNT, WHAT_FOR, OWN]
METHOD = FieldSpec(
    "method",
    "select",
    Text("How was it paid?"),
    options=(("cash", Text("In cash at the counter")), ("transfer", Text("By transfer to the office's account"))),
)
NUMBER = FieldSpec(
    "receipt_number", "text", Text("Number of the receipt"), hint=Text("As printed in the receipt book.")
)
RECORDING = [METHOD, NUMBER]


@bp.get("/counter/dossiers/<id>/require-payment")
@allow(REQUIRE_PAYMENT, load=load_view)
def requiring(view: DossierView) -> Answer:
    fee = fee_of(view.spec, view.answers, on=clock.today())
    return form_page("require_payment", view, Form.show(REQUIRING, {"amount": fee or ""}))


@bp.post("/counter/dossiers/<id>/require-payment")
@allow(REQUIRE_PAYMENT, load=load_row)
def require_payment(dossier: Dossier) -> Answer:
    form = Form.read(REQUIRING, request.form)
    reason, again = reason_of("require_payment", form), form_again("require_payment", form)
    if not form.ok:
        return again(the_view(dossier.public_id), None)
    amount, what_for = form.values["amount"], form.values["what_for"]
    if wants_preview():
        told = (f"{money(amount)}: {what_for}", reason)
        return form_page("require_payment", the_view(dossier.public_id), form, told=told)

    def act(row: Dossier, version: int) -> None:
        require_verb(db(), row, by=current_actor(), version=version, amount=amount, what_for=what_for, reason=reason)

    return decide(
        dossier, "require_payment", act, _("Asked for. The applicant gets a message now."), again, (form, "amount")
    )


def owed(public_id: str) -> dict[str, Any]:
    return {"owed": open_request(db(), public_id)}


@bp.get("/counter/dossiers/<id>/record-payment")
@allow(RECORD_PAYMENT, load=load_view)
def recording(view: DossierView) -> Answer:
    return form_page("record_payment", view, Form.show(RECORDING, {"method": "cash"}), **owed(view.public_id))


@bp.post("/counter/dossiers/<id>/record-payment")
@allow(RECORD_PAYMENT, load=load_row)
def record_payment(dossier: Dossier) -> Answer:
    form = Form.read(RECORDING, request.form)
    public_id = dossier.public_id

    def again(view: DossierView, clash: Any) -> Answer:
        return form_again("record_payment", form, **owed(public_id))(view, clash)

    if not form.ok:
        return again(the_view(public_id), None)

    def act(row: Dossier, version: int) -> None:
        v = form.values
        pay_dossier(
            db(), row, by=current_actor(), version=version, method=v["method"], receipt_number=v["receipt_number"]
        )

    done = _("Recorded. The dossier goes on; the result is due at %(due)s.")
    return decide(dossier, "record_payment", act, done, again, (form, "receipt_number"))
