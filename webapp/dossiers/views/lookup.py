"""Following a dossier without logging in."""

from typing import Any

from flask import abort, request

from webapp.accounts.limits import address_key
from webapp.core.errors import TooMany
from webapp.core.fields import FieldSpec
from webapp.core.text import Text
from webapp.dossiers import lookup as finding
from webapp.dossiers import progress, status
from webapp.dossiers.numbers import qr_digest
from webapp.dossiers.views.blueprint import bp
from webapp.shell.access import public
from webapp.shell.forms import Form
from webapp.shell.page_cache import cacheable
from webapp.shell.pages import page
from webapp.shell.security import csrf
from webapp.shell.unit_of_work import database, db, look

FIELDS = (
    FieldSpec("code", "text", Text("Lookup code or dossier code"), Text("On your receipt, for example 7K4-92M.")),
    FieldSpec(
        "proof",
        "text",
        Text("Last 4 digits of the ID number, or the birth year"),
        Text("Of the person whose dossier it is. For example 0042, or 1996."),
    ),
)
PER_ADDRESS = 20


@bp.get("/lookup")
@public("for people without an account; shows nothing before a code and a second fact are given")
@cacheable
def lookup() -> str:
    return page("dossiers/lookup.html", form=Form.show(FIELDS, {"code": request.args.get("code", "")[:60]}))


@bp.post("/lookup")
@csrf.exempt  # it only answers, and only to our own pages; so the form is the same for all and needs no cookie
@public("answers a code together with a second fact; tries are counted")
def answer() -> str | tuple[str, int]:
    form = Form.read(FIELDS, request.form)
    if not form.ok:
        return page("dossiers/lookup.html", form=form, errors=form.errors), 422
    count_try(form.values["code"])
    found = finding.by_code(look(), form.values["code"], form.values["proof"])
    if found is None:
        form.refuse(
            "code", Text("We find no dossier with this code and this number. Check both on the receipt, or call.")
        )
        return page("dossiers/lookup.html", form=form, errors=form.errors), 422
    was_right()
    return _status_page(status.found_by_id(look(), found), full=True)


def _status_page(row: Any, *, full: bool) -> str:
    view = status.status_view(look(), row)
    steps = progress.timeline(view, reasons=False)
    return page("dossiers/status.html", view=view, progress=progress, steps=steps, full=full)


def count_try(code: str) -> None:
    """See `finding.count_try`. Raises TooMany.

    It is written before anything is answered, in a turn of its own: nobody waits while the page is made.
    """
    with database().transaction(lasting=False) as session:
        allowed = finding.count_try(session, _from_here(), PER_ADDRESS, code)
    if not allowed:
        raise TooMany(Text("Too many tries. Wait 5 minutes, or call and tell your code."), retry_after=300)


def was_right() -> None:
    with database().transaction(lasting=False) as session:
        finding.was_right(session, _from_here())


def _from_here() -> tuple[str, str]:
    return "lookup address", address_key(request.remote_addr or "")


@bp.get("/q/<token>")
@bp.get("/Q/<token>")
@public("the QR of a receipt: 80 random bits; shows stage and dates and nothing else")
@cacheable
def by_qr(token: str) -> str:
    return _status_page(status.found_by_digest(db(), qr_digest(token)) or abort(404), full=False)
