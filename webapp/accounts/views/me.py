"""What a person sees and may change about themselves."""

from dataclasses import replace
from typing import Any

from flask import request

from webapp.accounts import own, questions
from webapp.accounts.permissions import OWN_PROFILE
from webapp.accounts.views.bp import bp
from webapp.accounts.views.held import held_answer
from webapp.core import clock, own_copy
from webapp.shell import slots
from webapp.shell.access import allow, current_actor
from webapp.shell.forms import Form
from webapp.shell.i18n import gettext as _
from webapp.shell.i18n import language
from webapp.shell.navigation import nav_items
from webapp.shell.pages import flash, page, see
from webapp.shell.serve import whole_response
from webapp.shell.unit_of_work import database, db


@bp.get("/me")
@allow(OWN_PROFILE)
def me() -> str:
    cards = slots.slot("me_cards")
    others = [item for item in nav_items() if item.href not in ("/me", "/") and f'href="{item.href}"' not in cards]
    places = [replace(item, icon=item.icon or "chevron-right") for item in others]
    return page("accounts/me.html", profile=own.profile(db(), current_actor()), places=places, cards=cards)


def _settings_page(form: Form) -> str:
    return page("accounts/settings.html", form=form, errors=form.errors)


@bp.get("/me/settings")
@allow(OWN_PROFILE)
def my_settings() -> str:
    return _settings_page(Form.show(questions.settings(db()), own.answers(db(), current_actor())))


@bp.post("/me/settings")
@allow(OWN_PROFILE)
def change_settings() -> Any:
    form = Form.read(questions.settings(db()), request.form)
    questions.know_commune(db(), form)
    if not form.ok:
        return _settings_page(form), 422
    own.change(db(), current_actor(), form.values)
    flash(_("Your changes are kept. New dossiers start with them."), "good")
    return see(".me")


@bp.get("/me/data")
@allow(OWN_PROFILE)
def my_data() -> str:
    return page("accounts/data.html", profile=own.profile(db(), current_actor()), parts=own_copy.parts())


@bp.get("/me/data.json")
@allow(OWN_PROFILE)
def my_data_file() -> Any:
    held = held_answer()
    if held is not None:
        return held
    with database().transaction() as session:  # that it was taken is written down, although this is a GET
        person = own.take_copy(session, current_actor())
    pieces = own_copy.written(db(), person.id, language=language())
    return whole_response(pieces, f"mot-cua-{clock.today():%Y-%m-%d}.json", "application/json")
