"""What the office says it has received. Counted and hashed from what lies in storage, signed, and kept for ever."""

import hmac
import json
from collections.abc import Iterable
from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from webapp.core import clock, crypto
from webapp.core.files import INFECTED, StoredFile, read_back
from webapp.core.storage import Storage
from webapp.dossiers.models import Dossier, DossierDocument, DossierFile, Receipt
from webapp.vault.models import VaultItem


class FilesIncomplete(Exception):
    """A stored file is not what was stored; nothing may be called received."""


def issue_receipt(session: Session, storage: Storage, dossier: Dossier, kind: str, keys: Iterable[str]) -> Receipt:
    """Read every file back, compare its hash, count, sign. Raises FilesIncomplete or errors.Unavailable."""
    now = clock.now()
    wanted = list(keys)
    held = select(DossierDocument).where(DossierDocument.dossier_id == dossier.id, DossierDocument.key.in_(wanted))
    rows = {row.key: row for row in session.scalars(held)}
    files = _files_of(session, rows.values())
    papers = []
    for key in wanted:
        if key not in rows:
            raise FilesIncomplete(key)
        papers.append(_paper(session, storage, rows[key], files.get(rows[key].id, []), now))
    manifest = {"code": dossier.code, "kind": kind, "at": now.isoformat(), "papers": papers}
    receipt = Receipt(dossier_id=dossier.id, kind=kind, issued_at=now, manifest=manifest, signature=sign(manifest))
    session.add(receipt)
    return receipt


def _files_of(
    session: Session, documents: Iterable[DossierDocument]
) -> dict[int, list[tuple[DossierFile, StoredFile]]]:
    """The files that stand for these papers now, by the paper's row."""
    found: dict[int, list[tuple[DossierFile, StoredFile]]] = {}
    query = (
        select(DossierFile, StoredFile)
        .join(StoredFile, StoredFile.id == DossierFile.file_id)
        .where(
            DossierFile.document_id.in_([row.id for row in documents]),
            DossierFile.replaced_at.is_(None),
            StoredFile.state != INFECTED,
        )
        .order_by(DossierFile.position)
    )
    for entry, stored in session.execute(query):
        found.setdefault(entry.document_id, []).append((entry, stored))
    return found


def _paper(
    session: Session,
    storage: Storage,
    row: DossierDocument,
    entries: list[tuple[DossierFile, StoredFile]],
    now: datetime,
) -> dict[str, Any]:
    if row.vault_item_id is not None:
        item = session.get_one(VaultItem, row.vault_item_id)
        return {"key": row.key, "reused": item.public_id, "sha256": item.file_sha256, "files": []}
    files = []
    for entry, stored in entries:
        try:
            read_back(storage, stored)
        except OSError as broken:
            raise FilesIncomplete(row.key) from broken
        entry.submitted_at = entry.submitted_at or now
        files.append({"id": stored.public_id, "sha256": stored.sha256, "size": stored.size})
    if not files:
        raise FilesIncomplete(row.key)
    return {"key": row.key, "files": files}


def sign(manifest: dict[str, Any]) -> str:
    """A keyed digest over the canonical manifest: we can prove later that we said this."""
    return crypto.blind("receipt", json.dumps(manifest, ensure_ascii=False, sort_keys=True))


def is_genuine(receipt: Receipt) -> bool:
    return hmac.compare_digest(receipt.signature, sign(receipt.manifest))
