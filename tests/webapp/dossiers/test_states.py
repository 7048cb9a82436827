"""The life of a dossier: every legal move goes through, every other one is refused."""

import itertools
from pathlib import Path

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from webapp.dossiers.states import CLOCK, CLOSED, MOVES, NEEDS, OPEN, Clock, IllegalMove, Party, State, move, verbs_for

VERBS = sorted({verb for _state, verb in MOVES})
ALL = list(itertools.product(State, VERBS, Party))


# The portal's ten statuses and the moves between them, as they were written down.
WRITTEN = yaml.safe_load((Path(__file__).parent / "statuses.yaml").read_text(encoding="utf-8"))
STATE_OF = {
    "submitted": State.SUBMITTED, "accepted": State.RECEIVED, "refused": State.DECLINED,
    "processing": State.PROCESSING, "supplement": State.SUPPLEMENT_REQUESTED, "fin_duty": State.PAYMENT_DUE,
    "withdraw": State.WITHDRAWAL_REQUESTED, "halted": State.STOPPED, "done": State.SETTLED,
    "returned": State.HANDED_OVER,
}  # fmt: skip
PORTAL = {status["code"]: STATE_OF[status["key"]] for status in WRITTEN["statuses"]}
CLOCKS = {"not_started": Clock.NOT_STARTED, "running": Clock.RUNNING, "paused": Clock.PAUSED, "stopped": Clock.STOPPED}
DESK = frozenset({Party.RECEPTION, Party.CASE, Party.MANAGER})
WHO = {
    "citizen": frozenset({Party.APPLICANT}),
    "one_stop": DESK,
    "officer": DESK,
    "specialist": frozenset({Party.CASE, Party.MANAGER}),
    "leader": frozenset({Party.MANAGER}),
    "system": frozenset({Party.SYSTEM}),
}
# Where we differ in who, and why.
OTHERWISE = {
    (4, 9): WHO["specialist"],  # the leader signs the result; whoever worked on it brings it in
    (5, 4): WHO["citizen"],  # what the person sends is what moves the dossier on
    (9, 10): WHO["one_stop"],  # no postman has an account and nothing counts as delivered by itself: the desk writes it
}


def edges() -> dict[tuple[State, State], frozenset[Party]]:
    """What the house's table allows, written as the portal writes it."""
    found = {}
    for (source, verb), (target, parties) in MOVES.items():
        for end in (target,) if target else NEEDS[source, verb]:
            found[source, end] = parties
    return found


def test_the_moves_are_those_of_the_portal_and_no_other():
    moves = [(a, b, who) for a, b, who in WRITTEN["transitions"]]
    wanted = {(PORTAL[a], PORTAL[b]): OTHERWISE.get((a, b)) or WHO[who] for a, b, who in moves}
    assert edges() == {(State.DRAFT, State.SUBMITTED): WHO["citizen"], **wanted}


def test_every_deviation_is_one():
    written = {(a, b): WHO.get(who) for a, b, who in WRITTEN["transitions"]}
    assert [pair for pair, parties in OTHERWISE.items() if written[pair] == parties] == []


def test_the_clock_runs_pauses_and_stops_as_the_portal_says():
    assert {PORTAL[s["code"]]: CLOCKS[s["clock"]] for s in WRITTEN["statuses"]} == {
        state: clock for state, clock in CLOCK.items() if state is not State.DRAFT
    }


@pytest.mark.parametrize("resume_to", [None, State.SUBMITTED, State.RECEIVED, State.PROCESSING])
@pytest.mark.parametrize(("state", "verb", "party"), ALL)
def test_a_move_is_legal_exactly_when_the_table_says_so(
    state: State, verb: str, party: Party, resume_to: State | None
) -> None:
    target, parties = MOVES.get((state, verb), (None, frozenset()))
    needed = NEEDS.get((state, verb), {resume_to})
    if party not in parties or resume_to not in needed:
        assert verb not in verbs_for(state, party, resume_to)
        with pytest.raises(IllegalMove):
            move(state, verb, party, resume_to)
        return
    assert move(state, verb, party, resume_to).to is (target or resume_to)
    assert verb in verbs_for(state, party, resume_to)


def test_every_state_is_reached_from_a_draft() -> None:
    seen, todo = {State.DRAFT}, [State.DRAFT]
    while todo:
        here = todo.pop()
        for (source, _verb), (target, _parties) in MOVES.items():
            if source is here and target is not None and target not in seen:
                seen.add(target)
                todo.append(target)
    assert seen == set(State)


def test_each_state_has_a_clock_and_is_open_or_closed_or_a_draft() -> None:
    assert set(CLOCK) == set(State)
    assert OPEN | CLOSED | {State.DRAFT} == set(State)
    assert not OPEN & CLOSED


def test_a_supplement_leads_to_the_desk_before_acceptance_and_into_processing_after_it() -> None:
    for state, back in ((State.SUBMITTED, State.SUBMITTED), (State.RECEIVED, State.PROCESSING)):
        step = move(state, "request_supplement", Party.RECEPTION)
        assert step.resume_to is back
        assert move(step.to, "supplement", Party.APPLICANT, step.resume_to).to is back


def test_a_refused_withdrawal_goes_on_in_work() -> None:
    for state in (State.RECEIVED, State.PROCESSING):
        step = move(state, "withdraw", Party.APPLICANT)
        assert move(step.to, "refuse_withdrawal", Party.CASE, step.resume_to).to is State.PROCESSING


def test_before_acceptance_there_is_nothing_to_go_on_with() -> None:
    step = move(State.SUBMITTED, "withdraw", Party.APPLICANT)
    with pytest.raises(IllegalMove):
        move(step.to, "refuse_withdrawal", Party.MANAGER, step.resume_to)


@pytest.mark.parametrize(("state", "back"), [(State.SUBMITTED, State.RECEIVED), (State.RECEIVED, State.PROCESSING)])
def test_what_is_paid_before_acceptance_is_accepted_by_it(state: State, back: State) -> None:
    step = move(state, "require_payment", Party.RECEPTION)
    assert move(step.to, "pay", Party.SYSTEM, step.resume_to).to is back


def test_whoever_asks_back_what_waited_for_papers_has_the_same_way_back() -> None:
    asked = move(State.PROCESSING, "request_supplement", Party.CASE)
    step = move(asked.to, "withdraw", Party.APPLICANT, asked.resume_to)
    assert move(step.to, "refuse_withdrawal", Party.CASE, step.resume_to).to is State.PROCESSING


@given(st.lists(st.tuples(st.sampled_from(VERBS), st.sampled_from(list(Party))), max_size=40))
def test_whatever_people_try_a_closed_dossier_never_opens_again(tries: list[tuple[str, Party]]) -> None:
    state, resume_to, closed = State.DRAFT, None, False
    for verb, party in tries:
        try:
            step = move(state, verb, party, resume_to)
        except IllegalMove:
            continue
        state, resume_to = step.to, step.resume_to
        assert not (closed and state in OPEN)
        closed = closed or state in CLOSED
