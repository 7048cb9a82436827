"""What managers look up and an administrator looks after: every procedure, its revisions, off and on."""

from datetime import date
from typing import Any

from flask import request

from webapp.catalogue import switching
from webapp.catalogue.history import procedure_of, revisions_of
from webapp.catalogue.index import Entry
from webapp.catalogue.memory import index
from webapp.catalogue.models import LIST, Procedure
from webapp.catalogue.permissions import CHANGE_PROCEDURES, SEE_PROCEDURES
from webapp.catalogue.proposing import KEPT, open_proposal
from webapp.catalogue.queries import lines
from webapp.catalogue.searching import page_of, search_entries
from webapp.catalogue.views.blueprint import bp
from webapp.core import clock
from webapp.core.errors import DomainError
from webapp.core.fields import FieldSpec
from webapp.core.text import Text, one_line
from webapp.shell.access import allow, current_actor
from webapp.shell.forms import Form
from webapp.shell.i18n import gettext as _
from webapp.shell.pages import flash, page, see
from webapp.shell.unit_of_work import SAFE_METHODS, db

PAGE = 40
SHOWN = 10  # revisions of one procedure on its page
OFF = (
    FieldSpec("reason", "text", Text("Why"), hint=Text("Everybody reads it on the page of the procedure.")),
    FieldSpec("since", "date_future", Text("Not taken from"), hint=Text("Today or a later day.")),
    FieldSpec("until", "date_future", Text("Taken again from"), hint=Text("If it is known."), required=False),
)
ON = (FieldSpec("reason", "text", Text("Why"), hint=Text("Stays in the journal.")),)
STATES = {
    "online": lambda entry: entry.online,
    "counter": lambda entry: not entry.online,
    "off": lambda entry: entry.off is not None,
}  # what the list can be narrowed to


def of_code(code: str) -> Procedure | None:
    return procedure_of(db(), code, lock=request.method not in SAFE_METHODS)


@bp.get("/manage/procedures")
@allow(SEE_PROCEDURES)
def manage_procedures() -> str:
    known, q = index(db()), one_line(request.args.get("q", "")[:100])
    state = request.args.get("state", "")
    keep: Any = STATES.get(state, lambda _entry: True)
    found: list[Entry] = search_entries(known, q, keep) if q else [entry for entry in known.entries if keep(entry)]
    part = page_of(found, request.args.get("after"), PAGE)
    args = {"q": q, "state": state, "after": part.next_after}
    return page(
        "catalogue/manage_list.html",
        part=part, found=lines(db(), part.entries), q=q, state=state, args=args, LIST=LIST,
    )  # fmt: skip


@bp.get("/manage/procedures/<id>")
@allow(SEE_PROCEDURES, load=of_code)
def manage_procedure(row: Procedure) -> str:
    return _detail(row)


def _detail(row: Procedure, off: Form | None = None, on: Form | None = None) -> str:
    before = request.args.get("before", "")
    past = revisions_of(db(), row, before=int(before) if before.isdecimal() else None, limit=SHOWN)
    shown, may_change = off or on, CHANGE_PROCEDURES.allows(current_actor())
    newest = past[0] if past else None
    mine = open_proposal(db(), row, newest.number, current_actor()) if may_change and newest and not before else None
    return page(
        "catalogue/manage_procedure.html",
        row=row, past=past, newest=newest, mine=mine, kept_days=KEPT.days,
        off=off or Form.show(OFF, {"since": clock.today().isoformat()}), on=on or Form.show(ON),
        may_change=may_change, today=clock.today(), errors=shown.errors if shown else None,
    )  # fmt: skip


@bp.post("/manage/procedures/<id>/off")
@allow(CHANGE_PROCEDURES, load=of_code, fresh=True)
def switch_procedure_off(row: Procedure) -> Any:
    form = Form.read(OFF, request.form)
    if form.ok:
        since = date.fromisoformat(form.values["since"])
        until = date.fromisoformat(form.values["until"]) if form.values.get("until") else None
        try:
            switching.switch_off(db(), row, reason=form.values["reason"], since=since, until=until, by=current_actor())
        except DomainError as wrong:
            form.refuse("since", wrong.text)
    if not form.ok:
        return _detail(row, off=form), 422
    flash(_("Switched off. The public page says so, with your reason."))
    return see("catalogue.manage_procedure", id=row.code)


@bp.post("/manage/procedures/<id>/on")
@allow(CHANGE_PROCEDURES, load=of_code, fresh=True)
def switch_procedure_on(row: Procedure) -> Any:
    form = Form.read(ON, request.form)
    if not form.ok:
        return _detail(row, on=form), 422
    switching.switch_on(db(), row, reason=form.values["reason"], by=current_actor())
    flash(_("Switched on. People can send it again."))
    return see("catalogue.manage_procedure", id=row.code)
