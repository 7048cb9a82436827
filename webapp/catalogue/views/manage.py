"""What managers look up and an administrator looks after: every procedure, its revisions, off and on, a new text."""

import json
from datetime import date
from typing import Any

from flask import Response, abort, request

from webapp.catalogue import editing, publishing, switching
from webapp.catalogue.changes import differences
from webapp.catalogue.history import Past, procedure_of, revisions_of
from webapp.catalogue.index import Entry
from webapp.catalogue.memory import index
from webapp.catalogue.models import LIST, Procedure
from webapp.catalogue.permissions import CHANGE_PROCEDURES, SEE_PROCEDURES
from webapp.catalogue.place import SpecError
from webapp.catalogue.queries import lines, spec_of
from webapp.catalogue.reading import parse
from webapp.catalogue.searching import page_of, search_entries
from webapp.catalogue.views.blueprint import bp
from webapp.core import clock
from webapp.core.errors import DomainError
from webapp.core.fields import FieldSpec
from webapp.core.text import Text, one_line
from webapp.shell.access import allow, current_actor
from webapp.shell.forms import Form
from webapp.shell.i18n import gettext as _
from webapp.shell.i18n import t
from webapp.shell.pages import flash, page, see
from webapp.shell.unit_of_work import SAFE_METHODS, db

Wrong = list[tuple[str, str]]  # (key of the field, words)
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
    return page(
        "catalogue/manage_procedure.html",
        row=row, past=past, newest=past[0] if past else None,
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


# --------------------------------------------------------------------------------------------- a new revision


def _latest(row: Procedure) -> Past:
    found = revisions_of(db(), row, limit=1)
    return found[0] if found else abort(404)


@bp.get("/manage/procedures/<id>/revise")
@allow(CHANGE_PROCEDURES, load=of_code, fresh=True)
def revise_procedure(row: Procedure) -> str:
    return _revise_page(row, _latest(row))


def _revise_page(row: Procedure, latest: Past, form: Form | None = None, wrong: Wrong | None = None) -> str:
    fields = editing.text_fields() if row.origin != LIST else editing.DATED
    begun = {**editing.current_texts(latest.content), "valid_from": clock.today().isoformat()}
    shown = form or Form.show(fields, begun)
    return page(
        "catalogue/manage_revise.html",
        row=row, latest=latest, form=shown, listed=row.origin == LIST, errors=[*shown.errors, *(wrong or [])] or None,
    )  # fmt: skip


@bp.get("/manage/procedures/<id>/form.yaml")
@allow(SEE_PROCEDURES, load=of_code)
def procedure_file(row: Procedure) -> Response:
    latest = _latest(row)
    if row.origin == LIST:
        abort(404)
    answer = Response(editing.as_yaml(latest.content), mimetype="application/yaml")
    answer.headers["Content-Disposition"] = f'attachment; filename="{row.code}.yaml"'
    return answer


@bp.post("/manage/procedures/<id>/preview")
@allow(CHANGE_PROCEDURES, load=of_code, fresh=True)
def preview_procedure(row: Procedure) -> Any:
    """Typed texts or an uploaded form, as it would be: nothing is written yet."""
    latest, file = _latest(row), request.files.get("form")
    upload = bool(file is not None and file.filename) or row.origin == LIST
    form = Form.read(editing.DATED if upload else editing.text_fields(), request.form)
    wrong: Wrong = []
    content = _uploaded(row, file, wrong) if upload else _typed(latest, form, wrong)
    if form.values.get("valid_from", "9999") < clock.today().isoformat():
        form.refuse("valid_from", publishing.IN_THE_PAST)
    if content is None or not form.ok:
        return _revise_page(row, latest, _kept_texts(latest, form) if upload else form, wrong), 422
    return _preview(row, latest, content, form.values)


def _typed(latest: Past, form: Form, wrong: Wrong) -> dict[str, Any] | None:
    if not form.ok:
        return None
    content = editing.with_texts(latest.content, form.values)
    try:
        parse(content)
    except SpecError as bad:
        key = "_".join(bad.path[-2:] if bad.path[:1] in (("fee",), ("due",), ("time",)) else bad.path[-1:])
        wrong.append((key, t(Text("This does not fit: %(mistake)s", mistake=str(bad)))))
        return None
    return content


def _uploaded(row: Procedure, file: Any, wrong: Wrong) -> dict[str, Any] | None:
    if file is None or not file.filename:
        wrong.append(("form", t(Text("Choose the file of the form."))))
        return None
    try:
        content = editing.uploaded(file.read(editing.LARGEST + 1), f"{row.code}.yaml")
        publishing.check_own(db(), row, parse(content))
    except SpecError as bad:
        wrong.append(("form", t(Text("The file has a mistake. %(mistake)s", mistake=str(bad)))))
        return None
    except DomainError as bad:
        wrong.append(("form", t(bad.text)))
        return None
    return content


def _kept_texts(latest: Past, form: Form) -> Form:
    """A refused file: the texts stand as they are, day and reason as they were typed."""
    shown = Form.show(editing.text_fields(), {**editing.current_texts(latest.content), **form.raw})
    shown.wrong = form.wrong
    return shown


def _preview(row: Procedure, latest: Past, content: dict[str, Any], values: dict[str, Any]) -> str:
    spec = parse(content, row.code)
    return page(
        "catalogue/manage_preview.html",
        row=row, spec=spec, content=json.dumps(content, ensure_ascii=False), number=latest.number,
        changes=differences(spec_of(latest), spec), valid_from=values["valid_from"], reason=values["reason"],
    )  # fmt: skip


@bp.post("/manage/procedures/<id>/publish")
@allow(CHANGE_PROCEDURES, load=of_code, fresh=True)
def publish_procedure(row: Procedure) -> Any:
    form = Form.read([*editing.DATED, FieldSpec("number", "int", Text("Revision"))], request.form)
    content = _carried()
    if not form.ok or content is None:
        raise DomainError(Text("The preview was not whole. Go back and look at it again."))
    try:
        made = publishing.publish(
            db(), row, content, number=form.values["number"], valid_from=date.fromisoformat(form.values["valid_from"]),
            reason=form.values["reason"], by=current_actor(),
        )  # fmt: skip
    except SpecError as bad:
        raise DomainError(Text("The file has a mistake. %(mistake)s", mistake=str(bad))) from None
    flash(_("Revision %(n)s is published.", n=made.number))
    return see("catalogue.manage_procedure", id=row.code)


def _carried() -> dict[str, Any] | None:
    """The content as the preview carried it; it is checked once more when it is published."""
    try:
        content = json.loads(request.form.get("content", "")[: 2 * editing.LARGEST])
    except (ValueError, RecursionError):
        return None
    return content if isinstance(content, dict) and "listing" not in content else None
