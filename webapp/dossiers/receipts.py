"""What the office says it has received. Counted and hashed from what lies in storage, signed, and kept for ever."""

import hmac
import json
from collections.abc import Callable, Collection, Iterable, Iterator
from contextlib import suppress
from typing import Any

from sqlalchemy import and_, bindparam, func, insert, select, update
from sqlalchemy.orm import Session

from webapp.core import clock, crypto
from webapp.core.errors import DomainError
from webapp.core.files import CHECKED, INFECTED, USABLE, StoredFile, read_back
from webapp.core.hot import Hot
from webapp.core.ids import new_public_id
from webapp.core.storage import Storage
from webapp.dossiers.models import Dossier, DossierDocument, DossierFile, Receipt
from webapp.vault.models import VaultItem

BATCH = 500


class FilesIncomplete(Exception):
    """A stored file is not what was stored; nothing may be called received."""


PAPERS = Hot(
    select(
        DossierDocument.key,
        VaultItem.public_id.label("record"),
        VaultItem.file_sha256.label("record_sha256"),
        DossierFile.id.label("entry"),
        DossierFile.submitted_at,
        StoredFile.public_id,
        StoredFile.storage_key,
        StoredFile.sha256,
        StoredFile.size,
    )
    .outerjoin(VaultItem, VaultItem.id == DossierDocument.vault_item_id)
    .outerjoin(DossierFile, and_(DossierFile.document_id == DossierDocument.id, DossierFile.replaced_at.is_(None)))
    .outerjoin(StoredFile, and_(StoredFile.id == DossierFile.file_id, StoredFile.state != INFECTED))
    .where(
        DossierDocument.dossier_id == bindparam("dossier"),
        DossierDocument.vault_item_id.is_not(None) | StoredFile.id.is_not(None),
    )
    .order_by(DossierFile.position)
)
COUNTED = Hot(
    update(DossierFile)
    .where(DossierFile.id == bindparam("entry"), DossierFile.submitted_at.is_(None))
    .values(submitted_at=bindparam("counted_at"))
)
ADD_RECEIPT = Hot(insert(Receipt), "public_id", "dossier_id", "kind", "issued_at", "manifest", "signature")

# Key of a paper → what stands for it now: rows of PAPERS, one for each photo; never none.
Held = dict[str, list[Any]]


def held_of(rows: Iterable[Any]) -> Held:
    """The rows of PAPERS by their paper. What is infected stands for nothing."""
    found: Held = {}
    for row in rows:
        found.setdefault(row.key, []).append(row)
    return found


# Key in the store and hash of the bytes that were read back from there: what lies under a key never changes.
Proved = Collection[tuple[str, str]]


def issue_receipt(
    session: Session, storage: Storage, dossier: Dossier, kind: str, keys: Iterable[str], proved: Proved = ()
) -> None:
    """Read every file back, compare its hash, count, sign. Raises FilesIncomplete or errors.Unavailable."""
    wanted = list(keys)
    held = held_of(PAPERS.rows(session, dossier=dossier.id))
    read_papers(storage, held, wanted, proved)
    write_receipt(session, dossier, kind, held, wanted)


def read_papers(storage: Storage, held: Held, keys: Iterable[str], proved: Proved = ()) -> None:
    """Read every file of these papers back and compare its hash. Raises FilesIncomplete or errors.Unavailable."""
    for key in keys:
        if key not in held:
            raise FilesIncomplete(key)
        for row in held[key]:
            if row.record is not None or (row.storage_key, row.sha256) in proved:
                continue
            try:
                read_back(storage, row)
            except OSError as broken:
                raise FilesIncomplete(key) from broken


def prove(session: Session, storage: Storage, dossier_id: int, keys: Collection[str] | None = None) -> Proved:
    """Read back what lies there now (of these papers only), before the transaction that counts it.

    So nobody else waits for the store. What does not open is not proved; whoever counts reads it again and says so.
    Raises errors.Unavailable.
    """
    rows = PAPERS.rows(session, dossier=dossier_id)
    return prove_files(storage, (row for row in rows if row.record is None and (keys is None or row.key in keys)))


def prove_files(storage: Storage, files: Iterable[Any]) -> Proved:
    """The same for files that no paper names yet."""
    proved = set()
    for file in files:
        with suppress(OSError):
            read_back(storage, file)
            proved.add((file.storage_key, file.sha256))
    return proved


def write_receipt(session: Session, dossier: Dossier, kind: str, held: Held, keys: Iterable[str]) -> None:
    """Count and sign what was read back a moment ago."""
    now = clock.now()
    counted = [row for key in keys for row in held[key] if row.record is None]
    COUNTED.send(session, *({"entry": row.entry, "counted_at": now} for row in counted if row.submitted_at is None))
    manifest = {
        "code": dossier.code,
        "kind": kind,
        "at": now.isoformat(),
        "papers": [_paper(key, held[key]) for key in keys],
    }
    ADD_RECEIPT.send(
        session,
        {
            "public_id": new_public_id(), "dossier_id": dossier.id, "kind": kind, "issued_at": now,
            "manifest": manifest, "signature": sign(manifest),
        },
    )  # fmt: skip


def _paper(key: str, rows: list[Any]) -> dict[str, Any]:
    first = rows[0]
    if first.record is not None:
        return {"key": key, "reused": first.record, "sha256": first.record_sha256, "files": []}
    return {"key": key, "files": [{"id": r.public_id, "sha256": r.sha256, "size": r.size} for r in rows]}


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
