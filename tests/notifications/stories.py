"""Things that happen to people, made with the tables alone: what is told must not depend on how a page was filled."""

from datetime import date, datetime, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from tests import people
from webapp.accounts.models import Account, Mandate, Person
from webapp.catalogue.models import Procedure
from webapp.core import clock
from webapp.core.ids import new_lookup_code, new_public_id
from webapp.core.outbox import record
from webapp.dossiers import events
from webapp.dossiers.models import Dossier, DossierMove, DraftCheck, SupplementRequest
from webapp.offices.models import Office

CODE = "H56.38.12-261122-0042"
VERBS = {
    events.DossierSubmitted: "submit",
    events.DossierReceived: "receive",
    events.SupplementRequested: "request_supplement",
    events.SupplementSent: "supplement",
    events.ProcessingStarted: "process",
    events.DossierSettled: "settle",
    events.ResultHandedOver: "hand_over",
    events.WithdrawalRequested: "withdraw",
    events.DossierDeclined: "decline",
    events.DossierStopped: "stop",
    events.PaymentRequired: "require_payment",
    events.PaymentRecorded: "pay",
    events.DueExtended: "extend",
    events.DueDateMoved: "extend",
    events.SupplementDayMoved: "extend",
    events.DraftTermMoved: "extend",
    events.DraftSent: "send_draft",
    events.DraftAnswered: "confirm_draft",
    events.WithdrawalAnswered: "refuse_withdrawal",
}


def dossier_of(session: Session, who: Person, *, office: str = "H56.38.12", code: str = CODE) -> Dossier:
    """A dossier that was sent to this office."""
    now = clock.now()
    account = session.scalars(select(Account).order_by(Account.id)).first()
    procedure = session.scalars(select(Procedure).order_by(Procedure.code)).first()
    made = Dossier(
        person_id=who.id,
        revision_id=procedure.revision_id,
        procedure_code=procedure.code,
        office_id=session.scalar(select(Office.id).where(Office.code == office)),
        state="submitted",
        channel="self",
        started_by=account.id,
        code=code,
        lookup_code=new_lookup_code(),
        submitted_at=now,
        due_at=datetime(2026, 12, 2, 17, 0, tzinfo=clock.VIETNAM),
        created_at=now,
        updated_at=now,
    )
    session.add(made)
    session.flush()
    return made


def happens(session: Session, dossier: Dossier, event: type[events.DossierEvent], mandate: str | None = None) -> None:
    """A step of the dossier, its history row, and the event that tells of it."""
    verb = VERBS[event]
    if event in (events.SupplementRequested, events.SupplementDayMoved):
        request = SupplementRequest(
            dossier_id=dossier.id, asked_at=clock.now(), asked_by=dossier.started_by, deadline_on=date(2026, 12, 9)
        )
        request.items = [{"kind": "document", "key": "x", "fault": "blurred", "words": "giấy chứng sinh mờ"}]
        session.add(request)
    if event in (events.DraftSent, events.DraftTermMoved):
        check = DraftCheck(
            dossier_id=dossier.id, sent_at=clock.now(), sent_by=dossier.started_by,
            until=datetime(2026, 11, 25, 17, 0, tzinfo=clock.VIETNAM),
        )  # fmt: skip
        check.text = "Họ tên: Lê Gia Hân"
        session.add(check)
    session.add(
        DossierMove(
            public_id=new_public_id(),
            dossier_id=dossier.id,
            at=clock.now(),
            verb=verb,
            from_state="submitted",
            to_state="received",
            party="reception",
            channel="counter",
        )
    )
    record(session, event(dossier.public_id, mandate))


def mandate_of(session: Session, who: Person) -> Mandate:
    """The person let the commune's helper act for an hour."""
    helper = people.staff(session, "helper")
    now = clock.now()
    made = Mandate(
        person_id=who.id,
        helper_id=helper.id,
        office_id=helper.office_id,
        evidence_kind="card_pin",
        evidence_id=new_public_id(),
        text_version="v1",
        granted_at=now,
        expires_at=now + timedelta(hours=1),
    )
    session.add(made)
    session.flush()
    return made
