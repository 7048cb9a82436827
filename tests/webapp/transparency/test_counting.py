"""What is counted is what happened: once, whatever is told twice, late, or counted anew meanwhile."""

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import delete, select, update

from tests import people as who
from tests.factories import dossiers as make
from tests.factories.states import PLACES, bring
from webapp.core import erasure, events, worker
from webapp.core.actor import SYSTEM
from webapp.dossiers.events import DossierSettled, DossierSubmitted
from webapp.dossiers.models import Dossier, Receipt
from webapp.shell.services import Services
from webapp.transparency import counting
from webapp.transparency.facts import facts_of
from webapp.transparency.models import ALL, COUNTERS, DAY, MONTH, CountedFact, UnitStanding
from webapp.transparency.recount import recount

RIGHT = (0, 0)
STEPS = st.lists(st.sampled_from([*PLACES, "worker", "told again", "recount"]), min_size=1, max_size=7)


def differs(services: Services) -> tuple[int, int]:
    return recount(services.database, mend=False)


def brought(services: Services, place: str, name: str = "Trần Thị Sáu", number: str = "038190009999") -> Dossier:
    with services.database.transaction() as session:
        return bring(session, services.storage, place, make.citizen(session, name, number))


def sums(services: Services, span: str = MONTH, procedure: str = ALL) -> dict[str, int]:
    """The counters that are not zero."""
    with services.database.session(write=False) as session:
        rows = session.scalars(
            select(UnitStanding).where(UnitStanding.span == span, UnitStanding.procedure_code == procedure)
        ).all()
    total = {name: sum(getattr(row, name) for row in rows) for name in COUNTERS}
    return {name: count for name, count in total.items() if count}


def tell_again(services: Services) -> None:
    """Every event once more, to every handler of this room."""
    with services.database.transaction() as session:
        for public_id in session.scalars(select(Dossier.public_id)).all():
            for event in (DossierSubmitted(public_id), DossierSettled(public_id)):
                for handler in events.handlers_of(type(event)):
                    if handler.name.startswith("transparency."):
                        handler.run(session, event)


@settings(max_examples=12, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(steps=STEPS)
@pytest.mark.long
def test_after_any_moves_the_figures_are_what_a_recount_says(both: Services, steps: list[str]) -> None:
    acts = {
        "worker": lambda: worker.drain(both.database),
        "told again": lambda: tell_again(both),
        "recount": lambda: recount(both.database),
    }
    for step in steps:
        acts.get(step, lambda place=step: brought(both, place))()
    worker.drain(both.database)
    assert differs(both) == RIGHT


def test_a_dossier_is_counted_when_it_is_sent_and_when_it_ends(services: Services) -> None:
    sent = brought(services, "processing")
    assert sums(services) == {}  # whoever sends does not wait for the figures
    worker.drain(services.database)
    with services.database.session(write=False) as session:
        papers = len(session.scalars(select(Receipt).where(Receipt.dossier_id == sent.id)).one().manifest["papers"])
    expected = {"online": 1, "papers": papers}
    for span in (DAY, MONTH):
        for procedure in (ALL, sent.procedure_code):
            assert sums(services, span, procedure) == expected
    for place in ("handed over", "declined", "stopped", "settled"):
        brought(services, place)
    worker.drain(services.database)
    ended = {name: count for name, count in sums(services).items() if name not in ("online", "papers")}
    assert ended == {"on_time": 2, "declined": 1, "stopped": 1}


def test_what_is_settled_after_its_day_is_late_for_ever(services: Services) -> None:
    late = brought(services, "settled")
    with services.database.transaction() as session:
        session.execute(update(Dossier).where(Dossier.id == late.id).values(due_at=late.submitted_at))
    worker.drain(services.database)
    assert (sums(services).get("late"), sums(services).get("on_time")) == (1, None)


def test_an_event_that_comes_again_counts_nothing(services: Services) -> None:
    brought(services, "settled")
    worker.drain(services.database)
    before = sums(services)
    tell_again(services)
    assert sums(services) == before


def test_an_event_that_comes_after_the_recount_counts_nothing(services: Services) -> None:
    """What happened before an upgrade is counted by the command, what waits in the outbox as well."""
    brought(services, "settled")
    assert differs(services) == (2, 0)  # two facts that nobody counted; the sums are those of what was counted
    assert recount(services.database) == (2, 4)
    before = sums(services)
    worker.drain(services.database)
    assert sums(services) == before and differs(services) == RIGHT


def test_a_recount_mends_whatever_somebody_changed(services: Services) -> None:
    for place in ("settled", "declined", "submitted"):
        brought(services, place)
    worker.drain(services.database)
    before = sums(services)
    with services.database.transaction() as session:
        session.execute(update(UnitStanding).where(UnitStanding.span == DAY).values(on_time=7))
        session.execute(update(UnitStanding).values(online=UnitStanding.online + 1))
        session.execute(delete(CountedFact).where(CountedFact.what == "declined"))
        first = session.scalars(select(CountedFact).limit(1)).one()
        session.add(CountedFact(**{**facts_row(first), "dossier_id": first.dossier_id + 700}))
    assert differs(services) != RIGHT
    recount(services.database)
    assert sums(services) == before and recount(services.database) == RIGHT


def facts_row(row: CountedFact) -> dict[str, object]:
    return {column.key: getattr(row, column.key) for column in CountedFact.__table__.columns}


def test_the_figures_stay_when_a_person_is_forgotten(services: Services) -> None:
    settled = brought(services, "handed over")
    worker.drain(services.database)
    before = sums(services)
    with services.database.transaction() as session:
        person = make.citizen(session, "Trần Thị Sáu", "038190009999")
        erasure.erase(session, person.public_id, request="t", by=SYSTEM)
    assert sums(services) == before and differs(services) == RIGHT
    with services.database.session(write=False) as session:
        assert facts_of(session, Dossier.id == settled.id)


def test_a_draft_is_not_counted(services: Services) -> None:
    with services.database.transaction() as session:
        draft = make.drafted(session, who.as_citizen(session, who.person(session)))
        assert facts_of(session, Dossier.id == draft.id) == []
        counting.count(session, [])
    assert differs(services) == RIGHT
