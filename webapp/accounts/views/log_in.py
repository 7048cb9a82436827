"""A citizen comes in: phone, code, who it is when several people share the phone, one fact more on a new device."""

from typing import Any

from flask import request
from werkzeug.wrappers import Response

from webapp.accounts import codes, entry, people, questions, second_proof, sessions
from webapp.accounts.models import Account, CodeChallenge
from webapp.accounts.origins import WaitFirst
from webapp.accounts.views import asking
from webapp.accounts.views.bp import bp
from webapp.core.errors import DomainError
from webapp.core.fields import FieldSpec
from webapp.core.text import Text
from webapp.shell.access import public
from webapp.shell.forms import Form
from webapp.shell.i18n import gettext as _
from webapp.shell.pages import flash, page, see, see_path
from webapp.shell.services import settings
from webapp.shell.unit_of_work import db, keep_changes


@bp.get("/login")
@public("the way in")
def log_in() -> Any:
    return asking.show(asking.LOG_IN)


@bp.post("/login")
@public("the way in")
def ask_for_code() -> Any:
    return asking.send(asking.LOG_IN)


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
        wait=entry.wait_seconds(db(), challenge.phone),
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
        challenge = entry.check(db(), here, form.values["code"])
    except DomainError as error:
        keep_changes()  # wrong tries count
        return _code_page(here, error.text), error.status, asking.retry_after(error)
    holder = entry.only_holder(db(), here, challenge)
    if holder:
        return _come_in(holder.account, challenge)
    return see(".who") if people.holders_of(db(), challenge.phone) else see(".tell_who")


@bp.post("/login/resend")
@public("the way in")
def resend() -> Any:
    here = _waiting()
    if here is None:
        return see(".log_in")
    try:
        entry.ask_again(db(), here, request.form.get("ticket"))
    except WaitFirst as wait:
        return asking.waiting_page(wait, "/login/resend", {})
    except DomainError as error:
        return _code_page(here, error.text), error.status, asking.retry_after(error)
    flash(_("A new code is on its way. Only the newest one is good."), "info")
    return see(".code")


def _come_in(account: Account, challenge: CodeChallenge) -> Response:
    """Straight in, or one more fact first."""
    if second_proof.needed(db(), account) is None:
        return see_path(entry.log_in(db(), account, challenge))
    entry.choose(account)
    return see(".second_fact")


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
            return _come_in(holder.account, proved[1])
    return see(".who")


def _asked(fact: second_proof.Fact) -> list[FieldSpec]:
    return [questions.FACTS[fact]] if fact in questions.FACTS else []


def _fact_page(fact: second_proof.Fact, form: Form) -> str:
    return page(
        "accounts/second_fact.html", fact=fact.value, form=form, errors=form.errors, demo=settings().is_demo
    )


@bp.get("/login/device")
@public("only for a browser that has just proved the phone")
def second_fact() -> Any:
    account = entry.chosen(db())
    fact = second_proof.needed(db(), account) if account else None
    return _fact_page(fact, Form.show(_asked(fact))) if fact else see(".log_in")


@bp.post("/login/device")
@public("only for a browser that has just proved the phone")
def give_second_fact() -> Any:
    proved, account = entry.proved(db(), lock=True), entry.chosen(db())
    fact = second_proof.needed(db(), account) if account else None
    if proved is None or account is None or fact is None:
        return see(".log_in")
    form = Form.read(_asked(fact), request.form)
    if not form.ok:
        return _fact_page(fact, form), 422
    try:
        second_proof.give(db(), account, proved[1], form.values.get("proof", ""))
    except DomainError as error:
        keep_changes()  # wrong tries count
        form.refuse("proof", error.text)
        return _fact_page(fact, form), error.status, asking.retry_after(error)
    return see_path(entry.log_in(db(), account, proved[1]))


@bp.post("/logout")
@public("ends the log-in of this browser, if there is one")
def log_out() -> Response:
    sessions.end(db())
    flash(_("You are logged out. Nobody else can see your dossiers on this device."), "good")
    return see_path("/")
