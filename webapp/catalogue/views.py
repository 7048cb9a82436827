"""Pages everybody may read: find a procedure, and what it needs, costs and gives."""

from flask import Blueprint, abort, make_response, request, url_for
from werkzeug.wrappers import Response

from webapp.catalogue import queries
from webapp.catalogue.formspec import ProcedureSpec
from webapp.catalogue.life_events import EVENTS
from webapp.core.text import one_line
from webapp.shell.access import actor, public
from webapp.shell.navigation import path_for
from webapp.shell.pages import page
from webapp.shell.unit_of_work import db

bp = Blueprint("catalogue", __name__)
PAGE_SIZE = 50
LONGEST_QUESTION = 100


@bp.get("/procedures")
@public("what can be asked for, and on which conditions, is public")
def procedures() -> Response:
    q = one_line(request.args.get("q", "")[:LONGEST_QUESTION])
    event = request.args.get("event", "")
    if q:
        return _readable(page("catalogue/search.html", q=q, found=queries.search(db(), q), events=EVENTS))
    if event:
        return _of_event(event)
    return _readable(page("catalogue/list.html", groups=queries.grouped(db()), events=EVENTS))


@bp.get("/procedures/<code>")
@public("what a procedure needs, costs and gives is public")
def procedure(code: str) -> Response:
    found = queries.get_procedure(db(), code)
    if found is None:
        abort(404)
    spec = found.spec
    parts = queries.by_codes(db(), spec.components) if spec.components else {}
    return _readable(
        page(
            "catalogue/procedure.html",
            spec=spec,
            event=EVENTS[spec.life_event],
            parts=[parts[c].spec for c in spec.components if c in parts],
            needed=[d for d in spec.documents if d.given and d.required and not d.condition.alternatives],
            start=_start(spec),
        )
    )


def _of_event(event: str) -> Response:
    if event not in EVENTS:
        abort(404)
    found = queries.list_procedures(db(), event, after=request.args.get("after"), limit=PAGE_SIZE + 1)
    next_href = None
    if len(found) > PAGE_SIZE:
        found = found[:PAGE_SIZE]
        next_href = url_for("catalogue.procedures", event=event, after=found[-1].spec.code)
    return _readable(page("catalogue/event.html", event=EVENTS[event], found=found, next_href=next_href))


def _start(spec: ProcedureSpec) -> str | None:
    """Where a dossier is started: known by a room above; without it there is no button."""
    if not spec.online:
        return None
    try:
        return path_for("start_dossier", code=spec.code)
    except KeyError:
        return None


def _readable(html: str) -> Response:
    """The service worker may keep the page for reading offline, as long as it is nobody's own."""
    response = make_response(html)
    if actor() is None:
        response.headers["X-Motcua-Public"] = "1"
        response.headers["Cache-Control"] = "no-cache"
    return response
