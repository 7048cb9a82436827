"""An access card made at the counter: the officer has the ID card in the hand, the person chooses the PIN."""

from typing import Any

from flask import Blueprint, request

from assisted import cards, finding, specs
from assisted.permissions import ISSUE_AT_COUNTER
from webapp.core.errors import DomainError
from webapp.core.text import Text
from webapp.shell.access import allow, current_actor
from webapp.shell.forms import Form
from webapp.shell.pages import page
from webapp.shell.unit_of_work import db, keep_changes

bp = Blueprint("desk_cards", __name__)


@bp.get("/counter/cards/new")
@allow(ISSUE_AT_COUNTER)
def new() -> str:
    return page("assisted/desk_card.html", form_=Form.show(specs.AT_COUNTER))


@bp.post("/counter/cards/new")
@allow(ISSUE_AT_COUNTER)
def issue() -> Any:
    form = Form.read(specs.AT_COUNTER, specs.scanned(request.form))
    if form.ok and form.values["pin"] != form.values["pin_again"]:
        form.refuse("pin_again", Text("The two PINs differ. The person types the same 4 digits twice."))
    if not form.ok:
        return page("assisted/desk_card.html", form_=form, errors=form.errors), 422
    keep_changes()  # the look-up is counted, found or not
    key = "citizen_id"
    try:
        person = finding.by_number(db(), form.values["citizen_id"], by=current_actor())
        if person is None:
            raise DomainError(Text("Nobody with this number is known here. A helper can write the person down."))
        key = "pin"
        card = cards.issue_card(db(), person, form.values["pin"], by=current_actor())
    except DomainError as refused:
        form.refuse(key, refused.text)
        return page("assisted/desk_card.html", form_=form, errors=form.errors), refused.status
    # Printed from this very answer: no address shows a person's card outside a session.
    return page("assisted/card.html", card=card, person=person, at_desk=True)
