"""A citizen comes in: phone, code, and who it is when several people share the phone."""

from typing import Any

from flask import request
from werkzeug.wrappers import Response

from webapp.accounts import codes, entry, people, questions, sessions
from webapp.accounts.views.bp import bp
from webapp.core.errors import DomainError
from webapp.core.text import Text
from webapp.shell.access import actor, public, safe_path
from webapp.shell.forms import Form
from webapp.shell.i18n import gettext as _
from webapp.shell.pages import flash, page, see, see_path
from webapp.shell.services import settings
from webapp.shell.unit_of_work import db, keep_changes


def address() -> str:
    return request.remote_addr or ""


def _phone_page(form: Form, target: str) -> str:
    return page("accounts/log_in.html", form=form, errors=form.errors, next=target, demo=settings().is_demo)


@bp.get("/login")
@public("the way in")
def log_in() -> Any:
    target = safe_path(request.args.get("next"), entry.HOME)
    return see_path(target) if actor() else _phone_page(Form.show(questions.LOG_IN), target)


@bp.post("/login")
@public("the way in")
def ask_for_code() -> Any:
    target = safe_path(request.form.get("next"), entry.HOME)
    form = Form.read(questions.LOG_IN, request.form)
    if not form.ok:
        return _phone_page(form, target), 422
    try:
        entry.ask(db(), form.values["phone"], address(), target=target)
    except DomainError as error:
        form.refuse("phone", error.text)
        return _phone_page(form, target), error.status
    return see(".code")


def _code_page(here: entry.Entry, error: Text | None = None) -> str:
    challenge = codes.find(db(), here.challenge)
    assert challenge is not None
    form = Form.show(questions.CODE_FORM)
    if error:
        form.refuse("code", error)
    return page(
        "accounts/code.html",
        form=form,
        errors=form.errors,
        phone=challenge.phone,
        wait=codes.wait_seconds(db(), challenge.phone),
        is_open=codes.is_open(db(), challenge),
        back="/register" if here.new else "/login",
        demo=settings().is_demo,
    )


def _waiting() -> entry.Entry | None:
    """What this browser asked for, if it did."""
    here = entry.current()
    return here if here and codes.find(db(), here.challenge) else None


@bp.get("/login/code")
@public("the way in; shows the number only to the browser that typed it")
def code() -> Any:
    here = _waiting()
    return _code_page(here) if here else see(".log_in")


@bp.post("/login/code")
@public("the way in")
def enter_code() -> Any:
    here = _waiting()
    if here is None:
        return see(".log_in")
    form = Form.read(questions.CODE_FORM, request.form)
    if not form.ok:
        return _code_page(here, form.wrong["code"]), 422
    try:
        challenge = codes.check_code(db(), here.challenge, form.values["code"], codes.LOGIN)
    except DomainError as error:
        keep_changes()  # wrong tries count
        return _code_page(here, error.text), error.status
    holder = entry.only_holder(db(), here, challenge)
    if holder:
        return see_path(entry.log_in(db(), holder.account, challenge))
    return see(".who") if people.holders_of(db(), challenge.phone) else see(".tell_who")


@bp.post("/login/resend")
@public("the way in")
def resend() -> Any:
    here = _waiting()
    if here is None:
        return see(".log_in")
    try:
        entry.ask_again(db(), here, address())
    except DomainError as error:
        return _code_page(here, error.text), error.status
    flash(_("A new code is on its way. Only the newest one is good."), "info")
    return see(".code")


@bp.get("/login/who")
@public("only for a browser that has just proved the phone")
def who() -> Any:
    proved = entry.proved(db())
    if proved is None:
        return see(".log_in")
    holders = people.holders_of(db(), proved[1].phone)
    return page("accounts/who.html", holders=holders, phone=proved[1].phone)


@bp.post("/login/who")
@public("only for a browser that has just proved the phone")
def choose() -> Any:
    proved = entry.proved(db(), lock=True)
    if proved is None:
        return see(".log_in")
    wanted = request.form.get("person", "")
    for holder in people.holders_of(db(), proved[1].phone):
        if holder.person.public_id == wanted:
            return see_path(entry.log_in(db(), holder.account, proved[1]))
    return see(".who")


@bp.post("/logout")
@public("ends the log-in of this browser, if there is one")
def log_out() -> Response:
    sessions.end(db())
    flash(_("You are logged out. Nobody else can see your dossiers on this device."), "good")
    return see_path("/")
