"""The task list and its questions, one screen each; every answer is kept as soon as it is sent."""

from collections.abc import Mapping
from typing import Any

from flask import abort, redirect, request, url_for
from werkzeug.wrappers import Response

from webapp.catalogue import queries as catalogue
from webapp.catalogue.formspec import ProcedureSpec, Step, missing, visible_steps
from webapp.core.errors import DomainError
from webapp.core.fields import FormLike, WithoutRow
from webapp.dossiers import card_answers, draft, permissions
from webapp.dossiers.answers import typed_words
from webapp.dossiers.models import Dossier
from webapp.dossiers.states import State
from webapp.dossiers.tasks import next_task, task_rows
from webapp.dossiers.view import DossierView
from webapp.dossiers.views.blueprint import bp, row_of, view_of, view_or_row
from webapp.identity.scanning import is_asked, take_card
from webapp.shell.access import actor, allow, current_actor
from webapp.shell.forms import Form
from webapp.shell.htmx import is_fragment
from webapp.shell.i18n import gettext as _
from webapp.shell.pages import flash, page, see
from webapp.shell.unit_of_work import db, keep_changes
from webapp.vault import reuse


@bp.get("/dossiers/<id>/edit")
@allow(permissions.DRAFT, load=view_of)
def edit(view: DossierView) -> str | Response:
    if view.state is not State.DRAFT:
        return see("dossiers.track", id=view.public_id)
    asked = draft.reuse_codes(view.spec)
    held = {item.result_code for item in reuse.offers(db(), view.row.person_id, asked)}
    rows = task_rows(view, held)
    return page("dossiers/edit.html", view=view, rows=rows, next=next_task(rows))


def step_of(spec: ProcedureSpec, answers: dict[str, Any], key: str) -> tuple[Step, list[Step]]:
    """The screen that `?q=` asks for, within its section as it applies now."""
    steps = visible_steps(spec, answers, key)
    asked = request.args.get("q", "1")
    number = int(asked) if asked.isdigit() else 1
    if not steps:
        abort(404)
    return steps[min(max(number, 1), len(steps)) - 1], steps


@bp.route("/dossiers/<id>/sections/<key>", methods=["GET", "POST"])
@allow(permissions.DRAFT, load=view_or_row)
def section(thing: DossierView | Dossier, key: str) -> str | Response | tuple[str, int]:
    if isinstance(thing, Dossier):
        return _save(thing, key)
    if thing.state is not State.DRAFT:
        return see("dossiers.track", id=thing.public_id)
    step, _steps = step_of(thing.spec, thing.answers, key)
    form = Form.show(step.fields, {**thing.answers, **thing.content["raw"]})
    return section_page(thing, step, form, sources=thing.sources)


def section_page(view: DossierView, step: Step, form: Form, **more: Any) -> str:
    card = card_answers.about(view.spec, step.fields, view.sources)
    shown = {"view": view, "step": step, "form": form, "sources": {}, "card": card, "card_error": None}
    return page("dossiers/section.html", **{**shown, **more})


def _save(dossier: Dossier, key: str) -> Response | tuple[str, int]:
    spec = catalogue.spec_by_revision(db(), dossier.revision_id)
    step, _steps = step_of(spec, dossier.answers["values"], key)
    form = Form.read(step.fields, _posted(step))
    draft.check_places(db(), form)
    draft.save_answers(db(), dossier, spec, form)
    draft.drop_hidden_papers(db(), dossier, spec)
    if is_fragment(request):  # htmx keeps the answers while the person is still typing
        keep_changes()
        return "", 204
    if is_asked():
        return _fill_in(dossier, key, step, form)
    grown = _rows_changed(form)
    if grown is not None:  # rows were added or taken away: the same page again, whatever else is still open
        more = {"more": grown, "_anchor": f"r-{grown}-{len(form.raw[grown])}"} if "add_row" in request.form else {}
        return see("dossiers.section", id=dossier.public_id, key=key, **_where(), **more)
    if not form.ok:
        keep_changes()
        view = dossier_page(dossier)
        return section_page(view, step, form, errors=form.errors), 422
    return redirect(_after(dossier, spec, key, step), 303)


def _fill_in(dossier: Dossier, key: str, step: Step, form: Form) -> Response | tuple[str, int]:
    """A photo of somebody's ID card answers for them; what was typed is kept already."""
    public_id = dossier.public_id
    try:
        said = take_card().answers(db())
    except DomainError as error:
        form.wrong.clear()  # the form's own button was not pressed yet
        return section_page(view_of(public_id) or abort(404), step, form, card_error=error.text), error.status
    dossier = row_of(public_id) or abort(404)  # while the photo was read, another window may have sent it
    draft.editable(dossier)
    spec = catalogue.spec_by_revision(db(), dossier.revision_id)
    whose = card_answers.about(spec, step.fields, dossier.answers["sources"])
    if whose is not None:
        card_answers.put_card(dossier, spec, whose, step.fields, said)
        flash(_("The ID card was read. Check every answer; you can change each one."), "info")
    return see("dossiers.section", id=public_id, key=key, **_where())


def read_back(args: Mapping[str, Any], form: FormLike) -> list[tuple[Any, Any]] | None:
    """The section's questions and what was typed, for a page that says that the form did not get through."""
    view = view_of(args["id"]) if actor() else None
    section = view.spec.section(args["key"]) if view else None
    if section is None:
        return None
    rows = [(field.name, typed_words(field, form)) for field in section.fields]
    return [(question, words) for question, words in rows if words is not None]


def _posted(step: Step) -> FormLike:
    """The form as it was sent, without the row whose button "Remove" was pressed."""
    table, _sep, at = request.form.get("remove_row", "").rpartition(":")
    field = next((f for f in step.fields if f.key == table and f.kind == "table"), None)
    return WithoutRow(request.form, field, int(at)) if field is not None and at.isdecimal() else request.form


def _rows_changed(form: Form) -> str | None:
    """The table that one of its own buttons was pressed for. A row with a mistake is shown before another is added."""
    pressed = request.form.get("add_row") or request.form.get("remove_row", "").rpartition(":")[0]
    table = next((f.key for f in form.specs if f.key == pressed and f.kind == "table"), None)
    mistaken = table in form.wrong and form.raw[table] and "add_row" in request.form
    return None if mistaken else table


def _where() -> dict[str, str]:
    """Which screen of the section, and whether the person came from the review."""
    return {name: request.args[name] for name in ("q", "from") if name in request.args}


def dossier_page(dossier: Dossier) -> DossierView:
    """What the page shows after a refused post: the row as it now is."""
    db().flush()
    return view_of(dossier.public_id) or abort(404)


def _after(dossier: Dossier, spec: ProcedureSpec, key: str, step: Step) -> str:
    """Back to the review if the person came from there; else the next open question of the section; else the list."""
    if request.args.get("from") == "review":
        return url_for("dossiers.review", id=dossier.public_id)
    answers = dossier.answers["values"]
    open_keys = {f.key for f in missing(spec, answers)}
    for later in visible_steps(spec, answers, key):
        is_later = later.number > step.number or not step.fields
        if is_later and any(f.key in open_keys or f.key not in answers for f in later.fields):
            return url_for("dossiers.section", id=dossier.public_id, key=key, q=later.number)
    return url_for("dossiers.edit", id=dossier.public_id)


@bp.post("/dossiers/<id>/delete")
@allow(permissions.DRAFT, load=row_of)
def delete(dossier: Dossier) -> Response:
    draft.delete_draft(db(), dossier, by=current_actor())
    flash(_("The draft was thrown away."), "info")
    return see("dossiers.mine")
