"""Sending a dossier: all answers, all papers, one transaction, once. "Received" is said only when it is true."""

import json

from sqlalchemy import select
from sqlalchemy.orm import Session

from webapp.catalogue import queries as catalogue
from webapp.catalogue.formspec import ProcedureSpec, missing, missing_papers, papers
from webapp.core import clock, idempotency
from webapp.core.actor import Actor
from webapp.core.errors import DomainError
from webapp.core.files import INFECTED, StoredFile
from webapp.core.outbox import record
from webapp.core.storage import Storage
from webapp.core.text import Text
from webapp.dossiers.draft import editable, refuse_if_off
from webapp.dossiers.events import DossierSubmitted
from webapp.dossiers.models import Dossier, DossierDocument, DossierFile
from webapp.dossiers.moves import record_move
from webapp.dossiers.names import write_words
from webapp.dossiers.numbers import give_numbers
from webapp.dossiers.receipts import FilesIncomplete, issue_receipt
from webapp.offices.models import Office

CONSENT_TEXT = "submit-2026-11"


class NotComplete(DomainError):
    """Something is still missing; the review page shows what."""


def given_papers(session: Session, dossier: Dossier) -> set[str]:
    """Keys of the papers that are there: a photo, or a record that stands for it."""
    rows = session.execute(
        select(DossierDocument.key)
        .outerjoin(DossierFile, DossierFile.document_id == DossierDocument.id)
        .outerjoin(StoredFile, StoredFile.id == DossierFile.file_id)
        .where(
            DossierDocument.dossier_id == dossier.id,
            DossierDocument.vault_item_id.is_not(None) | (StoredFile.state != INFECTED),
        )
    )
    return {row.key for row in rows}


def submit_dossier(
    session: Session, storage: Storage, dossier: Dossier, spec: ProcedureSpec, *, by: Actor, key: str
) -> bool:
    """Send it. False when this very act was done before (double tap, lost answer): the receipt is there already.

    Raises NotComplete, Conflict (sent by another act, or the same key with other contents), Unavailable.
    """
    session.flush()  # the reads below see what was answered; what is sent then goes down in one piece
    with session.no_autoflush:
        if sent_before(session, dossier, by=by, key=key):
            return False
        _send(session, storage, dossier, spec, by)
        record(session, DossierSubmitted(dossier.public_id, by.mandate_public))
        idempotency.complete(session, by.account_public or "", key, dossier.public_id)
    return True


def _send(session: Session, storage: Storage, dossier: Dossier, spec: ProcedureSpec, by: Actor) -> None:
    editable(dossier)
    refuse_if_off(catalogue.off_of_code(session, dossier.procedure_code))
    answers = dossier.answers
    given = given_papers(session, dossier)
    values = answers["values"]
    if missing(spec, values, with_review=True) or missing_papers(spec, values, given) or answers["raw"]:
        raise NotComplete(Text("Something is still missing. Finish the rows that are not done, then send."))
    office = session.get_one(Office, dossier.office_id)
    dossier.submitted_at = clock.now()
    dossier.channel = by.channel.value
    dossier.mandate_id = by.mandate_id
    give_numbers(session, dossier, office.code)
    wanted = [d.key for d in papers(spec, values) if d.key in given]
    try:
        issue_receipt(session, storage, dossier, "submit", wanted)
    except FilesIncomplete as broken:
        raise NotComplete(Text("A photo did not reach us whole. Remove it, take it again, then send.")) from broken
    write_words(session, Dossier.id == dossier.id)
    record_move(session, dossier, "submit", by=by, papers=len(wanted), consent=CONSENT_TEXT)


def sent_before(session: Session, dossier: Dossier, *, by: Actor, key: str) -> bool:
    """Was this very act done? The key is the account's; used again for other contents it raises Conflict."""
    body = idempotency.body_hash(dossier.public_id, json.dumps(dossier.answers["values"], sort_keys=True))
    return idempotency.begin(session, by.account_public or "", key, body) is not None
