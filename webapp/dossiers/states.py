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
    (S.WITHDRAWAL_REQUESTED, "refuse_withdrawal"): (S.PROCESSING, DESK),
    (S.STOPPED, "hand_over"): (S.HANDED_OVER, DESK),
    (S.SETTLED, "hand_over"): (S.HANDED_OVER, DESK),
}

# Where the same state means two things, `resume_to` tells whether the office had accepted the dossier before:
# only then is there work to stop (portal 5 → 8) or to go on with (7 → 4); otherwise it is declined (5 → 3).
NEEDS: dict[tuple[State, str], frozenset[State]] = {
    (S.SUPPLEMENT_REQUESTED, "supplement"): frozenset({S.SUBMITTED, S.PROCESSING}),
    (S.SUPPLEMENT_REQUESTED, "decline"): frozenset({S.SUBMITTED}),
    (S.SUPPLEMENT_REQUESTED, "stop"): frozenset({S.PROCESSING}),
    (S.PAYMENT_DUE, "pay"): frozenset({S.RECEIVED, S.PROCESSING}),
    (S.WITHDRAWAL_REQUESTED, "refuse_withdrawal"): frozenset({S.PROCESSING}),
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
    if verb not in verbs_for(state, party, resume_to):
        raise IllegalMove(state, verb, party)
    target = MOVES[state, verb][0] or resume_to
    if target is None:  # `verbs_for` has asked for it
        raise IllegalMove(state, verb, party)
    return Step(target, _way_back(state, verb, resume_to) if verb in REMEMBERS else None)


def _way_back(state: State, verb: str, resume_to: State | None) -> State | None:
    """After acceptance everything leads back into processing (portal 5, 6, 7 → 4).

    Before it, a supplement leads back to the desk (5 → 1), a fee to acceptance (6 → 2), a withdrawal nowhere.
    """
    accepted = state in (S.RECEIVED, S.PROCESSING) or resume_to is S.PROCESSING
    if accepted:
        return S.PROCESSING
    return {"request_supplement": S.SUBMITTED, "require_payment": S.RECEIVED}.get(verb)


def verbs_for(state: State, party: Party, resume_to: State | None = None) -> list[str]:
    """What this party may do now, in the order of the table."""
    return [
        verb
        for (source, verb), (_, parties) in MOVES.items()
        if source is state and party in parties and resume_to in NEEDS.get((source, verb), (resume_to,))
    ]
