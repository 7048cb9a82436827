"""Prove once more who is there, and get back what a log-out cut off."""

from typing import Any

from flask import request, session
from werkzeug.wrappers import Response

from webapp.accounts import codes, entry, fresh, kept, limits, questions, sessions
from webapp.accounts.models import CodeChallenge
from webapp.accounts.views import asking
from webapp.accounts.views.bp import bp
from webapp.core import clock
from webapp.core.actor import Role
from webapp.core.errors import DomainError
from webapp.core.text import mask_phone
from webapp.shell.access import actor, current_actor, public, safe_path
from webapp.shell.forms import Form
from webapp.shell.i18n import gettext as _
from webapp.shell.pages import flash, page, see, see_path
from webapp.shell.services import settings
from webapp.shell.templating import render
from webapp.shell.unit_of_work import db, keep_changes

KEY = "again"  # in the signed cookie: which code this browser waits for


def _waiting() -> CodeChallenge | None:
    challenge = codes.find(db(), session.get(KEY))
    return challenge if challenge is not None and codes.is_open(db(), challenge) else None


def _page(form: Form, target: str) -> str:
    who = current_actor()
    phone = fresh.own_phone(db(), who)
    return page(
        "accounts/again.html",
        form=form,
        errors=form.errors,
        next=target,
        of_staff=sessions.kind_of_login() != "citizen",
        phone=mask_phone(phone.number) if phone else None,
        waiting=_waiting() is not None,
        demo=settings().is_demo,
    )


def _form() -> Form:
    return Form.show(questions.CODE_FORM if sessions.kind_of_login() == "citizen" else questions.OTP_FORM)


@bp.get("/login/again")
@public("only for a browser that is logged in: proves it once more")
def again() -> Any:
    target = safe_path(request.args.get("next"), "/")
    return _page(_form(), target) if actor() else see(".log_in", next=target)


@bp.post("/login/again/code")
@public("only for a browser that is logged in: sends a code to its own phone")
def send_again() -> Any:
    target = safe_path(request.form.get("next"), "/")
    if actor() is None:
        return see(".log_in", next=target)
    try:
        session[KEY] = fresh.ask(db(), current_actor()).public_id
    except DomainError as error:
        form = _form()
        form.refuse("code", error.text)
        return _page(form, target), error.status, asking.retry_after(error)
    return see(".again", next=target)


@bp.post("/login/again")
@public("only for a browser that is logged in: proves it once more")
def prove_once_more() -> Any:
    target = safe_path(request.form.get("next"), "/")
    if actor() is None:
        return see(".log_in", next=target)
    if KEY not in session and sessions.kind_of_login() == "citizen" and fresh.is_fresh(db()):
        return see_path(target)  # the button was pressed again: a download leaves this page standing
    form = Form.read(_form().specs, request.form)
    if not form.ok:
        return _page(form, target), 422
    [spec] = form.specs
    try:
        _prove(form.values[spec.key])
    except DomainError as error:
        keep_changes()  # wrong tries count
        form.refuse(spec.key, error.text)
        return _page(form, target), error.status, asking.retry_after(error)
    session.pop(KEY, None)
    return see_path(target)


def _prove(typed: str) -> None:
    who = current_actor()
    if sessions.kind_of_login() == "citizen":
        fresh.prove_by_code(db(), who, session.get(KEY, ""), typed)
    else:
        fresh.prove_by_app(db(), who, typed)


@bp.get("/login/kept")
@public("only for the account that had typed it")
def kept_form() -> Any:
    form = kept.mine(db())
    if form is None:
        who = actor()
        return see_path(entry.HOME if who is not None and who.role is Role.CITIZEN else "/")
    return page("accounts/kept.html", form=form)


@bp.post("/login/kept/drop")
@public("only throws away what this browser had kept")
def drop_kept() -> Response:
    kept.drop()
    flash(_("It was thrown away."), "info")
    return see_path("/")


def warning() -> str:
    """On every page of somebody who is logged in: says two and a half minutes before that they will be logged out."""
    here = sessions.current_login()
    if here is None:
        return ""
    idle = sessions.idle_of(here)
    left = min(idle, max(limits.WARNING, here.expires_at - clock.now()))
    return render(
        "accounts/stay.html",
        after=int((left - limits.WARNING).total_seconds()),
        left=int(limits.WARNING.total_seconds()),
        minutes=int(idle.total_seconds() // 60),
    )


@bp.get("/login/stay")
@public("counts as having done something, like any page; says nothing")
def stay() -> Any:
    return ("", 204) if actor() else ("", 401)
