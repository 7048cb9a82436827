"""A person without a phone comes with papers: the officer types, scans, prints; it counts as if sent by themselves."""

import pytest
from sqlalchemy import select

from tests import people as who
from tests.factories import dossiers
from tests.filling import answer_all, birth_answers, photo, send_photos, submit
from tests.pages import post_form, text_of
from webapp.accounts import people
from webapp.accounts.models import Mandate, Person
from webapp.core.audit import AuditEntry, verify
from webapp.counter.models import CounterVisit
from webapp.dossiers.models import Dossier, DossierMove, Receipt

NHAN = "Vi Thị Nhàn"


def look_up(browser, typed):
    return post_form(browser, "/counter/walk-in", {"who": typed}, action="/counter/walk-in")


def begin(browser, *, procedure="1.001193", seen="yes", person=None):
    page = browser.get("/counter/walk-in").get_data(as_text=True)
    found = person or page.split('name="person" value="')[1].split('"')[0]
    given = {"person": found, "procedure": procedure, "seen": seen}
    return post_form(browser, "/counter/walk-in", given, action="/counter/walk-in/begin")


def end(browser, page):
    """The button in the bar that stands over every page."""
    bar = browser.get(page).get_data(as_text=True).partition('action="/counter/walk-in/end"')[2]
    token = bar.split('name="csrf_token" value="')[1].split('"')[0]
    return browser.post("/counter/walk-in/end", data={"csrf_token": token})


@pytest.fixture
def visit(officer):
    """The officer has found her and begun: the address of the draft."""
    assert look_up(officer, who.NHAN_ID).status_code == 303
    answer = begin(officer)
    assert answer.status_code == 303, text_of(answer)
    return answer.location.removesuffix("/edit")


def fill(browser, dossier):
    answer_all(browser, dossier, birth_answers())
    for key in ("birth_proof", "marriage_info"):
        assert send_photos(browser, dossier, key, photo(key)).status_code == 303


def test_her_papers_are_sent_and_received_in_one_act_and_she_leaves_with_the_receipt(officer, visit, services):
    fill(officer, visit)
    sent = submit(officer, visit)
    assert sent.status_code == 303, text_of(sent)
    receipt = officer.get(sent.location)
    assert NHAN in text_of(receipt)
    assert officer.get(f"{visit}/receipt.pdf").data.startswith(b"%PDF")
    with services.database.session(write=False) as session:
        row = session.scalars(select(Dossier).where(Dossier.public_id == visit.rpartition("/")[2])).one()
        moves = session.scalars(
            select(DossierMove).where(DossierMove.dossier_id == row.id).order_by(DossierMove.id)
        ).all()
        assert [(m.verb, m.party, m.channel, m.actor_name) for m in moves] == [
            ("submit", "applicant", "counter", "Lê Thị Mai"),
            ("receive", "reception", "counter", "Lê Thị Mai"),
        ]
        assert (row.state, row.channel, row.person_id) == ("received", "counter", who.person(session, who.NHAN_ID).id)
        assert row.due_at is not None and moves[0].mandate_id == row.mandate_id and moves[1].mandate_id is None
        assert session.get(Mandate, row.mandate_id).evidence_kind == "at_counter"
        assert len(session.scalars(select(Receipt).where(Receipt.dossier_id == row.id)).all()) == 1
        assert verify(session)[1] == []
    done = end(officer, f"{visit}/receipt")
    assert done.location == f"/counter/dossiers/{visit.rpartition('/')[2]}"
    officer.set_cookie("lang", "en")
    shown = text_of(officer.get(done.location))
    assert NHAN in shown and "Lê Thị Mai, at the counter, who saw the ID card" in shown
    assert officer.get(f"/counter/dossiers/{visit.rpartition('/')[2]}/papers/01").status_code == 200
    assert officer.get(f"{visit}/receipt").status_code == 403  # she has gone, and the officer is an officer again


def test_what_is_missing_is_missing_at_the_counter_too(officer, visit, services):
    answer_all(officer, visit, birth_answers())
    answer = officer.get(f"{visit}/review")
    assert answer.status_code == 303  # a paper is not there: back to the list
    with services.database.session(write=False) as session:
        assert session.scalars(select(Dossier.state)).all() == ["draft"]


def test_the_visit_opens_this_one_dossier_and_nothing_else_of_hers(officer, visit, services, send):
    with services.database.transaction() as session:
        people.open_account(session, who.person(session, who.NHAN_ID))
    other = send(NHAN, who.NHAN_ID)
    with services.database.transaction() as session:
        person = who.person(session, who.NHAN_ID)
        old = dossiers.drafted(session, who.as_citizen(session, person)).public_id
    assert officer.get(f"{visit}/edit").status_code == 200
    for path in (f"/dossiers/{other.id}", f"/dossiers/{old}/edit", "/dossiers", "/me", "/me/records"):
        assert officer.get(path).status_code in (403, 404), path
    assert "Vi Thị Nhàn" in text_of(officer.get("/counter/worklist"))  # the desk stays the desk


def test_another_officer_and_another_log_in_have_no_visit(officer, visit, app, services):
    colleague = app.test_client()
    who.log_in_staff(colleague, services, "case")
    assert colleague.get(f"{visit}/edit").status_code == 403
    again = app.test_client()
    who.log_in_staff(again, services, "officer")
    assert again.get(f"{visit}/edit").status_code == 403


def test_one_person_at_a_time(officer, visit, services):
    look_up(officer, who.DAO_ID)
    answer = begin(officer)
    assert answer.status_code == 409
    assert end(officer, "/counter").status_code == 303
    assert begin(officer).status_code == 303
    with services.database.session(write=False) as session:
        open_ones = [v for v in session.scalars(select(CounterVisit)) if v.ended_at is None]
        assert len(open_ones) == 1


def test_a_page_left_open_after_the_visit_does_nothing(officer, visit, services):
    page = officer.get(f"{visit}/sections/applicant").get_data(as_text=True)
    hidden = {name: page.split(f'name="{name}" value="')[-1].split('"')[0] for name in ("csrf_token", "mandate")}
    end(officer, "/counter")
    assert officer.post(f"{visit}/sections/applicant", data=hidden).status_code in (403, 409)


@pytest.mark.parametrize(
    ("changes", "wrong"),
    [({"seen": ""}, "seen"), ({"procedure": "9.999999"}, "procedure"), ({"person": "somebody-else"}, "person")],
)
def test_no_visit_without_the_card_the_person_and_the_wish(officer, services, changes, wrong):
    look_up(officer, who.NHAN_ID)
    answer = begin(officer, **changes)
    assert answer.status_code == 422
    assert f'href="#f-{wrong}"' in answer.get_data(as_text=True)
    with services.database.session(write=False) as session:
        assert session.scalars(select(Mandate)).all() == []


def test_a_new_person_is_written_down_once(officer, services):
    given = {"name": "Lò Thị Ban", "citizen_id": "038170001234", "birth_date": "1970", "phone": ""}
    answer = post_form(officer, "/counter/walk-in/people/new", given)
    assert answer.status_code == 303
    assert "Lò Thị Ban" in text_of(officer.get("/counter/walk-in"))
    again = post_form(officer, "/counter/walk-in/people/new", given)
    assert again.status_code == 422 and "038170001234" in again.get_data(as_text=True)
    assert begin(officer).status_code == 303
    with services.database.session(write=False) as session:
        assert len(session.scalars(select(Person)).all()) == len({p.id for p in session.scalars(select(Person))})


def test_half_a_name_opens_nobodys_register_and_every_look_up_is_written_down(officer, services):
    assert look_up(officer, "Vi").status_code == 422
    assert look_up(officer, "038199999999").status_code == 422
    assert look_up(officer, "vi thi nhan").status_code == 303
    assert look_up(officer, "038154004321|123|Vi Thị Nhàn|1954|Nữ").status_code == 303
    page = text_of(officer.get("/counter/walk-in"))
    assert NHAN in page and who.NHAN_ID not in page
    with services.database.session(write=False) as session:
        noted = session.scalars(select(AuditEntry.detail).where(AuditEntry.action == "counter:look-up")).all()
    assert [n["found"] for n in noted] == [0, 1, 1]


def test_an_officer_who_walks_through_the_register_is_stopped_found_or_not(officer, case_officer, monkeypatch):
    monkeypatch.setattr("webapp.counter.visits.PER_HOUR", 3)
    assert look_up(officer, who.NHAN_ID).status_code == 303
    assert [look_up(officer, number).status_code for number in ("038199999999", "Vi")] == [422, 422]
    answer = look_up(officer, who.NHAN_ID)
    assert answer.status_code == 429 and "đã tìm nhiều người" in text_of(answer)
    assert 'name="person"' not in officer.get("/counter/walk-in").get_data(as_text=True)
    assert look_up(case_officer, who.NHAN_ID).status_code == 303


def test_what_is_done_only_at_the_counter_can_be_done_there(officer, services):
    look_up(officer, who.NHAN_ID)
    page = officer.get("/counter/walk-in").get_data(as_text=True)
    only_here = "2.000815"
    assert f'value="{only_here}"' in page
    assert begin(officer, procedure=only_here).status_code == 303
