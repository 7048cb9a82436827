"""An office's own system: what changed, one dossier, and "these files have arrived here".

"Delivered" is said here of a file only after the agency has repeated its hash: a count alone would also be right for a
file that was cut in half on the way. That the office has received the dossier at our own desk is another fact.
"""

import json
from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import select, tuple_
from sqlalchemy.orm import Session

from webapp.core import clock, idempotency
from webapp.core.actor import Actor
from webapp.core.audit import audit
from webapp.core.errors import Conflict
from webapp.core.files import StoredFile
from webapp.core.text import Text
from webapp.dossiers import desk
from webapp.dossiers.models import Dossier, DossierDocument, DossierFile

# A change has its moment before it is committed, so a later one may be seen first. What changed in the last seconds is
# held back: no transaction of a request lasts so long.
HOLD_BACK = timedelta(seconds=10)


def complete_until() -> datetime:
    """Every change before this moment can be read; whoever asks next time `since` it misses none."""
    return clock.now() - HOLD_BACK


def changed(
    session: Session,
    by: Actor,
    *,
    since: datetime | None,
    after: tuple[datetime, str] | None,
    until: datetime,
    limit: int,
) -> Sequence[Any]:
    """Dossiers of the token's office in the order in which they changed, before `until`; by the index (office, changed,
    id). One that changes again moves to the end."""
    query = select(
        Dossier.public_id,
        Dossier.code,
        Dossier.state,
        Dossier.procedure_code,
        Dossier.submitted_at,
        Dossier.due_at,
        Dossier.updated_at,
    ).where(desk.of_office(by), Dossier.updated_at < until)
    if since is not None:
        query = query.where(Dossier.updated_at >= since)
    if after is not None:
        query = query.where(tuple_(Dossier.updated_at, Dossier.public_id) > after)
    return session.execute(query.order_by(Dossier.updated_at, Dossier.public_id).limit(limit)).all()


def acknowledge(session: Session, dossier: Dossier, hashes: dict[str, str], *, by: Actor, key: str) -> dict[str, Any]:
    """Note in the ledger that these files (id → SHA-256) are at the agency. All of them, or none.

    Raises Conflict when an id is not a file of this dossier or a hash is another one, and when the key was used for
    something else. Repeated with the same key it answers the same and changes nothing.
    """
    body = idempotency.body_hash(dossier.public_id, json.dumps(hashes, sort_keys=True))
    done = idempotency.begin(session, by.account_public or "", key, body)
    if done is not None:
        return dict(json.loads(done))
    found = session.execute(
        select(StoredFile.public_id, StoredFile.sha256, DossierFile)
        .join(DossierFile, DossierFile.file_id == StoredFile.id)
        .join(DossierDocument, DossierDocument.id == DossierFile.document_id)
        .where(
            DossierDocument.dossier_id == dossier.id,
            DossierFile.replaced_at.is_(None),
            DossierFile.submitted_at.is_not(None),
        )
    ).all()
    known = {row.public_id: row.sha256 for row in found}
    wrong = sorted(file for file, sha256 in hashes.items() if known.get(file) != sha256.lower())
    if wrong:
        raise Conflict(Text("These are not the files that were sent: %(files)s", files=", ".join(wrong)))
    for row in found:
        if row.public_id in hashes:
            row.DossierFile.acknowledged_at = row.DossierFile.acknowledged_at or clock.now()
    waiting = sum(row.DossierFile.acknowledged_at is None for row in found)
    result = {"acknowledged": len(hashes), "of": len(known), "waiting": waiting}
    audit(session, by, "dossier:acknowledge-files", dossier.public_id, **result)
    idempotency.complete(session, by.account_public or "", key, json.dumps(result))
    return result
