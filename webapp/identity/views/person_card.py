"""Somebody new lets the ID card's code fill in who they are."""

from typing import Any

from flask import request

from webapp.accounts import entry, questions
from webapp.accounts.views.register import person_page
from webapp.core.errors import DomainError
from webapp.core.fields import missing_error
from webapp.identity.scanning import SOURCE, take_card
from webapp.identity.views.bp import bp
from webapp.shell.access import public
from webapp.shell.forms import Form
from webapp.shell.pages import see
from webapp.shell.unit_of_work import db

# A question of the form → what the card's answer is called.
ASKED = {
    "full_name": "name", "birth_date": "dob", "citizen_id": "id_no", "sex": "sex", "residence": "residence",
}  # fmt: skip


@bp.post("/register/person/card")
@public("only for a browser that has just proved the phone")
def fill_person() -> Any:
    if entry.proved(db()) is None:
        return see("accounts.register")
    specs = questions.person(db())
    form = Form.read(specs, request.form)
    # Nobody has pressed the form's own button yet: what is still empty is no mistake.
    for spec in specs:
        if form.wrong.get(spec.key) == missing_error(spec):
            del form.wrong[spec.key]
    try:
        found = take_card().answers(db())
    except DomainError as error:
        return person_page(form, [], card_error=error.text), error.status
    filled = {key: found[name] for key, name in ASKED.items() if name in found}
    form.raw.update(filled)
    for key in filled:
        form.wrong.pop(key, None)
    return person_page(form, [], sources=dict.fromkeys(filled, SOURCE))
