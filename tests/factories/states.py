"""Dossiers in every place a dossier can be in, brought there by the verbs of the house."""

from collections.abc import Callable
from datetime import timedelta

from sqlalchemy.orm import Session

from tests import people as who
from tests.factories import dossiers
from webapp.accounts.models import Account, Person
from webapp.core import clock
from webapp.core.actor import Actor, Channel, Role
from webapp.core.storage import Storage
from webapp.dossiers.deadlines import calendar
from webapp.dossiers.decline import decline_dossier
from webapp.dossiers.extend import extend_dossier
from webapp.dossiers.hand_over import hand_over
from webapp.dossiers.models import Dossier
from webapp.dossiers.process import start_processing
from webapp.dossiers.receive import receive_dossier
from webapp.dossiers.require_payment import require_payment
from webapp.dossiers.settle import settle_dossier
from webapp.dossiers.states import State
from webapp.dossiers.stop import stop_dossier
from webapp.dossiers.supplement import open_request, request_supplement
from webapp.dossiers.withdraw import withdraw_dossier

ITEMS = [{"kind": "document", "key": "birth_proof", "fault": "blurred", "words": "Chụp lại số seri."}]


def as_staff(session: Session, username: str) -> Actor:
    """The actor that this member of staff is at the desk."""
    account: Account = who.staff(session, username)
    role = Role(account.roles[0])
    return Actor(
        role=role, roles=frozenset({role}), channel=Channel.COUNTER, account_id=account.id,
        account_public=account.public_id, office_id=account.office_id, name=account.display_name or "",
    )  # fmt: skip


class Bringer:
    """Brings one sent dossier along."""

    def __init__(self, session: Session, storage: Storage, person: Person) -> None:
        self.session, self.storage, self.person = session, storage, person
        self.row: Dossier = dossiers.sent(session, storage, person)

    def by(self, username: str) -> dict[str, object]:
        self.session.flush()
        return {"by": as_staff(self.session, username), "version": self.row.version}

    def receive(self) -> None:
        receive_dossier(self.session, self.row, **self.by("officer"))

    def process(self) -> None:
        self.receive()
        start_processing(self.session, self.row, **self.by("case"))

    def ask(self, *, over: bool = False) -> None:
        request_supplement(self.session, self.row, items=ITEMS, **self.by("case"))
        if over:
            self.session.flush()
            request = open_request(self.session, self.row.id)
            assert request is not None
            request.deadline_on = clock.today() - timedelta(days=1)

    def charge(self) -> None:
        require_payment(
            self.session, self.row, amount=50_000, what_for="Lệ phí", reason="Đăng ký quá hạn.", **self.by("case")
        )

    def take_back(self) -> None:
        withdraw_dossier(self.session, self.row, by=who.as_citizen(self.session, self.person), reason="Ghi nhầm.")

    def settle(self) -> None:
        self.process()
        settle_dossier(
            self.session, self.storage, self.row, decision="refused", reason="Đã đăng ký nơi khác.", **self.by("case")
        )


def _declined(it: Bringer) -> None:
    decline_dossier(it.session, it.row, reason="Không thuộc thẩm quyền.", basis="Luật Hộ tịch", **it.by("officer"))


def _stopped(it: Bringer) -> None:
    it.process()
    stop_dossier(it.session, it.row, reason="Có tranh chấp.", basis="Luật Hộ tịch", **it.by("manager"))


def _extended(it: Bringer) -> None:
    assert it.row.due_at is not None
    due = clock.local(it.row.due_at).date()
    later = calendar(it.session, it.row.office_id, due).add_working(due, 3)
    extend_dossier(it.session, it.row, due_on=later, reason="Chờ cơ quan khác trả lời.", **it.by("manager"))


def _both(first: Callable[[Bringer], None], then: Callable[[Bringer], None]) -> Callable[[Bringer], None]:
    def bring(it: Bringer) -> None:
        first(it)
        then(it)

    return bring


# place → (state, where it would resume, how to get there). "over": the day to answer has passed.
PLACES: dict[str, tuple[State, State | None, Callable[[Bringer], None]]] = {
    "submitted": (State.SUBMITTED, None, lambda it: None),
    "received": (State.RECEIVED, None, Bringer.receive),
    "processing": (State.PROCESSING, None, Bringer.process),
    "asked before acceptance": (State.SUPPLEMENT_REQUESTED, State.SUBMITTED, Bringer.ask),
    "asked before acceptance, over": (State.SUPPLEMENT_REQUESTED, State.SUBMITTED, lambda it: it.ask(over=True)),
    "asked in work": (State.SUPPLEMENT_REQUESTED, State.PROCESSING, _both(Bringer.process, Bringer.ask)),
    "asked in work, over": (
        State.SUPPLEMENT_REQUESTED,
        State.PROCESSING,
        _both(Bringer.process, lambda it: it.ask(over=True)),
    ),
    "to be paid before acceptance": (State.PAYMENT_DUE, State.RECEIVED, Bringer.charge),
    "to be paid in work": (State.PAYMENT_DUE, State.PROCESSING, _both(Bringer.process, Bringer.charge)),
    "asked back before acceptance": (State.WITHDRAWAL_REQUESTED, None, Bringer.take_back),
    "asked back in work": (State.WITHDRAWAL_REQUESTED, State.PROCESSING, _both(Bringer.process, Bringer.take_back)),
    "declined": (State.DECLINED, None, _declined),
    "stopped": (State.STOPPED, None, _stopped),
    "settled": (State.SETTLED, None, Bringer.settle),
    "handed over": (
        State.HANDED_OVER,
        None,
        _both(Bringer.settle, lambda it: hand_over(it.session, it.row, to_whom="Đào", **it.by("officer"))),
    ),
}

# What is no state of its own.
BESIDE_THE_TABLE = {"extended": (State.RECEIVED, None, _both(Bringer.receive, _extended))}


def bring(session: Session, storage: Storage, place: str, person: Person) -> Dossier:
    """A dossier that stands at this place."""
    state, resume_to, how = {**PLACES, **BESIDE_THE_TABLE}[place]
    it = Bringer(session, storage, person)
    how(it)
    session.flush()
    assert (it.row.state, it.row.resume_to) == (state.value, resume_to.value if resume_to else None), place
    return it.row
