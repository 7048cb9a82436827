"""My records: what one has, where it came from, who used it when."""

from typing import Any

from flask import Blueprint

from webapp.accounts.views.held import held_answer
from webapp.core.errors import NotAllowed
from webapp.core.text import Text
from webapp.shell.access import allow, current_actor
from webapp.shell.pages import page
from webapp.shell.serve import file_response
from webapp.shell.unit_of_work import db
from webapp.vault import queries
from webapp.vault.permissions import LIST, OPEN_FILE
from webapp.vault.reuse import title_of

bp = Blueprint("vault", __name__)


def own_file(public_id: str) -> Any:
    """A record and its file within this actor's reach."""
    return queries.file_of(db(), current_actor().person_id, public_id)


@bp.get("/me/records")
@allow(LIST)
def records() -> str:
    """Also a helper's page while they help: what there is, never what it says."""
    who = current_actor()
    if who.person_id is None:
        raise NotAllowed(Text("Begin to help somebody first; then you see which records they have."))
    mine = queries.records_of(db(), who.person_id)
    uses = queries.uses_of(db(), [item.id for item in mine])
    shown = [
        {
            "item": item,
            "title": title_of(item),
            "valid": queries.is_valid(item),
            "uses": uses.get(item.id, []),
        }
        for item in mine
    ]
    return page("vault/records.html", records=shown, may_open=OPEN_FILE.allows(who))


@bp.get("/me/records/<id>/file")
@allow(OPEN_FILE, load=own_file)
def record_file(found: Any) -> Any:
    held = held_answer()
    if held is not None:
        return held
    item, stored = found
    return file_response(stored, item.title_vi)
