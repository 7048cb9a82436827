"""The life of a dossier: every legal move goes through, every other one is refused."""

import itertools

import pytest
from hypothesis import given
from hypothesis import strategies as st

from webapp.dossiers.states import CLOCK, CLOSED, MOVES, OPEN, IllegalMove, Party, State, move, verbs_for

VERBS = sorted({verb for _state, verb in MOVES})
ALL = list(itertools.product(State, VERBS, Party))


@pytest.mark.parametrize(("state", "verb", "party"), ALL)
def test_a_move_is_legal_exactly_when_the_table_says_so(state: State, verb: str, party: Party) -> None:
    target, parties = MOVES.get((state, verb), (None, frozenset()))
    if party not in parties:
        with pytest.raises(IllegalMove):
            move(state, verb, party, State.PROCESSING)
        return
    step = move(state, verb, party, State.PROCESSING)
    assert step.to is (target or State.PROCESSING)
    assert verb in verbs_for(state, party)


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


def test_a_refused_withdrawal_goes_on_where_it_was() -> None:
    for state in (State.SUBMITTED, State.RECEIVED, State.PROCESSING):
        step = move(state, "withdraw", Party.APPLICANT)
        assert move(step.to, "refuse_withdrawal", Party.CASE, step.resume_to).to is state


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
