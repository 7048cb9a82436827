"""Other hours of an office, and days of rest that others wait for: seen before, then moved, and found by machines."""

from datetime import UTC, date, datetime

import pytest
from sqlalchemy import select

from tests import people as who
from tests.factories import dossiers
from tests.factories.states import as_staff
from tests.pages import post_form, text_of
from webapp.core import clock, worker
from webapp.core.errors import DomainError
from webapp.dossiers import recalculation
from webapp.dossiers.models import Dossier, SupplementRequest
from webapp.dossiers.receive import receive_dossier
from webapp.dossiers.supplement import request_supplement
from webapp.offices.models import CalendarChange, Office
from webapp.offices.queries import DayChange

ASKED = [{"kind": "field", "key": "child_birthplace", "fault": "wrong", "words": ""}]
HOME = "H56.38.12"


@pytest.fixture
def wall(monkeypatch):
    """wall("2026-11-30T09:00") turns the clock of the office."""

    def at(text):
        instant = datetime.fromisoformat(text).replace(tzinfo=clock.VIETNAM).astimezone(UTC)
        monkeypatch.setattr(clock, "now", lambda: instant)

    at("2026-11-30T09:00")
    return at


@pytest.fixture
def admin(app, services, wall):
    browser = app.test_client()
    who.log_in_staff(browser, services, "admin")
    browser.set_cookie("lang", "en")
    return browser


def sent(session, services):
    return dossiers.sent(session, services.storage, who.person(session))


def received(session, services):
    row = sent(session, services)
    receive_dossier(session, row, by=as_staff(session, "case"), version=row.version)
    return row


def now(services, row):
    """The dossier as it stands."""
    with services.database.session(write=False) as session:
        return session.scalars(select(Dossier).where(Dossier.public_id == row.public_id)).one()


def page_of(services, code=HOME):
    with services.database.session(write=False) as session:
        return f"/manage/calendar/hours/{session.scalars(select(Office.public_id).where(Office.code == code)).one()}"


def test_other_hours_are_looked_at_first_and_then_move_what_is_due(admin, services, wall):
    with services.database.transaction() as session:
        due, waiting = received(session, services), sent(session, services)
    page = page_of(services)
    seen = post_form(admin, page, {"hours": "07:30-11:30"}, action=page)
    preview = text_of(admin.get(seen.location))
    assert "1 open dossier gets another due date" in preview and "Another hour of the same day: 1." in preview
    assert "1 dossier waits for an answer of the office" in preview
    assert "17:00 on 30/11/2026 11:30 on 30/11/2026" in preview
    assert now(services, due).due_at == due.due_at, "looking changes nothing"
    wall("2026-11-30T09:10")
    done = post_form(admin, seen.location, action=f"{page}/change")
    assert "Changed. Due dates moved: 1." in text_of(admin.get(done.location))
    assert clock.local(now(services, due).due_at).strftime("%d %H:%M") == "30 11:30"
    assert clock.local(now(services, waiting).act_by).strftime("%d %H:%M") == "02 09:00"
    assert now(services, waiting).updated_at == clock.now(), "an agency that asks what changed since finds it"
    worker.drain(services.database)
    with services.database.session(write=False) as session:
        assert session.scalars(select(CalendarChange)).one().hours == [["07:30", "11:30"]]
        assert session.scalars(select(Office).where(Office.code == HOME)).one().hours == [["07:30", "11:30"]]
    assert "Hours: 07:30-11:30" in text_of(admin.get("/manage/calendar"))


def test_hours_of_another_office_and_the_same_hours_move_nothing(admin, services):
    with services.database.transaction() as session:
        row = received(session, services)
    other = page_of(services, "H56.38.27")
    preview = post_form(admin, other, {"hours": "07:30-11:30"}, action=other).location
    assert "No due date moves" in text_of(admin.get(preview))
    assert post_form(admin, preview, action=f"{other}/change").status_code == 303
    assert now(services, row).due_at == row.due_at
    assert post_form(admin, preview, action=f"{other}/change").status_code == 422, "these are its hours already"
    assert admin.get(f"{other}/preview?hours=x").status_code == 404
    refused = post_form(admin, other, {"hours": "all day"}, action=other)
    assert refused.status_code == 422 and "all day" in refused.text


def test_a_request_that_would_end_on_a_day_of_rest_ends_on_the_next_working_day(admin, services):
    with services.database.transaction() as session:
        row = received(session, services)
        by = as_staff(session, "case")
        session.flush()
        asked = request_supplement(session, row, by=by, version=row.version, items=ASKED, deadline_on=date(2026, 12, 3))
        session.flush()
        ends = asked.public_id
    preview = text_of(admin.get("/manage/calendar/preview?day=2026-12-03&works=off&scope=*&name=x"))
    assert "1 request for missing papers would end on this day of rest" in preview
    with services.database.transaction() as session:
        by = as_staff(session, "admin")
        recalculation.change_day(session, DayChange("*", date(2026, 12, 3), False), name="x", by=by)
    assert last_day(services, ends) == date(2026, 12, 4)
    with services.database.transaction() as session:
        by = as_staff(session, "admin")
        recalculation.change_day(session, DayChange("*", date(2026, 12, 3), None), name="x", by=by)
        with pytest.raises(DomainError):
            recalculation.change_day(session, DayChange("*", date(2026, 12, 3), None), name="x", by=by)
    assert last_day(services, ends) == date(2026, 12, 4), "nobody gets less than they were told"


def last_day(services, public_id):
    with services.database.session(write=False) as session:
        found = select(SupplementRequest.deadline_on).where(SupplementRequest.public_id == public_id)
        return session.scalars(found).one()
