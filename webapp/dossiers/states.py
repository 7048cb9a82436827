"""The life of a dossier on one page. Pure: no database, no clock.

Built from the ten statuses of the national portal (their numbers belong to `interop`); who may move is from the
practice of the provinces. Money, delivery of the result and delivery to the agency's system are other axes, not states.
"Overdue" is computed, never stored.
"""

from dataclasses import dataclass
from enum import StrEnum


class State(StrEnum):
    """Where a dossier is."""

    DRAFT = "draft"
    SUBMITTED = "submitted"
    RECEIVED = "received"
    DECLINED = "declined"
    PROCESSING = "processing"
    SUPPLEMENT_REQUESTED = "supplement_requested"
    PAYMENT_DUE = "payment_due"
    WITHDRAWAL_REQUESTED = "withdrawal_requested"
    STOPPED = "stopped"
    SETTLED = "settled"
    HANDED_OVER = "handed_over"


class Party(StrEnum):
    """Who may move it."""

    APPLICANT = "applicant"
    RECEPTION = "reception"
    CASE = "case"
    MANAGER = "manager"
    SYSTEM = "system"


class Clock(StrEnum):
    """What the time limit does in a state."""

    NOT_STARTED = "not_started"
    RUNNING = "running"
    PAUSED = "paused"
    STOPPED = "stopped"


S, P = State, Party
DESK = frozenset({P.RECEPTION, P.CASE, P.MANAGER})
OFFICE = frozenset({P.CASE, P.MANAGER})
APPLICANT = frozenset({P.APPLICANT})

# (from, verb) → (to, who). `None` as target: back to where `resume_to` says.
MOVES: dict[tuple[State, str], tuple[State | None, frozenset[Party]]] = {
    (S.DRAFT, "submit"): (S.SUBMITTED, APPLICANT),
    (S.SUBMITTED, "receive"): (S.RECEIVED, DESK),
    (S.SUBMITTED, "decline"): (S.DECLINED, DESK),
    (S.SUBMITTED, "request_supplement"): (S.SUPPLEMENT_REQUESTED, DESK),
    (S.SUBMITTED, "require_payment"): (S.PAYMENT_DUE, DESK),
    (S.SUBMITTED, "withdraw"): (S.WITHDRAWAL_REQUESTED, APPLICANT),
    (S.RECEIVED, "process"): (S.PROCESSING, DESK),
    (S.RECEIVED, "request_supplement"): (S.SUPPLEMENT_REQUESTED, DESK),
    (S.RECEIVED, "require_payment"): (S.PAYMENT_DUE, DESK),
    (S.RECEIVED, "withdraw"): (S.WITHDRAWAL_REQUESTED, APPLICANT),
    (S.RECEIVED, "settle"): (S.SETTLED, OFFICE),
    (S.PROCESSING, "request_supplement"): (S.SUPPLEMENT_REQUESTED, OFFICE),
    (S.PROCESSING, "require_payment"): (S.PAYMENT_DUE, OFFICE),
    (S.PROCESSING, "withdraw"): (S.WITHDRAWAL_REQUESTED, APPLICANT),
    (S.PROCESSING, "stop"): (S.STOPPED, frozenset({P.MANAGER})),
    (S.PROCESSING, "settle"): (S.SETTLED, OFFICE),
    (S.SUPPLEMENT_REQUESTED, "supplement"): (None, APPLICANT),
    (S.SUPPLEMENT_REQUESTED, "withdraw"): (S.WITHDRAWAL_REQUESTED, APPLICANT),
    (S.SUPPLEMENT_REQUESTED, "decline"): (S.DECLINED, DESK),
    (S.SUPPLEMENT_REQUESTED, "stop"): (S.STOPPED, DESK),
    (S.PAYMENT_DUE, "pay"): (None, frozenset({P.SYSTEM})),
    (S.PAYMENT_DUE, "withdraw"): (S.WITHDRAWAL_REQUESTED, APPLICANT),
    (S.PAYMENT_DUE, "stop"): (S.STOPPED, frozenset({P.MANAGER})),
    (S.WITHDRAWAL_REQUESTED, "accept_withdrawal"): (S.STOPPED, DESK),
    (S.WITHDRAWAL_REQUESTED, "refuse_withdrawal"): (None, DESK),
    (S.STOPPED, "hand_over"): (S.HANDED_OVER, DESK),
    (S.SETTLED, "hand_over"): (S.HANDED_OVER, DESK),
}

CLOCK: dict[State, Clock] = {
    S.DRAFT: Clock.NOT_STARTED,
    S.SUBMITTED: Clock.NOT_STARTED,
    S.RECEIVED: Clock.RUNNING,
    S.PROCESSING: Clock.RUNNING,
    S.SUPPLEMENT_REQUESTED: Clock.PAUSED,
    S.PAYMENT_DUE: Clock.PAUSED,
    S.DECLINED: Clock.STOPPED,
    S.WITHDRAWAL_REQUESTED: Clock.STOPPED,
    S.STOPPED: Clock.STOPPED,
    S.SETTLED: Clock.STOPPED,
    S.HANDED_OVER: Clock.STOPPED,
}

# Verbs that leave a state which a later one comes back to.
REMEMBERS = frozenset({"request_supplement", "require_payment", "withdraw"})
OPEN = frozenset({S.SUBMITTED, S.RECEIVED, S.PROCESSING, S.SUPPLEMENT_REQUESTED, S.PAYMENT_DUE, S.WITHDRAWAL_REQUESTED})
CLOSED = frozenset({S.DECLINED, S.STOPPED, S.SETTLED, S.HANDED_OVER})


class IllegalMove(ValueError):
    """This verb does not leave this state, or not by this party."""

    def __init__(self, state: State, verb: str, party: Party) -> None:
        super().__init__(f"{party} cannot {verb} a dossier that is {state}")
        self.state, self.verb, self.party = state, verb, party


@dataclass(frozen=True)
class Step:
    """The outcome of a move: the new state, and what to remember for the way back."""

    to: State
    resume_to: State | None


def move(state: State, verb: str, party: Party, resume_to: State | None = None) -> Step:
    """Follow the table. Raises IllegalMove."""
    target, parties = MOVES.get((state, verb), (None, frozenset()))
    if party not in parties:
        raise IllegalMove(state, verb, party)
    if target is None:
        if resume_to is None:
            raise IllegalMove(state, verb, party)
        return Step(resume_to, None)
    if verb not in REMEMBERS:
        return Step(target, None)
    return Step(target, _way_back(state, verb, resume_to))


def _way_back(state: State, verb: str, resume_to: State | None) -> State:
    """After acceptance a supplement leads into processing (portal status 5 → 4), before it back to the desk (5 → 1)."""
    if state in (S.SUPPLEMENT_REQUESTED, S.PAYMENT_DUE) and resume_to is not None:
        return resume_to
    if verb == "withdraw":
        return state
    if verb == "require_payment" and state is S.SUBMITTED:
        return S.RECEIVED
    return S.SUBMITTED if state is S.SUBMITTED else S.PROCESSING


def verbs_for(state: State, party: Party) -> list[str]:
    """What this party may do now, in the order of the table."""
    return [verb for (source, verb), (_, parties) in MOVES.items() if source is state and party in parties]
