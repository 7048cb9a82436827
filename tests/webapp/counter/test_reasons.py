"""A dossier that is finished for long is nobody's work: who opens it says why, and the person can read who it was."""

from datetime import timedelta

import pytest
from sqlalchemy import select, update

from tests import people as who
from tests.pages import post_form, text_of
from webapp.core import clock
from webapp.core.audit import AuditEntry
from webapp.counter import brought
from webapp.dossiers.models import Dossier, DossierOpening


@pytest.fixture
def finished(send, services):
    """finished(days) → a dossier that was handed over so many days ago."""

    def finished(days):
        sent = send()
        at = clock.now() - timedelta(days=days)
        with services.database.transaction() as session:
            session.execute(
                update(Dossier)
                .where(Dossier.public_id == sent.id)
                .values(state="handed_over", queue=3, act_by=at, handed_over_at=at, updated_at=at)
            )
        return sent

    return finished


def test_an_old_dossier_asks_for_a_reason_before_it_shows_anything(officer, finished, services):
    old = finished(31)
    answer = officer.get(old.url)
    assert answer.status_code == 303 and answer.location == f"{old.url}/reason"
    page = text_of(officer.get(answer.location))
    assert old.code in page and "Nguyễn Thị Đào" not in page and who.DAO_ID not in page
    assert post_form(officer, answer.location, {"reason": "complaint"}).location == old.url
    assert "Nguyễn Thị Đào" in text_of(officer.get(old.url))
    with services.database.session(write=False) as session:
        noted = session.scalars(select(AuditEntry).where(AuditEntry.action == "dossier:open-out-of-queue")).one()
        assert noted.object == old.id and noted.detail == {"reason": "complaint"}


def test_a_file_of_it_and_its_papers_are_as_shut_as_the_page(officer, finished, services):
    old = finished(40)
    for tail in ("/files/x", "/records/marriage_info", "/result", "/papers/01"):
        answer = officer.get(f"{old.url}{tail}")
        assert answer.status_code == 303 and answer.location.endswith("/reason"), tail


def test_what_was_finished_lately_and_what_is_open_needs_no_reason(officer, finished, send):
    assert officer.get(finished(2).url).status_code == 200
    assert officer.get(send("Lê Thị Đào", "038188004455").url).status_code == 200


@pytest.mark.parametrize("shown", ["{token}", "HTTPS://LOCALHOST/Q/{token}", "{lookup}", "038196001234|x|Nguyễn"])
def test_what_the_person_has_just_shown_opens_at_once(officer, finished, shown, services):
    old = finished(40)
    answer = post_form(officer, "/counter", {"q": shown.format(token=old.token, lookup=old.lookup)})
    assert answer.location == old.url and officer.get(old.url).status_code == 200
    with services.database.session(write=False) as session:
        assert session.scalars(select(DossierOpening.reason)).all() == ["brought"]


@pytest.mark.parametrize("guessed", ["{code}", "nguyen thi dao"])
def test_a_name_and_the_offices_own_number_prove_no_visit(officer, finished, guessed):
    old = finished(40)
    assert post_form(officer, "/counter", {"q": guessed.format(code=old.code)}).location == old.url
    assert officer.get(old.url).location == f"{old.url}/reason"


def test_what_was_shown_to_one_officer_half_an_hour_ago_is_nothing_now_nor_to_another(officer, case_officer, finished):
    old = finished(40)
    post_form(officer, "/counter", {"q": old.token})
    with officer.session_transaction() as mine, case_officer.session_transaction() as theirs:
        theirs[brought.KEY] = mine[brought.KEY]
        by, _until, ids = mine[brought.KEY]
        mine[brought.KEY] = [by, (clock.now() - timedelta(seconds=1)).isoformat(), ids]
    assert officer.get(old.url).status_code == case_officer.get(old.url).status_code == 303


def test_each_opening_of_a_dossier_in_work_is_written_down_once_in_half_an_hour(officer, case_officer, send, services):
    sent = send()
    for _look in range(2):
        for page in (sent.url, f"{sent.url}/request-supplement"):
            assert officer.get(page).status_code == 200
    case_officer.get(f"{sent.url}/decline")
    with services.database.session(write=False) as session:
        noted = session.scalars(select(AuditEntry).where(AuditEntry.action == "dossier:open")).all()
        assert [(n.actor, n.object) for n in noted] == [
            (who.staff(session, name).public_id, sent.id) for name in ("officer", "case")
        ]


def test_the_person_reads_who_opened_it_while_it_was_worked_on(officer, send, app, services):
    sent = send()
    officer.get(sent.url)
    citizen = app.test_client()
    who.log_in_citizen(citizen, services)
    page = text_of(citizen.get(f"/dossiers/{sent.id}/looked"))
    assert "Lê Thị Mai" in page and "Xử lý hồ sơ" in page


@pytest.mark.parametrize(
    ("given", "wrong"), [({}, "reason"), ({"reason": "x"}, "reason"), ({"reason": "other"}, "words")]
)
def test_no_reason_opens_nothing(officer, finished, given, wrong):
    old = finished(31)
    answer = post_form(officer, f"{old.url}/reason", given)
    assert answer.status_code == 422 and f'href="#f-{wrong}"' in answer.get_data(as_text=True)
    assert officer.get(old.url).status_code == 303


def test_a_reason_is_one_officers_and_good_for_half_an_hour(officer, case_officer, finished, services):
    old = finished(31)
    post_form(officer, f"{old.url}/reason", {"reason": "person"})
    assert officer.get(old.url).status_code == 200
    assert case_officer.get(old.url).status_code == 303
    with services.database.transaction() as session:
        session.execute(update(DossierOpening).values(until=clock.now() - timedelta(seconds=1)))
    assert officer.get(old.url).status_code == 303


def test_another_office_is_not_even_asked(app, finished, services):
    old = finished(31)
    stranger = app.test_client()
    who.log_in_staff(stranger, services, "officer2")
    assert stranger.get(old.url).status_code == stranger.get(f"{old.url}/reason").status_code == 404


def test_the_person_reads_who_opened_it_and_why(officer, finished, app, services):
    old = finished(31)
    post_form(officer, f"{old.url}/reason", {"reason": "other", "words": "Đối chiếu sổ hộ tịch"})
    citizen = app.test_client()
    who.log_in_citizen(citizen, services)
    citizen.set_cookie("lang", "en")
    assert f'href="/dossiers/{old.id}/looked"' in citizen.get(f"/dossiers/{old.id}").text
    page = text_of(citizen.get(f"/dossiers/{old.id}/looked"))
    assert "Lê Thị Mai" in page and "Another reason" in page
