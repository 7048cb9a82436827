"""Asking for everything that is missing, once; and sending it, whole."""

from collections.abc import Sequence
from datetime import date
from typing import Any

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from webapp.core import clock
from webapp.core.actor import Actor
from webapp.core.errors import DomainError
from webapp.core.files import INFECTED, StoredFile
from webapp.core.outbox import record
from webapp.core.storage import Storage
from webapp.core.text import Text, nfc
from webapp.dossiers.deadlines import supplement_deadline
from webapp.dossiers.events import SupplementRequested, SupplementSent
from webapp.dossiers.models import Dossier, DossierDocument, DossierFile, SupplementRequest
from webapp.dossiers.moves import expect_version, record_move
from webapp.dossiers.papers.issue import SUPPLEMENT, issue_paper
from webapp.dossiers.receipts import FilesIncomplete, Proved, issue_receipt
from webapp.dossiers.states import State

FAULTS = ("missing", "blurred", "wrong", "expired", "other")


class NothingAsked(DomainError):
    """A request must name at least one thing."""


def open_request(session: Session, dossier_id: int) -> SupplementRequest | None:
    """The request that waits for its answer."""
    return session.scalar(
        select(SupplementRequest)
        .where(
            SupplementRequest.dossier_id == dossier_id,
            SupplementRequest.answered_at.is_(None),
            SupplementRequest.closed_at.is_(None),
        )
        .order_by(SupplementRequest.id.desc())
    )


def was_answered(session: Session, dossier: Dossier, public_id: str) -> bool:
    """This very request was answered before."""
    answered = session.scalar(
        select(SupplementRequest.answered_at).where(
            SupplementRequest.dossier_id == dossier.id, SupplementRequest.public_id == public_id
        )
    )
    return answered is not None


def request_supplement(
    session: Session,
    dossier: Dossier,
    *,
    by: Actor,
    version: int,
    items: Sequence[dict[str, Any]],
    deadline_on: date | None = None,
) -> SupplementRequest:
    """Ask for all that is missing, on form 02. items: kind document|field, key, fault, words, of a paper also count.

    Raises NothingAsked, Conflict.
    """
    expect_version(dossier, version)
    clean = [
        {
            "kind": i["kind"],
            "key": i["key"],
            "fault": i["fault"],
            "words": nfc(i.get("words") or "")[:1000],
            **({"count": int(i["count"])} if i["kind"] == "document" and i.get("count") else {}),
        }
        for i in items
        if i["fault"] in FAULTS and i["kind"] in ("document", "field")
    ]
    if not clean:
        raise NothingAsked(Text("Tick at least one paper or answer, so that people know what to bring."))
    now = clock.now()
    record_move(session, dossier, "request_supplement", by=by, items=len(clean))
    request = SupplementRequest(
        dossier_id=dossier.id,
        asked_at=now,
        asked_by=by.account_id,
        deadline_on=deadline_on or supplement_deadline(session, now, dossier.office_id),
    )
    request.items = clean
    session.add(request)
    body = {"items": clean, "until": request.deadline_on.isoformat()}
    issue_paper(session, dossier, SUPPLEMENT, body, by=by)
    record(session, SupplementRequested(dossier.public_id))
    return request


def outstanding(session: Session, dossier: Dossier, request: SupplementRequest) -> list[str]:
    """Papers asked for that have no new photo since the request."""
    wanted = papers_of(request)
    rows = session.execute(
        select(DossierDocument.key)
        .join(DossierFile, DossierFile.document_id == DossierDocument.id)
        .join(StoredFile, StoredFile.id == DossierFile.file_id)
        .where(
            DossierDocument.dossier_id == dossier.id,
            DossierFile.stored_at > request.asked_at,
            StoredFile.state != INFECTED,
        )
    )
    there = {row.key for row in rows}
    return [key for key in wanted if key not in there]


def correct_answers(dossier: Dossier, request: SupplementRequest, values: dict[str, Any]) -> None:
    """Put the corrected answers in place; what stood there before is kept with the request."""
    content = dossier.answers
    changed = {k: v for k, v in values.items() if content["values"].get(k) != v}
    before = {k: content["values"].get(k) for k in changed}
    request.items = [*request.items, {"kind": "before", "key": "", "fault": "other", "words": "", "values": before}]
    content["values"].update(changed)
    content["sources"] = {k: s for k, s in content["sources"].items() if k not in changed}
    dossier.answers = content


def papers_of(request: SupplementRequest | None) -> list[str]:
    """Keys of the papers that are asked for."""
    return [item["key"] for item in request.items if item["kind"] == "document"] if request is not None else []


def send_supplement(
    session: Session, storage: Storage, dossier: Dossier, *, by: Actor, proved: Proved = ()
) -> bool:  # fmt: skip
    """Send what was asked for. False when it was sent a moment ago. `proved`: as for `submit.submit_dossier`.

    Raises NothingAsked while a paper is missing, errors.Unavailable.
    """
    request = open_request(session, dossier.id)
    if request is None or dossier.state != State.SUPPLEMENT_REQUESTED.value:
        return False
    if outstanding(session, dossier, request):
        raise NothingAsked(Text("A paper that was asked for has no new photo yet. Add it, then send."))
    now = clock.now()
    documents = papers_of(request)
    _retire_old_photos(session, dossier, documents, request)
    try:
        if documents:
            issue_receipt(session, storage, dossier, "supplement", documents, proved)
    except FilesIncomplete as broken:
        raise NothingAsked(Text("A photo did not reach us whole. Remove it, take it again, then send.")) from broken
    request.answered_at = now
    record_move(session, dossier, "supplement", by=by, papers=len(documents))
    record(session, SupplementSent(dossier.public_id, by.mandate_public))
    return True


def _retire_old_photos(session: Session, dossier: Dossier, keys: list[str], request: SupplementRequest) -> None:
    """The photos that were not good enough stay in the ledger, marked as replaced."""
    rows = select(DossierDocument.id).where(DossierDocument.dossier_id == dossier.id, DossierDocument.key.in_(keys))
    session.execute(
        update(DossierFile)
        .where(
            DossierFile.document_id.in_(rows),
            DossierFile.stored_at <= request.asked_at,
            DossierFile.replaced_at.is_(None),
        )
        .values(replaced_at=clock.now())
        .execution_options(synchronize_session=False)
    )
    session.execute(
        update(DossierDocument)
        .where(DossierDocument.id.in_(rows))
        .values(vault_item_id=None)
        .execution_options(synchronize_session=False)
    )
    session.expire_all()  # the two updates above went past what this session had read
