"""Other hours of an office, and days of rest that others wait for: seen before, then moved, and found by machines."""

from datetime import UTC, date, datetime

import pytest
from sqlalchemy import select

from notifications.messages import fits
from tests import people as who
from tests import sms
from tests.factories import dossiers
from tests.factories.states import as_staff
from tests.pages import post_form, text_of
from webapp.core import clock, worker
from webapp.core.errors import DomainError
from webapp.dossiers import recalculation
from webapp.dossiers.draft_check import answer_draft, send_draft
from webapp.dossiers.models import Dossier, DraftCheck, SupplementRequest
from webapp.dossiers.process import start_processing
from webapp.dossiers.receive import receive_dossier
from webapp.dossiers.supplement import request_supplement
from webapp.offices.models import CalendarChange, Office
from webapp.offices.queries import DayChange

ASKED = [{"kind": "field", "key": "child_birthplace", "fault": "wrong", "words": ""}]
HOME = "H56.38.12"
DAO = "0912000001"


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


# ------------------------------------------------------------------------------------------------ what people are told


def change_day(services, day, works=False, scope="*"):
    with services.database.transaction() as session:
        by = as_staff(session, "admin")
        recalculation.change_day(session, DayChange(scope, day, works), name="x", by=by)


def asked_until(services, day):
    with services.database.transaction() as session:
        row = received(session, services)
        session.flush()
        by = as_staff(session, "case")
        asked = request_supplement(session, row, by=by, version=row.version, items=ASKED, deadline_on=day)
        session.flush()
        ends = asked.public_id
    return row, ends


def test_whoever_has_another_day_to_send_what_is_missing_is_told_once(app, services, wall):
    row, _ends = asked_until(services, date(2026, 12, 3))
    worker.drain(services.database)
    before = len(sms.texts(app, DAO))
    change_day(services, date(2026, 12, 3))
    change_day(services, date(2026, 12, 4))  # the new day is a day of rest, too; the worker has not begun yet
    worker.drain(services.database)
    (text,) = sms.texts(app, DAO)[before:]
    assert row.code in text and "lui han bo sung den het ngay 07/12/2026" in text and fits(text)
    citizen = app.test_client()
    who.log_in_citizen(citizen, services)
    letters = text_of(citizen.get("/me/messages"))
    assert letters.count("Ông/bà có thêm thời gian bổ sung hồ sơ") == 1 and "07/12/2026" in letters
    change_day(services, date(2026, 12, 8))
    worker.drain(services.database)
    assert len(sms.texts(app, DAO)) == before + 1, "another day of rest is none of their business"


def test_nobody_is_told_of_a_change_that_was_not_made(app, services, wall):
    asked_until(services, date(2026, 12, 3))
    worker.drain(services.database)
    before = sms.texts(app, DAO)
    with pytest.raises(ZeroDivisionError), services.database.transaction() as session:
        by = as_staff(session, "admin")
        recalculation.change_day(session, DayChange("*", date(2026, 12, 3), False), name="x", by=by)
        raise ZeroDivisionError
    worker.drain(services.database)
    assert sms.texts(app, DAO) == before


@pytest.fixture
def draft(services, wall):
    """A draft that was shown on Monday morning: to be answered until Tuesday 17:00."""
    with services.database.transaction() as session:
        row = received(session, services)
        session.flush()
        start_processing(session, row, by=as_staff(session, "case"), version=row.version)
        session.flush()
        made = send_draft(
            session, services.storage, row, by=as_staff(session, "case"), version=row.version, text="Lê Gia Hân"
        )
        assert clock.local(made.until).strftime("%d %H:%M") == "01 17:00"
    worker.drain(services.database)
    return row


def answer_until(services, row):
    with services.database.session(write=False) as session:
        found = session.scalars(select(DraftCheck).where(DraftCheck.dossier_id == row.id)).one()
        return clock.local(found.until).strftime("%d %H:%M")


def test_a_day_of_rest_gives_another_working_day_to_look_through_a_draft(app, admin, services, wall, draft):
    before = len(sms.texts(app, DAO))
    preview = text_of(admin.get("/manage/calendar/preview?day=2026-12-01&works=off&scope=*&name=x"))
    assert "1 draft of a result may then be answered longer" in preview
    assert answer_until(services, draft) == "01 17:00", "looking changes nothing"
    change_day(services, date(2026, 12, 1))
    assert answer_until(services, draft) == "02 17:00"
    worker.drain(services.database)
    text = next(one for one in sms.texts(app, DAO)[before:] if "ban nhap" in one)
    assert "lui han xem ban nhap den 17:00 02/12/2026" in text and fits(text)
    change_day(services, date(2026, 12, 1), works=None)
    assert answer_until(services, draft) == "02 17:00", "nobody gets less than they were told"
    worker.drain(services.database)
    assert len([one for one in sms.texts(app, DAO) if "xem ban nhap den" in one]) == 1


def test_a_draft_that_was_answered_or_whose_time_is_over_stays_as_it_is(services, wall, draft):
    wall("2026-12-02T09:00")
    change_day(services, date(2026, 12, 1))
    assert answer_until(services, draft) == "01 17:00", "silence meant yes"
    wall("2026-11-30T10:00")
    with services.database.transaction() as session:
        check = session.scalars(select(DraftCheck)).one()
        dossier = session.get_one(Dossier, draft.id)
        by = who.as_citizen(session, who.person(session))
        assert answer_draft(session, dossier, by=by, check=check.public_id, agreed=True)
    change_day(services, date(2026, 12, 1), works=None)
    change_day(services, date(2026, 12, 1))
    assert answer_until(services, draft) == "01 17:00"


def test_a_day_of_another_office_leaves_a_draft_alone(services, wall, draft):
    change_day(services, date(2026, 12, 1), scope="H56.38.27")
    assert answer_until(services, draft) == "01 17:00"


def test_later_closing_hours_are_given_to_whoever_looks_through_a_draft_without_a_text(app, services, wall, draft):
    before = sms.texts(app, DAO)
    for hours, until in (([["08:00", "18:00"]], "01 18:00"), ([["08:00", "12:00"]], "01 18:00")):
        with services.database.transaction() as session:
            home = session.scalars(select(Office).where(Office.code == HOME)).one()
            recalculation.change_hours(session, home, hours, by=as_staff(session, "admin"))
        assert answer_until(services, draft) == until
    worker.drain(services.database)
    assert sms.texts(app, DAO) == before
