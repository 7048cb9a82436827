"""Staff come in: user name, password, and the code of their own phone."""

from typing import Any

import pyotp
from flask import request

from webapp.accounts import demo, questions, recovery_codes, sessions, staff, staff_devices
from webapp.accounts.models import Account
from webapp.accounts.views.asking import address
from webapp.accounts.views.bp import bp
from webapp.core import clock
from webapp.core.actor import Assurance, Role
from webapp.core.errors import DomainError
from webapp.shell.access import actor, public, safe_path
from webapp.shell.formats import daytime
from webapp.shell.forms import Form
from webapp.shell.i18n import gettext as _
from webapp.shell.i18n import ngettext, t
from webapp.shell.pages import flash, page, see_path
from webapp.shell.services import settings
from webapp.shell.unit_of_work import db, keep_changes


def _page(form: Form, target: str, errors: list[tuple[str, str]] | None = None) -> str:
    trial = None
    if settings().is_demo:
        trial = {
            "people": demo.STAFF,
            "password": demo.STAFF_PASSWORD,
            "otp": pyotp.TOTP(demo.STAFF_SECRET).at(clock.now()),
        }
    return page(
        "accounts/staff_log_in.html",
        form=form,
        errors=errors or form.errors,
        next=target,
        trial=trial,
        why_out=sessions.why_out(db()) if request.method == "GET" else None,
    )


@bp.get("/staff/login")
@public("the way in for staff")
def staff_log_in() -> Any:
    target = safe_path(request.args.get("next"), "")
    who = actor()
    if who is not None and who.role is not Role.CITIZEN:
        return see_path(target or _desk([who.role, *who.roles]))
    return _page(Form.show(questions.STAFF), target)


@bp.post("/staff/login")
@public("the way in for staff")
def staff_enter() -> Any:
    target = safe_path(request.form.get("next"), "")
    form = Form.read(questions.STAFF, request.form)
    if not form.ok:
        return _page(form, target), 422
    try:
        account = staff.staff_log_in(db(), **form.values, address=address())
    except DomainError as error:
        keep_changes()  # wrong tries count
        return _page(form, target, [("username", t(error.text))]), error.status
    sessions.begin(db(), account, Assurance.IN_PERSON)
    _ask_about_devices(account)
    return see_path(target or _desk([Role(role) for role in account.roles]))


def _paper_page(form: Form, errors: list[tuple[str, str]] | None = None) -> str:
    return page("accounts/staff_paper_code.html", form=form, errors=errors or form.errors)


@bp.get("/staff/login/recovery")
@public("the way in for staff whose code app is gone")
def paper_log_in() -> str:
    return _paper_page(Form.show(questions.PAPER_CODE))


@bp.post("/staff/login/recovery")
@public("the way in for staff whose code app is gone")
def paper_enter() -> Any:
    form = Form.read(questions.PAPER_CODE, request.form)
    if not form.ok:
        return _paper_page(form), 422
    try:
        account = staff.staff_log_in(db(), **form.values, address=address())
    except DomainError as error:
        keep_changes()  # wrong tries count
        return _paper_page(form, [("username", t(error.text))]), error.status
    sessions.begin(db(), account, Assurance.IN_PERSON)
    _ask_about_devices(account)
    left = recovery_codes.left(db(), account.id)
    words = ngettext(
        "%(n)s code on paper is left. Ask your manager to set up a new code app for you.",
        "%(n)s codes on paper are left. Ask your manager to set up a new code app for you.",
        left,
    )
    flash(words, "warn")
    return see_path(_desk([Role(role) for role in account.roles]))


def _ask_about_devices(account: Account) -> None:
    """At each log-in until it is answered."""
    new = staff_devices.unanswered(db(), account.id)
    if new:
        words = _(
            "Your account was opened on a new device: %(device)s, %(time)s. Was it you? Answer under “My log-ins”.",
            device=new[0].name, time=daytime(new[0].seen_at),
        )  # fmt: skip
        flash(words, "warn")


def _desk(roles: list[Role]) -> str:
    """Where this role's work waits (addresses of the house's contract; the rooms stand higher up)."""
    if Role.ADMIN in roles:
        return "/manage"
    return "/assisted" if Role.HELPER in roles else "/counter"
