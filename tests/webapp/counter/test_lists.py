"""The first page and the worklist: what is next, how much time remains, at a price that does not grow."""

from datetime import timedelta

import pytest

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


def test_the_time_that_remains_is_said_in_words(officer, send, more):
    now = clock.now()
    sent = send()
    more(sent, 1, state="processing", due_at=now + timedelta(hours=4, minutes=30))
    more(sent, 1, state="processing", due_at=now - timedelta(hours=30), code="A-1")
    more(sent, 1, state="supplement_requested", due_at=now, code="A-2")
    officer.set_cookie("lang", "en")
    text = text_of(officer.get("/counter/worklist"))
    assert "4 hours left" in text
    assert "Overdue by 1 day" in text
    assert "Waits for the citizen" in text
    assert "Waiting for 1 minute" in text


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


def test_the_first_page_leads_from_each_figure_to_its_rows(officer, send, more):
    sent = send()
    more(sent, 3, state="processing", due_at=clock.now() - timedelta(hours=1))
    page = officer.get("/counter").get_data(as_text=True)
    assert '<b>3</b><a href="/counter/worklist?state=overdue">' in page
    assert '<b>1</b><a href="/counter/worklist?state=submitted">' in page


def test_the_cursor_waits_in_the_box(officer):
    page = officer.get("/counter").get_data(as_text=True)
    assert 'name="q"' in page and "autofocus" in page


def test_an_empty_office_is_told_that_nothing_waits(officer):
    officer.set_cookie("lang", "en")
    assert "Nothing waits." in text_of(officer.get("/counter"))
    assert "No dossier here." in text_of(officer.get("/counter/worklist"))


def test_staff_who_log_in_come_to_the_desk(app):
    assert app.extensions["motcua_paths"]["staff_home"] == "/counter"


def test_the_menu_shows_the_desk_to_officers_only(officer):
    page = officer.get("/counter").get_data(as_text=True)
    assert 'href="/counter/worklist"' in page
    assert 'href="/counter"' not in app_page(officer)


def app_page(browser):
    """The home page of somebody who is not logged in."""
    return browser.application.test_client().get("/").get_data(as_text=True)
