"""Finding the person, writing down a new one, and asking for consent. Until then there is nobody to act for."""

from typing import Any

from flask import Blueprint, request
from flask import session as browser

from assisted import cards, consent, finding, specs
from assisted.permissions import ASK_CONSENT, LOOK_UP, REGISTER
from assisted.resolver import begin_here, found, leave_here, seen
from webapp.accounts import people
from webapp.accounts.models import Person
from webapp.accounts.questions import know_commune
from webapp.accounts.sessions import current_login
from webapp.core import clock
from webapp.core.errors import Conflict, DomainError
from webapp.core.ids import normalise_lookup_code
from webapp.core.text import Text
from webapp.shell.access import allow, current_actor
from webapp.shell.forms import Form
from webapp.shell.i18n import gettext as _
from webapp.shell.pages import flash, page, see
from webapp.shell.unit_of_work import db, keep_changes

bp = Blueprint("assisted_start", __name__)
PERSON, NEWCOMER, FOUND, CHALLENGE, CARD = (
    "assisted_person", "assisted_newcomer", "assisted_found", "assisted_challenge", "assisted_card",
)  # fmt: skip


def _busy() -> bool:
    here = found()
    return here is not None and here.live


# ---------------------------------------------------------------------------------------------- find


def _find_page(posted: Form | None = None, way: str = "", candidates: Any = None) -> str:
    forms = {name: Form.show(fields) for name, fields in specs.FIND.items()}
    if posted is not None:
        forms[way] = posted
    wrong = posted.errors if posted is not None else None
    return page("assisted/new.html", forms=forms, candidates=candidates, errors=wrong)


@bp.get("/assisted/sessions/new")
@allow(LOOK_UP)
def new() -> Any:
    if _busy():
        flash(_("You are still helping another person. End that session first."), "warn")
        return see("assisted.session")
    return _find_page()


@bp.post("/assisted/sessions/new")
@allow(LOOK_UP)
def look_up() -> Any:
    keep_changes()  # refused or not, a look-up is counted
    way = request.form.get("way", "")
    if way == "pick":
        return _pick(request.form.get("person", ""))
    way = way if way in specs.FIND else _guess_way()
    form = Form.read(specs.FIND[way], specs.scanned(request.form))
    if not form.ok:
        return _find_page(form, way), 422
    try:
        person = _search(way, form)
    except DomainError as refused:
        form.refuse(specs.FIND[way][0].key, refused.text)
        return _find_page(form, way), refused.status
    if isinstance(person, Person):
        return _choose(person, card=form.values.get("card"))
    return _find_page(candidates=person)


def _guess_way() -> str:
    """A form that does not say which: the first one that has something in it."""
    filled = (way for way, fields in specs.FIND.items() if request.form.get(fields[0].key, "").strip())
    return next(filled, "card")


def _search(way: str, form: Form) -> Person | list[finding.Candidate]:
    """One person, or candidates to choose from. Raises DomainError when there is nobody."""
    who = current_actor()
    if way == "name":
        found_people = finding.by_name(db(), form.values["name"], form.values["birth_year"][:4], by=who)
        if not found_people:
            raise DomainError(Text("Nobody with this name and year of birth is known. Write the person down as new."))
        browser[FOUND] = [candidate.public_id for candidate in found_people]
        return found_people
    if way == "card":
        number = normalise_lookup_code(form.values["card"])
        person = finding.by_card(db(), number, by=who) if number else None
        form.values["card"] = number
        if person is None:
            raise DomainError(Text("There is no card with this number. Compare it with the card."))
        return person
    person = finding.by_number(db(), form.values["citizen_id"], by=who)
    if person is None:
        raise DomainError(
            Text("Nobody with this number is known. Compare it with the ID card, or write the person down as new.")
        )
    return person


def _pick(public_id: str) -> Any:
    """Only somebody from the list this browser was just shown."""
    person = people.find_by_public_id(db(), public_id) if public_id in browser.get(FOUND, []) else None
    if person is None:
        flash(_("Search again, then choose the person."), "info")
        return see("assisted_start.new")
    return _choose(person)


def _choose(person: Person, *, newcomer: bool = False, card: str | None = None) -> Any:
    for key in (FOUND, NEWCOMER, CHALLENGE, CARD):
        browser.pop(key, None)
    browser[PERSON] = person.public_id
    if newcomer:
        browser[NEWCOMER] = person.public_id
    if card:
        browser[CARD] = card  # it was scanned a moment ago; only the PIN is left to type
    return see("assisted_start.consent_page")


# ------------------------------------------------------------------------------------------ register


@bp.get("/assisted/people/new")
@allow(REGISTER)
def newcomer() -> Any:
    if _busy():
        return see("assisted.session")
    return _newcomer_page(Form.show(specs.newcomer(db())))


@bp.post("/assisted/people/new")
@allow(REGISTER)
def register() -> Any:
    keep_changes()  # it is a look-up too, and counted as one
    form = Form.read(specs.newcomer(db()), specs.scanned(request.form))
    know_commune(db(), form)
    if not form.ok:
        return _newcomer_page(form), 422
    try:
        person = finding.register_newcomer(db(), form.values, by=current_actor())
    except DomainError as refused:
        form.refuse("citizen_id", refused.text)
        return _newcomer_page(form), refused.status
    return _choose(person, newcomer=True)


def _newcomer_page(form: Form) -> str:
    return page("assisted/newcomer.html", form_=form, errors=form.errors)


# ------------------------------------------------------------------------------------------- consent


@bp.get("/assisted/consent")
@allow(ASK_CONSENT)
def consent_page() -> Any:
    if _busy():
        return see("assisted.session")
    person = _chosen()
    if person is None:
        flash(_("Find the person first."), "info")
        return see("assisted_start.new")
    return _consent_page(person)


@bp.post("/assisted/consent")
@allow(ASK_CONSENT)
def agree() -> Any:
    person = _chosen()
    if person is None or request.form.get("person") != person.public_id:
        raise Conflict(Text("In another window you have chosen another person since. Begin again with this one."))
    way = request.form.get("way", "")
    if way == "send_code":
        return _send_code(person)
    return _agree(person, way if way in specs.AGREE else _guess_agreement())


@bp.get("/assisted/consent/paper")
@allow(ASK_CONSENT)
def paper() -> Any:
    person = _chosen()
    if person is None or _busy():
        return see("assisted_start.new")
    ask = consent.asking(db(), person, by=current_actor())
    return page("assisted/consent_paper.html", ask=ask, may=consent.MAY, may_not=consent.MAY_NOT, today=clock.today())


def _chosen() -> Person | None:
    public_id = browser.get(PERSON)
    return people.find_by_public_id(db(), public_id) if public_id else None


def _guess_agreement() -> str:
    return "code" if request.form.get("code", "").strip() else "card"


def _consent_page(person: Person, posted: Form | None = None, way: str = "") -> str:
    forms = {name: Form.show(fields, {"card": browser.get(CARD, "")}) for name, fields in specs.AGREE.items()}
    if posted is not None:
        forms[way] = posted
    return page(
        "assisted/consent.html",
        ask=consent.asking(db(), person, by=current_actor()),
        may=consent.MAY,
        may_not=consent.MAY_NOT,
        forms=forms,
        errors=posted.errors if posted is not None else None,
        sent=browser.get(CHALLENGE),
        newcomer=browser.get(NEWCOMER) == person.public_id,
    )


def _send_code(person: Person) -> Any:
    form = Form.show(specs.AGREE["code"])
    try:
        challenge = consent.send_code(db(), person, request.form.get("phone", ""), by=current_actor())
    except DomainError as refused:
        form.refuse("code", refused.text)
        keep_changes()  # asking too often counts
        return _consent_page(person, form, "code"), refused.status
    browser[CHALLENGE] = challenge.public_id
    flash(_("The code was sent. It is good for 5 minutes."), "info")
    return see("assisted_start.consent_page")


def _agree(person: Person, way: str) -> Any:
    form = Form.read(specs.AGREE[way], request.form)
    if form.ok:
        try:
            _open(person, way, form.values)
        except Conflict:
            raise
        except DomainError as refused:
            form.refuse(specs.AGREE[way][-1].key, refused.text)
            keep_changes()  # wrong tries count
            return _consent_page(person, form, way), refused.status
        leave_here()
        begin_here()
        return see("assisted.session")
    return _consent_page(person, form, way), 422


def _open(person: Person, way: str, values: dict[str, Any]) -> None:
    """The person's act, by the way they chose. Raises DomainError with words for the page."""
    login = current_login()
    assert login is not None
    here: dict[str, Any] = {"by": current_actor(), "login_id": login.id, "seen": seen()}
    if way == "code":
        consent.agree_by_code(db(), person, browser.get(CHALLENGE, ""), values["code"], **here)
        return
    first = way == "first_card"
    number = _first_card(person, values) if first else normalise_lookup_code(values["card"]) or ""
    consent.agree_by_card(db(), person, number, values["pin"], **here)


def _first_card(person: Person, values: dict[str, Any]) -> str:
    """A card for somebody this helper wrote down just now: nothing of theirs is here yet that a card could open."""
    if browser.get(NEWCOMER) != person.public_id or cards.card_of(db(), person.id) is not None:
        raise DomainError(Text("A first card for somebody who is known already is made at the one-stop counter."))
    if values["pin"] != values["pin_again"]:
        raise DomainError(Text("The two PINs differ. The person types the same 4 digits twice."))
    return cards.issue_card(db(), person, values["pin"], by=current_actor()).number
