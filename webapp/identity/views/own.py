"""A person's own identities: link, take away, and join a second account."""

from typing import Any

from flask import abort, request
from werkzeug.wrappers import Response

from webapp.accounts import fresh, people, phone_change, questions
from webapp.accounts.models import Person
from webapp.core.errors import DomainError
from webapp.core.text import Text
from webapp.identity import attempts, issuers, link, queries
from webapp.identity.attempts import AGAIN, LINK
from webapp.identity.claims import Claimed
from webapp.identity.join import join_accounts
from webapp.identity.models import NationalIdentity, OidcAttempt
from webapp.identity.permissions import OWN_IDENTITY
from webapp.identity.recognise import Recognised, Way, is_seen, provable, recognise_beside
from webapp.identity.views import way
from webapp.identity.views.bp import bp
from webapp.shell.access import actor, allow, current_actor, safe_path
from webapp.shell.forms import Form
from webapp.shell.i18n import gettext as _
from webapp.shell.pages import flash, page, see, see_path
from webapp.shell.unit_of_work import db, keep_changes

HOME = "/me/identity"


def _me() -> Person:
    person_id = current_actor().person_id
    return db().get_one(Person, person_id) if person_id is not None else abort(404)


def _mine(public_id: str) -> NationalIdentity | None:
    return queries.identity_of(db(), current_actor().person_id or 0, public_id)


@bp.get(HOME)
@allow(OWN_IDENTITY)
def identity() -> str:
    person = _me()
    return page(
        "identity/own.html",
        identities=queries.identities_of(db(), person.id),
        offered=issuers.is_there(),
        seen=is_seen(db(), person),
    )


@bp.post("/me/identity/link")
@allow(OWN_IDENTITY)
def start_link() -> Any:
    try:
        return way.leave(LINK, HOME, current_actor().account_id)
    except DomainError as error:
        return way.stopped(error.text, error.status)


@bp.post("/me/identity/<id>/unlink")
@allow(OWN_IDENTITY, load=_mine)
def unlink(identity: NationalIdentity) -> Response:
    fresh.require_fresh()
    link.unlink_identity(db(), identity, current_actor())
    flash(_("VNeID no longer opens your account."), "info")
    return see(".identity")


@bp.post("/login/vneid/again")
@allow(OWN_IDENTITY)
def start_again() -> Any:
    """Before something important: show once more that it is you, with VNeID instead of a code."""
    try:
        return way.leave(AGAIN, safe_path(request.form.get("next"), HOME), current_actor().account_id)
    except DomainError as error:
        return way.stopped(error.text, error.status)


# -------------------------------------------------------------------------------------------- back from the issuer


def proved_again(attempt: OidcAttempt, claimed: Claimed) -> Any:
    """Only the identity that is linked to whoever is logged in here proves anything."""
    who = actor()
    identity = queries.find_identity(db(), claimed.issuer, claimed.subject)
    linked_to = identity.person_id if identity is not None and identity.unlinked_at is None else None
    if who is None or linked_to is None or (who.person_id, who.account_id) != (linked_to, attempt.account_id):
        return way.stopped(Text("This VNeID is not linked to your account, so it proves nothing here."), 403)
    attempts.finish(attempt)
    fresh.proved(db(), who, "vneid")
    return see_path(safe_path(attempt.target, HOME))


def linked(attempt: OidcAttempt, claimed: Claimed) -> Any:
    """The issuer has answered for whoever is logged in here: link, ask about joining, or say why not."""
    who = actor()
    if who is None or who.account_id != attempt.account_id or who.acts_for_another:
        return way.stopped(Text("You were logged out meanwhile. Log in, then link VNeID once more."), 403)
    person = _me()
    found = recognise_beside(db(), claimed, person)
    if found.way is Way.NO:
        keep_changes()
        attempts.finish(attempt)
        return way.stopped(found.text or Text("Come to the one-stop counter with the ID card."), 409)
    if found.person is not None and found.person.id != person.id:
        return see(".join")
    corrected = person.citizen_id not in (None, claimed.citizen_id)
    link.link_identity(db(), person, claimed, who)
    attempts.finish(attempt)
    flash(_("VNeID is linked. Next time you can come in with it."), "good")
    if corrected:
        flash(_("Your personal number was corrected to what VNeID says."), "info")
    return see(".identity")


def _to_join(*, lock: bool = False) -> tuple[attempts.Proved, Recognised] | None:
    proved = way.proved(LINK, lock=lock)
    if proved is None or proved.attempt.account_id != current_actor().account_id:
        return None
    found = recognise_beside(db(), proved.claimed, _me())
    other = found.person is not None and found.person.id != current_actor().person_id
    return (proved, found) if other and found.way in (Way.SAME, Way.PROVE) else None


def _join_page(found: Recognised, error: Text | None = None) -> str:
    assert found.person is not None
    form = Form.show(questions.CODE_FORM)
    if error:
        form.refuse("code", error)
    numbers = provable(db(), found.person) if found.way is Way.PROVE else []
    return page("identity/join.html", form=form, errors=form.errors, numbers=numbers, sent=way.code_sent())


@bp.get("/me/identity/join")
@allow(OWN_IDENTITY)
def join() -> Any:
    waiting = _to_join()
    return _join_page(waiting[1]) if waiting else see(".identity")


@bp.post("/me/identity/join/send")
@allow(OWN_IDENTITY)
def send_join_code() -> Any:
    waiting = _to_join()
    if waiting is None or waiting[1].way is not Way.PROVE:
        return see(".identity")
    proved, found = waiting
    assert found.person is not None
    try:
        numbers = provable(db(), found.person)
        way.send_code(numbers, request.form.get("phone", ""), {"attempt": proved.attempt.public_id})
    except DomainError as error:
        keep_changes()
        return _join_page(found, error.text), error.status
    return see(".join")


@bp.post("/me/identity/join")
@allow(OWN_IDENTITY)
def agree_to_join() -> Any:
    waiting = _to_join(lock=True)
    if waiting is None:
        return see(".identity")
    proved, found = waiting
    other = found.person
    assert other is not None
    try:
        if found.way is Way.PROVE:
            form = Form.read(questions.CODE_FORM, request.form)
            if not form.ok:
                return _join_page(found, form.wrong["code"]), 422
            way.check_code(form.values["code"], provable(db(), other), {"attempt": proved.attempt.public_id})
        join_accounts(db(), other, _me(), current_actor())
    except DomainError as error:
        keep_changes()
        return _join_page(found, error.text), error.status
    link.link_identity(db(), other, proved.claimed, current_actor())
    attempts.finish(proved.attempt)
    flash(_("The two accounts are one now, with everything that was in both."), "good")
    return see(".identity")


# ------------------------------------------------------------------------------------- another account, by its phone


def _other_page(form: Form, sent: str | None = None) -> str:
    return page("identity/other.html", form=form, errors=form.errors, sent=sent)


@bp.get("/me/identity/other-account")
@allow(OWN_IDENTITY)
def other_account() -> str:
    return _other_page(Form.show(questions.LOG_IN))


@bp.post("/me/identity/other-account")
@allow(OWN_IDENTITY)
def other_phone() -> Any:
    form = Form.read(questions.LOG_IN, request.form)
    if not form.ok:
        return _other_page(form), 422
    try:
        phone_change.count_try(db(), current_actor())
        way.send_code([form.values["phone"]], "0", {"account": current_actor().account_public or ""})
    except DomainError as error:
        keep_changes()
        form.refuse("phone", error.text)
        return _other_page(form), error.status
    return see(".other_code")


@bp.get("/me/identity/other-account/code")
@allow(OWN_IDENTITY)
def other_code() -> Any:
    sent = way.code_sent()
    return _other_page(Form.show(questions.CODE_FORM), sent) if sent else see(".other_account")


@bp.post("/me/identity/other-account/code")
@allow(OWN_IDENTITY)
def join_other() -> Any:
    sent = way.code_sent()
    if sent is None:
        return see(".other_account")
    form = Form.read(questions.CODE_FORM, request.form)
    if not form.ok:
        return _other_page(form, sent), 422
    here = _me()
    try:
        way.check_code(form.values["code"], [sent], {"account": current_actor().account_public or ""})
        other = _same_one(here, sent)
        keep, gone = (other, here) if is_seen(db(), other) and not is_seen(db(), here) else (here, other)
        join_accounts(db(), keep, gone, current_actor())
    except DomainError as error:
        keep_changes()
        form.refuse("code", error.text)
        return _other_page(form, sent), error.status
    flash(_("The two accounts are one now, with everything that was in both."), "good")
    return see(".identity")


def _same_one(here: Person, number: str) -> Person:
    """The holder of this phone who is the same human being as `here`. Raises DomainError."""
    holders = [holder.person for holder in people.holders_of(db(), number) if holder.person.id != here.id]
    like = [one for one in holders if queries.is_like(one, here)]
    if len(like) != 1:
        raise DomainError(
            Text("With this phone there is no other account of yours: its name or year of birth is another one.")
        )
    if here.citizen_id != like[0].citizen_id and not (is_seen(db(), here) or is_seen(db(), like[0])):
        raise DomainError(Text("The personal numbers of the two accounts differ. Link VNeID first, then join them."))
    return like[0]
