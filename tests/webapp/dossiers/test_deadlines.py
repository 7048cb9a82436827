"""Due dates as people meet them: kept through pauses, moved by a holiday only after somebody has seen what moves."""

import hashlib
import re
from datetime import UTC, date, datetime, timedelta

import pytest
from sqlalchemy import select

from tests import people as who
from tests.factories import dossiers
from tests.factories.states import as_staff
from tests.pages import post_form, text_of
from webapp.catalogue.models import ProcedureRevision
from webapp.core import clock, worker
from webapp.core.errors import DomainError
from webapp.dossiers import recalculation
from webapp.dossiers.deadlines import extend_due
from webapp.dossiers.models import Dossier, DueChange
from webapp.dossiers.receive import receive_dossier
from webapp.dossiers.supplement import request_supplement, send_supplement
from webapp.offices.models import CalendarChange, Office, SpecialDay
from webapp.offices.queries import DayChange

ASKED = [{"kind": "field", "key": "child_birthplace", "fault": "wrong", "words": ""}]


class Clock:
    """The clock on the wall of the office, turned by hand."""

    def __init__(self, monkeypatch):
        self.at("2026-11-30T09:00")
        monkeypatch.setattr(clock, "now", lambda: self.instant)

    def at(self, text):
        self.instant = datetime.fromisoformat(text).replace(tzinfo=clock.VIETNAM).astimezone(UTC)


@pytest.fixture
def wall(monkeypatch):
    return Clock(monkeypatch)


@pytest.fixture
def admin(app, services, wall):
    browser = app.test_client()
    who.log_in_staff(browser, services, "admin")
    return browser


def officer(session):
    return as_staff(session, "case")


def taken_on(session, services, **more):
    """A dossier that the office has received now."""
    row = dossiers.sent(session, services.storage, who.person(session), **more)
    receive_dossier(session, row, by=officer(session), version=row.version)
    return row


def waits(session, services, wall, row, start, end):
    """The office asks for something, the citizen sends it."""
    wall.at(start)
    request_supplement(session, row, by=officer(session), version=row.version, items=ASKED)
    session.flush()
    wall.at(end)
    assert send_supplement(session, services.storage, row, by=who.as_citizen(session, who.person(session)))


def due_day(row):
    return clock.local(row.due_at).date().isoformat()


def rule(session, row, **changes):
    """Give this dossier's revision another term, in a copy of its own."""
    revision = session.get_one(ProcedureRevision, row.revision_id)
    revision.content = {**revision.content, "due": {**revision.content["due"], **changes}}
    revision.content_hash = hashlib.sha256(str(changes).encode()).hexdigest()
    session.flush()


def test_several_supplements_in_a_row_never_bring_a_dossier_back_overdue(services, wall):
    with services.database.transaction() as session:
        row = taken_on(session, services)
        assert due_day(row) == "2026-11-30"
        for start, end in (
            ("2026-11-30T16:30", "2026-12-02T16:00"),
            ("2026-12-02T16:30", "2026-12-07T07:10"),
            ("2026-12-07T16:55", "2026-12-21T12:00"),
        ):
            waits(session, services, wall, row, start, end)
            assert row.due_at >= clock.now(), (start, due_day(row))
            assert row.paused_at is None and row.act_by == row.due_at
        causes = session.scalars(select(DueChange.cause).where(DueChange.dossier_id == row.id)).all()
        assert causes[0] == "received" and set(causes[1:]) == {"resumed"}


def test_where_the_law_says_so_the_term_begins_anew(services, wall):
    with services.database.transaction() as session:
        row = dossiers.sent(session, services.storage, who.person(session))
        rule(session, row, days=3, same_day_cutoff=False, pause="recompute")
        receive_dossier(session, row, by=officer(session), version=row.version)
        assert due_day(row) == "2026-12-03"
        waits(session, services, wall, row, "2026-12-03T16:00", "2026-12-08T10:00")
        assert due_day(row) == "2026-12-11"


def test_before_the_office_accepts_there_is_no_due_date_but_eight_hours_to_answer(services, wall):
    with services.database.transaction() as session:
        row = dossiers.sent(session, services.storage, who.person(session))
        assert row.due_at is None
        assert clock.local(row.act_by).isoformat(timespec="minutes") == "2026-12-01T09:00+07:00"
        waits(session, services, wall, row, "2026-12-01T08:00", "2026-12-04T15:00")
        assert row.due_at is None  # back at the desk, not accepted yet
        assert clock.local(row.act_by).isoformat(timespec="minutes") == "2026-12-07T15:00+07:00"


def test_an_extension_must_be_a_later_working_day_and_survives_a_pause(services, wall):
    with services.database.transaction() as session:
        row = taken_on(session, services)
        for day in (date(2026, 11, 30), date(2026, 11, 27), date(2026, 12, 5)):
            with pytest.raises(DomainError):
                extend_due(session, row, to=day)
        extend_due(session, row, to=date(2026, 12, 10))
        assert due_day(row) == "2026-12-10"
        waits(session, services, wall, row, "2026-12-01T07:00", "2026-12-02T17:00")
        assert due_day(row) == "2026-12-14"


def test_the_hours_of_an_office_are_its_own(services, wall):
    with services.database.transaction() as session:
        session.scalars(select(Office).where(Office.code == "H56.38.12")).one().hours = [["07:30", "11:30"]]
        row = taken_on(session, services)
        assert clock.local(row.due_at).strftime("%d %H:%M") == "30 11:30"


# ------------------------------------------------------------------------------------------------ the calendar's page


def propose(browser, day, works="off", scope="*", name="Nghỉ bão"):
    return post_form(
        browser, "/manage/calendar", {"day": day, "works": works, "scope": scope, "name": name},
        action="/manage/calendar",
    )  # fmt: skip


def confirm(browser, address):
    return post_form(browser, address, action="/manage/calendar/days")


def test_an_administrator_sees_what_a_day_off_moves_and_only_then_moves_it(admin, services, wall):
    with services.database.transaction() as session:
        near = taken_on(session, services)
        rule(session, near, days=3, same_day_cutoff=False)
        far = taken_on(session, services)
        waiting = dossiers.sent(session, services.storage, who.person(session))
        ids = near.public_id, far.public_id, waiting.public_id
    admin.set_cookie("lang", "en")
    answer = propose(admin, "01/12/2026")
    assert answer.status_code == 303
    seen = text_of(admin.get(answer.location))
    assert "1 open dossier gets another due date" in seen and far.code in seen and near.code not in seen
    assert "17:00 on 03/12/2026 17:00 on 04/12/2026" in seen
    assert due_now(services, far) == "2026-12-03"  # looking changes nothing
    done = confirm(admin, answer.location)
    assert done.status_code == 303
    assert due_now(services, far) == "2026-12-04"
    assert due_now(services, near) == "2026-11-30"
    with services.database.session(write=False) as session:
        rows = {d.public_id: d for d in session.scalars(select(Dossier).where(Dossier.public_id.in_(ids)))}
        assert clock.local(rows[waiting.public_id].act_by).isoformat(timespec="minutes") == "2026-12-02T09:00+07:00"
        moved = session.scalars(select(DueChange).where(DueChange.cause == "calendar")).one()
        assert clock.local(moved.due_before).date() == date(2026, 12, 3)
    assert "Due dates moved: 1." in text_of(admin.get(done.location))


def due_now(services, row):
    with services.database.session(write=False) as session:
        return due_day(session.scalars(select(Dossier).where(Dossier.public_id == row.public_id)).one())


def test_a_day_taken_out_again_gives_the_old_due_date_back(admin, services, wall):
    with services.database.transaction() as session:
        row = taken_on(session, services)
        rule(session, row, days=3, same_day_cutoff=False)
        row = taken_on(session, services)
    confirm(admin, propose(admin, "02/12/2026").location)
    assert due_now(services, row) == "2026-12-04"
    page = admin.get("/manage/calendar?year=2026").get_data(as_text=True)
    back = re.search(r'href="(/manage/calendar/preview\?day=2026-12-02[^"]+)"', page)[1].replace("&amp;", "&")
    confirm(admin, back)
    assert due_now(services, row) == "2026-12-03"


def test_a_day_of_one_office_leaves_the_others_alone(admin, services, wall):
    with services.database.transaction() as session:
        here = taken_on(session, services)
        rule(session, here, days=3, same_day_cutoff=False)
        here = taken_on(session, services)
    confirm(admin, propose(admin, "01/12/2026", scope="H56.38.27").location)
    assert due_now(services, here) == "2026-12-03"
    confirm(admin, propose(admin, "01/12/2026", scope="H56.38.12").location)
    assert due_now(services, here) == "2026-12-04"


def test_the_person_is_told_when_their_day_got_later(admin, services, wall, app):
    with services.database.transaction() as session:
        row = taken_on(session, services)
        rule(session, row, days=3, same_day_cutoff=False)
        row = taken_on(session, services)
    worker.drain(services.database)
    confirm(admin, propose(admin, "01/12/2026").location)
    worker.drain(services.database)
    citizen = app.test_client()
    who.log_in_citizen(citizen, services)
    letters = text_of(citizen.get("/me/messages"))
    assert "04/12/2026" in letters and row.code in letters


def test_many_are_moved_by_the_worker_and_the_page_says_how_far_it_is(admin, services, wall, monkeypatch):
    monkeypatch.setattr(recalculation, "AT_ONCE", 5)
    monkeypatch.setattr(recalculation, "BATCH", 4)
    with services.database.transaction() as session:
        row = taken_on(session, services)
        rule(session, row, days=3, same_day_cutoff=False)
        row = taken_on(session, services)
        dossiers.copies(session, row, 12)
    admin.set_cookie("lang", "en")
    done = confirm(admin, propose(admin, "01/12/2026").location)
    assert "0 of 13 so far" in text_of(admin.get(done.location))
    worker.drain(services.database)
    with services.database.session(write=False) as session:
        change = session.scalars(select(CalendarChange)).one()
        assert (change.expected, change.moved) == (13, 13) and change.finished_at is not None
        days = {due_day(d) for d in session.scalars(select(Dossier).where(Dossier.due_at.is_not(None)))}
        assert days == {"2026-11-30", "2026-12-04"}
    assert "so far" not in text_of(admin.get(done.location))


def test_the_preview_shows_fifty_on_a_page_and_nobody_by_name(admin, services, wall):
    with services.database.transaction() as session:
        row = taken_on(session, services)
        rule(session, row, days=3, same_day_cutoff=False)
        row = taken_on(session, services)
        dossiers.copies(session, row, 59)
    address = propose(admin, "01/12/2026").location
    first, second = admin.get(address).get_data(as_text=True), admin.get(f"{address}&page=2").get_data(as_text=True)
    assert first.count('class="code"') == 50 and second.count('class="code"') == 10
    assert "Đào" not in first and 'rel="next"' in first and 'rel="prev"' in second


@pytest.mark.parametrize(
    ("typed", "wrong"),
    [({"day": "31/02/2027"}, "day"), ({"works": "x"}, "works"), ({"scope": "H00"}, "scope"), ({"name": " "}, "name")],
)
def test_a_day_that_cannot_be_is_refused_and_what_was_typed_stays(admin, typed, wrong):
    given = {"day": "01/12/2026", "works": "off", "scope": "*", "name": "Nghỉ bão", **typed}
    answer = post_form(admin, "/manage/calendar", given, action="/manage/calendar")
    assert answer.status_code == 422
    assert f'href="#f-{wrong}"' in answer.get_data(as_text=True)


def test_the_same_day_twice_is_said_and_changes_nothing(admin, services):
    address = propose(admin, "01/12/2026").location
    assert confirm(admin, address).status_code == 303
    assert confirm(admin, address).status_code == 422
    assert admin.get("/manage/calendar/preview?day=x").status_code == 404
    with services.database.session(write=False) as session:
        assert len(session.scalars(select(CalendarChange)).all()) == 1


def test_years_that_nobody_is_sure_of_are_named_until_somebody_confirms_them(admin, services, wall):
    admin.set_cookie("lang", "en")
    assert "The holidays of 2027 are not certain" in text_of(admin.get("/manage/calendar"))
    wall.at("2026-06-01T09:00")
    who.log_in_staff(admin, services, "admin")
    assert "not certain" not in text_of(admin.get("/manage/calendar"))  # no due date reaches so far yet
    wall.at("2027-12-01T09:00")
    who.log_in_staff(admin, services, "admin")
    text = text_of(admin.get("/manage/calendar"))
    assert "No day of this year is known here." in text and "2028" in text
    assert post_form(admin, "/manage/calendar", {}, action="/manage/calendar/years").status_code == 303
    assert "The holidays of 2027" not in text_of(admin.get("/manage/calendar"))


@pytest.mark.parametrize("name", ["manager", "officer", "helper"])
def test_only_the_administrator_changes_the_calendar(app, services, name):
    browser = app.test_client()
    who.log_in_staff(browser, services, name)
    assert browser.get("/manage/calendar").status_code == 403


def test_every_change_of_a_day_is_the_same_as_working_the_dates_out_anew(services, wall):
    """Whatever the order of days off and working days, the stored dates are those of the calendar that stands now."""
    with services.database.transaction() as session:
        row = taken_on(session, services)
        rule(session, row, days=5, same_day_cutoff=False)
        row = taken_on(session, services)
        by = officer(session)
        for day, works in (("2026-12-01", False), ("2026-12-05", True), ("2026-12-03", False), ("2026-12-01", None)):
            change = DayChange("*", date.fromisoformat(day), works)
            recalculation.change_day(session, change, name="", by=by)
        session.refresh(row)
        assert due_day(row) == "2026-12-07"
        assert session.get(SpecialDay, ("*", date(2026, 12, 1))) is None
        assert row.due_at - clock.now() > timedelta(days=6)
