"""The desk's reading pages: the box that finds everything, the worklist, one dossier and its files."""

from base64 import urlsafe_b64decode, urlsafe_b64encode
from binascii import Error as NotBase64

from flask import Blueprint, abort, request
from werkzeug.wrappers import Response

from webapp.core import clock, crypto
from webapp.core.files import StoredFile, read_file
from webapp.counter import sheet
from webapp.counter.lists import FILTER_WORDS, figures, listed
from webapp.counter.permissions import DESK
from webapp.counter.stamps import stamp
from webapp.dossiers import desk
from webapp.dossiers.permissions import READ
from webapp.dossiers.queries import file_of, office_view
from webapp.dossiers.supplement_items import item_rows
from webapp.dossiers.view import DossierView
from webapp.shell.access import allow, current_actor
from webapp.shell.pages import page, see
from webapp.shell.serve import file_response
from webapp.shell.services import services
from webapp.shell.unit_of_work import db

bp = Blueprint("counter", __name__)
FIRST_ROWS, PAGE_ROWS = 8, 50


@bp.get("/counter")
@allow(DESK)
def home() -> str | Response:
    """`q` is for links and scanners that open an address; `found` is what was typed, sealed (see `search`)."""
    typed = request.args.get("q") or unseal(request.args.get("found", ""))
    found = desk.find_at_counter(db(), current_actor(), typed) if typed else None
    if found and len(found) == 1:
        return see("counter.show", id=found[0].public_id)
    now = clock.now()
    numbers = desk.desk_figures(db(), current_actor())
    first = desk.worklist(db(), current_actor(), limit=FIRST_ROWS)
    return page(
        "counter/home.html",
        typed=typed,
        found=listed(found, now) if found is not None else None,
        figures=figures(numbers),
        rows=listed(first.rows, now),
        more=first.next_key is not None,
    )


@bp.post("/counter")
@allow(DESK)
def search() -> Response:
    """What the box says. Names and ID numbers must not stand in addresses, so a list gets a sealed one."""
    typed = request.form.get("q", "").strip()[:300]
    found = desk.find_at_counter(db(), current_actor(), typed) if typed else []
    if len(found) == 1:
        return see("counter.show", id=found[0].public_id)
    return see("counter.home", found=seal(typed)) if typed else see("counter.home")


def seal(typed: str) -> str:
    """The typed text as this account alone can read it again."""
    return urlsafe_b64encode(crypto.keyring().seal(typed.encode(), _aad())).decode()


def unseal(text: str) -> str:
    try:
        return crypto.keyring().unseal(urlsafe_b64decode(text.encode()), _aad()).decode() if text else ""
    except (crypto.Unreadable, NotBase64, IndexError, ValueError):
        return ""


def _aad() -> str:
    return f"counter search.{current_actor().account_public}"


@bp.get("/counter/worklist")
@allow(DESK)
def worklist() -> str:
    state = request.args.get("state", "")
    state = state if state in desk.FILTERS else ""
    after = request.args.get("after")
    found = desk.worklist(db(), current_actor(), after=after, limit=PAGE_ROWS, filter=state or None)
    return page(
        "counter/worklist.html",
        rows=listed(found.rows, clock.now()),
        next_key=found.next_key,
        paged=bool(after),
        state=state,
        filters=FILTER_WORDS,
    )


def load_view(public_id: str) -> DossierView | None:
    """For pages that only read."""
    return office_view(db(), current_actor(), public_id)


@bp.get("/counter/dossiers/<id>")
@allow(READ, load=load_view)
def show(view: DossierView) -> str:
    return page(
        "counter/dossier.html",
        view=view,
        state=sheet.state_of(view),
        left=sheet.time_left(view),
        sent_by=sheet.sent_by(view),
        groups=sheet.groups(view),
        consents=desk.consents(db(), view.public_id) if view.reused else {},
        steps=sheet.history(view.moves, view.applicant),
        asked=item_rows(view),
        decisions=sheet.decisions(view, current_actor()),
    )


@bp.get("/counter/dossiers/<id>/files/<file_id>")
@allow(READ, load=load_view)
def file(view: DossierView, file_id: str) -> Response:
    return shown_file(file_of(db(), view.row.id, file_id), f"{view.row.code} {file_id[:4]}")


@bp.get("/counter/dossiers/<id>/files/<file_id>/small")
@allow(READ, load=load_view)
def small(view: DossierView, file_id: str) -> Response:
    """The same photo in the size of a stamp, so that a dossier with ten photos opens at once."""
    found = file_of(db(), view.row.id, file_id)
    made = stamp(read_file(services().storage, found)) if found is not None else None
    if made is None:
        abort(404)
    return Response(made, mimetype="image/jpeg", headers={"Cache-Control": "no-store"})


@bp.get("/counter/dossiers/<id>/records/<key>")
@allow(READ, load=load_view)
def record(view: DossierView, key: str) -> Response:
    """The record that stands for this paper; its owner agreed for this dossier."""
    paper = view.paper(key)
    kept = paper.record if paper else None
    return shown_file(desk.stored_file(db(), kept.file_id if kept else None), f"{view.row.code} {key}")


@bp.get("/counter/dossiers/<id>/result")
@allow(READ, load=load_view)
def result(view: DossierView) -> Response:
    return shown_file(desk.stored_file(db(), view.row.outcome_file_id), f"{view.row.code} ket qua")


def shown_file(found: StoredFile | None, name: str) -> Response:
    """A photo opens in the browser; a PDF is downloaded, because a sandboxed page cannot show one."""
    if found is None:
        abort(404)
    return file_response(found, name, inline=found.media_type.startswith("image/"))
