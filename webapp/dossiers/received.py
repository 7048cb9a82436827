"""What the office said it has received: read back from its signed receipts, never counted anew.

What happened to a file later (a better photo took its place, a virus was found) is said beside it; the number and the
time of a receipt stay what they were.
"""

from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from sqlalchemy import bindparam, select
from sqlalchemy.orm import Session

from webapp.core.hot import Hot
from webapp.dossiers.models import Receipt
from webapp.dossiers.receipts import is_genuine, seal_of
from webapp.dossiers.view import DossierView, FileView, PaperView, RecordView
from webapp.vault.models import VaultItem

RECEIPTS = Hot(
    select(Receipt.kind, Receipt.issued_at, Receipt.manifest, Receipt.signature)
    .where(Receipt.dossier_id == bindparam("dossier"))
    .order_by(Receipt.id)
)


@dataclass(frozen=True)
class Said:
    """One receipt as people read it. `seal` is the head of its signature; `genuine`: the signature fits its words."""

    kind: str
    at: datetime
    papers: tuple[PaperView, ...]
    seal: str
    genuine: bool


def said(session: Session, view: DossierView) -> list[Said]:
    """The receipts of one dossier, oldest first: that of sending, then one for each supplement."""
    return [
        Said(
            row.kind,
            row.issued_at,
            tuple(_paper(session, view, paper) for paper in row.manifest["papers"]),
            seal_of(row.signature),
            is_genuine(row),
        )
        for row in RECEIPTS.rows(session, dossier=view.row.id)
    ]


def _paper(session: Session, view: DossierView, paper: dict[str, Any]) -> PaperView:
    now = view.paper(paper["key"])
    spec = now.spec if now else next(d for d in view.spec.documents if d.key == paper["key"])
    if "reused" in paper:
        return PaperView(spec, (), _record(session, now, paper["reused"]))
    known = {file.public_id: file for file in (now.files if now else ())}
    return PaperView(spec, tuple(_file(known, file) for file in paper["files"]), None)


def _file(known: dict[str, FileView], file: dict[str, Any]) -> FileView:
    """With what became of it since; hash and size as the receipt says them."""
    there = known[file["id"]]
    return replace(there, sha256=file["sha256"], size=file["size"])


def _record(session: Session, now: PaperView | None, public_id: str) -> RecordView:
    if now and now.record and now.record.public_id == public_id:
        return now.record
    item = session.scalars(select(VaultItem).where(VaultItem.public_id == public_id)).one()
    return RecordView(
        item.public_id,
        item.title_vi,
        item.title_en,
        item.issuer,
        item.issued_on,
        item.source_code,
        item.file_id,
        item.file_sha256,
    )
