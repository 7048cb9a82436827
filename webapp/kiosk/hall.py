"""The pages of a screen in the waiting room. On any other browser they lead to the one that says so."""

from dataclasses import replace
from typing import Any

from flask import g, make_response, request
from flask import session as browser
from werkzeug.wrappers import Response

from webapp.core import clock
from webapp.core.actor import Actor, Channel, Role
from webapp.core.errors import Conflict
from webapp.core.fields import FieldSpec, missing_error
from webapp.core.text import Text
from webapp.dossiers import lookup, progress, status
from webapp.dossiers.rate import TooLong, may_change, rate_dossier, rating_of
from webapp.dossiers.states import CLOSED
from webapp.dossiers.views.lookup import FIELDS, count_try, was_right
from webapp.dossiers.views.rate import ASKED, PICTURES
from webapp.kiosk import device, queries, visit
from webapp.kiosk.blueprint import bp
from webapp.shell.access import public
from webapp.shell.forms import Form
from webapp.shell.i18n import gettext as _
from webapp.shell.kiosk import kiosk
from webapp.shell.pages import flash, page, see, take_flashes
from webapp.shell.unit_of_work import db, look

CODE, PROOF = FIELDS
RATE = "rate"  # where a look-up leads to, when it is not the dossier itself
CODE_OR_QR = FieldSpec(
    "code", "text", CODE.label,
    Text("On your receipt, for example 7K4-92M. Or hold the QR of the receipt to the scanner."),
)  # fmt: skip
BY_CODE = (CODE_OR_QR, PROOF)
BY_QR = (CODE_OR_QR, replace(PROOF, required=False))  # shows stage and dates without it
SOMEBODY = Actor(role=Role.CITIZEN, channel=Channel.SELF)  # no account proves who; the journal names the screen
NOBODY = Text("We find no dossier with this code and this number. Check both on the receipt, or ask at the counter.")


def cleared(response: Response) -> Response:
    """As at the end of a helper's visit: what the browser kept of the pages goes, too."""
    response.headers["Clear-Site-Data"] = '"cache"'
    return response


@bp.get("/kiosk")
@public("the first page of a screen in the hall; any other browser is told that it is none")
def start() -> Response:
    here = kiosk()
    if here is None:
        answer = make_response(page("kiosk/none.html"))
        device.take_away(answer)
        return answer
    thanks = take_flashes()
    g.kiosk = replace(here, visit=visit.begin())
    answer = make_response(page("kiosk/start.html", quiet="said" if thanks or device.is_dressed() else "still"))
    device.seen(here, answer)
    return cleared(answer)


@bp.get("/kiosk/end")
@public("clears a screen: the next person finds nothing of the one before; elsewhere it does nothing")
def end() -> Response:
    answer = see("kiosk.start")
    if kiosk() is None:
        return answer
    browser.clear()
    device.undress(answer)
    return cleared(answer)


@bp.get("/kiosk/stay")
@public("the script of a screen says that somebody is still there")
def stay() -> tuple[str, int]:
    if kiosk() is not None:
        visit.go_on()
    return "", 204


@bp.get("/kiosk/lookup")
@public("asks for a code and a second fact; shows nothing before")
def lookup_form() -> Any:
    return _asking(Form.show(BY_CODE)) if kiosk() is not None else see("kiosk.start")


def _asking(form: Form, then: str = "") -> str:
    return page("kiosk/lookup.html", form=form, errors=form.errors or None, then=then)


@bp.post("/kiosk/lookup")
@public("takes a code together with a second fact; tries are counted as those of /lookup")
def look_up() -> Any:
    if kiosk() is None:
        return see("kiosk.start")
    form, then = Form.read(BY_QR, request.form), RATE if request.form.get("then") == RATE else ""
    form.specs = BY_CODE
    if "more" in request.form:  # without a script: somebody needs more time
        return _asking(Form.show(BY_CODE, form.raw), then)
    found = _found(form, then) if form.ok else None
    if found is None:
        return _asking(form, then), 422
    was_right()
    visit.show(found, proved="proof" in form.values)
    return see("kiosk.rate") if then == RATE else see("kiosk.dossier")


def _found(form: Form, then: str) -> str | None:
    """The public id of the dossier that is meant, counted as a try before it is answered; or the form says why not."""
    code, proof = form.values["code"], form.values.get("proof", "")
    scanned = lookup.by_address(look(), code)
    if not proof and (scanned is None or then == RATE):
        form.refuse("proof", missing_error(PROOF))
        return None
    count_try(scanned.lookup_code if scanned is not None else code)
    if scanned is not None and not proof:
        return str(scanned.public_id)
    found = lookup.by_code(look(), scanned.lookup_code if scanned is not None else code, proof)
    if found is None:
        form.refuse("code", NOBODY)
        return None
    return queries.public_id(look(), found)


@bp.get("/kiosk/dossier")
@public("only for whoever has just proved it on this screen, for some minutes")
def dossier() -> Any:
    shown = visit.shown() if kiosk() is not None else None
    row = _status(shown) if shown is not None else None
    if shown is None or row is None:
        return see("kiosk.start")
    visit.go_on()
    view = status.status_view(db(), row)
    return page(
        "kiosk/dossier.html", view=view, progress=progress, steps=progress.timeline(view, reasons=False),
        full=shown.proved, over=view.state in CLOSED,
    )  # fmt: skip


def _status(shown: visit.Shown) -> Any | None:
    key = queries.dossier_id(db(), shown.dossier)
    return status.found_by_id(db(), key) if key is not None else None


@bp.get("/kiosk/rate")
@public("asks for a code and a second fact first")
def rate() -> Any:
    if kiosk() is None:
        return see("kiosk.start")
    shown = visit.shown()
    row = _status(shown) if shown is not None and shown.proved else None
    if row is None:
        return _asking(Form.show(BY_CODE), RATE)
    visit.go_on()
    return _rate_page(row, Form.show(ASKED))


@bp.post("/kiosk/rate")
@public("only for whoever has just proved it on this screen")
def say() -> Any:
    here, shown = kiosk(), visit.shown()
    found = queries.locked(db(), shown.dossier) if here is not None and shown is not None and shown.proved else None
    if here is None or found is None:
        return see("kiosk.start")
    form = Form.read(ASKED, request.form)
    if "more" in request.form:
        return _rate_page(status.found_by_id(db(), found.id), Form.show(ASKED, form.raw))
    try:
        if form.ok:
            said = {"choice": form.values["choice"], "words": form.values.get("words", "")}
            rate_dossier(db(), found, by=SOMEBODY, kiosk=here.public_id, **said)
    except TooLong as refused:
        form.refuse("words", refused.text)
    except Conflict:
        return _rate_page(status.found_by_id(db(), found.id), form), 409
    if not form.ok:
        return _rate_page(status.found_by_id(db(), found.id), form), 422
    visit.forget()
    flash(_("Thank you. What you said is kept."))
    return see("kiosk.start")


def _rate_page(row: Any, form: Form) -> str:
    """What was said before is not shown: whoever stands here knows the code and four digits, and so does the office."""
    view, said = status.status_view(db(), row), rating_of(db(), row.id)
    over = view.state in CLOSED
    here = kiosk()
    may = said is None or may_change(said, SOMEBODY, clock.now(), kiosk=here.public_id if here else None)
    return page(
        "kiosk/rate.html", view=view, form=form, pictures=PICTURES, errors=form.errors or None, over=over,
        open=over and may, said=said is not None,
    )  # fmt: skip
