"""How long things take is measured as deadlines are: working time, without waiting for the person."""

from datetime import UTC, datetime, timedelta
from types import SimpleNamespace

import pytest
import time_machine
from flask.testing import FlaskClient
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import delete, func, select

from tests import people as who
from tests.factories.dossiers import BIRTH, HOME
from tests.pages import text_of
from tests.webapp.transparency.test_counting import brought
from webapp.core import clock, retention, worker
from webapp.offices.models import Office
from webapp.offices.workdays import Calendar
from webapp.shell.services import Services
from webapp.transparency import measuring
from webapp.transparency.measuring import DAY, ENOUGH, nine_of_ten, usual, worked
from webapp.transparency.models import UsualTime, WorkTime
from webapp.transparency.recount import recount

MONDAY = datetime(2026, 11, 9, 1, 0, tzinfo=UTC)  # eight o'clock in the commune


def step(days: float, before: str, after: str) -> SimpleNamespace:
    return SimpleNamespace(at=MONDAY + timedelta(days=days), from_state=before, to_state=after)


def settled_after(days: float) -> SimpleNamespace:
    return SimpleNamespace(received_at=MONDAY, at=MONDAY + timedelta(days=days))


def noted(services: Services, minutes: list[int], office: str = HOME, procedure: str = BIRTH) -> None:
    """As if so many had been settled today, each after so many minutes."""
    with services.database.transaction() as session:
        office_id = session.scalar(select(Office.id).where(Office.code == office))
        start = (session.scalar(select(func.max(WorkTime.dossier_id))) or 10_000) + 1
        session.add_all(
            WorkTime(dossier_id=start + n, office_id=office_id, procedure_code=procedure, day=clock.today(), minutes=m)
            for n, m in enumerate(minutes)
        )
        session.flush()
        measuring.measure(session)


def test_nights_and_weekends_are_no_working_time() -> None:
    days = Calendar({})
    accepted = [step(0, "submitted", "received")]
    assert worked(days, accepted, settled_after(1)) == DAY
    assert worked(days, accepted, settled_after(7)) == 5 * DAY


def test_while_the_office_waits_for_the_person_no_time_passes() -> None:
    asked = [
        step(0, "submitted", "received"),
        step(1, "received", "supplement_requested"),
        step(3, "supplement_requested", "processing"),
    ]
    assert worked(Calendar({}), asked, settled_after(4)) == 2 * DAY


def test_a_day_of_a_short_office_is_a_day() -> None:
    mornings = Calendar({}, [(datetime.min.replace(hour=7).time(), datetime.min.replace(hour=11).time())])
    assert worked(mornings, [step(0, "submitted", "received")], settled_after(2)) == 2 * DAY


def test_what_nobody_accepted_took_no_time() -> None:
    assert worked(Calendar({}), [], SimpleNamespace(received_at=None, at=MONDAY)) is None


@given(st.lists(st.integers(0, 10_000), min_size=1, max_size=200))
def test_nine_of_ten_were_ready_within_it_and_no_shorter_time_says_so(minutes: list[int]) -> None:
    found = nine_of_ten(minutes)
    within = [m for m in minutes if m <= found]
    shorter = [m for m in minutes if m < found]
    assert len(within) * 10 >= len(minutes) * 9 > len(shorter) * 10


def test_a_settled_dossier_is_timed_once_by_the_worker_or_by_the_recount(both: Services) -> None:
    first = brought(both, "settled")
    worker.drain(both.database)
    second = brought(both, "settled")
    recount(both.database)
    worker.drain(both.database)
    with both.database.session(write=False) as session:
        rows = {row.dossier_id: row for row in session.scalars(select(WorkTime))}
    assert rows.keys() == {first.id, second.id}
    assert all(row.minutes == 0 and row.day == clock.today() for row in rows.values())
    with both.database.transaction() as session:
        session.execute(delete(WorkTime))
        session.execute(delete(UsualTime))


def test_of_few_dossiers_nothing_is_said(both: Services) -> None:
    noted(both, [DAY] * (ENOUGH - 1))
    with both.database.session(write=False) as session:
        assert usual(session, BIRTH) is None
    noted(both, [3 * DAY])
    with both.database.session(write=False) as session:
        found = usual(session, BIRTH)
        assert found is not None and found.office is None
        assert (found.dossiers, found.count, found.in_hours) == (ENOUGH, 8, True)  # one of ten may take longer
        office = session.scalar(select(Office.id).where(Office.code == HOME))
        own = usual(session, BIRTH, office)
        assert own is not None and own.office and own.dossiers == ENOUGH
    with both.database.transaction() as session:
        session.execute(delete(WorkTime))
        measuring.measure(session)


def test_a_time_that_can_no_longer_be_said_is_gone_the_next_day(services: Services) -> None:
    noted(services, [DAY] * ENOUGH)
    with time_machine.travel(clock.now() + timedelta(days=200), tick=False):
        measuring.measure_today(services.database)
        with services.database.session(write=False) as session:
            assert usual(session, BIRTH) is None
        retention.sweep(services.database)
        with services.database.session(write=False) as session:
            assert session.scalar(select(func.count()).select_from(WorkTime)) == 0


def test_it_is_measured_once_a_day(services: Services) -> None:
    noted(services, [DAY] * ENOUGH)
    noted_before = count_of(services)
    with services.database.transaction() as session:
        session.execute(delete(WorkTime))
    measuring.measure_today(services.database)
    assert count_of(services) == noted_before == 2


def count_of(services: Services) -> int:
    with services.database.session(write=False) as session:
        return session.scalar(select(func.count()).select_from(UsualTime)) or 0


@pytest.mark.parametrize(
    ("minutes", "words"), [(100, "2 giờ làm việc"), (DAY, "8 giờ làm việc"), (DAY + 1, "2 ngày làm việc")]
)
def test_the_procedure_says_what_the_law_gives_and_what_is_usual(
    client: FlaskClient, services: Services, minutes: int, words: str
) -> None:
    assert "Thường xong" not in text_of(client.get(f"/procedures/{BIRTH}"))
    noted(services, [minutes] * ENOUGH)
    client.application.extensions["motcua_pages"].clear()  # half a minute later: what is measured once a day rests
    page = text_of(client.get(f"/procedures/{BIRTH}"))
    assert f"Thường xong trong vòng {words}" in page and "rong 20 hồ sơ cả tỉnh" in page


def test_a_citizen_who_waits_reads_what_is_usual_at_that_office(client: FlaskClient, services: Services) -> None:
    with services.database.transaction() as session:
        name = who.person(session).full_name
        number = who.DAO_ID
    sent = brought(services, "processing", name, number)
    noted(services, [3 * DAY] * ENOUGH)
    who.log_in_citizen(client, services)
    page = text_of(client.get(f"/dossiers/{sent.public_id}"))
    assert "rong 20 hồ sơ UBND xã Hoằng Lộc đã giải quyết" in page and "3 ngày làm việc" in page
