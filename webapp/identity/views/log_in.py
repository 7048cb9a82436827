"""In with VNeID: there, back, and the proof that an account opened by phone is one's own."""

from typing import Any

from flask import request

from webapp.accounts import entry, people, questions, sessions
from webapp.accounts.models import Account, Person
from webapp.core.audit import audit
from webapp.core.errors import DomainError
from webapp.core.text import Text
from webapp.identity import attempts, link
from webapp.identity.attempts import AGAIN, LINK, LOGIN
from webapp.identity.claims import Claimed
from webapp.identity.models import OidcAttempt
from webapp.identity.recognise import Way, provable, recognise
from webapp.identity.views import own, way
from webapp.identity.views.bp import bp
from webapp.shell.access import actor, public, safe_path
from webapp.shell.forms import Form
from webapp.shell.i18n import gettext as _
from webapp.shell.pages import flash, page, see, see_path
from webapp.shell.unit_of_work import db, keep_changes, let_go

CLOSED = Text("This account is closed. Come to the one-stop counter with the ID card.")
STRAY = Text(
    "This answer from VNeID was not asked for in this browser, or it is older than 10 minutes, or it was used "
    "already. Begin once more."
)


@bp.get("/login/vneid")
@public("the way in")
def vneid() -> Any:
    way.there()
    target = safe_path(request.args.get("next"), entry.HOME)
    return see_path(target) if actor() else page("identity/log_in.html", next=target)


@bp.post("/login/vneid")
@public("the way in")
def go() -> Any:
    try:
        return way.leave(LOGIN, safe_path(request.form.get("next"), entry.HOME))
    except DomainError as error:
        return way.stopped(error.text, error.status)


@bp.get("/login/vneid/callback")
@public("the issuer leads back here; nothing happens before the button is pressed")
def came_back() -> Any:
    way.there()
    said = request.args
    attempt = attempts.find_attempt(db(), said.get("state", ""), way.remembered("browser"))
    if attempt is None:
        # Logged in already: somebody pressed Back.
        return see_path(entry.HOME) if actor() else way.stopped(STRAY, 422)
    if said.get("error") == "access_denied":
        return way.stopped(Text("You did not go on at VNeID, so nothing has changed here."), 200, cancelled=True)
    if "error" in said or not said.get("code"):
        return way.stopped(Text("VNeID could not say who you are. Log in with your phone, or begin once more."), 422)
    return page("identity/came_back.html", said={key: said.get(key, "") for key in ("state", "code", "iss")})


@bp.post("/login/vneid/callback")
@public("takes the issuer's answer, once, in the browser that asked")
def take_answer() -> Any:
    issuer = way.there()
    said = request.form
    let_go()
    try:
        with issuer.line():  # before the answer is used up: whoever finds no line may press the button again
            redeemed = attempts.redeem_attempt(db(), said.get("state", ""), way.remembered("browser"))
            if redeemed is None:
                return way.stopped(STRAY, 422)
            let_go()
            claimed = issuer.redeem(said.get("code", ""), redeemed[1], said.get("iss") or None)
    except DomainError as error:
        return way.stopped(error.text, error.status)
    way.arrived()
    attempt = attempts.keep_claims(db(), redeemed[0], claimed)
    way.remember(attempt=attempt.public_id)
    arrivals = {LOGIN: _recognised, LINK: own.linked, AGAIN: own.proved_again}
    return arrivals[attempt.purpose](attempt, claimed)


def _recognised(attempt: OidcAttempt, claimed: Claimed) -> Any:
    found = recognise(db(), claimed)
    if found.way is Way.NO:
        keep_changes()
        attempts.finish(attempt)
        return way.stopped(found.text or STRAY, 409)
    if found.way is Way.PROVE:
        return see(".confirm")
    if found.person is None:
        account, person = link.register_by_identity(db(), claimed)
        flash(_("Welcome. Your name and number come from VNeID; you need not write them again."), "good")
    else:
        person = found.person
        account = people.account_of(db(), person.id) or people.open_account(db(), person)
    return _enter(attempt, claimed, account, person)


def _enter(attempt: OidcAttempt, claimed: Claimed, account: Account, person: Person) -> Any:
    """Link, or bring up to date; then in."""
    if account.disabled_at is not None:
        return way.stopped(CLOSED, 403)
    by = link.as_actor(account, person, claimed.assurance)
    link.link_identity(db(), person, claimed, by)
    attempts.finish(attempt)
    target = safe_path(attempt.target, entry.HOME)
    sessions.begin(db(), account, claimed.assurance)
    audit(db(), by, "session:begin", account.public_id, way="vneid", level=claimed.level)
    return see_path(target)


# ------------------------------------------------------------------- the account with this number is opened by phone


def _to_prove(*, lock: bool = False) -> tuple[attempts.Proved, Person] | None:
    """Who came back, and the person whose phone must answer."""
    proved = way.proved(LOGIN, lock=lock)
    found = recognise(db(), proved.claimed) if proved else None
    if proved is None or found is None or found.way is not Way.PROVE or found.person is None:
        return None
    return proved, found.person


def _confirm_page(person: Person, error: Text | None = None) -> str:
    form = Form.show(questions.CODE_FORM)
    if error:
        form.refuse("code", error)
    return page(
        "identity/confirm.html", form=form, errors=form.errors, numbers=provable(db(), person), sent=way.code_sent()
    )


@bp.get("/login/vneid/confirm")
@public("only for a browser that has just come back from the issuer")
def confirm() -> Any:
    waiting = _to_prove()
    return _confirm_page(waiting[1]) if waiting else see(".vneid")


@bp.post("/login/vneid/send")
@public("only for a browser that has just come back from the issuer")
def send_code() -> Any:
    waiting = _to_prove()
    if waiting is None:
        return see(".vneid")
    proved, person = waiting
    try:
        way.send_code(provable(db(), person), request.form.get("phone", ""), {"attempt": proved.attempt.public_id})
    except DomainError as error:
        keep_changes()  # asking too often counts
        return _confirm_page(person, error.text), error.status
    return see(".confirm")


@bp.post("/login/vneid/confirm")
@public("only for a browser that has just come back from the issuer")
def check_code() -> Any:
    waiting = _to_prove(lock=True)
    if waiting is None:
        return see(".vneid")
    proved, person = waiting
    form = Form.read(questions.CODE_FORM, request.form)
    if not form.ok:
        return _confirm_page(person, form.wrong["code"]), 422
    try:
        way.check_code(form.values["code"], provable(db(), person), {"attempt": proved.attempt.public_id})
    except DomainError as error:
        keep_changes()  # wrong tries count
        return _confirm_page(person, error.text), error.status
    account = people.account_of(db(), person.id)
    assert account is not None
    flash(_("VNeID now opens this account, too. Your phone still does."), "good")
    return _enter(proved.attempt, proved.claimed, account, person)
