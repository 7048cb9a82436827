"""Sending a dossier: all answers, all papers, one transaction, once. "Received" is said only when it is true."""

import json

from sqlalchemy import bindparam, select
from sqlalchemy.orm import Session

from webapp.catalogue.formspec import ProcedureSpec, missing, missing_papers, papers
from webapp.catalogue.memory import off_of
from webapp.catalogue.models import Procedure
from webapp.core import clock, idempotency
from webapp.core.actor import Actor
from webapp.core.errors import DomainError
from webapp.core.hot import Hot, one_trip, together
from webapp.core.outbox import record
from webapp.core.storage import Storage
from webapp.core.text import Text
from webapp.dossiers.draft import editable, refuse_if_off
from webapp.dossiers.events import DossierSubmitted
from webapp.dossiers.models import Dossier
from webapp.dossiers.moves import take_step, tell_step
from webapp.dossiers.names import WORDS_OF_ONE
from webapp.dossiers.numbers import give_numbers
from webapp.dossiers.receipts import PAPERS, FilesIncomplete, Proved, held_of, read_papers, write_receipt
from webapp.offices.models import Office

CONSENT_TEXT = "submit-2026-11"


class NotComplete(DomainError):
    """Something is still missing; the review page shows what."""


ABOUT = Hot(
    select(Office.code, Procedure.off_from, Procedure.off_until, Procedure.off_reason)
    .outerjoin(Procedure, Procedure.code == bindparam("procedure"))
    .where(Office.id == bindparam("office"))
)


def submit_dossier(
    session: Session, storage: Storage, dossier: Dossier, spec: ProcedureSpec, *, by: Actor, key: str,
    proved: Proved = (),
) -> bool:  # fmt: skip
    """Send it. False when this very act was done before (double tap, lost answer): the receipt is there already.

    `proved`: files that were read back before this transaction (`receipts.prove`); all others are read back here.
    Raises NotComplete, Conflict (sent by another act, or the same key with other contents), Unavailable.
    """
    if any(one is not dossier for one in (*session.new, *session.dirty, *session.deleted)):
        session.flush()  # the reads below see its papers; what is sent then goes down in one piece
    with session.no_autoflush:
        if sent_before(session, dossier, by=by, key=key):
            return False
        _send(session, storage, dossier, spec, by, proved)
    return True


def _send(
    session: Session, storage: Storage, dossier: Dossier, spec: ProcedureSpec, by: Actor, proved: Proved
) -> None:
    editable(dossier)
    (about,), rows = together(
        session,
        (ABOUT, {"office": dossier.office_id, "procedure": dossier.procedure_code}),
        (PAPERS, {"dossier": dossier.id}),
    )
    refuse_if_off(off_of(about))
    held = held_of(rows)
    answers = dossier.answers
    values = answers["values"]
    if missing(spec, values, with_review=True) or missing_papers(spec, values, held.keys()) or answers["raw"]:
        raise NotComplete(Text("Something is still missing. Finish the rows that are not done, then send."))
    wanted = [d.key for d in papers(spec, values) if d.key in held]
    try:
        read_papers(storage, held, wanted, proved)
    except FilesIncomplete as broken:
        raise NotComplete(Text("A photo did not reach us whole. Remove it, take it again, then send.")) from broken
    dossier.submitted_at = clock.now()
    dossier.channel = by.channel.value
    dossier.mandate_id = by.mandate_id
    give_numbers(session, dossier, about.code)
    step = take_step(session, dossier, "submit", by=by)
    with one_trip(session):
        write_receipt(session, dossier, "submit", held, wanted)
        WORDS_OF_ONE.send(session, {"dossier": dossier.id})
        record(session, DossierSubmitted(dossier.public_id, by.mandate_public))
        tell_step(session, dossier, step, by=by, papers=len(wanted), consent=CONSENT_TEXT)


def sent_before(session: Session, dossier: Dossier, *, by: Actor, key: str) -> bool:
    """Was this very act done? The key is the account's; used again for other contents it raises Conflict."""
    public = dossier.public_id
    body = idempotency.body_hash(public, json.dumps(dossier.answers["values"], sort_keys=True))
    return idempotency.begin(session, by.account_public or "", key, body, result=public) is not None
