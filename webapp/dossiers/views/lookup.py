"""Following a dossier without logging in."""

from datetime import timedelta
from typing import Any

from flask import abort, request

from webapp.accounts.limits import address_key
from webapp.core.errors import TooMany
from webapp.core.fields import FieldSpec
from webapp.core.text import Text, one_line
from webapp.core.throttle import give_back, hit
from webapp.dossiers import lookup as finding
from webapp.dossiers import progress, status
from webapp.dossiers.numbers import qr_digest
from webapp.dossiers.views.blueprint import bp
from webapp.shell.access import public
from webapp.shell.forms import Form
from webapp.shell.page_cache import cacheable
from webapp.shell.pages import page
from webapp.shell.security import csrf
from webapp.shell.unit_of_work import db, keep_changes

FIELDS = (
    FieldSpec("code", "text", Text("Lookup code or dossier code"), Text("On your receipt, for example 7K4-92M.")),
    FieldSpec(
        "proof",
        "text",
        Text("Last 4 digits of the ID number, or the birth year"),
        Text("Of the person whose dossier it is. For example 0042, or 1996."),
    ),
)
WINDOW = timedelta(minutes=5)
PER_ADDRESS = 20
PER_CODE = 6


@bp.get("/lookup")
@public("for people without an account; shows nothing before a code and a second fact are given")
@cacheable
def lookup() -> str:
    return page("dossiers/lookup.html", form=Form.show(FIELDS, {"code": request.args.get("code", "")[:60]}))


@bp.post("/lookup")
@csrf.exempt  # it only answers, and only to our own pages; so the form is the same for all and needs no cookie
@public("answers a code together with a second fact; tries are counted")
def look() -> str | tuple[str, int]:
    form = Form.read(FIELDS, request.form)
    keep_changes()
    if not form.ok:
        return page("dossiers/lookup.html", form=form, errors=form.errors), 422
    count_try(form.values["code"])
    found = finding.by_code(db(), form.values["code"], form.values["proof"])
    if found is None:
        form.refuse(
            "code", Text("We find no dossier with this code and this number. Check both on the receipt, or call.")
        )
        return page("dossiers/lookup.html", form=form, errors=form.errors), 422
    was_right()
    return _status_page(status.found_by_id(db(), found), full=True)


def _status_page(row: Any, *, full: bool) -> str:
    view = status.status_view(db(), row)
    steps = progress.timeline(view, reasons=False)
    return page("dossiers/status.html", view=view, progress=progress, steps=steps, full=full)


def count_try(code: str) -> None:
    """A code has few signs; guessing it, or the second fact, must be slow. Raises TooMany."""
    ok = hit(db(), *_from_here(), PER_ADDRESS, WINDOW)
    if not (hit(db(), "lookup code", one_line(code).upper(), PER_CODE, WINDOW) and ok):
        raise TooMany(Text("Too many tries. Wait 5 minutes, or call and tell your code."), retry_after=300)


def was_right() -> None:
    """Whoever knows both guesses nothing: an office, where many ask from one address, is not held up by them."""
    give_back(db(), *_from_here(), WINDOW)


def _from_here() -> tuple[str, str]:
    return "lookup address", address_key(request.remote_addr or "")


@bp.get("/q/<token>")
@bp.get("/Q/<token>")
@public("the QR of a receipt: 80 random bits; shows stage and dates and nothing else")
@cacheable
def by_qr(token: str) -> str:
    return _status_page(status.found_by_digest(db(), qr_digest(token)) or abort(404), full=False)
