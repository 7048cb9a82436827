"""Somebody new: the phone and whose it is, the code, then who they are."""

from typing import Any

from flask import request

from webapp.accounts import entry, questions
from webapp.accounts.registration import NumberTaken, register_person
from webapp.accounts.views.bp import bp
from webapp.accounts.views.log_in import address
from webapp.core.errors import DomainError
from webapp.core.text import Text
from webapp.shell.access import actor, public, safe_path
from webapp.shell.forms import Form
from webapp.shell.i18n import gettext as _
from webapp.shell.pages import flash, page, see, see_path
from webapp.shell.services import settings
from webapp.shell.unit_of_work import db, keep_changes


def _phone_page(form: Form, target: str) -> str:
    return page("accounts/register.html", form=form, errors=form.errors, next=target, demo=settings().is_demo)


@bp.get("/register")
@public("the way in for somebody new")
def register() -> Any:
    target = safe_path(request.args.get("next"), entry.HOME)
    return see_path(target) if actor() else _phone_page(Form.show(questions.REGISTER), target)


@bp.post("/register")
@public("the way in for somebody new")
def register_phone() -> Any:
    target = safe_path(request.form.get("next"), entry.HOME)
    form = Form.read(questions.REGISTER, request.form)
    if not form.ok:
        return _phone_page(form, target), 422
    try:
        entry.ask(db(), form.values["phone"], address(), target=target, owner=form.values["owner"], new=True)
    except DomainError as error:
        form.refuse("phone", error.text)
        return _phone_page(form, target), error.status
    return see(".code")


def _person_page(form: Form, doubts: list[tuple[str, Text]], *, taken: bool = False) -> str:
    return page("accounts/person.html", form=form, errors=form.errors, doubts=doubts, taken=taken)


@bp.get("/register/person")
@public("only for a browser that has just proved the phone")
def tell_who() -> Any:
    if entry.proved(db()) is None:
        return see(".register")
    begun = {"residence": {"province": settings().province_code}}
    return _person_page(Form.show(questions.person(db()), begun), [])


@bp.post("/register/person")
@public("only for a browser that has just proved the phone")
def register_new() -> Any:
    proved = entry.proved(db(), lock=True)
    if proved is None:
        return see(".register")
    form = Form.read(questions.person(db()), request.form)
    questions.know_commune(db(), form)
    doubts = questions.doubts(form)
    seen = request.form.get("seen", "").split(",")
    if not form.ok or not all(key in seen for key, _text in doubts):
        return _person_page(form, doubts), 422
    try:
        account = register_person(db(), proved[1], proved[0].owner, form.values)
    except DomainError as error:
        keep_changes()  # tries with numbers count
        form.refuse("citizen_id", error.text)
        return _person_page(form, doubts, taken=isinstance(error, NumberTaken)), error.status
    target = entry.log_in(db(), account, proved[1])
    flash(_("You are registered. From now on your phone number is enough to come in."), "good")
    return see_path(target)
