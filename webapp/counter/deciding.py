"""How a decision goes: the form, the verb, and what is shown when somebody was faster.

Every page posts the version it showed: whoever was slower is shown the newer state, with what they had typed.
"""

from collections.abc import Callable
from typing import Any

from flask import request
from werkzeug.wrappers import Response

from webapp.core.errors import Conflict, DomainError
from webapp.core.text import Text
from webapp.counter import sheet
from webapp.counter.views import load_view
from webapp.dossiers import desk
from webapp.dossiers.models import Dossier
from webapp.dossiers.phrases import composed, phrases
from webapp.dossiers.receive import mark_delivered
from webapp.dossiers.view import DossierView
from webapp.shell.access import current_actor
from webapp.shell.formats import daytime
from webapp.shell.forms import Form
from webapp.shell.pages import flash, page, see
from webapp.shell.unit_of_work import db

Answer = Response | tuple[str, int]
# Shows a form again: the newest view, its form, and what happened meanwhile (None: only mistakes in the form).
Again = Callable[[DossierView, sheet.Clash | None], Answer]
NOT_NOW = Text("This cannot be done in the state the dossier is in now.")
# Decision → the occasion in the phrase bank.
PHRASES = {
    "settle": "refused",
    "decline": "decline",
    "stop": "stop",
    "extend": "extension",
    "require_payment": "payment",
    "answer_withdrawal": "withdrawal",
}
OWN_WORDS = ("words_", "reason", "number", "to_whom", "basis", "papers_back", "refund", "what_for", "text")


def load_row(public_id: str) -> Dossier | None:
    """For decisions: the row itself, locked."""
    return desk.officer_dossier(db(), current_actor(), public_id)


def decide(
    dossier: Dossier,
    verb: str,
    act: Callable[[Dossier, int], Any],
    done: str,
    again: Again | None = None,
    refuse: tuple[Form, str] | None = None,
) -> Answer:
    """Do it, go back to the dossier. Somebody was faster: the newer state, and the form again if it still fits.

    `refuse`: the form and its field under which a refusal of the verb is shown.
    """
    public_id = dossier.public_id
    version = request.form.get("version", "")
    try:
        act(dossier, int(version) if version.isdecimal() else -1)
        mark_delivered(db(), dossier)  # whoever decides has the files on the desk
    except Conflict as clash:
        return _clash(public_id, verb, clash, again)
    except DomainError as refusal:
        if refuse is None or again is None or refusal.status != 422:
            raise
        refuse[0].refuse(refuse[1], refusal.text)
        return again(the_view(public_id), None)
    due = daytime(dossier.due_at) or "–"
    flash(done % {"due": due} if "%(due)s" in done else done)
    return see("counter.show", id=public_id)


def _clash(public_id: str, verb: str, clash: Conflict, again: Again | None) -> Answer:
    view = the_view(public_id)
    what = sheet.clash(view, clash.text)
    return again(view, what) if again is not None and _may(verb, view) else _closed(view, what)


def _typed() -> list[str]:
    """Own words of a form that can no longer be sent, to copy."""
    return [v for k, v in request.form.items() if k.startswith(OWN_WORDS) and v.strip()]


def the_view(public_id: str) -> DossierView:
    """The dossier as it stands: a change that was begun and refused must not be shown as done."""
    db().rollback()
    view = load_view(public_id)
    assert view is not None  # access has loaded its row
    return view


def form_page(
    verb: str,
    view: DossierView,
    form: Form,
    clash: sheet.Clash | None = None,
    status: int = 200,
    told: tuple[str, ...] = (),
    **more: Any,
) -> Answer:
    """`told`: what the applicant will read, for an officer who wants to see it first."""
    bank = phrases(PHRASES[verb]) if verb in PHRASES else ()
    more |= {"phrases": bank, "chosen": set(request.form.getlist("phrase")), "told": told}
    return too_late(verb, view) or (
        page(f"counter/{verb}.html", view=view, form=form, errors=form.errors, **seen(view, clash), **more),
        status,
    )


def form_again(verb: str, form: Form, **more: Any) -> Again:
    """The form with what was typed: refused (422), or the dossier moved on meanwhile (409)."""

    def again(view: DossierView, clash: sheet.Clash | None) -> Answer:
        return form_page(verb, view, form, clash, 409 if clash else 422, **more)

    return again


def reason_of(verb: str, form: Form) -> str:
    """Ticked phrases and own words as one text; refused when there is neither."""
    words = composed(PHRASES[verb], request.form.getlist("phrase"), form.values.get("reason", ""))
    if not words:
        form.refuse("reason", Text("Tick a sentence or write the reason in your own words; the applicant reads it."))
    return words


def wants_preview() -> bool:
    """The officer asked to see first what the applicant will read."""
    return bool(request.form.get("preview"))


def seen(view: DossierView, clash: sheet.Clash | None) -> dict[str, Any]:
    """The version the officer has looked at: a form that comes back for its mistakes must not hide a newer one."""
    posted = request.form.get("version")
    return {"clash": clash, "version": view.row.version if clash or posted is None else posted}


def too_late(verb: str, view: DossierView) -> Answer | None:
    """The state does not allow this (any more): say where the dossier stands."""
    return None if _may(verb, view) else _closed(view, sheet.clash(view, NOT_NOW))


def _may(verb: str, view: DossierView) -> bool:
    return verb in {decision.page for decision in sheet.decisions(view, current_actor())}


def _closed(view: DossierView, clash: sheet.Clash) -> Answer:
    return page("counter/clash.html", view=view, clash=clash, kept=_typed(), state=sheet.state_of(view)), 409
