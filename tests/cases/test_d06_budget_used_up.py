"""D06: with the budget for codes used up no code leaves, the page says where to go, and other messages still leave."""

import pytest
from sqlalchemy import select

from tests import people, sms
from tests.cases.asking import DAO, ask, codes_sent, phones
from tests.notifications import stories
from tests.pages import code_sent_to, log_in, log_out, post_form, text_of
from webapp.accounts import breakers, codes, limits, wrong_codes
from webapp.accounts.device_models import Breaker
from webapp.accounts.models import CodeChallenge
from webapp.core import throttle
from webapp.core.audit import AuditEntry
from webapp.core.parsing import mobile
from webapp.dossiers.events import DossierReceived

POOL = 16  # addresses, so that no single one is over its own limit


def busy(services, times, *, typed_in=True):
    """So many people ask for a code, and type it in."""
    made = phones()
    with services.database.transaction() as session:
        for _ in range(times):
            challenge = codes.request_code(session, mobile(next(made)), codes.LOGIN)
            if typed_in:
                codes.check_code(session, challenge.public_id, challenge.code, codes.LOGIN)


def test_with_the_minute_used_up_no_code_leaves_and_the_page_names_the_counter(later, client, app, services):
    client.set_cookie("lang", "en")
    busy(services, 60)
    before = codes_sent(app, DAO)
    refused = ask(client, DAO)
    assert refused.status_code == 429
    assert "one-stop counter" in text_of(refused)
    assert 0 < int(refused.headers["Retry-After"]) <= 60
    assert codes_sent(app, DAO) == before == 0
    later(minutes=1)
    assert ask(client, DAO).status_code == 303


def test_the_day_has_an_end_too(later, client, services):
    with services.database.transaction() as session:
        limits.GLOBAL_DAY.hit(session, "")
        row = session.get(throttle.RateWindow, throttle._key(limits.GLOBAL_DAY.name, "", limits.DAY))
        row.hits = limits.GLOBAL_DAY.times
    assert ask(client, DAO).status_code == 429
    later(hours=24)
    assert ask(client, DAO).status_code == 303


def test_messages_about_dossiers_still_leave(later, client, app, services):
    busy(services, 60)
    assert ask(client, DAO).status_code == 429
    with services.database.transaction() as session:
        dossier = stories.dossier_of(session, people.person(session), code=stories.CODE)
        stories.happens(session, dossier, DossierReceived, None)
    assert [text for text in sms.texts(app, DAO) if stories.CODE in text]


def test_a_pump_is_cut_off_after_fifty_messages_and_somebody_hears_of_it(later, app, services, caplog):
    owner = app.test_client()
    log_in(owner)
    log_out(owner)
    later(minutes=16)
    made = phones()
    answers = []
    for n in range(200):
        answers.append(ask(app.test_client(), next(made), address=f"203.0.{n % POOL}.{n % 250}").status_code)
        later(seconds=1.1)
    assert answers.count(303) == 50
    with services.database.session(write=False) as session:
        assert len(session.scalars(select(CodeChallenge.id)).all()) == 51
        assert session.scalars(select(AuditEntry).where(AuditEntry.action == "breaker:open")).one().object == "pumping"
        assert session.get(Breaker, "pumping").times == 1
    assert [record.message for record in caplog.records if record.name == "motcua.alarm"] == ["breaker open"]
    assert log_in(owner).location == "/me", "whoever is known gets a code"
    later(minutes=16)
    assert ask(app.test_client(), next(made)).status_code == 303


def test_whoever_runs_it_sees_how_much_is_used_up(later, app, services):
    busy(services, 12)
    shown = app.test_cli_runner().invoke(args=["limits"])
    assert shown.exit_code == 0
    assert "codes this minute\t12 of 60" in shown.output
    with services.database.transaction() as session:
        for n in range(301):
            wrong_codes.count(session, wrong_codes.Scope("login", f"phone {n}"))
    shown = app.test_cli_runner().invoke(args=["limits"])
    assert shown.exit_code == 1
    assert "guessing" in shown.output


def test_people_who_do_type_their_codes_in_open_no_fuse(later, services):
    for _ in range(4):
        busy(services, 40)
        later(minutes=2)
    with services.database.session(write=False) as session:
        assert not breakers.is_open(session, breakers.PUMPING)


def test_while_numbers_are_tried_through_even_a_first_device_needs_the_second_proof(later, client, app, services):
    with services.database.transaction() as session:
        for n in range(301):
            wrong_codes.count(session, wrong_codes.Scope("login", f"phone {n}"))
        assert breakers.is_open(session, breakers.GUESSING)
    ask(client, DAO)
    asked = post_form(client, "/login/code", {"code": code_sent_to(client, DAO)})
    assert asked.location == "/login/device"
    assert post_form(client, "/login/device", {"proof": "1234"}).location == "/me"
    later(minutes=16)
    with services.database.session(write=False) as session:
        assert not breakers.is_open(session, breakers.GUESSING)


@pytest.mark.parametrize("wrong", [0, 300])
def test_ordinary_mistakes_open_no_fuse(later, services, wrong):
    with services.database.transaction() as session:
        for n in range(wrong):
            wrong_codes.count(session, wrong_codes.Scope("login", f"phone {n}"))
        assert not breakers.is_open(session, breakers.GUESSING)


def mistakes(services, times):
    """So many codes are typed wrongly, each for another phone; is somebody trying numbers through?"""
    with services.database.transaction() as session:
        for n in range(times):
            wrong_codes.count(session, wrong_codes.Scope("login", f"phone {n}"))
        return breakers.is_open(session, breakers.GUESSING)


def test_an_attack_finds_no_edge_between_two_windows(later, services):
    assert not mistakes(services, 1)
    later(minutes=8)
    assert not mistakes(services, 150)
    later(minutes=3)
    assert mistakes(services, 151), "301 in three minutes, over the edge of the ten minutes that began with the first"


def test_ten_times_as_many_as_usual_is_an_attack_too(later, services):
    for _ in range(9):
        assert not mistakes(services, 4)
        later(hours=12)
    assert not mistakes(services, 40), "ten times four is the most that is usual here"
    assert mistakes(services, 1)
    later(days=8)
    with services.database.transaction() as session:
        breakers.sweep(session)
    assert not mistakes(services, 41), "a week later nobody remembers what was usual"
