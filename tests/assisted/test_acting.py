"""In a session the helper uses the citizen's own pages as a helper; outside one there is nobody to act for."""

import re
from datetime import timedelta

import pytest
import time_machine
from sqlalchemy import func, select

from assisted.models import HelperSession
from tests.assisted.steps import (
    CARD,
    CONSENT,
    END,
    PIN,
    SESSION,
    begin,
    begin_with_dao,
    database,
    end,
    find_nhan,
    forms,
    journal,
    send,
)
from tests.pages import log_in, log_out, read, staff_log_in, text_of
from tests.people import log_in_staff
from webapp.accounts.mandates import revoke_mandate
from webapp.accounts.models import Mandate
from webapp.core import clock
from webapp.core.actor import SYSTEM
from webapp.dossiers.models import Dossier

DEATH = "/dossiers/new/1.000656"  # registering a death
HOME_OFFICE = "H56.38.12"


def dossiers(app) -> int:
    with database(app) as session:
        return session.scalar(select(func.count()).select_from(Dossier)) or 0


def open_form(client, url=DEATH):
    """The first form of a page, as it would be sent now or later."""
    page = client.get(url)
    assert page.status_code == 200, page.headers.get("Location")
    form = next(f for f in read(page.get_data(as_text=True)).forms if f["method"] == "post")
    return {**form["hidden"], "office": HOME_OFFICE}


def act(client, form, url=DEATH):
    return client.post(url, data=form)


def fresh_token(client) -> str:
    found = re.search(r'name="csrf-token" content="([^"]+)"', client.get("/assisted").get_data(as_text=True))
    assert found is not None
    return found[1]


def refused(answer, app, client) -> None:
    """409, never kept by the browser, and a row in the journal."""
    assert answer.status_code == 409
    client.set_cookie("lang", "en")  # the next page is read in English
    assert journal(app, "assisted:refused")
    assert answer.headers["Cache-Control"] == "no-store"


def test_a_dossier_begun_by_a_helper_belongs_to_the_person_and_names_the_helper(beside_nhan, app):
    answer = act(beside_nhan, open_form(beside_nhan))
    assert answer.status_code == 303
    with database(app) as session:
        [dossier] = session.scalars(select(Dossier))
        [mandate] = session.scalars(select(Mandate))
        assert dossier.person_id == mandate.person_id
        assert dossier.mandate_id == mandate.id
        assert dossier.channel == "assisted"
    [row] = journal(app, "dossier:start")
    assert (row.role, row.channel, row.mandate) == ("helper", "assisted", mandate.public_id)


def test_every_form_in_a_session_carries_the_mandate(beside_nhan, app):
    act(beside_nhan, open_form(beside_nhan))
    with database(app) as session:
        [dossier] = session.scalars(select(Dossier))
        mandate = session.scalars(select(Mandate)).one().public_id
    pages = ["/", "/procedures", "/dossiers", f"/dossiers/{dossier.public_id}/edit", "/lookup", "/assisted/cards/new",
             DEATH, f"/dossiers/{dossier.public_id}/review"]  # fmt: skip
    for url in pages:
        page = beside_nhan.get(url, follow_redirects=True)
        for form in read(page.get_data(as_text=True)).forms:
            if form["method"] == "post":
                assert form["hidden"].get("mandate") == mandate, f"{url}: {form}"


def test_pages_in_a_session_fill_nothing_in_from_the_helpers_own_browser(beside_nhan):
    page = beside_nhan.get("/assisted/cards/new").get_data(as_text=True)
    assert 'autocomplete="off"' in re.search(r"<form method=\"post\" novalidate[^>]*>", page)[0]


def test_the_yellow_bar_stands_on_every_page_of_the_session_and_nowhere_else(beside_nhan, citizen):
    for url in ("/", "/procedures", "/dossiers", SESSION, "/help"):
        page = beside_nhan.get(url).get_data(as_text=True)
        assert 'class="assisted' in page, url
        assert "Vi Thị Nhàn" in page
    assert 'class="assisted' not in citizen.get("/").get_data(as_text=True)


def test_an_act_without_the_mandate_is_refused(beside_nhan, app):
    form = open_form(beside_nhan)
    del form["mandate"]
    refused(act(beside_nhan, form), app, beside_nhan)
    assert dossiers(app) == 0


def test_an_act_after_the_end_is_refused_and_changes_nothing(beside_nhan, app):
    form = open_form(beside_nhan)
    end(beside_nhan)
    refused(act(beside_nhan, form), app, beside_nhan)
    assert dossiers(app) == 0
    with database(app) as session:
        [row] = session.scalars(select(HelperSession))
        assert row.end_reason == "ended"
        assert session.scalars(select(Mandate)).one().ended_at is not None


def test_an_act_after_the_person_has_stopped_the_helper_is_refused(helper, citizen, app):
    begin_with_dao(helper)
    form = open_form(helper)
    log_in(citizen)
    page = read(citizen.get("/me/helpers").get_data(as_text=True))
    stop = next(f for f in page.forms if f["action"].endswith("/revoke"))
    assert citizen.post(stop["action"], data=stop["hidden"]).status_code == 303
    refused(act(helper, form), app, helper)
    assert dossiers(app) == 0
    assert helper.get(SESSION).headers["Location"] == "/assisted"
    with database(app) as session:
        assert session.scalars(select(Mandate)).one().revoked_at is not None
        assert session.scalars(select(HelperSession)).one().end_reason == "revoked"


def test_a_mandate_taken_back_elsewhere_counts_at_the_next_request(beside_nhan, app, services):
    """By the office's manager, by an SMS: whoever takes it back need not know of helpers' sessions."""
    form = open_form(beside_nhan)
    with services.database.transaction() as session:
        revoke_mandate(session, session.scalars(select(Mandate)).one(), SYSTEM)
    refused(act(beside_nhan, form), app, beside_nhan)
    assert dossiers(app) == 0
    begin(beside_nhan)
    with database(app) as session:
        first = session.scalars(select(HelperSession).order_by(HelperSession.id)).first()
        assert first.end_reason == "revoked"


def test_after_five_idle_minutes_an_act_is_refused(beside_nhan, app):
    form = open_form(beside_nhan)
    with time_machine.travel(clock.now() + timedelta(minutes=5, seconds=1)):
        refused(act(beside_nhan, form), app, beside_nhan)
        assert beside_nhan.get(SESSION).headers["Location"] == "/assisted"
        assert "Five minutes passed" in text_of(beside_nhan.get("/assisted"))
    assert dossiers(app) == 0


def test_work_keeps_a_session_awake_but_not_longer_than_an_hour(beside_nhan, app):
    start = clock.now()
    for minute in range(4, 60, 4):
        with time_machine.travel(start + timedelta(minutes=minute)):
            assert beside_nhan.get(SESSION).status_code == 200, minute
    with time_machine.travel(start + timedelta(minutes=59)):
        form = open_form(beside_nhan)
    with time_machine.travel(start + timedelta(minutes=60, seconds=1)):
        refused(act(beside_nhan, form), app, beside_nhan)
        assert "The time of the consent is over" in text_of(beside_nhan.get("/assisted"))
    assert dossiers(app) == 0


def test_a_session_that_ran_out_is_closed_by_the_next_one(beside_nhan, app):
    with time_machine.travel(clock.now() + timedelta(minutes=6)):
        begin(beside_nhan)
    with database(app) as session:
        first, second = session.scalars(select(HelperSession).order_by(HelperSession.id))
        assert (first.end_reason, second.end_reason) == ("expired", None)


def test_two_windows_with_two_people_cannot_be_mixed_up(beside_nhan, app):
    """The form of Vi Thị Nhàn is still open in one window when a session with Nguyễn Thị Đào runs in the other."""
    form = open_form(beside_nhan)
    end(beside_nhan)
    begin_with_dao(beside_nhan)
    answer = act(beside_nhan, form)
    refused(answer, app, beside_nhan)
    assert "Nguyễn Thị Đào" in text_of(answer), "it says who is being helped now"
    assert dossiers(app) == 0
    assert act(beside_nhan, open_form(beside_nhan)).status_code == 303


def test_the_end_button_of_an_old_window_does_not_end_another_persons_session(beside_nhan, app):
    page = beside_nhan.get(SESSION).get_data(as_text=True)
    bar = dict(re.findall(r'name="(csrf_token|mandate)" value="([^"]+)"', page))
    end(beside_nhan)
    begin_with_dao(beside_nhan)
    refused(beside_nhan.post(END, data=bar), app, beside_nhan)
    assert beside_nhan.get(SESSION).status_code == 200


@pytest.mark.parametrize("url", ["/dossiers", DEATH, "/me/records"])
def test_a_helper_with_nobody_beside_them_is_shown_how_to_begin(helper, url):
    answer = helper.get(url)
    assert answer.headers["Location"] == "/assisted"
    helper.set_cookie("lang", "en")
    assert helper.get("/assisted").status_code == 200


def test_a_helper_with_nobody_beside_them_cannot_begin_a_dossier(helper, app):
    answer = act(helper, {"csrf_token": fresh_token(helper), "office": HOME_OFFICE})
    refused(answer, app, helper)
    assert dossiers(app) == 0


def test_a_helper_finds_no_dossier_of_a_person_outside_the_session(beside_nhan, app):
    act(beside_nhan, open_form(beside_nhan))
    with database(app) as session:
        public_id = session.scalars(select(Dossier)).one().public_id
    assert beside_nhan.get(f"/dossiers/{public_id}/edit").status_code == 200
    end(beside_nhan)
    assert beside_nhan.get(f"/dossiers/{public_id}/edit").headers["Location"] == "/assisted"
    begin_with_dao(beside_nhan)
    assert beside_nhan.get(f"/dossiers/{public_id}/edit").status_code == 404


@pytest.mark.parametrize("url", ["/me", "/me/settings", "/me/data", "/me/data.json", "/me/helpers", "/counter"])
def test_a_helper_cannot_open_what_is_the_persons_alone(beside_nhan, url):
    assert beside_nhan.get(url).status_code == 403


def test_a_helper_sees_that_there_is_a_record_but_cannot_open_it(helper, app):
    begin_with_dao(helper)
    page = helper.get("/me/records")
    assert page.status_code == 200
    assert "/file" not in page.get_data(as_text=True)
    with database(app) as session:
        record = session.execute(select(Dossier.public_id)).first()
    assert record is None
    assert helper.get("/me/records/abcdefghijklmnopqrstuv/file").status_code == 403


def test_logging_out_ends_the_session(beside_nhan, app):
    log_out(beside_nhan)
    with database(app) as session:
        assert session.scalars(select(HelperSession)).one().ended_at is not None
        assert session.scalars(select(Mandate)).one().ended_at is not None


def test_a_new_log_in_of_the_helper_does_not_inherit_the_session(beside_nhan, app):
    form = open_form(beside_nhan)
    elsewhere = app.test_client()
    staff_log_in(elsewhere, "helper")
    assert elsewhere.get(SESSION).headers["Location"] == "/assisted"
    form["csrf_token"] = fresh_token(elsewhere)
    assert act(elsewhere, form).status_code == 409
    assert act(beside_nhan, form).status_code in (401, 403, 409)
    assert dossiers(app) == 0
    begin(elsewhere)


def test_a_second_device_of_the_helper_says_where_the_session_is_and_can_end_it(beside_nhan, services, app):
    elsewhere = app.test_client()
    log_in_staff(elsewhere, services, "helper")
    elsewhere.set_cookie("lang", "en")
    assert "open on another device" in text_of(elsewhere.get("/assisted"))
    find_nhan(elsewhere)
    answer = send(elsewhere, CONSENT, "card", {"card": CARD, "pin": PIN})
    assert answer.status_code == 409
    [form] = [f for f in forms(elsewhere, "/assisted") if f["action"] == END]
    assert "Vi Thị Nhàn" in text_of(elsewhere.post(END, data=form["hidden"]))
    assert beside_nhan.get(SESSION).headers["Location"] == "/assisted"


def test_an_officer_is_no_helper(client, services):
    log_in_staff(client, services, "officer")
    assert client.get("/assisted").status_code == 403
    assert client.get("/assisted/sessions/new").status_code == 403


def test_people_who_are_not_logged_in_are_sent_to_the_staffs_log_in(client):
    assert client.get("/assisted").headers["Location"].startswith("/staff/login")
