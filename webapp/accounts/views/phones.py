"""One's own phones: whose they are, another one in their place, and stopping a change that was not one's own."""

from typing import Any

from flask import request, session
from werkzeug.wrappers import Response

from webapp.accounts import codes, contact_phones, fresh, holds, ownership, people, phone_change, questions
from webapp.accounts.models import Phone
from webapp.accounts.permissions import OWN_PHONES
from webapp.accounts.views.asking import address
from webapp.accounts.views.bp import bp
from webapp.core.errors import DomainError
from webapp.core.text import Text
from webapp.shell.access import allow, current_actor, public, safe_path
from webapp.shell.forms import Form
from webapp.shell.i18n import gettext as _
from webapp.shell.i18n import t
from webapp.shell.pages import flash, page, see
from webapp.shell.services import settings
from webapp.shell.unit_of_work import db, keep_changes

ADDED = Text("This number gets messages for you from now on.")
CHANGED = Text("Your phone is changed. We told the old number, and logged you out on all other devices.")
KEY = "phone_change"  # in the signed cookie: which code this browser waits for


def own_phone(public_id: str) -> Phone | None:
    return phone_change.own_phone(db(), current_actor(), public_id)


@bp.get("/me/phones")
@allow(OWN_PHONES)
def my_phones() -> str:
    who = current_actor()
    person = phone_change.own_person(db(), who)
    return page(
        "accounts/phones.html",
        phones=people.phones_of(db(), person.id),
        relations=dict(ownership.RELATIONS),
        hold=holds.of_actor(db(), who),
    )


@bp.get("/me/phones/<id>")
@allow(OWN_PHONES, load=own_phone)
def whose_phone(phone: Phone) -> str:
    return _whose_page(phone, Form.show(questions.SAY_WHOSE, {"owner": phone.owner, "relation": phone.relation}))


def _whose_page(phone: Phone, form: Form) -> str:
    return page("accounts/phone_whose.html", phone=phone, form=form, errors=form.errors)


@bp.post("/me/phones/<id>")
@allow(OWN_PHONES, load=own_phone)
def say_whose(phone: Phone) -> Any:
    form = Form.read(questions.SAY_WHOSE, request.form)
    if not form.ok:
        return _whose_page(phone, form), 422
    phone_change.say_whose(db(), current_actor(), phone, form.values["owner"], form.values.get("relation"))
    flash(_("Kept. You can change it again at any time."), "good")
    return see(".my_phones")


def _change_page(phone: Phone, form: Form) -> str:
    return page("accounts/phone_change.html", phone=phone, form=form, errors=form.errors)


@bp.get("/me/phones/<id>/change")
@allow(OWN_PHONES, load=own_phone)
def new_phone(phone: Phone) -> Any:
    fresh.require_fresh()
    return _change_page(phone, Form.show(questions.NEW_PHONE, {"owner": ownership.MINE}))


@bp.post("/me/phones/<id>/change")
@allow(OWN_PHONES, load=own_phone)
def ask_for_change(phone: Phone) -> Any:
    fresh.require_fresh()
    form = Form.read(questions.NEW_PHONE, request.form)
    if not form.ok:
        return _change_page(phone, form), 422
    whose = {"owner": form.values["owner"], "relation": form.values.get("relation")}
    try:
        challenge = phone_change.ask_for_change(db(), current_actor(), phone, form.values["phone"], **whose)
    except DomainError as error:
        form.refuse("phone", error.text)
        return _change_page(phone, form), error.status
    session[KEY] = challenge.public_id
    return see(".change_code")


def _code_page(challenge: Any, error: Text | None = None) -> str:
    form = Form.show(questions.CODE_FORM)
    if error:
        form.refuse("code", error)
    is_open = codes.is_open(db(), challenge)
    return page(
        "accounts/phone_code.html", form=form, errors=form.errors, phone=challenge.phone, is_open=is_open,
        again=challenge.context.get("phone"), demo=settings().is_demo,
    )  # fmt: skip


@bp.get("/me/phones/code")
@allow(OWN_PHONES)
def change_code() -> Any:
    challenge = phone_change.waiting(db(), current_actor(), session.get(KEY))
    return _code_page(challenge) if challenge else see(".my_phones")


@bp.post("/me/phones/code")
@allow(OWN_PHONES)
def enter_change_code() -> Any:
    who = current_actor()
    challenge = phone_change.waiting(db(), who, session.get(KEY))
    if challenge is None:
        return see(".my_phones")
    form = Form.read(questions.CODE_FORM, request.form)
    if not form.ok:
        return _code_page(challenge, form.wrong["code"]), 422
    code, only_messages = form.values["code"], challenge.context.get("contact", False)
    try:
        if only_messages:
            contact_phones.add_contact(db(), who, challenge, code)
        else:
            phone_change.change_phone(db(), who, challenge.public_id, code)
    except DomainError as error:
        keep_changes()  # wrong tries count
        return _code_page(challenge, error.text), error.status
    session.pop(KEY, None)
    flash(t(ADDED if only_messages else CHANGED), "good")
    return see(".my_phones")


@bp.get("/me/phones/new")
@allow(OWN_PHONES)
def new_contact() -> Any:
    fresh.require_fresh()
    return _contact_page(Form.show(questions.NEW_PHONE, {"owner": ownership.RELATIVE}))


def _contact_page(form: Form) -> str:
    return page("accounts/phone_contact.html", form=form, errors=form.errors)


@bp.post("/me/phones/new")
@allow(OWN_PHONES)
def ask_for_contact() -> Any:
    fresh.require_fresh()
    form = Form.read(questions.NEW_PHONE, request.form)
    if not form.ok:
        return _contact_page(form), 422
    whose = {"owner": form.values["owner"], "relation": form.values.get("relation")}
    try:
        challenge = contact_phones.ask_for_contact(db(), current_actor(), form.values["phone"], **whose)
    except DomainError as error:
        form.refuse("phone", error.text)
        return _contact_page(form), error.status
    session[KEY] = challenge.public_id
    return see(".change_code")


@bp.post("/me/phones/<id>/remove")
@allow(OWN_PHONES, load=own_phone)
def remove_contact(phone: Phone) -> Response:
    contact_phones.remove_contact(db(), current_actor(), phone)
    flash(_("Removed. No more messages go there."), "good")
    return see(".my_phones")


def _stop_page(form: Form) -> str:
    return page("accounts/phone_stop.html", form=form, errors=form.errors)


@bp.get("/phone-stop")
@public("whoever holds the old phone may have no log-in any more")
def stop_form() -> str:
    return _stop_page(Form.show(questions.STOP))


@bp.post("/phone-stop")
@public("whoever holds the old phone may have no log-in any more")
def stop_change() -> Any:
    form = Form.read(questions.STOP, request.form)
    if not form.ok:
        return _stop_page(form), 422
    try:
        phone_change.stop_change(db(), form.values["phone"], form.values["code"], address())
    except DomainError as error:
        keep_changes()  # wrong tries count
        form.refuse("code", error.text)
        return _stop_page(form), error.status
    return page("accounts/phone_stopped.html")


def _mismatch_page(form: Form, target: str) -> str:
    return page("accounts/mismatch.html", form=form, errors=form.errors, next=target)


@bp.get("/phone-mismatch")
@public("people meet this trouble before they have an account")
def mismatch() -> str:
    return _mismatch_page(Form.show([questions.CAUSE]), safe_path(request.args.get("next"), "/register"))


@bp.post("/phone-mismatch")
@public("people meet this trouble before they have an account")
def tell_cause() -> Any:
    target = safe_path(request.form.get("next"), "/register")
    form = Form.read([questions.CAUSE], request.form)
    if not form.ok:
        return _mismatch_page(form, target), 422
    ownership.note(db(), form.values["cause"], ownership.ASKED, address())
    return see(".cause", key=form.values["cause"].replace("_", "-"), next=target)


@bp.get("/phone-mismatch/<key>")
@public("an explanation, the same for everybody")
def cause(key: str) -> str | Response:
    found = ownership.BY_KEY.get(key.replace("-", "_"))
    if found is None:
        return see(".mismatch")
    return page("accounts/cause.html", cause=found, next=safe_path(request.args.get("next"), "/register"))
