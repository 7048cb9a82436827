"""Somebody new: the phone and whose it is, the code, then who they are; or the way back to who they are already."""

from collections.abc import Mapping
from typing import Any

from flask import request

from webapp.accounts import entry, ownership, questions, registration
from webapp.accounts.registration import NumberKnown
from webapp.accounts.views import asking
from webapp.accounts.views.asking import address
from webapp.accounts.views.bp import bp
from webapp.core.errors import DomainError
from webapp.core.parsing import digits
from webapp.core.text import Text
from webapp.shell.access import public
from webapp.shell.forms import Form
from webapp.shell.i18n import gettext as _
from webapp.shell.pages import flash, page, see, see_path
from webapp.shell.services import settings
from webapp.shell.unit_of_work import db, keep_changes


@bp.get("/register")
@public("the way in for somebody new")
def register() -> Any:
    return asking.show(asking.REGISTER)


@bp.post("/register")
@public("the way in for somebody new")
def register_phone() -> Any:
    if request.form.get("owner") == ownership.NONE:
        return see(".without_phone")
    return asking.send(asking.REGISTER)


@bp.get("/register/without-phone")
@public("says how somebody without a phone gets everything, too")
def without_phone() -> str:
    return page("accounts/without_phone.html")


def person_page(
    form: Form,
    doubts: list[tuple[str, Text]],
    *,
    known: bool = False,
    sources: Mapping[str, Text] | None = None,
    card_error: Text | None = None,
) -> str:
    """Also for the room that reads ID cards: `sources` says which answers came from there, to be checked."""
    proved = entry.proved(db())
    shared = proved is not None and registration.is_somebody_elses(db(), proved[1].phone, proved[0].owner)
    return page(
        "accounts/person.html", form=form, errors=form.errors, doubts=doubts, known=known, shared=shared,
        sources=sources or {}, card_error=card_error,
    )  # fmt: skip


@bp.get("/register/person")
@public("only for a browser that has just proved the phone")
def tell_who() -> Any:
    if entry.proved(db()) is None:
        return see(".register")
    begun = {"residence": {"province": settings().province_code}}
    return person_page(Form.show(questions.person(db()), begun), [])


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
        _count_old_number(form)
        return person_page(form, doubts), 422
    try:
        account = registration.register_person(db(), proved[1], proved[0].owner, form.values)
    except DomainError as error:
        keep_changes()  # tries with numbers count
        form.refuse("citizen_id", error.text)
        return person_page(form, doubts, known=isinstance(error, NumberKnown)), error.status
    return _let_in(account, proved)


def _let_in(account: Any, proved: Any) -> Any:
    target = entry.log_in(db(), account, proved[1])
    flash(_("You are registered. From now on your phone number is enough to come in."), "good")
    return see_path(target)


def _count_old_number(form: Form) -> None:
    """Nine digits where twelve belong: the second of the five causes, seen at its root."""
    if "citizen_id" in form.wrong and len(digits(str(form.raw.get("citizen_id") or ""))) == 9:
        ownership.note(db(), "old_id", ownership.REGISTER, address())
        keep_changes()


def _claim_page(form: Form) -> str:
    return page("accounts/claim.html", form=form, errors=form.errors)


@bp.get("/register/claim")
@public("only for a browser that has just proved the phone")
def claim() -> Any:
    return _claim_page(Form.show(questions.CLAIM)) if entry.proved(db()) else see(".register")


@bp.post("/register/claim")
@public("only for a browser that has just proved the phone")
def claim_account() -> Any:
    proved = entry.proved(db(), lock=True)
    if proved is None:
        return see(".register")
    form = Form.read(questions.CLAIM, request.form)
    if not form.ok:
        return _claim_page(form), 422
    try:
        account = registration.claim(db(), proved[1], proved[0].owner, form.values)
    except DomainError as error:
        keep_changes()  # tries count
        form.refuse("lookup", error.text)
        return _claim_page(form), error.status
    return _let_in(account, proved)
