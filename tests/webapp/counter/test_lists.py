"""The first page and the worklist: what is next, how much time remains, at a price that does not grow."""

import re
from datetime import UTC, datetime, timedelta

import pytest

from tests import people as who
from tests.factories.dossiers import copies
from tests.pages import text_of
from webapp.core import clock
from webapp.dossiers.models import Dossier


@pytest.fixture
def more(services):
    """more(sent, count, state=…) → so many like it."""

    def more(sent, count, **values):
        with services.database.transaction() as session:
            row = session.query(Dossier).filter_by(public_id=sent.id).one()
            copies(session, row, count, **values)

    return more


def selects(seen):
    return [s for s in seen if s.lstrip().upper().startswith("SELECT")]


@pytest.mark.parametrize(
    "url", ["/counter", "/counter/worklist", "/counter/worklist?state=submitted", "/counter?q=thi"]
)
def test_a_list_of_sixty_costs_as_many_queries_as_one_of_three(officer, send, more, queries, url):
    sent = send()
    more(sent, 2)
    officer.get(url)
    with queries() as few:
        assert officer.get(url).status_code == 200
    more(sent, 57)
    with queries() as many:
        assert officer.get(url).status_code == 200
    assert len(selects(many)) == len(selects(few)) <= 8


@pytest.fixture
def monday(monkeypatch):
    """Monday 30/11/2026, nine in the morning: a week without a holiday."""
    here = datetime(2026, 11, 30, 9, 0, tzinfo=clock.VIETNAM).astimezone(UTC)
    monkeypatch.setattr(clock, "now", lambda: here)
    return here


def test_the_time_that_remains_is_said_in_working_time(officer, services, send, more, monday):
    who.log_in_staff(officer, services, "officer")  # at that hour
    sent = send()
    more(sent, 1, state="processing", due_at=monday + timedelta(hours=7), code="A-1")  # 16:00, lunch in between
    more(sent, 1, state="processing", due_at=monday - timedelta(hours=65), code="A-2")  # Friday 16:00
    more(sent, 1, state="processing", due_at=monday + timedelta(days=3), code="A-3")
    more(sent, 1, state="supplement_requested", due_at=monday, code="A-4")
    officer.set_cookie("lang", "en")
    text = text_of(officer.get("/counter/worklist"))
    assert "5 working hours left" in text
    assert "Overdue by 3 working hours" in text
    assert "3 working days left" in text
    assert "Waits for the citizen" in text
    assert "8 working hours left to answer" in text
    shown = [text.index(code) for code in ("A-2", "A-1", sent.code, "A-3", "A-4")]
    assert shown == sorted(shown)  # overdue first, then what remains least


def test_a_filter_shows_only_its_own_and_an_unknown_one_shows_all(officer, send, more):
    sent = send()
    more(sent, 1, state="processing", code="H56.38.12-261122-7777")
    assert "7777" in text_of(officer.get("/counter/worklist?state=processing"))
    assert sent.code not in text_of(officer.get("/counter/worklist?state=processing"))
    assert sent.code in text_of(officer.get("/counter/worklist?state=drop%20table"))


def test_the_next_page_goes_on_where_this_one_ends(officer, send, more):
    sent = send()
    more(sent, 60, state="processing", due_at=clock.now() + timedelta(days=1))
    page = officer.get("/counter/worklist?state=processing").get_data(as_text=True)
    target = page.split('rel="next"')[0].rpartition('href="')[2].split('"')[0].replace("&amp;", "&")
    assert target.startswith("/counter/worklist?state=processing&after=")
    rest = officer.get(target).get_data(as_text=True)
    assert page.count("/counter/dossiers/") == 50 and rest.count("/counter/dossiers/") == 10
    assert 'rel="next"' not in rest


def test_the_way_back_shows_the_same_rows_in_the_same_order(officer, send, more):
    sent = send()
    more(sent, 120, state="processing", due_at=clock.now() + timedelta(days=1))
    there, pages = "/counter/worklist?state=processing", []
    while there:
        html = officer.get(there).get_data(as_text=True)
        pages.append(re.findall(r"/counter/dossiers/([^\"]+)", html))
        there = link(html, "next")
        last = html
    assert [len(p) for p in pages] == [50, 50, 20]
    for rows in (pages[1], pages[0]):
        last = officer.get(link(last, "prev")).get_data(as_text=True)
        assert re.findall(r"/counter/dossiers/([^\"]+)", last) == rows
    assert link(last, "prev") is None


def link(html, rel):
    """The address behind "next page" or "previous page"."""
    found = re.search(rf'href="([^"]+)"[^>]*rel="{rel}"', html)
    return found[1].replace("&amp;", "&") if found else None


def test_filters_stay_in_the_address_and_hold_nothing_of_a_person(officer, send, more):
    sent = send()
    more(sent, 70, state="processing", due_at=clock.now() - timedelta(days=2), channel="assisted")
    more(sent, 1, state="processing", due_at=clock.now() - timedelta(days=2), code="OF-SELF")
    query = "due=overdue&procedure=1.001193&channel=assisted"
    html = officer.get(f"/counter/worklist?{query}").get_data(as_text=True)
    assert "OF-SELF" not in html
    assert link(html, "next").startswith(f"/counter/worklist?{query}&after=0.")
    assert '<option value="assisted" selected>' in html
    assert f"/counter/worklist?state=settled&amp;{query.replace('&', '&amp;')}" in html  # a chip keeps the rest


@pytest.mark.parametrize("query", ["due=x&channel=root&procedure=%27", "before=9.9.9", "after=0.1&before=0.2.a"])
def test_an_address_that_nobody_gave_out_is_a_list_all_the_same(officer, send, query):
    send()
    assert officer.get(f"/counter/worklist?{query}").status_code == 200


def test_the_worklist_asks_the_database_five_questions(officer, send, more, queries):
    sent = send()
    more(sent, 30, state="processing", due_at=clock.now() + timedelta(days=1))
    officer.get("/counter/worklist")  # words and styles are read once
    with queries() as seen:
        officer.get("/counter/worklist?due=week&channel=self")
    assert len(selects(seen)) <= 5, selects(seen)


def test_the_first_page_leads_from_each_figure_to_its_rows(officer, send, more):
    sent = send()
    more(sent, 3, state="processing", due_at=clock.now() - timedelta(hours=1))
    page = officer.get("/counter").get_data(as_text=True)
    assert '<b>3</b><a href="/counter/worklist?due=overdue">' in page
    assert '<b>1</b><a href="/counter/worklist?state=submitted">' in page


def test_the_cursor_waits_in_the_box(officer):
    page = officer.get("/counter").get_data(as_text=True)
    assert 'name="q"' in page and "autofocus" in page


def test_an_empty_office_is_told_that_nothing_waits(officer):
    officer.set_cookie("lang", "en")
    assert "Nothing waits." in text_of(officer.get("/counter"))
    assert "Nothing waits." in text_of(officer.get("/counter/worklist"))
    assert "No dossier fits this choice." in text_of(officer.get("/counter/worklist?state=settled"))


def test_staff_who_log_in_come_to_the_desk(app):
    assert app.extensions["motcua_paths"]["staff_home"] == "/counter"


def test_the_menu_shows_the_desk_to_officers_only(officer):
    page = officer.get("/counter").get_data(as_text=True)
    assert 'href="/counter/worklist"' in page
    assert 'href="/counter"' not in app_page(officer)


def app_page(browser):
    """The home page of somebody who is not logged in."""
    return browser.application.test_client().get("/").get_data(as_text=True)
