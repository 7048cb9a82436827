"""Papers of a draft: photos of them, or a record that stands for one. What is stored here is counted by the receipt."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import bindparam, case, insert, select
from sqlalchemy.orm import Session

from webapp.catalogue.formspec import DocumentSpec
from webapp.core import clock
from webapp.core.actor import Actor
from webapp.core.errors import NotAllowed
from webapp.core.files import Prepared, StoredFile, TurnedAway, drop, keep, try_prepare
from webapp.core.hot import Hot
from webapp.core.storage import Storage
from webapp.core.text import Text
from webapp.dossiers.draft import editable
from webapp.dossiers.models import Dossier, DossierDocument, DossierFile
from webapp.vault import reuse
from webapp.vault.models import VaultItem

MAX_FILES, MAX_BYTES = 20, 100 * 1024 * 1024  # of one dossier


_PAPER = select(DossierDocument).where(
    DossierDocument.dossier_id == bindparam("dossier"), DossierDocument.key == bindparam("paper")
)


def document_row(session: Session, dossier: Dossier, key: str) -> DossierDocument:
    """The row of one paper, made at the first use."""
    row = session.scalar(_PAPER, {"dossier": dossier.id, "paper": key})
    if row is None:
        row = DossierDocument(dossier_id=dossier.id, key=key)
        session.add(row)
        session.flush()  # its files point at it
    return row


# All papers of a dossier with all their files; of what was replaced only the size.
LEDGER = Hot(
    select(
        DossierDocument.id,
        DossierDocument.key,
        DossierFile.stored_at,
        case((DossierFile.replaced_at.is_(None), StoredFile.sha256)).label("sha256"),
        StoredFile.size,
    )
    .outerjoin(DossierFile, DossierFile.document_id == DossierDocument.id)
    .outerjoin(StoredFile, StoredFile.id == DossierFile.file_id)
    .where(DossierDocument.dossier_id == bindparam("dossier"))
)
ADD_DOCUMENT = Hot(insert(DossierDocument).returning(DossierDocument.id), "dossier_id", "key")
ADD_FILE = Hot(insert(DossierFile), "document_id", "file_id", "position", "stored_at")


@dataclass(frozen=True)
class Added:
    """What became of photos that were sent: in words for the person."""

    refused: list[Text]
    doubled: list[Text]  # the same content lay there already; nothing is wrong
    later: bool  # something of ours was away: the very same photos may be sent again soon


def add_photos(
    session: Session,
    storage: Storage,
    dossier: Dossier,
    paper: DocumentSpec,
    photos: Sequence[Prepared | TurnedAway | tuple[bytes, str]],
    since: datetime | None = None,
    by: Actor | None = None,
) -> Added:
    """Keep each photo; what was refused comes back in words, the others are kept.

    Photos come prepared (see shell.uploads), or as (bytes, name) where nobody waits for the transaction.
    `since`: only photos after this instant count against the paper's limit (a supplement starts anew).
    """
    added = Added([], [], any(isinstance(p, TurnedAway) and p.later for p in photos))
    dossier.updated_at = clock.now()
    rows = LEDGER.rows(session, dossier=dossier.id)
    here = [row for row in rows if row.key == paper.key]
    counted = [row for row in here if row.sha256 and (since is None or row.stored_at > since)]
    count, there = len(counted), {row.sha256 for row in counted}
    # Of the whole dossier; replaced ones take room and do not count.
    number, size = sum(1 for row in rows if row.sha256), sum(row.size or 0 for row in rows)
    (document,) = here[:1] or ADD_DOCUMENT.rows(session, dossier_id=dossier.id, key=paper.key)
    for photo in photos:
        made = try_prepare(storage, *photo) if isinstance(photo, tuple) else photo
        if isinstance(made, TurnedAway):
            added.refused.append(Text("%(name)s: %(reason)s", name=made.name, reason=made.text))
            continue
        if made.sha256 in there:  # its first answer was lost on the way, or the finger slipped
            added.doubled.append(Text("%(name)s: this photo is here already. We kept it once.", name=made.name[:60]))
            continue
        full = _no_room(paper, count, number, size + made.size)
        if full is not None:
            added.refused.append(full)
            break
        stored = keep(session, made, by.account_public if by else None)
        session.flush()  # the ledger points at the stored file
        there.add(stored.sha256)
        count, number, size = count + 1, number + 1, size + stored.size
        entry = {"document_id": document.id, "file_id": stored.id, "position": count, "stored_at": clock.now()}
        ADD_FILE.send(session, entry)
    return added


def _no_room(paper: DocumentSpec, count: int, number: int, size: int) -> Text | None:
    if count >= max(paper.max_photos, 1):
        return Text("Only %(n)s photos are needed of this paper. Remove one first.", n=paper.max_photos or 1)
    if number >= MAX_FILES:
        return Text("A dossier takes 20 files. Put several pages into one photo or PDF, or remove one first.")
    if size > MAX_BYTES:
        return Text("All files together are more than 100 MB. Send fewer or smaller ones.")
    return None


def remove_photo(session: Session, dossier: Dossier, key: str, file_public: str) -> None:
    """Take one photo out; one that a receipt has counted stays for ever. A made-up id changes nothing."""
    for entry in _ledger_rows(session, dossier, key, file_public):
        if entry.submitted_at is not None:
            raise NotAllowed(Text("This photo is part of what the office has received and stays with the dossier."))
        session.delete(entry)
        drop(session, StoredFile.id == entry.file_id)
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
    row = session.scalar(_PAPER, {"dossier": dossier.id, "paper": paper.key})
    if row is not None and row.vault_item_id is not None:
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
