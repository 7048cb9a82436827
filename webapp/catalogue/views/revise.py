"""An administrator's new revision: written or uploaded, looked at, published. What was looked at stays with them."""

from datetime import date
from typing import Any

from flask import Response, abort, request

from webapp.catalogue import editing, publishing
from webapp.catalogue.changes import differences
from webapp.catalogue.history import Past, revisions_of
from webapp.catalogue.models import LIST, Procedure, Proposal
from webapp.catalogue.permissions import CHANGE_PROCEDURES, SEE_PROCEDURES
from webapp.catalogue.place import SpecError
from webapp.catalogue.proposing import is_published, own_proposal, propose
from webapp.catalogue.queries import spec_of
from webapp.catalogue.reading import parse
from webapp.catalogue.views.blueprint import bp
from webapp.catalogue.views.manage import of_code
from webapp.core import clock
from webapp.core.errors import DomainError
from webapp.core.text import Text
from webapp.shell.access import allow, current_actor
from webapp.shell.forms import Form
from webapp.shell.i18n import gettext as _
from webapp.shell.i18n import t
from webapp.shell.pages import flash, page, see
from webapp.shell.unit_of_work import db

SHOWN = 25  # changes on one page of a preview: a form that is wholly new has many
Wrong = list[tuple[str, str]]  # (key of the field, words)


def _latest(row: Procedure) -> Past:
    found = revisions_of(db(), row, limit=1)
    return found[0] if found else abort(404)


def _own(row: Procedure, public_id: str) -> Proposal:
    return own_proposal(db(), row, public_id, current_actor()) or abort(404)


def _begun() -> str:
    """The proposal that is written on, if the page was come to from one."""
    return str(request.values.get("from", ""))


@bp.get("/manage/procedures/<id>/revise")
@allow(CHANGE_PROCEDURES, load=of_code, fresh=True)
def revise_procedure(row: Procedure) -> str:
    return _revise_page(row, _latest(row))


def _base(row: Procedure, latest: Past) -> dict[str, Any]:
    """What the typed texts are put into: an own proposal as long as nobody was faster, else the newest revision."""
    begun = _own(row, _begun()) if _begun() else None
    return begun.content if begun is not None and begun.number == latest.number else latest.content


def _revise_page(row: Procedure, latest: Past, form: Form | None = None, wrong: Wrong | None = None) -> str:
    begun = _own(row, _begun()) if _begun() else None
    base = _base(row, latest)
    fields = editing.DATED if "listing" in base else editing.text_fields()
    texts = editing.current_texts(begun.content if begun else base)
    dated = {"valid_from": begun.valid_from.isoformat(), "reason": begun.reason} if begun else {}
    shown = form or Form.show(fields, {**texts, "valid_from": clock.today().isoformat(), **dated})
    return page(
        "catalogue/manage_revise.html",
        row=row, latest=latest, form=shown, listed="listing" in base, begun=begun,
        errors=[*shown.errors, *(wrong or [])] or None,
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
    """Typed texts or an uploaded form → a proposal of this administrator, to be looked at; nothing is published."""
    latest, file = _latest(row), request.files.get("form")
    base = _base(row, latest)
    upload = bool(file is not None and file.filename) or "listing" in base
    form = Form.read(editing.DATED if upload else editing.text_fields(), request.form)
    wrong: Wrong = []
    content = _uploaded(row, file, wrong) if upload else _typed(base, form, wrong)
    if form.values.get("valid_from", "9999") < clock.today().isoformat():
        form.refuse("valid_from", publishing.IN_THE_PAST)
    if content is None or not form.ok:
        return _revise_page(row, latest, _kept_texts(base, form) if upload else form, wrong), 422
    day = date.fromisoformat(form.values["valid_from"])
    made = propose(
        db(), row, content, number=latest.number, valid_from=day, reason=form.values["reason"], by=current_actor()
    )
    return see("catalogue.proposed_procedure", id=row.code, proposal=made.public_id)


def _typed(base: dict[str, Any], form: Form, wrong: Wrong) -> dict[str, Any] | None:
    if not form.ok:
        return None
    content = editing.with_texts(base, form.values)
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


def _kept_texts(base: dict[str, Any], form: Form) -> Form:
    """A refused file: day and reason, and texts that were typed beside it, stand as they were typed."""
    if "listing" in base:
        return form
    fields = editing.text_fields()
    typed = {spec.key: request.form[spec.key] for spec in fields if spec.key in request.form}
    shown = Form.show(fields, {**editing.current_texts(base), **typed, **form.raw})
    shown.wrong = form.wrong
    return shown


# ------------------------------------------------------------------------------------------ looked at, published


@bp.get("/manage/procedures/<id>/proposals/<proposal>")
@allow(CHANGE_PROCEDURES, load=of_code, fresh=True)
def proposed_procedure(row: Procedure, proposal: str) -> Any:
    """What would change, against the newest revision as it is now."""
    kept, latest = _own(row, proposal), _latest(row)
    if is_published(kept, latest):
        return see("catalogue.manage_procedure", id=row.code)
    spec, after = parse(kept.content, row.code), request.args.get("after", "")
    return page(
        "catalogue/manage_preview.html",
        row=row, spec=spec, kept=kept, changes=differences(spec_of(latest), spec), newer=latest.number != kept.number,
        first=int(after) if after.isdecimal() and len(after) < 5 else 0, shown=SHOWN,
    )  # fmt: skip


@bp.get("/manage/procedures/<id>/proposals/<proposal>/questions")
@allow(CHANGE_PROCEDURES, load=of_code, fresh=True)
def proposed_questions(row: Procedure, proposal: str) -> str:
    """Everything that the proposed form asks for."""
    kept = _own(row, proposal)
    return page("catalogue/manage_questions.html", row=row, kept=kept, spec=parse(kept.content, row.code))


@bp.post("/manage/procedures/<id>/publish")
@allow(CHANGE_PROCEDURES, load=of_code, fresh=True)
def publish_procedure(row: Procedure) -> Any:
    kept, latest = _own(row, request.form.get("proposal", "")), _latest(row)
    number = latest.number
    if not is_published(kept, latest):
        try:
            number = publishing.publish(
                db(), row, kept.content, number=kept.number, valid_from=kept.valid_from, reason=kept.reason,
                by=current_actor(),
            ).number  # fmt: skip
        except SpecError as bad:
            raise DomainError(Text("The file has a mistake. %(mistake)s", mistake=str(bad))) from None
    flash(_("Revision %(n)s is published.", n=number))
    return see("catalogue.manage_procedure", id=row.code)
