"""The person's access card, inside their session: print it, make the first one, replace it, block it."""

from typing import Any

from flask import Blueprint, request

from assisted import cards, specs
from assisted.guard import why_closed
from assisted.permissions import ISSUE_CARD
from assisted.resolver import found
from webapp.accounts.models import Person
from webapp.core.actor import Assurance
from webapp.core.errors import DomainError
from webapp.core.fields import FieldSpec
from webapp.core.text import Text
from webapp.shell.access import allow, current_actor
from webapp.shell.forms import Form
from webapp.shell.i18n import gettext as _
from webapp.shell.pages import flash, page, see
from webapp.shell.unit_of_work import db, keep_changes

bp = Blueprint("assisted_cards", __name__)


def _subject() -> Person | None:
    here = found()
    return db().get_one(Person, here.row.person_id) if here is not None and here.live else None


def _away() -> Any:
    flash(why_closed(), "info")
    return see("assisted.today")


def _fields(person: Person) -> tuple[FieldSpec, ...]:
    """A card that exists is replaced with its old PIN, or with a code from the phone in this session.

    Otherwise a helper could make a card with a PIN of their own, and come back without the person.
    """
    proved = current_actor().assurance is Assurance.PHONE
    old = cards.card_of(db(), person.id) is not None and not proved
    return (specs.OLD_PIN, *specs.NEW_CARD) if old else specs.NEW_CARD


@bp.get("/assisted/cards")
@allow(ISSUE_CARD)
def show() -> Any:
    person = _subject()
    if person is None:
        return _away()
    card = cards.card_of(db(), person.id)
    return page("assisted/card.html", card=card, person=person) if card else see("assisted_cards.new")


@bp.get("/assisted/cards/new")
@allow(ISSUE_CARD)
def new() -> Any:
    person = _subject()
    return _away() if person is None else _page(person, Form.show(_fields(person)))


@bp.post("/assisted/cards/new")
@allow(ISSUE_CARD)
def issue() -> Any:
    person = _subject()
    if person is None:
        return _away()
    form = Form.read(_fields(person), request.form)
    if form.ok and form.values["pin"] != form.values["pin_again"]:
        form.refuse("pin_again", Text("The two PINs differ. The person types the same 4 digits twice."))
    if not form.ok:
        return _page(person, form), 422
    keep_changes()  # a wrong old PIN counts
    try:
        _check_old(person, form)
        cards.issue_card(db(), person, form.values["pin"], by=current_actor())
    except DomainError as refused:
        form.refuse("old_pin" if "old_pin" in form.raw else "pin", refused.text)
        return _page(person, form), refused.status
    return see("assisted_cards.show")


def _check_old(person: Person, form: Form) -> None:
    card = cards.card_of(db(), person.id)
    if card is not None and "old_pin" in form.values:
        cards.check_card(db(), person.id, card.number, form.values["old_pin"], by=current_actor())


@bp.post("/assisted/cards/revoke")
@allow(ISSUE_CARD)
def revoke() -> Any:
    person = _subject()
    if person is None:
        return _away()
    if cards.revoke_card(db(), person.id, by=current_actor()):
        flash(_("The card is blocked. Nobody can agree to anything with it any more."), "good")
    return see("assisted.session")


def _page(person: Person, form: Form) -> str:
    old = cards.card_of(db(), person.id)
    return page("assisted/new_card.html", form_=form, errors=form.errors, person=person, old=old)
