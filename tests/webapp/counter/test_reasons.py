"""A dossier that is finished for long is nobody's work: who opens it says why, and the person can read who it was."""

from datetime import timedelta

import pytest
from sqlalchemy import select, update

from tests import people as who
from tests.pages import post_form, text_of
from webapp.core import clock
from webapp.core.audit import AuditEntry
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
    assert officer.get(finished(29).url).status_code == 200
    assert officer.get(send("Lê Thị Đào", "038188004455").url).status_code == 200


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
