"""What stands beside a dossier in a person's copy of their own data: one query a kind, and how each row is said.

As on the person's own pages: officers are named where those name them (who opened it; who acted with their consent),
and what an officer wrote to themselves stays with the office.
"""

from collections.abc import Callable, Sequence
from typing import Any

from sqlalchemy import Select, select

from webapp.accounts.models import Account, Mandate
from webapp.catalogue.formspec import ProcedureSpec
from webapp.core.files import USABLE, StoredFile
from webapp.core.text import Text
from webapp.dossiers.models import (
    Dossier,
    DossierDocument,
    DossierFile,
    DossierMove,
    DossierOpening,
    DraftCheck,
    DueChange,
    Outcome,
    Rating,
    Receipt,
    SupplementRequest,
)
from webapp.dossiers.openings import SHOWN
from webapp.dossiers.papers.forms import FOR_THE_CITIZEN, TITLES
from webapp.dossiers.papers.models import IssuedPaper
from webapp.dossiers.progress import VERBS
from webapp.dossiers.receipts import seal_of
from webapp.payments.models import Payment, PaymentRequest
from webapp.shell.i18n import t
from webapp.shell.services import settings
from webapp.vault.models import VaultItem

Keys = Sequence[int]
Said = dict[str, Any]


def address(path: str) -> str:
    return f"{settings().base_url.rstrip('/')}{path}"


def _simple(model: Any) -> Callable[[Keys], Select[Any]]:
    """All rows of a table that say which dossier they belong to."""
    return lambda some: select(model.dossier_id, model).where(model.dossier_id.in_(some)).order_by(model.id)


def _steps(some: Keys) -> Select[Any]:
    return (
        select(DossierMove.dossier_id, DossierMove, Mandate.public_id)
        .outerjoin(Mandate, Mandate.id == DossierMove.mandate_id)
        .where(DossierMove.dossier_id.in_(some))
        .order_by(DossierMove.id)
    )


def _papers(some: Keys) -> Select[Any]:
    return (
        select(DossierDocument.dossier_id, DossierDocument, DossierFile, StoredFile, VaultItem)
        .outerjoin(DossierFile, DossierFile.document_id == DossierDocument.id)
        .outerjoin(StoredFile, StoredFile.id == DossierFile.file_id)
        .outerjoin(VaultItem, VaultItem.id == DossierDocument.vault_item_id)
        .where(DossierDocument.dossier_id.in_(some))
        .order_by(DossierDocument.id, DossierFile.position, DossierFile.id)
    )


def _opened_by(some: Keys) -> Select[Any]:
    return (
        select(DossierOpening.dossier_id, DossierOpening.at, DossierOpening.reason, Account.display_name)
        .join(Account, Account.id == DossierOpening.account_id)
        .where(DossierOpening.dossier_id.in_(some))
        .order_by(DossierOpening.id)
    )


def _money(some: Keys) -> Select[Any]:
    return (
        select(Dossier.id, PaymentRequest, Payment)
        .join(PaymentRequest, PaymentRequest.dossier == Dossier.public_id)
        .outerjoin(Payment, Payment.request_id == PaymentRequest.id)
        .where(Dossier.id.in_(some))
        .order_by(PaymentRequest.id)
    )


def _result(some: Keys) -> Select[Any]:
    files = select(Outcome.dossier_id, StoredFile).join(StoredFile, StoredFile.id == Outcome.file_id)
    return files.where(Outcome.dossier_id.in_(some))


QUERIES: dict[str, Callable[[Keys], Select[Any]]] = {
    "steps": _steps,
    "papers": _papers,
    "receipts": _simple(Receipt),
    "asked_for": _simple(SupplementRequest),
    "due_dates": _simple(DueChange),
    "issued": _simple(IssuedPaper),
    "drafts": _simple(DraftCheck),
    "money": _money,
    "result": _result,
    "opened_by": _opened_by,
}


def step(move: DossierMove, mandate: str | None) -> Said:
    """Whoever acted with the person's consent is named, as on their page of helpers."""
    return {
        "at": move.at, "step": move.verb, "words": t(Text(VERBS[move.verb])), "from": move.from_state,
        "to": move.to_state, "by": move.party, "way": move.channel, "reason": move.reason,
        "helper": move.actor_name if mandate else None, "mandate": mandate,
    }  # fmt: skip


def papers(dossier: Dossier, spec: ProcedureSpec, rows: Sequence[tuple[Any, ...]]) -> list[Said]:
    """Each paper with its files, those too that a better photo has replaced."""
    found: dict[str, Said] = {}
    for document, entry, file, record in rows:
        asked = spec.document(document.key)
        if document.key not in found:
            counted = {"originals": document.originals, "certified": document.certified, "plain": document.plain}
            found[document.key] = {
                "key": document.key,
                "title": t(asked.title) if asked else None,
                "brought": counted,
                "record": record.public_id if record else None,
                "files": [],
            }
        if file is not None:
            found[document.key]["files"].append(_file(dossier, entry, file))
    return list(found.values())


def _file(dossier: Dossier, entry: DossierFile, file: StoredFile) -> Said:
    """A file that is still looked through, or in which a virus was found, is handed to nobody."""
    there = address(f"/dossiers/{dossier.public_id}/files/{file.public_id}")
    return {
        "name": file.name, "size": file.size, "sha256": file.sha256, "media_type": file.media_type,
        "pages": file.pages, "state": file.state, "stored_at": entry.stored_at, "sent_at": entry.submitted_at,
        "at_the_desk_at": entry.delivered_at, "in_the_offices_system_at": entry.acknowledged_at,
        "replaced_at": entry.replaced_at, "download": there if file.state == USABLE else None,
    }  # fmt: skip


def receipt(row: Receipt) -> Said:
    return {"kind": row.kind, "at": row.issued_at, "received": row.manifest, "seal": seal_of(row.signature)}


def asked_for(row: SupplementRequest) -> Said:
    return {
        "at": row.asked_at, "until": row.deadline_on, "answered_at": row.answered_at, "closed_at": row.closed_at,
        "items": row.items,
    }  # fmt: skip


def due_date(row: DueChange) -> Said:
    return {"at": row.at, "cause": row.cause, "before": row.due_before, "after": row.due_after}


def issued(dossier: Dossier, row: IssuedPaper, nth: int) -> Said:
    key = row.form if nth == 1 else f"{row.form}-{nth}"
    there = address(f"/dossiers/{dossier.public_id}/papers/{key}.pdf")
    return {
        "form": row.form, "title": t(Text(TITLES[row.form])), "number": row.number, "year": row.year,
        "at": row.issued_at, "download": there if row.form in FOR_THE_CITIZEN else None,
    }  # fmt: skip


def drafts(dossier: Dossier, rows: Sequence[DraftCheck]) -> list[Said]:
    """Only the newest is still shown as a file."""
    there = address(f"/dossiers/{dossier.public_id}/draft/file")
    return [
        {
            "at": row.sent_at, "until": row.until, "text": row.text, "answered_at": row.answered_at,
            "agreed": row.agreed, "your_words": row.words, "closed_at": row.closed_at,
            "download": there if row.file_id and row is rows[-1] else None,
        }
        for row in rows
    ]  # fmt: skip


def money(asked: PaymentRequest, paid: Payment | None) -> Said:
    return {
        "amount": asked.amount, "what_for": asked.what_for, "reason": asked.reason, "asked_at": asked.asked_at,
        "closed_at": asked.closed_at, "paid": paid.amount if paid else None, "way": paid.method if paid else None,
        "receipt_number": paid.receipt_number if paid else None, "paid_at": paid.recorded_at if paid else None,
    }  # fmt: skip


def result(dossier: Dossier, row: Outcome | None, files: Sequence[StoredFile]) -> Said | None:
    if row is None:
        return None
    there = address(f"/dossiers/{dossier.public_id}/result")
    return {
        "decision": row.decision, "type": row.result_code, "title": t({"vi": row.title_vi, "en": row.title_en}),
        "number": row.number, "issued_on": row.issued_on,
        "file": next(({"size": f.size, "sha256": f.sha256, "download": there} for f in files), None),
    }  # fmt: skip


def opening(at: Any, reason: str, officer: str | None) -> Said:
    """What the officer wrote beside the reason is theirs."""
    return {"at": at, "officer": officer, "reason": reason, "words": t(Text(SHOWN[reason]))}


def rating(row: Rating | None) -> Said | None:
    if row is None:
        return None
    return {"at": row.rated_at, "choice": row.choice, "your_words": row.words, "at_a_screen": row.at_kiosk}
