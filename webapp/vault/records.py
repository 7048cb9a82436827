"""A result becomes a record of its owner."""

from datetime import date
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from webapp.core import clock, outbox
from webapp.core.actor import SYSTEM, Actor
from webapp.core.audit import audit
from webapp.core.files import StoredFile
from webapp.vault.events import RecordKept
from webapp.vault.models import VaultItem


def keep_result(
    session: Session,
    *,
    person_id: int,
    result_code: str,
    title_vi: str,
    title_en: str,
    number: str | None,
    issuer: str,
    issued_on: date,
    valid_until: date | None,
    file: StoredFile,
    source_dossier: str | None,
    source_code: str | None,
    data: dict[str, Any] | None,
    by: Actor = SYSTEM,
) -> VaultItem:
    """Keep a settled result whose file is safe; `data` is what it answers in later forms (`carry.carried`).

    The same result of the same dossier is kept once: settling tried again finds the one that is there.
    """
    session.flush()  # the file may be new in this transaction and needs its key
    there = _kept_before(session, person_id, result_code, file.sha256, source_dossier)
    if there is not None:
        return there
    item = VaultItem(
        person_id=person_id,
        result_code=result_code,
        title_vi=title_vi,
        title_en=title_en,
        issuer=issuer,
        issued_on=issued_on,
        valid_until=valid_until,
        file_id=file.id,
        file_sha256=file.sha256,
        source_dossier=source_dossier,
        source_code=source_code,
        created_at=clock.now(),
    )
    item.number = number
    item.data = data or {}
    session.add(item)
    session.flush()
    audit(
        session,
        by,
        "vault:keep",
        item.public_id,
        result=result_code,
        dossier=source_dossier,
        sha256=file.sha256,
    )
    outbox.record(session, RecordKept(record=item.public_id))
    return item


def _kept_before(
    session: Session, person_id: int, result_code: str, sha256: str, source_dossier: str | None
) -> VaultItem | None:
    if source_dossier is None:
        return None
    return session.scalar(
        select(VaultItem).where(
            VaultItem.person_id == person_id,
            VaultItem.result_code == result_code,
            VaultItem.source_dossier == source_dossier,
            VaultItem.file_sha256 == sha256,
        )
    )
