"""Papers of a draft: photos of them, or a record that stands for one. What is stored here is counted by the receipt."""

from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from webapp.catalogue.formspec import DocumentSpec
from webapp.core import clock
from webapp.core.actor import Actor
from webapp.core.errors import NotAllowed
from webapp.core.files import StoredFile, store_file
from webapp.core.inspect import Refused
from webapp.core.storage import Storage
from webapp.core.text import Text, one_line
from webapp.dossiers.draft import editable
from webapp.dossiers.models import Dossier, DossierDocument, DossierFile
from webapp.vault import reuse
from webapp.vault.models import VaultItem

MAX_BYTES = 100 * 1024 * 1024


def document_row(session: Session, dossier: Dossier, key: str) -> DossierDocument:
    """The row of one paper, made at the first use."""
    row = session.scalar(
        select(DossierDocument).where(DossierDocument.dossier_id == dossier.id, DossierDocument.key == key)
    )
    if row is None:
        row = DossierDocument(dossier_id=dossier.id, key=key)
        session.add(row)
        session.flush()  # its files point at it
    return row


def add_photos(
    session: Session,
    storage: Storage,
    dossier: Dossier,
    paper: DocumentSpec,
    photos: list[tuple[bytes, str]],
    since: datetime | None = None,
) -> list[Text]:
    """Store each photo; what was refused comes back in words, the others are kept.

    `since`: only photos after this instant count against the paper's limit (a supplement starts anew).
    """
    refused: list[Text] = []
    row = document_row(session, dossier, paper.key)
    count = _count(session, row, since)
    there = _hashes(session, row, since)
    total = _total(session, dossier)
    for data, name in photos:
        if count >= max(paper.max_photos, 1):
            refused.append(
                Text("Only %(n)s photos are needed of this paper. Remove one first.", n=paper.max_photos or 1)
            )
            break
        if total + len(data) > MAX_BYTES:
            refused.append(Text("All files together are more than 100 MB. Send fewer or smaller ones."))
            break
        try:
            stored = store_file(session, storage, data, name)
        except Refused as wrong:
            refused.append(Text("%(name)s: %(reason)s", name=one_line(name)[:60], reason=wrong.text))
            continue
        session.flush()  # the ledger points at the stored file
        if stored.sha256 in there:
            continue  # the same photo came again: its first answer was lost on the way
        there.add(stored.sha256)
        count, total = count + 1, total + stored.size
        session.add(DossierFile(document_id=row.id, file_id=stored.id, position=count, stored_at=clock.now()))
    dossier.updated_at = clock.now()
    return refused


def remove_photo(session: Session, dossier: Dossier, key: str, file_public: str) -> None:
    """Take one photo out; one that a receipt has counted stays for ever. A made-up id changes nothing."""
    for entry in _ledger_rows(session, dossier, key, file_public):
        if entry.submitted_at is not None:
            raise NotAllowed(Text("This photo is part of what the office has received and stays with the dossier."))
        session.delete(entry)
    dossier.updated_at = clock.now()


def use_record(session: Session, dossier: Dossier, paper: DocumentSpec, item: VaultItem, *, by: Actor) -> None:
    """Let a record stand for this paper; consent is recorded with it."""
    editable(dossier)
    reuse.reuse_record(session, item=item, dossier_public=dossier.public_id, document_key=paper.key, by=by)
    row = document_row(session, dossier, paper.key)
    row.vault_item_id = item.id
    dossier.updated_at = clock.now()


def drop_record(session: Session, dossier: Dossier, paper: DocumentSpec, *, by: Actor) -> None:
    """Send a photo instead after all."""
    editable(dossier)
    row = document_row(session, dossier, paper.key)
    if row.vault_item_id is not None:
        reuse.drop_reuse(session, dossier_public=dossier.public_id, document_key=paper.key, by=by)
        row.vault_item_id = None


def _ledger_rows(session: Session, dossier: Dossier, key: str, file_public: str) -> list[DossierFile]:
    """The ledger rows of one file of one paper of this dossier (none: a made-up id)."""
    from_file = select(StoredFile.id).where(StoredFile.public_id == file_public).scalar_subquery()
    return list(
        session.scalars(
            select(DossierFile)
            .join(DossierDocument, DossierDocument.id == DossierFile.document_id)
            .where(
                DossierDocument.dossier_id == dossier.id, DossierDocument.key == key, DossierFile.file_id == from_file
            )
        )
    )


def _count(session: Session, row: DossierDocument, since: datetime | None) -> int:
    query = select(func.count()).where(DossierFile.document_id == row.id, DossierFile.replaced_at.is_(None))
    if since is not None:
        query = query.where(DossierFile.stored_at > since)
    return int(session.scalar(query) or 0)


def _hashes(session: Session, row: DossierDocument, since: datetime | None) -> set[str]:
    """What lies there now, by content."""
    query = (
        select(StoredFile.sha256)
        .join(DossierFile, DossierFile.file_id == StoredFile.id)
        .where(DossierFile.document_id == row.id, DossierFile.replaced_at.is_(None))
    )
    if since is not None:
        query = query.where(DossierFile.stored_at > since)
    return set(session.scalars(query))


def _total(session: Session, dossier: Dossier) -> int:
    query = (
        select(func.coalesce(func.sum(StoredFile.size), 0))
        .join(DossierFile, DossierFile.file_id == StoredFile.id)
        .join(DossierDocument, DossierDocument.id == DossierFile.document_id)
        .where(DossierDocument.dossier_id == dossier.id)
    )
    return int(session.scalar(query) or 0)
