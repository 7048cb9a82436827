"""The desk's reading pages: the box that finds everything, the worklist, one dossier and its files."""

from base64 import urlsafe_b64decode, urlsafe_b64encode
from binascii import Error as NotBase64
from typing import Any

from flask import Blueprint, abort, request
from werkzeug.wrappers import Response

from webapp.core import crypto
from webapp.counter import sheet
from webapp.counter.brought import remember, was_brought
from webapp.counter.lists import figures, listed, own_calendar
from webapp.counter.permissions import DESK
from webapp.dossiers import desk, openings, worklist
from webapp.dossiers.draft_check import newest
from webapp.dossiers.papers.issued import papers_of
from webapp.dossiers.permissions import READ
from webapp.dossiers.queries import office_view
from webapp.dossiers.supplement_items import item_rows
from webapp.dossiers.view import DossierView
from webapp.payments.queries import money_of
from webapp.shell.access import allow, current_actor
from webapp.shell.page_cache import cacheable
from webapp.shell.pages import page, see
from webapp.shell.unit_of_work import SAFE_METHODS, database, db

bp = Blueprint("counter", __name__)
FIRST_ROWS = 8


@bp.get("/counter")
@allow(DESK)
def home() -> str | Response:
    """`q` is for links and scanners that open an address; `found` is what was typed, sealed (see `search`)."""
    typed = request.args.get("q") or unseal(request.args.get("found", ""))
    found = find(typed).rows if typed else None
    if found and len(found) == 1:
        return see("counter.show", id=found[0].public_id)
    first = worklist.worklist(db(), current_actor(), limit=FIRST_ROWS)
    days = own_calendar()
    return page(
        "counter/home.html",
        typed=typed,
        found=listed(found, days) if found is not None else None,
        figures=figures(worklist.desk_figures(db(), current_actor())),
        rows=listed(first.rows, days),
        more=first.next_key is not None,
    )


@bp.post("/counter")
@allow(DESK)
def search() -> Response:
    """What the box says. Names and ID numbers must not stand in addresses, so a list gets a sealed one."""
    typed = request.form.get("q", "").strip()[:300]
    found = find(typed).rows if typed else []
    if len(found) == 1:
        return see("counter.show", id=found[0].public_id)
    return see("counter.home", found=seal(typed)) if typed else see("counter.home")


def find(typed: str) -> desk.Found:
    found = desk.find_at_counter(db(), current_actor(), typed)
    remember(found)
    return found


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


def load_view(public_id: str) -> DossierView | None:
    """For pages that read. Who opened it is written down; what is out of the queue opens only after a reason."""
    who = current_actor()
    view = office_view(db(), who, public_id)
    if view is None or openings.is_open(view):
        return view
    why = openings.without_asking(view, brought=was_brought(public_id))
    if why is None:
        abort(see("counter.reason", id=view.public_id))
    if request.method in SAFE_METHODS:  # in a transaction of its own: the request itself only reads
        with database().transaction() as session:
            openings.note(session, view, by=who, reason=why)
    return view


def beside(view: DossierView) -> dict[str, Any]:
    """Papers to print, money and the newest draft; most dossiers have none of the last two, and are not asked."""
    verbs = {move.verb for move in view.moves}
    return {
        "prints": papers_of(view),
        "money": money_of(db(), view.public_id) if "require_payment" in verbs else [],
        "draft": newest(db(), view.row.id) if "send_draft" in verbs else None,
    }


@bp.get("/counter/dossiers/<id>")
@allow(READ, load=load_view)
@cacheable
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
        **beside(view),
        decisions=sheet.decisions(view, current_actor()),
    )
