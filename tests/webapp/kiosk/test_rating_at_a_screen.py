"""How did it go? Said on the spot, by code and digits; under the rules of whoever says it on the own phone."""

from datetime import timedelta

import pytest
import time_machine
from sqlalchemy import select

from tests import people as who
from tests.pages import form_of, post_form, text_of
from tests.webapp.kiosk.conftest import PROOF
from webapp.core import clock
from webapp.core.audit import AuditEntry
from webapp.dossiers.models import Rating
from webapp.kiosk.models import Kiosk
from webapp.transparency import queries as board
from webapp.transparency.figures import Period

GOOD = {"choice": "satisfied", "words": "Cán bộ tận tình."}


def said(services):
    with services.database.session(write=False) as session:
        return [(row.choice, row.words, row.at_kiosk) for row in session.scalars(select(Rating).order_by(Rating.id))]


def prove(screen, there):
    answer = post_form(screen, "/kiosk/lookup", {"code": there["code"], "proof": PROOF, "then": "rate"})
    assert (answer.status_code, answer.location) == (303, "/kiosk/rate")


def say(screen, there, what=GOOD):
    prove(screen, there)
    return post_form(screen, "/kiosk/rate", what)


def test_a_person_says_it_at_the_screen_and_the_screen_is_free_again(services, screen, stand):
    there = stand()
    answer = say(screen, there)
    assert (answer.status_code, answer.location) == (303, "/kiosk")
    page = screen.get("/kiosk").get_data(as_text=True)
    assert "Thank you. What you said is kept." in page and 'data-quiet="said"' in page
    assert "Thank you" not in screen.get("/kiosk").get_data(as_text=True)
    assert said(services) == [("satisfied", "Cán bộ tận tình.", True)]
    assert "First say which dossier it was" in text_of(screen.get("/kiosk/rate"))
    with services.database.session(write=False) as session:
        [row] = session.scalars(select(AuditEntry).where(AuditEntry.action == "dossier:rate")).all()
        kiosk = session.scalars(select(Kiosk.public_id)).one()
    assert (row.role, row.actor, row.object, row.detail) == ("citizen", None, there["id"], {"kiosk": kiosk})


def test_nobody_rates_without_having_proved_it(services, screen, stand):
    there = stand()
    token = form_of(screen, "/kiosk/lookup")["hidden"]
    assert screen.post("/kiosk/rate", data={**token, **GOOD}).location == "/kiosk"
    post_form(screen, "/kiosk/lookup", {"code": f"HTTP://LOCALHOST/Q/{there['token']}"})
    assert "First say which dossier it was" in text_of(screen.get("/kiosk/rate")), "a QR alone proves nothing"
    assert screen.post("/kiosk/rate", data={**token, **GOOD}).location == "/kiosk"
    scanned = {"code": f"HTTP://LOCALHOST/Q/{there['token']}", "then": "rate"}
    assert post_form(screen, "/kiosk/lookup", scanned).status_code == 422
    assert said(services) == []


def test_before_the_end_it_cannot_be_said(services, screen, stand):
    there = stand("processing")
    post_form(screen, "/kiosk/lookup", {"code": there["code"], "proof": PROOF})
    assert "Say how it went" not in text_of(screen.get("/kiosk/dossier"))
    page = screen.get("/kiosk/rate")
    assert "The office still works on it" in text_of(page)
    token = form_of(screen, "/kiosk/lookup")["hidden"]
    assert screen.post("/kiosk/rate", data={**token, **GOOD}).status_code == 409
    assert said(services) == []


def test_from_the_dossier_it_is_one_press_away(screen, stand):
    there = stand()
    post_form(screen, "/kiosk/lookup", {"code": there["code"], "proof": PROOF})
    assert 'href="/kiosk/rate"' in screen.get("/kiosk/dossier").get_data(as_text=True)
    assert "Cán bộ" not in text_of(screen.get("/kiosk/rate")) and "Satisfied" in text_of(screen.get("/kiosk/rate"))


@pytest.mark.parametrize("wrong", [{"words": "Tốt"}, {"choice": "wonderful"}, {**GOOD, "words": "ế" * 501}])
def test_a_choice_is_needed_and_a_sentence_is_one_sentence(services, screen, stand, wrong):
    assert say(screen, stand(), wrong).status_code == 422
    assert said(services) == []


def test_it_can_be_said_another_way_for_seven_days_and_nobody_reads_what_was_said(services, screen, stand):
    there = stand()
    with time_machine.travel(clock.now(), tick=False) as time:
        say(screen, there)
        time.shift(timedelta(days=6))
        prove(screen, there)
        page = screen.get("/kiosk/rate").get_data(as_text=True)
        assert "takes its place" in page and "tận tình" not in page and "checked" not in page
        assert post_form(screen, "/kiosk/rate", {"choice": "neutral", "words": ""}).status_code == 303
        time.shift(timedelta(days=1))
        prove(screen, there)
        assert "Only the person can change it" in text_of(screen.get("/kiosk/rate"))
        token = form_of(screen, "/kiosk/lookup")["hidden"]
        assert screen.post("/kiosk/rate", data={**token, **GOOD}).status_code == 409
    assert said(services) == [("neutral", None, True)]


def test_what_was_said_on_the_own_phone_stays_and_that_of_the_screen_can_be_changed_there(app, services, screen, stand):
    """The office knows code and digits of all its dossiers: it must not be able to say it in the person's place."""
    there = stand()
    say(screen, there)
    phone = app.test_client()
    phone.set_cookie("lang", "en")
    who.log_in_citizen(phone, services)
    url = f"/dossiers/{there['id']}/rate"
    assert "This was said at a screen" in text_of(phone.get(url))
    assert post_form(phone, url, GOOD).status_code == 303, "the same words, and now they are the person's own"
    assert said(services) == [("satisfied", "Cán bộ tận tình.", False)]
    post_form(phone, url, {"choice": "dissatisfied", "words": "Chờ lâu."})
    prove(screen, there)
    page = text_of(screen.get("/kiosk/rate"))
    assert "Only the person can change it" in page and "Chờ lâu" not in page
    token = form_of(screen, "/kiosk/lookup")["hidden"]
    assert screen.post("/kiosk/rate", data={**token, **GOOD}).status_code == 409
    assert said(services) == [("dissatisfied", "Chờ lâu.", False)]


def test_the_public_figure_counts_it_not_and_the_manager_reads_how_many_there_were(app, services, screen, stand):
    say(screen, stand())
    with services.database.session(write=False) as session:
        office = session.scalars(select(Rating.office_id)).one()
        month = Period("30-days", "", "", clock.today() - timedelta(days=30), clock.today())
        assert board.satisfied(session, office, month) == (0, 0)
    manager = app.test_client()
    manager.set_cookie("lang", "en")
    who.log_in_staff(manager, services, "manager")
    assert "1 of these was said at a screen" in text_of(manager.get("/manage/ratings"))


def test_the_sentence_lies_sealed_in_the_database(services, screen, stand):
    say(screen, stand())
    with services.database.session(write=False) as session:
        assert "tận tình" not in "\n".join(session.connection().connection.driver_connection.iterdump())


def test_without_a_script_what_is_being_written_is_not_lost_when_more_time_is_asked_for(services, screen, stand):
    page = say(screen, stand(), {**GOOD, "more": "1"})
    assert page.status_code == 200 and "Cán bộ tận tình." in page.get_data(as_text=True)
    assert said(services) == []
