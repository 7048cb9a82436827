"""The result: granted with its file, which becomes a record of its owner, or refused with the reason in words."""

from calendar import monthrange
from datetime import date

from sqlalchemy import select
from sqlalchemy.orm import Session

from webapp.catalogue import queries as catalogue
from webapp.catalogue.formspec import ResultSpec, kept_answers
from webapp.core import clock
from webapp.core.actor import Actor
from webapp.core.errors import DomainError
from webapp.core.files import Given, StoredFile, keep_given
from webapp.core.outbox import record
from webapp.core.storage import Storage
from webapp.core.text import Text, nfc, one_line
from webapp.dossiers.draft_check import expect_draft_answered, lacks_draft
from webapp.dossiers.events import DossierSettled
from webapp.dossiers.models import Dossier, Outcome
from webapp.dossiers.moves import expect_version, record_move, record_note
from webapp.dossiers.phrases import composed
from webapp.offices.models import Office
from webapp.vault import records
from webapp.vault.carry import carried

NO_DRAFT = Text(
    "It was sent online and the applicant has seen no draft of the result. "
    "Show the draft first, or say why there is none."
)


class NotSettled(DomainError):
    """A result needs its parts; nothing was changed."""


def settle_dossier(
    session: Session,
    storage: Storage,
    dossier: Dossier,
    *,
    by: Actor,
    version: int,
    decision: str,
    number: str = "",
    issued_on: date | None = None,
    file: Given | None = None,
    reason: str = "",
    no_draft: str = "",
) -> Outcome:
    """Settle. Granted needs a file, refused a reason. Raises NotSettled, Conflict.

    `no_draft`: why nobody was shown a draft that the procedure wants, a key of the phrase bank.
    """
    expect_version(dossier, version)
    if decision == "granted" and file is None:
        raise NotSettled(Text("Add the file of the result (PDF or photo)."))
    if decision == "refused" and not nfc(reason):
        raise NotSettled(Text("Write the reason in words; the applicant will read it."))
    if decision not in ("granted", "refused"):
        raise NotSettled(Text("Choose what was decided."))
    expect_draft_answered(session, dossier)
    spec = catalogue.spec_by_revision(session, dossier.revision_id)
    if decision == "granted" and lacks_draft(session, spec, dossier.channel, dossier.id):
        why = composed("no_draft", [no_draft], "")
        if not why:
            raise NotSettled(NO_DRAFT)
        record_note(session, dossier, "skip_draft", by=by, reason=why, why=no_draft)
    result = spec.results[0]
    record_move(session, dossier, "settle", by=by, reason=nfc(reason)[:2000], decision=decision)
    now = clock.now()
    dossier.settled_at = now
    outcome = Outcome(
        dossier_id=dossier.id,
        decision=decision,
        result_code=result.reuse_code,
        title_vi=result.title.vi,
        title_en=result.title.en,
        issued_on=issued_on or clock.today(),
        created_at=now,
    )
    outcome.number = one_line(number)[:60] or None
    if decision == "granted" and file is not None:
        _keep(session, dossier, outcome, result, _store(session, storage, file), by)
    session.add(outcome)
    record(session, DossierSettled(dossier.public_id))
    return outcome


def _store(session: Session, storage: Storage, file: Given) -> StoredFile:
    stored = keep_given(session, storage, file)
    if isinstance(stored, Text):
        raise NotSettled(stored)
    return stored


def _keep(
    session: Session, dossier: Dossier, outcome: Outcome, result: ResultSpec, stored: StoredFile, by: Actor
) -> None:
    """The result becomes a record of the person, with the answers it proves."""
    spec = catalogue.spec_by_revision(session, dossier.revision_id)
    answers = kept_answers(spec, dossier.answers["values"])
    item = records.keep_result(
        session,
        person_id=dossier.person_id,
        result_code=result.reuse_code,
        title_vi=result.title.vi,
        title_en=result.title.en,
        number=outcome.number,
        issuer=session.scalar(select(Office.name).where(Office.id == dossier.office_id)) or "",
        issued_on=outcome.issued_on,
        valid_until=_valid_until(outcome.issued_on, result.valid_months),
        file=stored,
        source_dossier=dossier.public_id,
        source_code=dossier.code,
        data=carried(result.reuse_code, answers),
        by=by,
    )
    session.flush()  # the outcome points at the record
    outcome.file_id = stored.id
    outcome.vault_item_id = item.id


def _valid_until(issued: date, months: int | None) -> date | None:
    """The same day some months later, or the last day of a shorter month."""
    if months is None:
        return None
    year, month = divmod(issued.month - 1 + months, 12)
    last = monthrange(issued.year + year, month + 1)[1]
    return date(issued.year + year, month + 1, min(issued.day, last))
