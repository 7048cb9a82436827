"""One step of a dossier: state, version, history, journal, in the caller's transaction. Every verb comes here."""

from typing import Any

from sqlalchemy import insert
from sqlalchemy.orm import Session

from webapp.core import clock
from webapp.core.actor import Actor, Role
from webapp.core.audit import audit
from webapp.core.errors import Conflict
from webapp.core.hot import Hot
from webapp.core.ids import new_public_id
from webapp.core.text import Text
from webapp.dossiers import states
from webapp.dossiers.deadlines import follow
from webapp.dossiers.models import Dossier, DossierMove
from webapp.dossiers.states import Party, State

PARTY = {
    Role.CITIZEN: Party.APPLICANT,
    Role.HELPER: Party.APPLICANT,
    Role.RECEPTION: Party.RECEPTION,
    Role.CASE: Party.CASE,
    Role.MANAGER: Party.MANAGER,
    Role.SYSTEM: Party.SYSTEM,
}


MOVE_COLUMNS = tuple(column.key for column in DossierMove.__table__.columns if column.key != "id")
ADD_MOVE = Hot(insert(DossierMove), *MOVE_COLUMNS)


def party_of(by: Actor) -> Party:
    """Whoever acts for a person with a mandate stands on the applicant's side, an officer at the counter too."""
    return Party.APPLICANT if by.acts_for_another else PARTY[by.role]


def expect_version(dossier: Dossier, version: int) -> None:
    """The page this act comes from must have shown the newest state. Raises Conflict."""
    if dossier.version != version:
        raise Conflict(Text("Somebody else changed this dossier a moment ago. Look at the newer state, then decide."))


def advance(dossier: Dossier, verb: str, *, by: Actor, reason: str | None = None) -> DossierMove:
    """Follow the table of moves. Raises Conflict when the dossier is in a state this verb does not leave."""
    before = State(dossier.state)
    resume_to = State(dossier.resume_to) if dossier.resume_to else None
    try:
        step = states.move(before, verb, party_of(by), resume_to)
    except states.IllegalMove:
        raise Conflict(
            Text("This cannot be done in the state the dossier is in now. Open the dossier to see where it stands.")
        ) from None
    dossier.state = step.to.value
    dossier.resume_to = step.resume_to.value if step.resume_to else None
    return _history_row(dossier, verb, before, by, reason)


def _history_row(dossier: Dossier, verb: str, before: State, by: Actor, reason: str | None) -> DossierMove:
    """Also touches the dossier: a new version, so that a page which shows the older one cannot act on it."""
    now = clock.now()
    dossier.updated_at = now
    row = DossierMove(
        public_id=new_public_id(),
        dossier_id=dossier.id,
        at=now,
        verb=verb,
        from_state=before.value,
        to_state=dossier.state,
        party=party_of(by).value,
        channel=by.channel.value,
        account_id=by.account_id,
        mandate_id=by.mandate_id,
        actor_name=by.name if by.role is not Role.CITIZEN else None,
    )
    row.reason = reason or None
    return row


def record_move(
    session: Session, dossier: Dossier, verb: str, *, by: Actor, reason: str | None = None, **detail: Any
) -> None:
    """`take_step` and `tell_step`: a verb that writes nothing else beside the dossier needs no more."""
    row = take_step(session, dossier, verb, by=by, reason=reason)
    tell_step(session, dossier, row, by=by, **detail)


def take_step(session: Session, dossier: Dossier, verb: str, *, by: Actor, reason: str | None = None) -> DossierMove:
    """`advance`, and the clock and the worklist with it; the dossier is written, its history not yet."""
    with session.no_autoflush:  # one step, one UPDATE
        row = advance(dossier, verb, by=by, reason=reason)
        follow(session, dossier, row)
    session.flush()
    return row


def tell_step(session: Session, dossier: Dossier, row: DossierMove, *, by: Actor, **detail: Any) -> None:
    """The history's row of a step that was taken, and its line in the journal."""
    ADD_MOVE.send(session, {name: getattr(row, name) for name in MOVE_COLUMNS})
    audit(session, by, f"dossier:{row.verb}", dossier.public_id, to=row.to_state, **detail)


def record_note(
    session: Session, dossier: Dossier, verb: str, *, by: Actor, reason: str | None = None, **detail: Any
) -> None:
    """Something of note that leaves the state as it is: it stands in the history and in the journal all the same."""
    row = _history_row(dossier, verb, State(dossier.state), by, reason)
    ADD_MOVE.send(session, {name: getattr(row, name) for name in MOVE_COLUMNS})
    audit(session, by, f"dossier:{verb}", dossier.public_id, **detail)
