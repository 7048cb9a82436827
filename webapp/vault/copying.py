"""What this room puts into a person's copy of their own data: the records, and each use of them."""

from collections import defaultdict
from collections.abc import Iterator, Sequence
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from webapp.accounts.models import Account
from webapp.core.files import StoredFile
from webapp.core.own_copy import chunks, part
from webapp.core.text import N_
from webapp.shell.i18n import t
from webapp.shell.services import settings
from webapp.vault.models import Reuse, VaultItem
from webapp.vault.queries import is_valid
from webapp.vault.reuse import title_of


@part("records", N_("Your records: results that offices gave you, and where they were used again."), order=40)
def records(session: Session, person: int) -> Iterator[dict[str, Any]]:
    ids = session.scalars(select(VaultItem.id).where(VaultItem.person_id == person).order_by(VaultItem.id)).all()
    for some in chunks(ids):
        rows = session.execute(
            select(VaultItem, StoredFile)
            .join(StoredFile, StoredFile.id == VaultItem.file_id)
            .where(VaultItem.person_id == person, VaultItem.id.in_(some))
            .order_by(VaultItem.id)
        ).all()
        uses = _uses(session, person, some)
        for item, file in rows:
            yield {**_record(item, file), "uses": uses[item.id]}


def _record(item: VaultItem, file: StoredFile) -> dict[str, Any]:
    return {
        "id": item.public_id,
        "title": t(title_of(item)),
        "type": item.result_code,
        "number": item.number,
        "issuer": item.issuer,
        "issued_on": item.issued_on,
        "valid": is_valid(item),
        "valid_until": item.valid_until,
        "withdrawn_at": item.revoked_at,
        "source_dossier": item.source_dossier,
        "source_code": item.source_code,
        "answers": item.data or {},
        "kept_since": item.created_at,
        "file": {
            "size": file.size,
            "sha256": item.file_sha256,
            "download": f"{settings().base_url.rstrip('/')}/me/records/{item.public_id}/file",
        },
    }


def _uses(session: Session, person: int, items: Sequence[int]) -> dict[int, list[dict[str, Any]]]:
    rows = session.execute(
        select(Reuse, Account.display_name)
        .join(VaultItem, VaultItem.id == Reuse.item_id)
        .outerjoin(Account, Account.public_id == Reuse.actor)
        .where(VaultItem.person_id == person, Reuse.item_id.in_(items))
        .order_by(Reuse.id)
    )
    found: dict[int, list[dict[str, Any]]] = defaultdict(list)
    for row, name in rows:
        found[row.item_id].append(
            {
                "dossier": row.dossier, "document": row.document_key, "agreed_at": row.consent_at,
                "words": row.consent_text, "helper": name if row.mandate else None,
            }
        )  # fmt: skip
    return found
