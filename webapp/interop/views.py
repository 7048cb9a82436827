"""/api/v1: thin views over the catalogue, the status by code, and an agency's own dossiers."""

import re
from datetime import UTC, datetime
from typing import Any

from flask import Blueprint, Response, abort, request

from webapp.catalogue import queries as catalogue
from webapp.catalogue.memory import index
from webapp.catalogue.searching import search_entries
from webapp.core import clock
from webapp.core.audit import audit
from webapp.core.errors import DomainError, NotFound
from webapp.dossiers import desk, queries, status
from webapp.dossiers import lookup as finding
from webapp.dossiers.models import Dossier
from webapp.dossiers.view import DossierView
from webapp.dossiers.views.lookup import count_try, was_right
from webapp.interop import agency, payloads, permissions, problems
from webapp.interop.answers import answer, body_sent, cursor, cursor_asked, limit_asked, not_modified, text_in
from webapp.interop.description import description
from webapp.interop.limits import count_request, say_limits
from webapp.interop.problems import BadRequest
from webapp.shell.access import allow, current_actor, public
from webapp.shell.security import csrf
from webapp.shell.serve import file_response
from webapp.shell.unit_of_work import database, db, look

ROOT = "/api/v1"
bp = Blueprint("interop", __name__, url_prefix=ROOT)
csrf.exempt(bp)  # a bearer token is sent by a program on purpose; cookies open nothing here
KEY = re.compile(r"[\x21-\x7e]{8,60}")
HASH = re.compile(r"[0-9a-fA-F]{64}")
MOST_FILES = 200

bp.before_request(count_request)
bp.after_request(say_limits)
bp.register_error_handler(BadRequest, problems.of_bad_request)
bp.register_error_handler(DomainError, problems.of_domain)


@bp.get("/openapi.json")
@public("the description of the API itself; the same for everybody")
def openapi() -> Response:
    return answer(description(), shared=True)


@bp.get("/problems/<slug>")
@public("what a kind of error means; the same for everybody")
def problem_kind(slug: str) -> Response:
    found = {kind: (status, title) for status, (kind, title) in problems.KINDS.items()}.get(slug) or abort(404)
    return answer({"type": f"{ROOT}/problems/{slug}", "status": found[0], "title": found[1]}, shared=True)


@bp.get("/procedures")
@public("the catalogue is public knowledge")
def procedures() -> Response:
    limit, after = limit_asked(), cursor_asked()
    wanted = sorted(index(db()).entries, key=lambda entry: entry.code)
    if query := request.args.get("q", "").strip()[:200]:
        found = {entry.code for entry in search_entries(index(db()), query)}
        wanted = [entry for entry in wanted if entry.code in found]
    if after is not None:
        wanted = [entry for entry in wanted if entry.code > after[0]]
    more = cursor(wanted[limit - 1].code) if len(wanted) > limit else None
    items = [payloads.procedure_entry(entry, clock.today()) for entry in wanted[:limit]]
    return answer({"items": items, "next_cursor": more}, shared=True)


@bp.get("/procedures/<code>")
@public("the catalogue is public knowledge")
def procedure(code: str) -> Response:
    found = catalogue.get_procedure(db(), code) or abort(404)
    return answer(payloads.procedure(found), shared=True)


@bp.post("/status")
@public("answers a code together with a second fact of the person; tries are counted")
def status_by_code() -> Response:
    sent = body_sent()
    code, proof = text_in(sent, "code", 60), text_in(sent, "proof", 20)
    count_try(code)
    found = finding.by_code(look(), code, proof)
    row = status.found_by_id(look(), found) if found is not None else None
    if row is None:
        raise NotFound
    was_right()
    return answer(payloads.status(status.status_view(look(), row)))


def _moment(name: str) -> datetime | None:
    text = request.args.get(name)
    if text is None:
        return None
    try:
        found = datetime.fromisoformat(text)
        return (found if found.tzinfo else found.replace(tzinfo=UTC)).astimezone(UTC)
    except (ValueError, OverflowError) as wrong:
        raise BadRequest(f"{name} must be a moment such as 2026-11-23T07:00:00Z.", name) from wrong


def _after() -> tuple[datetime, str] | None:
    key = cursor_asked()
    if key is None:
        return None
    try:
        when = datetime.fromisoformat(key[0])
        return (when if when.tzinfo else when.replace(tzinfo=UTC)).astimezone(UTC), key[1][:22]
    except (ValueError, IndexError, OverflowError) as wrong:
        raise BadRequest("cursor must be the next_cursor of an answer.", "cursor") from wrong


@bp.get("/dossiers")
@allow(permissions.READ)
def dossiers() -> Response:
    limit = limit_asked()
    until = agency.complete_until()
    rows = agency.changed(db(), current_actor(), since=_moment("since"), after=_after(), until=until, limit=limit + 1)
    last = rows[limit - 1] if len(rows) > limit else None
    more = cursor(last.updated_at.isoformat(), last.public_id) if last else None
    items = [payloads.dossier_row(row) for row in rows[:limit]]
    # In a header, so that an answer without news keeps its ETag.
    return answer({"items": items, "next_cursor": more}, Complete_Until=payloads.moment(until))


def _view(public_id: str) -> DossierView | None:
    return queries.office_view(db(), current_actor(), public_id)


@bp.get("/dossiers/<id>")
@allow(permissions.READ, load=_view)
def dossier(view: DossierView) -> Response:
    with database().transaction() as session:  # who read a person's data is written down, although this is a GET
        audit(session, current_actor(), "dossier:read-by-agency", view.public_id)
    return answer(payloads.dossier(view))


@bp.get("/dossiers/<id>/files/<file>")
@allow(permissions.READ, load=_view)
def dossier_file(view: DossierView, file: str) -> Response:
    """The bytes that were sent; their ETag is the SHA-256 to acknowledge."""
    sent = any(one.public_id == file and one.submitted_at for paper in view.documents for one in paper.files)
    stored = (queries.file_of(db(), view.row.id, file) if sent else None) or abort(404)
    if request.if_none_match.contains(stored.sha256):
        return not_modified(stored.sha256)
    made = file_response(stored, f"{view.row.code} {file[:4]}")
    made.set_etag(stored.sha256)
    made.headers["Cache-Control"] = "private, no-cache"
    with database().transaction() as session:
        audit(session, current_actor(), "file:read-by-agency", view.public_id, file=file)
    return made


def _row(public_id: str) -> Dossier | None:
    return desk.officer_dossier(db(), current_actor(), public_id)


def _hashes(sent: dict[str, Any]) -> dict[str, str]:
    files = sent.get("files")
    if not isinstance(files, list) or not 1 <= len(files) <= MOST_FILES:
        raise BadRequest(f"files must be a list of 1 to {MOST_FILES} objects.", "/files", status=422)
    found = {}
    for place, one in enumerate(files):
        file, sha256 = (one.get("id"), one.get("sha256")) if isinstance(one, dict) else (None, None)
        if not isinstance(file, str) or not isinstance(sha256, str) or not HASH.fullmatch(sha256):
            raise BadRequest("Each file needs its id and its SHA-256 in hex.", f"/files/{place}", status=422)
        found[file[:60]] = sha256
    return found


@bp.post("/dossiers/<id>/acknowledgements")
@allow(permissions.ACKNOWLEDGE, load=_row)
def acknowledge(dossier: Dossier) -> Response:
    key = request.headers.get("Idempotency-Key", "")
    if not KEY.fullmatch(key):
        raise BadRequest("Send an Idempotency-Key of 8 to 60 visible characters.", "Idempotency-Key")
    return answer(agency.acknowledge(db(), dossier, _hashes(body_sent()), by=current_actor(), key=key))
