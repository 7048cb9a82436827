"""Reads of records. Every one asks whose they are."""

from collections import defaultdict
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import Row, or_, select
from sqlalchemy.orm import Session

from webapp.accounts.models import Account
from webapp.core import clock
from webapp.core.files import StoredFile
from webapp.vault.models import Reuse, VaultItem


@dataclass(frozen=True)
class Use:
    """One use of a record: for which dossier, when, and by whom if it was not the owner."""

    dossier: str
    document_key: str
    at: datetime
    helper: str | None


def is_valid(item: VaultItem, on: date | None = None) -> bool:
    """May it stand for a paper on that day? The last day counts."""
    return item.revoked_at is None and (item.valid_until is None or item.valid_until >= (on or clock.today()))


def records_of(session: Session, person_id: int) -> Sequence[VaultItem]:
    """All records of one person, the newest first; ended and withdrawn ones too, they say so."""
    return session.scalars(
        select(VaultItem)
        .where(VaultItem.person_id == person_id)
        .order_by(VaultItem.issued_on.desc(), VaultItem.id.desc())
    ).all()


def record_of(session: Session, person_id: int | None, public_id: str) -> VaultItem | None:
    """One record, if it is this person's."""
    if person_id is None:
        return None
    return session.scalar(
        select(VaultItem).where(VaultItem.public_id == public_id, VaultItem.person_id == person_id)
    )


def file_of(
    session: Session, person_id: int | None, public_id: str
) -> Row[tuple[VaultItem, StoredFile]] | None:
    """One record with its file, if it is this person's."""
    if person_id is None:
        return None
    return session.execute(
        select(VaultItem, StoredFile)
        .join(StoredFile, StoredFile.id == VaultItem.file_id)
        .where(VaultItem.public_id == public_id, VaultItem.person_id == person_id)
    ).first()


def valid_records(session: Session, person_id: int, result_codes: Collection[str]) -> Sequence[VaultItem]:
    """Records of these types that may stand for a paper today, the newest first."""
    return session.scalars(
        select(VaultItem)
        .where(
            VaultItem.person_id == person_id,
            VaultItem.result_code.in_(result_codes),
            VaultItem.revoked_at.is_(None),
            or_(VaultItem.valid_until.is_(None), VaultItem.valid_until >= clock.today()),
        )
        .order_by(VaultItem.issued_on.desc(), VaultItem.id.desc())
    ).all()


def uses_of(session: Session, item_ids: Collection[int]) -> dict[int, list[Use]]:
    """Record key → its uses, the newest first, in one query for all records of a page."""
    found: dict[int, list[Use]] = defaultdict(list)
    if not item_ids:
        return found
    rows = session.execute(
        select(
            Reuse.item_id,
            Reuse.dossier,
            Reuse.document_key,
            Reuse.consent_at,
            Reuse.mandate,
            Account.display_name,
        )
        .outerjoin(Account, Account.public_id == Reuse.actor)
        .where(Reuse.item_id.in_(item_ids))
        .order_by(Reuse.consent_at.desc(), Reuse.id.desc())
    )
    for row in rows:
        helper = row.display_name if row.mandate else None
        found[row.item_id].append(Use(row.dossier, row.document_key, row.consent_at, helper))
    return found


def reuses_in(session: Session, dossier_public: str) -> dict[str, VaultItem]:
    """Document key → the record that stands for that paper of a dossier."""
    rows = session.execute(
        select(Reuse.document_key, VaultItem)
        .join(VaultItem, VaultItem.id == Reuse.item_id)
        .where(Reuse.dossier == dossier_public)
    )
    return {row[0]: row[1] for row in rows}
