"""What the office says it has received. Counted and hashed from what lies in storage, signed, and kept for ever."""

import hmac
import json
from collections.abc import Callable, Iterable, Iterator
from datetime import datetime
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from webapp.core import clock, crypto
from webapp.core.errors import DomainError
from webapp.core.files import CHECKED, INFECTED, USABLE, StoredFile, read_back
from webapp.core.storage import Storage
from webapp.dossiers.models import Dossier, DossierDocument, DossierFile, Receipt
from webapp.vault.models import VaultItem

BATCH = 500


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


def seal_of(signature: str) -> str:
    """The head of a signature, as it is printed on the receipt: `3F2A-91BC-77D0`."""
    head = signature[:12].upper()
    return "-".join((head[:4], head[4:8], head[8:]))


def is_genuine(receipt: Any) -> bool:
    """Does the signature of this receipt (or of a row with its columns) fit what it says?"""
    return hmac.compare_digest(receipt.signature, sign(receipt.manifest))


def unproved(
    session: Session, storage: Storage | None = None, progress: Callable[[str, int, int], None] = lambda *_: None
) -> Iterator[str]:
    """Walk all receipts: which of them do not hold, in words, by the code of their dossier.

    A receipt holds if its signature fits and every file in it is still known under its hash; with `storage`, if the
    bytes of each are there, too. A file that was taken out because of a virus is no broken promise: its row says so.
    """
    total, last, seen = session.scalar(select(func.count()).select_from(Receipt)) or 0, 0, 0
    while batch := session.scalars(select(Receipt).where(Receipt.id > last).order_by(Receipt.id).limit(BATCH)).all():
        named = {file["id"] for one in batch for paper in one.manifest["papers"] for file in paper["files"]}
        stored = {f.public_id: f for f in session.scalars(select(StoredFile).where(StoredFile.public_id.in_(named)))}
        for receipt in batch:
            last, seen = receipt.id, seen + 1
            progress("receipts", seen, total)
            code = receipt.manifest["code"]
            if not is_genuine(receipt):
                yield f"{code}: the signature does not fit what the receipt says"
            for file in (file for paper in receipt.manifest["papers"] for file in paper["files"]):
                trouble = _trouble(stored.get(file["id"]), file["sha256"], storage)
                if trouble:
                    yield f"{code}: file {file['id']} {trouble}"
        session.expunge_all()


def _trouble(stored: StoredFile | None, sha256: str, storage: Storage | None) -> str | None:
    if stored is None:
        return "is not known any more"
    if stored.sha256 != sha256:
        return "is not the one that was received"
    if storage is not None and stored.state in (USABLE, CHECKED):
        try:
            read_back(storage, stored)
        except (OSError, DomainError):
            return "is not in the store as it was received"
    return None
