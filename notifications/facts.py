"""What a message needs to know about the thing that happened; read where it happened, after it happened."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from webapp.accounts.models import Account, Mandate
from webapp.catalogue import queries as catalogue
from webapp.core import clock
from webapp.dossiers.models import Dossier, DossierMove, DraftCheck, DueChange, SupplementRequest
from webapp.offices.models import Office, Province


@dataclass(frozen=True)
class Facts:
    """Whom to tell, in whose name, and the values of the sentences."""

    person_id: int
    unit: str  # as it stands in an SMS
    sms: dict[str, Any]
    inbox: dict[str, Any]
    office_id: int | None = None  # who sees to it when it does not arrive


def move_of(session: Session, dossier_id: int, verbs: tuple[str, ...]) -> str | None:
    """The newest step of this kind: tells two requests for the same dossier apart."""
    return session.scalar(
        select(DossierMove.public_id)
        .where(DossierMove.dossier_id == dossier_id, DossierMove.verb.in_(verbs))
        .order_by(DossierMove.id.desc())
        .limit(1)
    )


def due_change_of(session: Session, dossier_id: int) -> str | None:
    """The newest change of the due date: a day may be moved twice."""
    return session.scalar(
        select(DueChange.public_id).where(DueChange.dossier_id == dossier_id).order_by(DueChange.id.desc()).limit(1)
    )


def dossier_row(session: Session, public_id: str) -> Any:
    """The dossier and its office, in one select."""
    return session.execute(
        select(
            Dossier.id,
            Dossier.person_id,
            Dossier.code,
            Dossier.lookup_code,
            Dossier.revision_id,
            Dossier.due_at,
            Dossier.office_id,
            Office.name,
            Office.short_name,
            Office.phone,
        )
        .join(Office, Office.id == Dossier.office_id)
        .where(Dossier.public_id == public_id)
    ).one_or_none()


def of_dossier(session: Session, row: Any, mandate: str | None) -> Facts:
    """Values for every kind about a dossier."""
    due = clock.local(row.due_at).date() if row.due_at else None
    deadline = session.scalar(
        select(SupplementRequest.deadline_on)
        .where(SupplementRequest.dossier_id == row.id)
        .order_by(SupplementRequest.id.desc())
        .limit(1)
    )
    check = session.scalar(
        select(DraftCheck.until).where(DraftCheck.dossier_id == row.id).order_by(DraftCheck.id.desc()).limit(1)
    )
    spec = catalogue.spec_by_revision(session, row.revision_id)
    name = {"vi": spec.name.vi, "en": spec.name.en} if spec else {"vi": row.code, "en": row.code}
    helper = helper_of(session, mandate)
    sms = {"code": row.code, "lookup": row.lookup_code, "phone": row.phone, "helper": helper}
    inbox = {"code": row.code, "office": row.name, "phone": row.phone, "procedure": name, "helper": helper}
    for key, value in (("due", due), ("deadline", deadline)):
        sms[key] = f"{value:%d/%m/%Y}" if value else None
        inbox[key] = value.isoformat() if value else None
    sms["check"] = inbox["check"] = _moment(check) if check else None
    return Facts(row.person_id, row.short_name, sms, inbox, row.office_id)


def of_mandate(session: Session, public_id: str) -> Facts | None:
    """Values for every kind about a mandate: who may act, from where, until when."""
    row = session.execute(
        select(
            Mandate.person_id,
            Mandate.office_id,
            Mandate.expires_at,
            Account.display_name,
            Office.name,
            Office.short_name,
            Office.phone,
        )
        .join(Account, Account.id == Mandate.helper_id)
        .join(Office, Office.id == Mandate.office_id)
        .where(Mandate.public_id == public_id)
    ).one_or_none()
    if row is None:
        return None
    values = {"helper": row.display_name, "phone": row.phone, "until": _moment(row.expires_at)}
    return Facts(row.person_id, row.short_name, values, {**values, "office": row.name}, row.office_id)


def helper_of(session: Session, mandate: str | None) -> str | None:
    """The name of the member of staff who acted; staff sign with their names."""
    if mandate is None:
        return None
    return session.scalar(
        select(Account.display_name)
        .join(Mandate, Mandate.helper_id == Account.id)
        .where(Mandate.public_id == mandate)
    )


def unit_of_code(session: Session, context: dict[str, Any], province: str) -> str:
    """Who sends a one-time code: the helper's office for a consent, the province for a log-in."""
    if context.get("helper"):
        unit = session.scalar(
            select(Office.short_name)
            .join(Account, Account.office_id == Office.id)
            .where(Account.public_id == context["helper"])
        )
        if unit:
            return unit
    return session.scalar(select(Province.short_name).where(Province.code == province)) or ""


def _moment(instant: datetime) -> str:
    return f"{clock.local(instant):%H:%M %d/%m/%Y}"
