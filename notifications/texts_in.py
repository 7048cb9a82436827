"""Texts that people send to us: each is answered once, by SMS, in 160 signs at most, without a name or an ID number.

From a phone that our messages go to, a code alone is answered, and no code at all: then the newest dossier is meant.
From another one the same second fact is asked for, and its tries are counted with those of /lookup. What was texted is
kept nowhere: of each text a digest of the gateway's id stays, so that one that is delivered twice is answered once, and
our answer, as every SMS.

Whoever has texts sent to us by the thousand wants our answers to be paid for: a number that we do not know is answered
a few times an hour, all such numbers together some hundred times, and then no more.
"""

import hashlib
from dataclasses import dataclass
from typing import Any

from sqlalchemy import case, select
from sqlalchemy.orm import Session

from assisted import mine
from notifications import commands, facts
from notifications.handlers import queue
from notifications.messages import sms
from notifications.models import ANSWER, CREATED, SMS, Message
from notifications.recipients import people_at
from webapp.accounts.limits import HOUR, Limit
from webapp.core import clock, idempotency
from webapp.core.actor import Actor, Channel, Role
from webapp.core.audit import audit
from webapp.core.parsing import FieldError, mobile
from webapp.core.settings import Settings
from webapp.dossiers import lookup
from webapp.dossiers.models import Dossier, SupplementRequest
from webapp.dossiers.states import CLOCK, OPEN, Clock, State
from webapp.offices.models import Office

KNOWN = Limit("sms in, known", 10, HOUR)
STRANGER = Limit("sms in, stranger", 5, HOUR)
STRANGERS = Limit("sms in, strangers", 300, HOUR)
TRIES = 5  # of a second fact, from one phone in five minutes

# {on}: the day it came there; {deadline}: of what is missing.
STAGES: dict[State, str] = {
    State.SUBMITTED: "da gui ngay {on}, dang cho tiep nhan",
    State.RECEIVED: "da tiep nhan ngay {on}",
    State.PROCESSING: "dang giai quyet",
    State.SUPPLEMENT_REQUESTED: "can bo sung, cham nhat ngay {deadline}",
    State.PAYMENT_DUE: "can nop phi tai Bo phan Mot cua",
    State.WITHDRAWAL_REQUESTED: "dang xem xet yeu cau rut",
    State.DECLINED: "khong duoc tiep nhan",
    State.STOPPED: "da dung giai quyet",
    State.SETTLED: "da co ket qua ngay {on}",
    State.HANDED_OVER: "da tra ket qua ngay {on}",
}


@dataclass(frozen=True)
class TextIn:
    """One text, whoever's gateway brought it."""

    ref: str  # the gateway's own id: the same text has the same one, however often it is delivered
    sender: str
    text: str


@dataclass(frozen=True)
class Answer:
    """What it says, in whose name, and about whom; the province's own where no office has to do with it."""

    kind: str
    values: dict[str, Any]
    unit: str
    person_id: int | None = None


def take(session: Session, settings: Settings, text_in: TextIn) -> None:
    """Do what it asks and queue the answer. A text that was here before or comes from no mobile phone does nothing."""
    key = hashlib.sha256(text_in.ref.encode()).hexdigest()
    if idempotency.begin(session, "sms in", key, "", "taken") is not None:
        return
    try:
        number = mobile(text_in.sender)
    except FieldError:
        return  # another service, or abroad: two machines would answer each other for ever
    here = people_at(session, number)
    asked = commands.read(text_in.text)
    stopped = asked.verb == commands.STOP and _stop(session, here, asked.code)  # also when no answer is left
    if not _may_answer(session, number, known=bool(here)):
        return
    if asked.verb == commands.STATUS:
        answer = _status(session, settings, number, here, asked)
    elif asked.verb == commands.STOP:
        answer = _ours(session, settings, "answer_stopped" if stopped else "answer_nobody")
    else:
        answer = _ours(session, settings, "answer_help")
    _queue(session, key, number, answer, answer.person_id or next(iter(here), None))


def _may_answer(session: Session, number: str, *, known: bool) -> bool:
    if known:
        return KNOWN.hit(session, number)
    return STRANGER.hit(session, number) and STRANGERS.hit(session, "all")


def _ours(session: Session, settings: Settings, kind: str) -> Answer:
    unit = facts.unit_of_code(session, {}, settings.province_code)
    return Answer(kind, {"phone": settings.help_phone}, unit)


def _stop(session: Session, here: list[int], code: str) -> bool:
    """Nobody may act any more for those whom this phone reaches; a code that is one of theirs says for whom."""
    row = lookup.found(session, code) if code else None
    chosen = [row.person_id] if row is not None and row.person_id in here else here
    stopped = False
    for person_id in chosen:
        by = Actor(role=Role.CITIZEN, channel=Channel.SELF, person_id=person_id)
        for helped in mine.stop_all_helpers(session, person_id, by=by):
            audit(session, by, "sms:stop_helper", helped.public_id)
            stopped = True
    return stopped


def _status(session: Session, settings: Settings, number: str, here: list[int], asked: commands.Asked) -> Answer:
    if not asked.code:
        newest = _newest(session, here)
        return _where_it_stands(session, *newest) if newest else _ours(session, settings, "answer_help")
    row = lookup.found(session, asked.code)
    if row is None or row.person_id not in here:
        place = ("lookup phone", number)
        if asked.proof and not lookup.count_try(session, place, TRIES, asked.code):
            return _ours(session, settings, "answer_wait")
        if row is None or not asked.proof or not lookup.proves(row, asked.proof):
            return _ours(session, settings, "answer_unknown")
        lookup.was_right(session, place)
    return _where_it_stands(session, row.id, row.person_id if row.person_id in here else None)


def _newest(session: Session, here: list[int]) -> tuple[int, int] | None:
    """Key and person of what happened last to a dossier of theirs; what is still open comes first."""
    sent = (Dossier.person_id.in_(here), Dossier.state != State.DRAFT.value)
    open_first = case((Dossier.state.in_([state.value for state in OPEN]), 0), else_=1)
    query = select(Dossier.id, Dossier.person_id).where(*sent).order_by(open_first, Dossier.updated_at.desc())
    row = session.execute(query.limit(1)).first()
    return (row.id, row.person_id) if row else None


def _where_it_stands(session: Session, dossier_id: int, person_id: int | None) -> Answer:
    deadline = (
        select(SupplementRequest.deadline_on)
        .where(SupplementRequest.dossier_id == Dossier.id)
        .order_by(SupplementRequest.id.desc())
        .limit(1)
        .correlate(Dossier)
        .scalar_subquery()
    )
    row = session.execute(
        select(
            Dossier.state, Dossier.code, Dossier.due_at, Dossier.submitted_at, Dossier.received_at, Dossier.settled_at,
            Dossier.handed_over_at, Dossier.updated_at, Office.short_name, Office.phone, deadline.label("deadline"),
        )
        .join(Office, Office.id == Dossier.office_id)
        .where(Dossier.id == dossier_id)
    ).one()  # fmt: skip
    state = State(row.state)
    moment = getattr(row, f"{state.value}_at", None) or row.updated_at
    stage = STAGES[state].format(
        on=f"{clock.local(moment):%d/%m/%Y}", deadline=f"{row.deadline:%d/%m/%Y}" if row.deadline else ""
    )
    runs = CLOCK[state] is Clock.RUNNING and row.due_at is not None
    due = f"{clock.local(row.due_at):%d/%m/%Y}" if runs else None
    values = {"code": row.code, "stage": stage, "due": due, "phone": row.phone}
    return Answer("answer_status", values, row.short_name, person_id)


def _queue(session: Session, key: str, number: str, answer: Answer, person_id: int | None) -> None:
    message = Message(
        dedupe_key=f"asked:{key}:{SMS}", person_id=person_id, kind=ANSWER, channel=SMS, state=CREATED,
        created_at=clock.now(),
    )  # fmt: skip
    message.to, message.body = number, {"text": sms(answer.kind, answer.unit, **answer.values)}
    queue(session, message)
