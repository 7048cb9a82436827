"""Reads of dossiers. Each page about one dossier is three selects of named columns, whatever it shows."""

import json
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import ColumnElement, Integer, Row, Select, and_, bindparam, exists, select, tuple_
from sqlalchemy.orm import Session, aliased

from webapp.accounts.models import Account, Mandate, Person
from webapp.catalogue import queries as catalogue
from webapp.catalogue.formspec import DocumentSpec, ProcedureSpec, papers
from webapp.catalogue.models import ProcedureRevision
from webapp.core import clock
from webapp.core.actor import Actor
from webapp.core.crypto import unseal_text
from webapp.core.files import StoredFile
from webapp.core.hot import Hot
from webapp.dossiers.models import (
    Dossier,
    DossierDocument,
    DossierFile,
    DossierMove,
    DossierOpening,
    DraftCheck,
    Outcome,
    Receipt,
    SupplementRequest,
)
from webapp.dossiers.states import State
from webapp.dossiers.view import Counted, DossierView, FileView, MoveView, PaperView, RecordView, open_sealed
from webapp.offices.models import Office
from webapp.payments.models import PaymentRequest
from webapp.vault.models import VaultItem

PAGE = 20
_helper = aliased(Account)
_COLUMNS = (
    Dossier.id,
    Dossier.public_id,
    Dossier.person_id,
    Dossier.office_id,
    Dossier.state,
    Dossier.resume_to,
    Dossier.version,
    Dossier.channel,
    Dossier.code,
    Dossier.lookup_code,
    Dossier.qr_token_sealed,
    Dossier.answers_sealed,
    Dossier.submitted_at,
    Dossier.received_at,
    Dossier.due_at,
    Dossier.act_by,
    Dossier.settled_at,
    Dossier.handed_over_at,
    Dossier.created_at,
    Dossier.updated_at,
    ProcedureRevision.content_hash,
    Office.name.label("office_name"),
    Office.code.label("office_code"),
    Office.phone.label("office_phone"),
    Office.address.label("office_address"),
    Person.public_id.label("person_public"),
    Person.full_name_sealed,
    Person.citizen_id_sealed,
    Person.birth_date_sealed,
    Outcome.public_id.label("outcome_public"),
    Outcome.decision,
    Outcome.number_sealed,
    Outcome.issued_on,
    Outcome.title_vi.label("outcome_vi"),
    Outcome.title_en.label("outcome_en"),
    Outcome.file_id.label("outcome_file_id"),
    SupplementRequest.public_id.label("supplement_public"),
    SupplementRequest.asked_at,
    SupplementRequest.answered_at,
    SupplementRequest.deadline_on,
    SupplementRequest.items_sealed,
    Receipt.manifest,
    Receipt.issued_at.label("receipt_at"),
    Receipt.kind.label("receipt_kind"),
    PaymentRequest.public_id.label("payment_public"),
    PaymentRequest.amount,
    PaymentRequest.what_for_sealed,
    DraftCheck.until.label("draft_until"),
    Mandate.public_id.label("mandate_public"),
    _helper.display_name.label("helper_name"),
)


def _base() -> Select[Any]:
    """The dossier with all that a page about it says beside its history and papers: one row.

    Of what waits for the person (money, a draft of the result) there is at most one.
    """
    newest_request = (
        select(SupplementRequest.id)
        .where(SupplementRequest.dossier_id == Dossier.id)
        .order_by(SupplementRequest.id.desc())
        .limit(1)
        .correlate(Dossier)
        .scalar_subquery()
    )
    newest_receipt = (
        select(Receipt.id)
        .where(Receipt.dossier_id == Dossier.id)
        .order_by(Receipt.id.desc())
        .limit(1)
        .correlate(Dossier)
        .scalar_subquery()
    )
    return (
        select(*_COLUMNS)
        .join(ProcedureRevision, ProcedureRevision.id == Dossier.revision_id)
        .join(Office, Office.id == Dossier.office_id)
        .join(Person, Person.id == Dossier.person_id)
        .outerjoin(Outcome, Outcome.dossier_id == Dossier.id)
        .outerjoin(SupplementRequest, SupplementRequest.id == newest_request)
        .outerjoin(Receipt, Receipt.id == newest_receipt)
        .outerjoin(
            PaymentRequest, and_(PaymentRequest.dossier == Dossier.public_id, PaymentRequest.closed_at.is_(None))
        )
        .outerjoin(
            DraftCheck,
            and_(
                DraftCheck.dossier_id == Dossier.id,
                DraftCheck.answered_at.is_(None),
                DraftCheck.closed_at.is_(None),
            ),
        )
        .outerjoin(Mandate, Mandate.id == Dossier.mandate_id)
        .outerjoin(_helper, _helper.id == Mandate.helper_id)
    )


OWN = Hot(_base().where(Dossier.public_id == bindparam("public"), Dossier.person_id == bindparam("person")))
_opening = select(DossierOpening.id).where(
    DossierOpening.dossier_id == Dossier.id, DossierOpening.account_id == bindparam("reader"),
    DossierOpening.until > bindparam("now"),
).limit(1).correlate(Dossier)  # fmt: skip
AT_OFFICE = Hot(
    _base().add_columns(_opening.scalar_subquery().label("opening")).where(
        Dossier.public_id == bindparam("public"),
        Dossier.office_id == bindparam("office"),
        Dossier.state != State.DRAFT.value,
    )
)
KNOWN = Hot(_base().where(Dossier.id == bindparam("dossier")))


def own_view(session: Session, actor: Actor, public_id: str) -> DossierView | None:
    """A dossier of the actor's subject; None for anybody else's and for made-up ids."""
    return _view(session, OWN.first(session, public=public_id, person=actor.person_id))


def office_view(session: Session, actor: Actor, public_id: str) -> DossierView | None:
    """A sent dossier of the actor's office; drafts are nobody's but the citizen's."""
    who = {"public": public_id, "office": actor.office_id, "reader": actor.account_id, "now": clock.now()}
    return _view(session, AT_OFFICE.first(session, **who))


def dossier_view(session: Session, dossier: Dossier) -> DossierView:
    """The view of a dossier that was loaded (and so allowed) already."""
    view = _view(session, KNOWN.first(session, dossier=dossier.id))
    assert view is not None  # noqa: S101  (the row is there)
    return view


def _view(session: Session, row: Row[Any] | None) -> DossierView | None:
    if row is None:
        return None
    spec = catalogue.spec_by_hash(session, row.content_hash)
    return DossierView(row, spec, _moves(session, row.id), _papers(session, row, spec))


MOVES = Hot(
    select(
        DossierMove.at,
        DossierMove.verb,
        DossierMove.from_state,
        DossierMove.to_state,
        DossierMove.party,
        DossierMove.channel,
        DossierMove.actor_name,
        DossierMove.public_id,
        DossierMove.reason_sealed,
        Mandate.public_id.label("mandate"),
    )
    .outerjoin(Mandate, Mandate.id == DossierMove.mandate_id)
    .where(DossierMove.dossier_id == bindparam("dossier"))
    .order_by(DossierMove.id)
)
PAPERS = Hot(
    select(
        DossierDocument.key,
        DossierDocument.originals,
        DossierDocument.certified,
        DossierDocument.plain,
        StoredFile.public_id,
        StoredFile.name_sealed,
        StoredFile.size,
        StoredFile.sha256,
        StoredFile.media_type,
        StoredFile.state,
        StoredFile.pages,
        DossierFile.stored_at,
        DossierFile.submitted_at,
        DossierFile.delivered_at,
        DossierFile.replaced_at,
        DossierFile.acknowledged_at,
        VaultItem.public_id.label("item"),
        VaultItem.title_vi,
        VaultItem.title_en,
        VaultItem.issuer,
        VaultItem.issued_on,
        VaultItem.source_code,
        VaultItem.file_id,
        VaultItem.file_sha256,
    )
    .outerjoin(DossierFile, DossierFile.document_id == DossierDocument.id)
    .outerjoin(StoredFile, StoredFile.id == DossierFile.file_id)
    .outerjoin(VaultItem, VaultItem.id == DossierDocument.vault_item_id)
    .where(DossierDocument.dossier_id == bindparam("dossier"))
    .order_by(DossierDocument.id, DossierFile.position, DossierFile.id)
)


def _moves(session: Session, dossier_id: int) -> tuple[MoveView, ...]:
    return tuple(
        MoveView(
            r.at,
            r.verb,
            State(r.from_state),
            State(r.to_state),
            r.party,
            r.channel,
            r.actor_name,
            r.mandate,
            open_sealed("dossier_moves.reason", r.public_id, r.reason_sealed),
        )
        for r in MOVES.rows(session, dossier=dossier_id)
    )


def _papers(session: Session, row: Row[Any], spec: ProcedureSpec) -> tuple[PaperView, ...]:
    rows = PAPERS.rows(session, dossier=row.id)
    by_key: dict[str, list[Row[Any]]] = {}
    for r in rows:
        by_key.setdefault(r.key, []).append(r)
    text = open_sealed("dossiers.answers", row.public_id, row.answers_sealed)
    answers = json.loads(text)["values"] if text else {}
    wanted = [*papers(spec, answers)]
    wanted += [d for d in spec.documents if d.key in by_key and d not in wanted]
    return tuple(_paper(d, by_key.get(d.key, [])) for d in wanted)


def _paper(spec: DocumentSpec, rows: list[Row[Any]]) -> PaperView:
    files = tuple(
        FileView(
            r.public_id,
            unseal_text("stored_files", "name", r.public_id, r.name_sealed) or "",
            r.size,
            r.sha256,
            r.media_type,
            r.stored_at,
            r.submitted_at,
            r.delivered_at,
            r.replaced_at,
            r.state,
            r.pages,
            r.acknowledged_at,
        )
        for r in rows
        if r.public_id
    )
    first = rows[0] if rows else None
    record = None
    if first is not None and first.item:
        record = RecordView(
            first.item, first.title_vi, first.title_en, first.issuer, first.issued_on, first.source_code,
            first.file_id, first.file_sha256,
        )  # fmt: skip
    counted = Counted(first.originals, first.certified, first.plain) if first is not None else Counted()
    return PaperView(spec, files, record, counted)


_own = (Dossier.public_id == bindparam("public"), Dossier.person_id == bindparam("person"))
_OWN_ROW = select(Dossier).where(*_own).with_for_update()
_glance = select(Dossier.id, Dossier.public_id, Dossier.state, Dossier.answers_sealed, ProcedureRevision.content_hash)
GLANCE = Hot(_glance.join(ProcedureRevision, ProcedureRevision.id == Dossier.revision_id).where(*_own))


def own_dossier(session: Session, actor: Actor, public_id: str) -> Dossier | None:
    """The row itself, locked for a verb; scoped as `own_view`."""
    return session.scalar(_OWN_ROW, {"public": public_id, "person": actor.person_id})


@dataclass(frozen=True)
class Listed:
    """One row of "my dossiers"."""

    public_id: str
    code: str | None
    state: State
    spec: ProcedureSpec
    office: str
    due_at: datetime | None
    created_at: datetime
    updated_at: datetime
    deadline_on: date | None
    decision: str | None


def _mine() -> Select[Any]:
    request = aliased(SupplementRequest)
    return (
        select(
            Dossier.public_id,
            Dossier.code,
            Dossier.state,
            Dossier.due_at,
            Dossier.created_at,
            Dossier.updated_at,
            ProcedureRevision.content_hash,
            Office.name.label("office"),
            Outcome.decision,
            request.deadline_on,
        )
        .join(ProcedureRevision, ProcedureRevision.id == Dossier.revision_id)
        .join(Office, Office.id == Dossier.office_id)
        .outerjoin(Outcome, Outcome.dossier_id == Dossier.id)
        .outerjoin(
            request,
            and_(request.dossier_id == Dossier.id, request.answered_at.is_(None), request.closed_at.is_(None)),
        )
        .where(Dossier.person_id == bindparam("person"))
        .order_by(Dossier.updated_at.desc(), Dossier.id.desc())
        .limit(bindparam("limit", type_=Integer))
    )


def _behind() -> ColumnElement[bool]:
    last = aliased(Dossier)
    key = select(last.updated_at, last.id).where(
        last.public_id == bindparam("after"), last.person_id == bindparam("person")
    )
    return tuple_(Dossier.updated_at, Dossier.id) < key.scalar_subquery()


MINE = Hot(_mine())
MINE_BEHIND = Hot(_mine().where(_behind()))


def my_dossiers(session: Session, actor: Actor, *, after: str | None = None, limit: int = PAGE) -> list[Listed]:
    """Newest change first, by key; what waits for the person is put on top by the page. `limit` + 1 rows come back."""
    asked = {"person": actor.person_id, "limit": limit + 1}
    rows = MINE_BEHIND.rows(session, **asked, after=after) if after else MINE.rows(session, **asked)
    specs = catalogue.specs_by_hash(session, (row.content_hash for row in rows))
    return [
        Listed(
            r.public_id,
            r.code,
            State(r.state),
            specs[r.content_hash],
            r.office,
            r.due_at,
            r.created_at,
            r.updated_at,
            r.deadline_on,
            r.decision,
        )
        for r in rows
    ]


def open_draft(session: Session, actor: Actor, procedure_code: str) -> str | None:
    """A draft of the same procedure that is already begun: the newest."""
    return session.scalar(
        select(Dossier.public_id)
        .where(
            Dossier.person_id == actor.person_id,
            Dossier.procedure_code == procedure_code,
            Dossier.state == State.DRAFT.value,
        )
        .order_by(Dossier.id.desc())
        .limit(1)
    )


def file_of(session: Session, dossier_id: int, file_public: str) -> StoredFile | None:
    """A stored file, if it belongs to a paper of this dossier."""
    mine = exists().where(
        DossierFile.file_id == StoredFile.id,
        DossierFile.document_id == DossierDocument.id,
        DossierDocument.dossier_id == dossier_id,
    )
    return session.scalar(select(StoredFile).where(StoredFile.public_id == file_public, mine))
