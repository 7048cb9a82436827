"""My dossiers, one dossier, the file of its result."""

from typing import Any

from flask import abort, request
from sqlalchemy import select
from werkzeug.wrappers import Response

from webapp.accounts.views.held import held_answer
from webapp.core import clock
from webapp.core.files import INFECTED, StoredFile
from webapp.core.text import Text
from webapp.dossiers import openings, permissions, progress, queries
from webapp.dossiers.papers.issued import papers_of
from webapp.dossiers.states import CLOSED, State, verbs_for
from webapp.dossiers.supplement_items import item_rows
from webapp.dossiers.view import DossierView
from webapp.dossiers.views.blueprint import bp, view_of
from webapp.shell.access import allow, current_actor
from webapp.shell.i18n import t
from webapp.shell.page_cache import cacheable
from webapp.shell.pages import page, see
from webapp.shell.serve import file_response
from webapp.shell.unit_of_work import db


@bp.get("/dossiers")
@allow(permissions.TRACK)
@cacheable
def mine() -> str:
    who = current_actor()
    rows = queries.my_dossiers(db(), who, after=request.args.get("after"), limit=queries.PAGE)
    more = rows[-2].public_id if len(rows) > queries.PAGE else None
    rows = rows[: queries.PAGE]
    rows.sort(key=lambda row: not progress.waits_for_person(row.state))
    return page("dossiers/mine.html", rows=rows, more=more, progress=progress)


@bp.get("/dossiers/<id>")
@allow(permissions.TRACK, load=view_of)
@cacheable
def track(view: DossierView) -> str | Response:
    if view.state is State.DRAFT:
        return see("dossiers.edit", id=view.public_id)
    return track_page(view)


def track_page(view: DossierView, clash: Text | None = None) -> str:
    """`clash`: why what was sent could not be done; the page shows where the dossier stands instead."""
    last = {move.verb: move.at for move in view.moves}
    asked = item_rows(view) if view.state is State.SUPPLEMENT_REQUESTED else []
    until = view.row.draft_until if view.state is State.PROCESSING else None
    return page(
        "dossiers/track.html",
        view=view,
        progress=progress,
        steps=progress.timeline(view),
        asked=asked,
        kept=any(file.state != INFECTED for item in asked for file in view.not_sent(item.key)),
        can=set(verbs_for(view.state, progress.APPLICANT, view.resume_to)),
        money="require_payment" in last,
        draft_sent=last.get("send_draft"),
        draft_until=until if until and clock.now() <= until else None,
        papers=papers_of(view, citizen=True),
        clash=clash,
        is_over=view.state in CLOSED,
    )


@bp.get("/dossiers/<id>/looked")
@allow(permissions.TRACK, load=view_of)
def looked(view: DossierView) -> str:
    return page("dossiers/looked.html", view=view, rows=openings.who_looked(db(), view), reasons=openings.SHOWN)


def moved_on(public_id: str, text: Text) -> tuple[str, int]:
    """409: the newer state, and why the act does not fit it. A change that was begun is not shown as done."""
    db().rollback()
    return track_page(view_of(public_id) or abort(404), text), 409


@bp.get("/dossiers/<id>/result")
@allow(permissions.READ_RESULT, load=view_of)
def result(view: DossierView) -> Any:
    if view.row.outcome_file_id is None:
        abort(404)
    held = held_answer()
    if held is not None:
        return held
    stored = db().scalar(select(StoredFile).where(StoredFile.id == view.row.outcome_file_id)) or abort(404)
    return file_response(stored, f"{t(view.spec.plain)} {view.row.code}")
