"""Form 06: through whose hands a dossier went, when, and whether each was in time."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from webapp.core import clock
from webapp.core.text import N_
from webapp.dossiers.deadlines import ANSWER, calendar
from webapp.dossiers.models import DueChange
from webapp.dossiers.states import Party
from webapp.dossiers.view import DossierView, MoveView
from webapp.shell.formats import daytime
from webapp.shell.i18n import gettext as _

EARLY, ON_TIME, LATE = N_("early"), N_("on time"), N_("late")
DESK, CASE, APPLICANT = N_("One-stop counter"), N_("Case officer"), N_("Applicant")
# verb → who gives the dossier, who takes it
HANDS = {
    "submit": (APPLICANT, DESK),
    "receive": (APPLICANT, DESK),
    "process": (DESK, CASE),
    "request_supplement": (DESK, APPLICANT),
    "supplement": (APPLICANT, DESK),
    "require_payment": (DESK, APPLICANT),
    "pay": (APPLICANT, DESK),
    "withdraw": (APPLICANT, DESK),
    "refuse_withdrawal": (DESK, CASE),
    "accept_withdrawal": (DESK, APPLICANT),
    "decline": (DESK, APPLICANT),
    "stop": (CASE, DESK),
    "settle": (CASE, DESK),
    "hand_over": (DESK, APPLICANT),
}

NOTES = {
    "submit": N_("Sent to the office"),
    "receive": N_("Taken on by the office"),
    "decline": N_("Declined by the office"),
    "request_supplement": N_("The office asked for what is missing"),
    "supplement": N_("What was missing has arrived"),
    "require_payment": N_("A fee was asked for"),
    "pay": N_("The fee was paid"),
    "process": N_("Work began"),
    "settle": N_("Settled"),
    "hand_over": N_("Handed over"),
    "withdraw": N_("The applicant asked for it back"),
    "accept_withdrawal": N_("Stopped at the applicant's wish"),
    "refuse_withdrawal": N_("The withdrawal was refused"),
    "stop": N_("Stopped"),
}


def punctuality(at: datetime, due: datetime | None) -> str:
    """On time is the promised day; a day before is early. Without a term there is nothing to be late for."""
    if due is None:
        return ""
    if at > due:
        return LATE
    return ON_TIME if clock.local(at).date() == clock.local(due).date() else EARLY


def steps_of(session: Session, view: DossierView) -> tuple[tuple[str, ...], ...]:
    """The rows of the table: number, from, to, when, in time?, note, and room for two signatures."""
    changes = session.execute(
        select(DueChange.at, DueChange.due_after).where(DueChange.dossier_id == view.row.id).order_by(DueChange.id)
    ).all()
    handed = [move for move in view.moves if move.verb in HANDS]
    return tuple(_row(n, move, _in_time(session, view, move, changes)) for n, move in enumerate(handed, 1))


def _row(number: int, move: MoveView, in_time: str) -> tuple[str, ...]:
    giver, taker = (_(hand) for hand in HANDS[move.verb])
    if move.party != Party.APPLICANT.value and move.actor_name:
        giver, taker = (f"{hand} ({move.actor_name})" if hand == _acting(move) else hand for hand in (giver, taker))
    return (str(number), giver, taker, daytime(move.at), in_time, _(NOTES[move.verb]), "")


def _acting(move: MoveView) -> str:
    """Whose hand the officer's name belongs to: who takes on, and who gives away."""
    giver, taker = HANDS[move.verb]
    return _(taker if giver == APPLICANT or move.verb in ("process", "refuse_withdrawal") else giver)


def _in_time(session: Session, view: DossierView, move: MoveView, changes: Sequence[Any]) -> str:
    """The office's own steps only: against the promise that stood at that moment, or the hours to answer."""
    if move.party == Party.APPLICANT.value:
        return ""
    due = next((change.due_after for change in reversed(changes) if change.at <= move.at), None)
    first = move.from_state.value == "submitted"
    if first:
        sent = max(m.at for m in view.moves if m.verb in ("submit", "supplement") and m.at <= move.at)
        due = calendar(session, view.row.office_id, clock.local(sent).date()).add_work(sent, ANSWER)
    word = punctuality(move.at, due)
    return _(word) if word else ""
