"""Reading through, agreeing, sending; and the receipt that proves what the office has."""

from typing import Any

from flask import abort, request, url_for
from werkzeug.wrappers import Response

from webapp.catalogue import queries as catalogue
from webapp.catalogue.formspec import computed, fee_of, missing, missing_papers, visible_steps
from webapp.core import clock
from webapp.core.ids import new_public_id
from webapp.core.text import Text
from webapp.dossiers import draft, permissions
from webapp.dossiers.answers import shown
from webapp.dossiers.deadlines import due_if_received
from webapp.dossiers.numbers import qr_address
from webapp.dossiers.paper import receipt_pdf
from webapp.dossiers.receipts import prove
from webapp.dossiers.received import said
from webapp.dossiers.states import State
from webapp.dossiers.submit import sent_before
from webapp.dossiers.take_in import send_in
from webapp.dossiers.view import DossierView
from webapp.dossiers.views.blueprint import bp, glance_of, row_of, view_of
from webapp.shell.access import allow, current_actor
from webapp.shell.forms import Form
from webapp.shell.pages import page, see
from webapp.shell.services import services, settings
from webapp.shell.unit_of_work import db, keep_changes, look


def review_page(view: DossierView, form: Form, key: str | None = None) -> str:
    return page(
        "dossiers/review.html",
        view=view,
        sections=review_rows(view),
        form=form,
        key=key or new_public_id(),
        due=due_if_received(db(), view.spec, clock.now(), view.row.office_id),
        fee=fee_of(view.spec, view.answers, on=clock.today()),
        errors=form.errors or None,
    )


def review_rows(view: DossierView) -> list[tuple[Any, list[dict[str, Any]]]]:
    """Each section with its answers as people read them; "change" comes back here."""
    found = []
    words = computed(view.spec, view.answers)
    for section in view.spec.sections:
        rows = []
        for step in visible_steps(view.spec, view.answers, section.key):
            href = url_for("dossiers.section", id=view.public_id, key=section.key, q=step.number, **{"from": "review"})
            for field in step.fields:
                source = view.sources.get(field.key)
                rows.append({**shown(field, view.answers, source), "change_href": href})
        if rows:
            found.append((section.title, rows))
    if words:
        extra = [{"label": view.spec.by_key[k].name, "value": v} for k, v in words.items()]
        found.append((Text("Worked out from your answers"), extra))
    return found


@bp.get("/dossiers/<id>/review")
@allow(permissions.SUBMIT, load=view_of)
def review(view: DossierView) -> str | Response:
    if view.state is not State.DRAFT:
        return see("dossiers.receipt", id=view.public_id)
    given = {p.spec.key for p in view.documents if p.given}
    open_rows = missing(view.spec, view.answers) or missing_papers(view.spec, view.answers, given)
    if open_rows or view.content["raw"]:
        return see("dossiers.edit", id=view.public_id)
    return review_page(view, Form.show(view.spec.review, view.answers))


@bp.post("/dossiers/<id>/submit")
@allow(permissions.SUBMIT, load=glance_of)
def submit(seen: Any) -> Response | tuple[str, int]:
    key = (request.form.get("key") or new_public_id())[:60]
    spec = catalogue.spec_by_hash(look(), seen.content_hash)
    form = Form.read(spec.review, request.form)
    if request.form.get("consent") != "yes":
        form.refuse("consent", Text("Tick the box to agree that the office uses these data for this dossier."))
    proved = prove(look(), services().storage, seen.id) if form.ok and seen.state == State.DRAFT.value else ()
    dossier = row_of(seen.public_id) or abort(404)  # while papers were read back, another tap may have sent it
    if dossier.state != State.DRAFT.value:
        sent_before(db(), dossier, by=current_actor(), key=key)
        return see("dossiers.receipt", id=dossier.public_id)
    draft.save_answers(db(), dossier, spec, form)
    if not form.ok:
        keep_changes()
        db().flush()
        return review_page(view_of(dossier.public_id) or abort(404), form, key), 422
    send_in(db(), services().storage, dossier, spec, by=current_actor(), key=key, proved=proved)
    return see("dossiers.receipt", id=dossier.public_id)


def receipt_facts(view: DossierView) -> dict[str, Any]:
    """What page and paper both print."""
    due = view.row.due_at or due_if_received(db(), view.spec, view.row.submitted_at, view.row.office_id)
    return {
        "view": view,
        "receipts": said(db(), view),
        "due": due,
        "due_is_firm": view.row.due_at is not None,
        "qr": qr_address(settings().base_url, view.qr_token or ""),
        "inbound_number": settings().inbound_number,
    }


@bp.get("/dossiers/<id>/receipt")
@allow(permissions.TRACK, load=view_of)
def receipt(view: DossierView) -> str | Response:
    if view.state is State.DRAFT:
        return see("dossiers.edit", id=view.public_id)
    return page("dossiers/receipt.html", **receipt_facts(view))


@bp.get("/dossiers/<id>/receipt.pdf")
@allow(permissions.TRACK, load=view_of)
def receipt_file(view: DossierView) -> Response:
    if view.state is State.DRAFT:
        abort(404)
    facts = receipt_facts(view)
    if not facts["receipts"][0].genuine:
        return see("dossiers.receipt", id=view.public_id)  # which says what is wrong; nobody prints this one
    response = Response(receipt_pdf(**facts), mimetype="application/pdf")
    response.headers["Content-Disposition"] = f'attachment; filename="{view.row.code}.pdf"'
    return response
