"""Tokens of offices' systems, for the administrator: a list, a new one shown once, and taking one away."""

from dataclasses import replace
from typing import Any

from flask import Blueprint, request
from werkzeug.wrappers import Response

from webapp.accounts import questions, second_person
from webapp.accounts.staff_admin import office_of_code
from webapp.core import clock
from webapp.core.fields import FieldSpec
from webapp.core.text import N_, Text
from webapp.interop import permissions, tokens
from webapp.interop.models import ApiToken
from webapp.shell.access import allow, current_actor
from webapp.shell.forms import Form
from webapp.shell.i18n import gettext as _
from webapp.shell.pages import flash, page, see_path
from webapp.shell.unit_of_work import db

PATH = "/manage/api-tokens"
bp = Blueprint("tokens", __name__, url_prefix=PATH)


def _specs() -> tuple[FieldSpec, ...]:
    own = Text("It reads the dossiers of this office only.")
    return (
        replace(questions.office_choice(db()), hint=own, required=True),
        FieldSpec("label", "text", Text("Name of the system"), Text("So that you know it again.")),
    )


def _list(form: Form, secret: str | None = None) -> str:
    rows = tokens.all_tokens(db())
    return page("interop/tokens.html", rows=rows, form=form, errors=form.errors, secret=secret, now=clock.now())


@bp.get("")
@allow(permissions.MANAGE_TOKENS, fresh=True)
def listed() -> str:
    return _list(Form.show(_specs()))


@bp.post("")
@allow(permissions.MANAGE_TOKENS, fresh=True)
def issue() -> Any:
    form = Form.read(_specs(), request.form)
    office = office_of_code(db(), form.values.get("office", "")) if form.ok else None
    if form.ok and office is None:
        form.refuse("office", Text("Choose an office of the list."))
    if office is None:
        return _list(form), 422
    label = form.values["label"][:80]
    second_person.require(N_("A token for another system"), {N_("Office"): office.name, N_("System"): label})
    _token, secret = tokens.issue_token(db(), office, label, by=current_actor())
    # Not a redirect: the secret exists in this answer alone, and nowhere it could be read again.
    return _list(Form.show(_specs()), secret)


def _token(public_id: str) -> ApiToken | None:
    return tokens.token_of(db(), public_id)


@bp.post("/<id>/revoke")
@allow(permissions.MANAGE_TOKENS, load=_token, fresh=True)
def revoke(token: ApiToken) -> Response:
    tokens.revoke_token(db(), token, by=current_actor())
    flash(_("The token opens nothing any more."))
    return see_path(PATH)
