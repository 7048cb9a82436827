"""What somebody with the QR or the code of a dossier may see: its stage, its dates, who has it. Nothing of the person.

The page asked most of all (goal 1 of the performance figures): two statements by the driver.
"""

from dataclasses import dataclass
from typing import Any

from sqlalchemy import Select, bindparam, select
from sqlalchemy.orm import Session

from webapp.catalogue import queries as catalogue
from webapp.catalogue.formspec import ProcedureSpec
from webapp.catalogue.models import ProcedureRevision
from webapp.core.hot import Hot
from webapp.dossiers.models import Dossier, DossierMove, SupplementRequest
from webapp.dossiers.states import State
from webapp.dossiers.view import MoveView
from webapp.offices.models import Office


def _status() -> Select[Any]:
    asked = (
        select(SupplementRequest.deadline_on)
        .where(SupplementRequest.dossier_id == Dossier.id)
        .order_by(SupplementRequest.id.desc())
        .limit(1)
        .correlate(Dossier)
        .scalar_subquery()
    )
    return (
        select(
            Dossier.id,
            Dossier.version,
            Dossier.state,
            Dossier.code,
            Dossier.due_at,
            asked.label("deadline_on"),
            ProcedureRevision.content_hash,
            Office.name.label("office_name"),
            Office.phone.label("office_phone"),
            Office.address.label("office_address"),
        )
        .join(ProcedureRevision, ProcedureRevision.id == Dossier.revision_id)
        .join(Office, Office.id == Dossier.office_id)
    )


BY_DIGEST = Hot(_status().where(Dossier.qr_digest == bindparam("digest")))
BY_ID = Hot(_status().where(Dossier.id == bindparam("dossier")))
MOVES = Hot(
    select(DossierMove.at, DossierMove.verb, DossierMove.from_state, DossierMove.to_state, DossierMove.channel)
    .where(DossierMove.dossier_id == bindparam("dossier"))
    .order_by(DossierMove.id)
)


@dataclass(frozen=True)
class StatusView:
    """As much of a `DossierView` as its stage and timeline need."""

    row: Any
    spec: ProcedureSpec
    moves: tuple[MoveView, ...]

    @property
    def state(self) -> State:
        return State(self.row.state)


def found_by_digest(session: Session, digest: str) -> Any | None:
    """The row of the dossier whose QR token has this digest."""
    return BY_DIGEST.first(session, digest=digest)


def found_by_id(session: Session, dossier_id: int) -> Any | None:
    """The row of a dossier that was found, and so allowed, already."""
    return BY_ID.first(session, dossier=dossier_id)


def status_view(session: Session, row: Any) -> StatusView:
    """With its history: stages and times, no reasons, no names."""
    spec = catalogue.spec_by_hash(session, row.content_hash)
    moves = tuple(
        MoveView(m.at, m.verb, State(m.from_state), State(m.to_state), "", m.channel, None, None, None)
        for m in MOVES.rows(session, dossier=row.id)
    )
    return StatusView(row, spec, moves)
