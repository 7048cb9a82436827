"""A new phone for somebody at the counter: one member of staff asks, another one approves."""

from typing import Any

from flask import request
from sqlalchemy import select

from webapp.accounts import codes, fresh, questions, recovery, second_person
from webapp.accounts.permissions import DECIDE_RECOVERY, OPEN_RECOVERY
from webapp.accounts.phone_models import Recovery
from webapp.accounts.views.bp import bp
from webapp.core.errors import DomainError
from webapp.core.permissions import COUNTER_SIDE
from webapp.core.text import Text
from webapp.shell.access import actor, allow, current_actor
from webapp.shell.forms import Form
from webapp.shell.i18n import gettext as _
from webapp.shell.pages import flash, page, see
from webapp.shell.services import settings
from webapp.shell.templating import render
from webapp.shell.unit_of_work import SAFE_METHODS, db, keep_changes

PAGE = 30


def of_office(public_id: str) -> Recovery | None:
    return recovery.of_office(db(), current_actor(), public_id, lock=request.method not in SAFE_METHODS)


@bp.get("/counter/recoveries")
@allow(OPEN_RECOVERY)
def recoveries() -> str:
    after = recovery.of_office(db(), current_actor(), request.args.get("after", ""))
    rows = recovery.listed(db(), current_actor(), after=after.id if after else None, limit=PAGE + 1)
    more = rows[PAGE - 1].Recovery.public_id if len(rows) > PAGE else None
    return page(
        "accounts/recoveries.html", rows=rows[:PAGE], more=more, state_of=recovery.state_of,
        reasons=dict(recovery.REASONS),
    )  # fmt: skip


def _new_page(form: Form) -> str:
    return page("accounts/recovery_new.html", form=form, errors=form.errors)


@bp.get("/counter/recoveries/new")
@allow(OPEN_RECOVERY)
def new_recovery() -> str:
    return _new_page(Form.show(questions.RECOVERY))


@bp.post("/counter/recoveries/new")
@allow(OPEN_RECOVERY)
def open_recovery() -> Any:
    form = Form.read(questions.RECOVERY, request.form)
    if not form.ok:
        return _new_page(form), 422
    v = form.values
    try:
        row = recovery.open_recovery(
            db(), citizen_id=v["citizen_id"], birth_date=v["birth_date"], reason=v["reason"], number=v["phone"],
            owner=v["owner"], by=current_actor(),
        )  # fmt: skip
    except DomainError as error:
        keep_changes()  # look-ups count
        form.refuse("citizen_id", error.text)
        return _new_page(form), error.status
    return see(".recovery_page", id=row.public_id)


def _page(row: Recovery, error: Text | None = None) -> str:
    form = Form.show(questions.CODE_FORM)
    if error:
        form.refuse("code", error)
    shown = recovery.view(db(), row)
    challenge = recovery.challenge_of(db(), row) if shown.state == recovery.PROVING else None
    return page(
        "accounts/recovery.html",
        shown=shown,
        form=form,
        errors=form.errors,
        reasons=dict(recovery.REASONS),
        is_open=challenge is not None and codes.is_open(db(), challenge),
        mine=row.opened_by == current_actor().account_id,
        demo=settings().is_demo,
    )


@bp.get("/counter/recoveries/<id>")
@allow(OPEN_RECOVERY, load=of_office)
def recovery_page(row: Recovery) -> str:
    return _page(row)


@bp.post("/counter/recoveries/<id>/code")
@allow(OPEN_RECOVERY, load=of_office)
def prove_phone(row: Recovery) -> Any:
    form = Form.read(questions.CODE_FORM, request.form)
    if not form.ok:
        return _page(row, form.wrong["code"]), 422
    try:
        recovery.prove_phone(db(), row, form.values["code"], by=current_actor())
    except DomainError as error:
        keep_changes()  # wrong tries count
        return _page(row, error.text), error.status
    flash(_("The phone is there. Now another member of your office looks at the card and approves."), "good")
    return see(".recovery_page", id=row.public_id)


@bp.post("/counter/recoveries/<id>/resend")
@allow(OPEN_RECOVERY, load=of_office)
def resend_recovery(row: Recovery) -> Any:
    try:
        recovery.send_code(db(), row, by=current_actor())
    except DomainError as error:
        return _page(row, error.text), error.status
    flash(_("A new code is on its way. Only the newest one is good."), "info")
    return see(".recovery_page", id=row.public_id)


@bp.post("/counter/recoveries/<id>/approve")
@allow(DECIDE_RECOVERY, load=of_office)
def approve_recovery(row: Recovery) -> Any:
    fresh.require_fresh()
    recovery.approve(db(), row, by=current_actor())
    flash(_("The new phone is bound. The person can log in with it now; the old phones were told."), "good")
    return see(".recovery_page", id=row.public_id)


@bp.post("/counter/recoveries/<id>/refuse")
@allow(DECIDE_RECOVERY, load=of_office)
def refuse_recovery(row: Recovery) -> Any:
    recovery.refuse(db(), row, by=current_actor())
    flash(_("Refused. Nothing was changed."), "good")
    return see(".recovery_page", id=row.public_id)


def counter_card() -> str:
    """On the desk's first page: what waits for this member of staff as the second person."""
    who = actor()
    if who is None or who.office_id is None or not (({who.role} | who.roles) & COUNTER_SIDE):
        return ""
    both = select(recovery.waiting_for(who).scalar_subquery(), second_person.waiting_for(who).scalar_subquery())
    phones, lists = db().execute(both).one()
    return render("accounts/_second_person_card.html", phones=phones, lists=lists) if phones or lists else ""
