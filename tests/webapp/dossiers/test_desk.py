"""The officers' reads: in the right order, of the own office only, at one price for three dossiers and for sixty."""

from datetime import timedelta

import pytest
from sqlalchemy import event, select, update

from tests import people as who
from tests.factories import dossiers
from tests.factories.dossiers import copies
from webapp.core import clock
from webapp.core.actor import Actor, Channel, Role
from webapp.dossiers import desk
from webapp.dossiers.models import Dossier
from webapp.dossiers.states import State
from webapp.dossiers.worklist import DUE, STATES, desk_figures, named, worklist


@pytest.fixture
def database(services):
    return services.database


def officer(session, username="officer", role=Role.RECEPTION):
    account = who.staff(session, username)
    return Actor(role=role, channel=Channel.COUNTER, account_id=account.id, office_id=account.office_id)


@pytest.fixture
def first(services):
    with services.database.transaction() as session:
        return dossiers.sent(session, services.storage, who.person(session)).public_id


def row(session, public_id):
    return session.scalars(select(Dossier).where(Dossier.public_id == public_id)).one()


def put(session, public_id, **values):
    session.execute(update(Dossier).where(Dossier.public_id == public_id).values(**values))


def test_the_list_goes_by_the_time_that_remains_and_the_citizens_turn_comes_last(database, first):
    now = clock.now()
    times = {
        "processing": (State.PROCESSING, now + timedelta(days=2)),
        "overdue": (State.RECEIVED, now - timedelta(days=1)),
        "paused": (State.SUPPLEMENT_REQUESTED, now - timedelta(days=5)),
        "soon": (State.PROCESSING, now + timedelta(hours=3)),
    }
    with database.transaction() as session:
        start = row(session, first)
        for name, (state, due) in times.items():
            copies(session, start, 1, state=state.value, due_at=due, code=f"H56.38.12-261122-{name}")
    with database.session(write=False) as session:
        found = worklist(session, officer(session)).rows
    assert [r.code.rpartition("-")[2] for r in found if r.public_id != first] == [
        "overdue",
        "soon",
        "processing",
        "paused",
    ]
    # Sent just now: to be answered within eight working hours, so behind what is overdue and before who must wait.
    assert 0 < [r.public_id for r in found].index(first) < len(found) - 1


def test_every_dossier_is_on_exactly_one_page(database, first):
    with database.transaction() as session:
        start = row(session, first)
        due = clock.now() + timedelta(days=1)
        copies(session, start, 17, state="processing", due_at=due)  # all due at the same moment
        copies(session, start, 6, state="supplement_requested", due_at=None, code=None)
    seen, after = [], None
    with database.session(write=False) as session:
        for _page in range(10):
            found = worklist(session, officer(session), after=after, limit=5)
            seen += [r.public_id for r in found.rows]
            after = found.next_key
            if after is None:
                break
    assert len(seen) == len(set(seen)) == 24


def test_the_next_page_stays_where_it_is_when_the_last_row_moves_on(database, first):
    with database.transaction() as session:
        copies(session, row(session, first), 9, state="processing", due_at=clock.now() + timedelta(days=1))
    with database.session(write=False) as session:
        page = worklist(session, officer(session), limit=4)
        later = {r.public_id for r in worklist(session, officer(session), after=page.next_key).rows}
    with database.transaction() as session:
        put(session, page.rows[-1].public_id, state="supplement_requested")
    with database.session(write=False) as session:
        again = {r.public_id for r in worklist(session, officer(session), after=page.next_key).rows}
    assert later <= again


@pytest.mark.parametrize("key", ["", "x", "0", "0.", "0.1", "9.9.9", "0.99999999999999999999.a", "-1.5.a", "0.1.%00"])
def test_a_key_that_nobody_gave_out_shows_a_list_all_the_same(database, first, key):
    with database.session(write=False) as session:
        worklist(session, officer(session), after=key)


def test_finished_ones_come_newest_first(database, first):
    now = clock.now()
    with database.transaction() as session:
        start = row(session, first)
        for hours in (5, 1, 3):
            gone = now - timedelta(hours=hours)
            copies(session, start, 1, state="handed_over", updated_at=gone, code=f"H56.38.12-261122-{hours}h")
    with database.session(write=False) as session:
        page = worklist(session, officer(session), filter=named("closed"), limit=2)
        rest = worklist(session, officer(session), filter=named("closed"), after=page.next_key, limit=2)
    assert [r.code[-2:] for r in page.rows + rest.rows] == ["1h", "3h", "5h"]


@pytest.mark.parametrize("name", ["", *STATES, *DUE])
def test_another_unit_sees_none_of_it(database, first, name):
    with database.transaction() as session:
        start = row(session, first)
        for state in State:
            if state is not State.DRAFT:
                copies(session, start, 1, state=state.value, due_at=clock.now(), code=f"X-{state.value}")
    with database.session(write=False) as session:
        there = officer(session, "officer2")
        assert worklist(session, there, filter=named(name)).rows == []
        assert set(desk_figures(session, there).values()) == {0}
        assert desk.officer_dossier(session, there, first) is None
        assert desk.officer_dossier(session, officer(session), first) is not None


def test_an_account_without_an_office_sees_nothing(database, first):
    with database.session(write=False) as session:
        nowhere = Actor(role=Role.RECEPTION, channel=Channel.COUNTER)
        assert worklist(session, nowhere).rows == []
        assert desk.officer_dossier(session, nowhere, first) is None
        assert desk.find_at_counter(session, nowhere, "dao").rows == []


def test_a_draft_is_nobodys_but_the_persons(database, services):
    with database.transaction() as session:
        draft = dossiers.drafted(session, who.as_citizen(session, who.person(session))).public_id
    with database.session(write=False) as session:
        assert desk.officer_dossier(session, officer(session), draft) is None
        assert worklist(session, officer(session)).rows == []


def test_the_figures_count_what_the_lists_show(database, first):
    now = clock.now()
    with database.transaction() as session:
        start = row(session, first)
        copies(session, start, 3, state="processing", due_at=now - timedelta(hours=1), code=None)
        copies(session, start, 2, state="received", due_at=now + timedelta(days=9), code=None)
        copies(session, start, 1, state="supplement_requested", due_at=now - timedelta(days=3), code=None)
        copies(session, start, 1, state="settled", due_at=now - timedelta(days=3), code=None)
    with database.session(write=False) as session:
        numbers = desk_figures(session, officer(session))
        for name, number in numbers.items():
            assert len(worklist(session, officer(session), filter=named(name)).rows) == number, name
    assert numbers["overdue"] == 3  # a paused or settled one is not late
    assert numbers["waiting"] == 1 and numbers["working"] == 5 and numbers["submitted"] == 1


def test_sixty_dossiers_cost_as_many_queries_as_three(database, first):
    def cost(call):
        seen = []
        event.listen(database.engine, "before_cursor_execute", lambda *a: seen.append(a[2]))
        with database.session(write=False) as session:
            by = officer(session)
            seen.clear()
            call(session, by)
            return len(seen)

    calls = [
        lambda s, by: worklist(s, by),
        lambda s, by: desk_figures(s, by),
        lambda s, by: desk.find_at_counter(s, by, "nguyen thi dao"),
        lambda s, by: desk.find_at_counter(s, by, who.DAO_ID),
    ]
    with database.transaction() as session:
        copies(session, row(session, first), 2, code=None)
    few = [cost(call) for call in calls]
    with database.transaction() as session:
        copies(session, row(session, first), 57, code=None)
    assert [cost(call) for call in calls] == few
    assert max(few) <= 4


def test_a_search_reads_only_so_many_rows(database, first):
    with database.transaction() as session:
        copies(session, row(session, first), 57, code=None)
    with database.session(write=False) as session:
        assert len(desk.find_at_counter(session, officer(session), "dao").rows) == desk.FOUND_LIMIT


def test_of_many_with_one_name_the_counter_sees_what_is_open_then_what_was_sent_last(database, first):
    with database.transaction() as session:
        start, at = row(session, first), clock.now() - timedelta(days=400)
        for days in range(desk.FOUND_LIMIT + 5):  # the oldest first
            sent = at + timedelta(days=days)
            copies(session, start, 1, state="handed_over", updated_at=sent, submitted_at=sent, code=f"gone-{days}")
        copies(session, start, 1, state="processing", submitted_at=at - timedelta(days=9), code="old and open")
    with database.session(write=False) as session:
        found = [r.code for r in desk.find_at_counter(session, officer(session), "nguyen dao").rows]
    newest = [f"gone-{days}" for days in reversed(range(desk.FOUND_LIMIT + 5))]
    assert found == [start.code, "old and open", *newest][: desk.FOUND_LIMIT]
