"""When a dossier is over its person says how it went; managers read it, nobody reads who said it."""

from datetime import timedelta

import pytest
import time_machine
from sqlalchemy import select, text

from tests import people as who
from tests.assisted.steps import begin_with_dao
from tests.factories.states import PLACES, bring
from tests.pages import form_of, post_form, text_of
from tests.two_people import erase
from webapp.core import clock, retention
from webapp.core.actor import Actor, Channel, Role
from webapp.core.audit import AuditEntry
from webapp.core.outbox import OutboxEvent
from webapp.dossiers import ratings
from webapp.dossiers.models import Dossier, DossierMove, Rating
from webapp.dossiers.states import CLOSED

OVER = [place for place, (state, _resume, _how) in PLACES.items() if state in CLOSED]
MANAGE = "/manage/ratings"
GOOD = {"choice": "satisfied", "words": "Cán bộ tận tình."}


@pytest.fixture(autouse=True)
def english(client):
    client.set_cookie("lang", "en")


@pytest.fixture
def stand(services):
    """`stand(place)`: the address of a dossier of Đào's that stands there."""

    def go(place="handed over", number=who.DAO_ID):
        with services.database.transaction() as session:
            return f"/dossiers/{bring(session, services.storage, place, who.person(session, number)).public_id}"

    return go


@pytest.fixture
def dao(client, services):
    who.log_in_citizen(client, services)
    return client


def said(services):
    with services.database.session(write=False) as session:
        return [(row.choice, row.words) for row in session.scalars(select(Rating).order_by(Rating.id))]


@pytest.mark.parametrize("place", OVER)
def test_whatever_the_end_was_the_person_can_say_how_it_went(dao, services, stand, place):
    url = stand(place)
    assert f'href="{url}/rate"' in dao.get(url).get_data(as_text=True)
    answer = post_form(dao, f"{url}/rate", GOOD)
    assert (answer.status_code, answer.location) == (303, url)
    assert said(services) == [("satisfied", "Cán bộ tận tình.")]


@pytest.mark.parametrize("place", [place for place in PLACES if place not in OVER])
def test_before_the_end_nobody_is_asked(dao, services, stand, place):
    url = stand(place)
    page = dao.get(url).get_data(as_text=True)
    assert "/rate" not in page
    assert dao.get(f"{url}/rate").location == url
    token = form_of(dao, "/me/settings")["hidden"]["csrf_token"]
    assert dao.post(f"{url}/rate", data={**GOOD, "csrf_token": token}).status_code == 409
    assert said(services) == []


def test_words_stand_beside_every_picture(dao, stand):
    page = dao.get(f"{stand()}/rate").get_data(as_text=True)
    for words in ("Satisfied", "Neither one nor the other", "Not satisfied"):
        assert f"</svg><span>{words}</span>" in page


def test_a_sentence_is_not_needed_but_a_choice_is(dao, services, stand):
    url = f"{stand()}/rate"
    refused = post_form(dao, url, {"words": "Tốt"})
    assert refused.status_code == 422 and "Tốt" in refused.get_data(as_text=True)
    assert post_form(dao, url, {"choice": "wonderful"}).status_code == 422
    assert post_form(dao, url, {"choice": "neutral"}).status_code == 303
    assert said(services) == [("neutral", None)]


def test_a_sentence_is_one_sentence_and_not_cut_off(dao, services, stand):
    url = f"{stand()}/rate"
    refused = post_form(dao, url, {"choice": "neutral", "words": "ế" * 501})
    assert refused.status_code == 422 and "ế" * 501 in refused.get_data(as_text=True)
    assert post_form(dao, url, {"choice": "neutral", "words": "ế" * 500}).status_code == 303
    assert said(services) == [("neutral", "ế" * 500)]


def test_two_taps_are_one_rating_one_line_of_the_journal_and_one_event(dao, services, stand):
    url = f"{stand()}/rate"
    for _ in range(2):
        assert post_form(dao, url, GOOD).status_code == 303
    assert said(services) == [("satisfied", "Cán bộ tận tình.")]
    with services.database.session(write=False) as session:
        [row] = session.scalars(select(AuditEntry).where(AuditEntry.action == "dossier:rate")).all()
        [event] = session.scalars(select(OutboxEvent).where(OutboxEvent.type == "DossierRated")).all()
    assert row.role == "citizen" and row.detail == {}
    assert "satisfied" not in str(event.payload)


def test_it_can_be_changed_for_seven_days_and_then_stays(dao, services, stand):
    url = stand()
    with time_machine.travel(clock.now(), tick=False) as time:
        post_form(dao, f"{url}/rate", GOOD)
        time.shift(timedelta(days=6, hours=23))
        who.log_in_citizen(dao, services)
        assert "Cán bộ tận tình." in dao.get(f"{url}/rate").get_data(as_text=True)
        form = form_of(dao, f"{url}/rate")["hidden"]
        assert post_form(dao, f"{url}/rate", {"choice": "dissatisfied", "words": ""}).status_code == 303
        time.shift(timedelta(hours=1))
        who.log_in_citizen(dao, services)
        form["csrf_token"] = form_of(dao, "/me/settings")["hidden"]["csrf_token"]
        late = dao.post(f"{url}/rate", data={**form, **GOOD})
        assert late.status_code == 409 and "stays" in text_of(late)
        page = text_of(dao.get(f"{url}/rate"))
        assert "Not satisfied" in page and "It can no longer be changed." in page
    assert said(services) == [("dissatisfied", None)]


def test_nobody_else_rates_it(app, services, stand):
    url = stand()
    for name in ("officer", "case", "manager", "admin", "helper"):
        client = app.test_client()
        who.log_in_staff(client, services, name)
        answer = client.get(f"{url}/rate")
        assert answer.status_code in (403, 404) or "/assisted" in answer.location, name
    stranger = app.test_client()
    with services.database.transaction() as session:
        account = who.citizen(session, "Lê Văn Khác", "038090007777")
    who.log_in(stranger, services, account)
    assert stranger.get(f"{url}/rate").status_code == 404
    assert app.test_client().get(f"{url}/rate").status_code == 303


def test_neither_the_dossiers_history_nor_its_version_tells_the_office(dao, services, stand):
    url = stand()

    def seen():
        with services.database.session(write=False) as session:
            row = session.scalars(select(Dossier)).one()
            moves = session.scalars(select(DossierMove.verb).order_by(DossierMove.id)).all()
            return row.version, row.updated_at, moves

    before = seen()
    post_form(dao, f"{url}/rate", GOOD)
    assert seen() == before


def test_the_sentence_lies_sealed_in_the_database(dao, services, stand):
    post_form(dao, f"{stand()}/rate", GOOD)
    with services.database.session(write=False) as session:
        assert "tận tình" not in "\n".join(session.connection().connection.driver_connection.iterdump())


# ------------------------------------------------------------------------------------------------- beside a helper


@pytest.fixture
def helping(app, services):
    client = app.test_client()
    client.set_cookie("lang", "en")
    who.log_in_staff(client, services, "helper")
    begin_with_dao(client)
    return client


def test_who_has_no_phone_says_it_beside_a_helper(helping, services, stand):
    url = stand()
    assert post_form(helping, f"{url}/rate", GOOD).status_code == 303
    assert said(services) == [("satisfied", "Cán bộ tận tình.")]
    with services.database.session(write=False) as session:
        [row] = session.scalars(select(AuditEntry).where(AuditEntry.action == "dossier:rate")).all()
    assert row.mandate is not None and row.role == "helper"


def test_a_helper_reads_and_changes_nothing_of_what_was_said_without_them(helping, dao, services, stand):
    url = stand()
    form = form_of(helping, f"{url}/rate")["hidden"]
    post_form(dao, f"{url}/rate", {"choice": "dissatisfied", "words": "Người giúp nói khó nghe."})
    page = text_of(helping.get(f"{url}/rate"))
    assert "Người giúp" not in page and "Not satisfied" not in page and "This was said already" in page
    assert helping.post(f"{url}/rate", data={**form, **GOOD}).status_code == 409
    assert said(services) == [("dissatisfied", "Người giúp nói khó nghe.")]


# ------------------------------------------------------------------------------------------------- managers


def rated(services, number, *, office=None, days=8, words="Câu", choice="neutral"):
    """`number` ratings of one office, made with the tables alone."""
    with services.database.transaction() as session:
        first = session.scalars(select(Dossier).order_by(Dossier.id)).first()
        unique = {"id", "public_id", "code", "lookup_code", "qr_digest"}
        listed = ", ".join(column.name for column in Dossier.__table__.columns if column.name not in unique)
        more = f"INSERT INTO dossiers (public_id, {listed}) SELECT :new, {listed} FROM dossiers WHERE id = :like"  # noqa: S608
        for n in range(number):
            place = session.scalar(select(Dossier.id).order_by(Dossier.id.desc()).limit(1)) + 1
            session.execute(text(more), {"new": f"x{place}", "like": first.id})
            row = Rating(
                dossier_id=place, office_id=office or first.office_id, choice=choice,
                rated_at=clock.now() - timedelta(days=days),
            )  # fmt: skip
            row.words = f"{words} {n:02d}." if words else None
            session.add(row)


def by(services, username):
    with services.database.session(write=False) as session:
        account = who.staff(session, username)
        return Actor(role=Role.MANAGER, channel=Channel.COUNTER, account_id=account.id, office_id=account.office_id)


def test_a_manager_sees_how_many_and_after_a_week_the_words_without_a_name(app, dao, services, stand):
    url = stand()
    post_form(dao, f"{url}/rate", GOOD)
    manager = app.test_client()
    manager.set_cookie("lang", "en")
    with time_machine.travel(clock.now(), tick=False) as time:
        who.log_in_staff(manager, services, "manager")
        page = text_of(manager.get(MANAGE))
        assert "1Satisfied" in page.replace(" ", "") and "tận tình" not in page
        time.shift(timedelta(days=7))
        who.log_in_staff(manager, services, "manager")
        page = manager.get(MANAGE).get_data(as_text=True)
    assert "Cán bộ tận tình." in page
    with services.database.session(write=False) as session:
        code = session.scalars(select(Dossier.code)).one()
    assert "Đào" not in page and who.DAO_ID not in page and code not in page and url not in page


def test_reception_and_case_see_nothing_of_it(app, services):
    for name in ("officer", "case", "helper"):
        client = app.test_client()
        who.log_in_staff(client, services, name)
        assert client.get(MANAGE).status_code == 403


def test_a_manager_sees_the_own_office_and_an_administrator_all(app, services, stand):
    stand()
    with services.database.session(write=False) as session:
        other = who.staff(session, "officer2").office_id
    rated(services, 2, words="Nhà mình")
    rated(services, 3, office=other, words="Nhà bên")
    seen = {}
    for name in ("manager", "admin"):
        client = app.test_client()
        who.log_in_staff(client, services, name)
        page = client.get(MANAGE).get_data(as_text=True)
        seen[name] = page.count("Nhà mình"), page.count("Nhà bên")
    assert seen == {"manager": (2, 0), "admin": (2, 3)}


def test_many_sentences_are_read_page_by_page_each_once(client, services, stand):
    stand()
    rated(services, 45)
    who.log_in_staff(client, services, "manager")
    found, url = [], MANAGE
    while url:
        page = client.get(url).get_data(as_text=True)
        found += [line[:6] for line in page.split("Câu")[1:]]
        url = page.partition('class="next" href="')[2].partition('"')[0].replace("&amp;", "&")
    assert len(found) == len(set(found)) == 45


def test_only_the_last_ninety_days_are_counted(services, stand):
    stand()
    rated(services, 3, days=91, words="")
    rated(services, 2, days=89, words="", choice="dissatisfied")
    with services.database.session(write=False) as session:
        assert ratings.counts(session, by(services, "manager")) == {"satisfied": 0, "neutral": 0, "dissatisfied": 2}


def test_both_lists_go_by_an_index(services, stand):
    with services.database.session(write=False) as session:
        manager, plans = by(services, "manager"), []
        connection = session.connection()
        real = connection.connection.driver_connection
        asked = []
        real.set_trace_callback(asked.append)
        ratings.counts(session, manager)
        ratings.sentences(session, manager)
        real.set_trace_callback(None)
        for statement in [one for one in asked if "ratings" in one]:
            plans.append(" ".join(row[3] for row in real.execute(f"EXPLAIN QUERY PLAN {statement}")))
    assert "COVERING INDEX ix_ratings_office" in plans[0]
    assert "ix_ratings_words" in plans[1] and "B-TREE" not in plans[1]


# ------------------------------------------------------------------------------------------------- forgetting


def test_a_sentence_goes_after_a_year_and_the_choice_stays(services, stand):
    stand()
    rated(services, 2, days=366)
    rated(services, 1, days=364)
    retention.sweep(services.database)
    assert sorted(words is None for _choice, words in said(services)) == [False, True, True]


def test_whoever_asks_to_be_forgotten_leaves_no_sentence(app, dao, services, stand):
    post_form(dao, f"{stand()}/rate", GOOD)
    with services.database.session(write=False) as session:
        public = who.person(session).public_id
    told = erase(app, public, "--request", "7/2026")
    assert "erased: sentences of ratings: 1" in told.output, told.output
    assert said(services) == [("satisfied", None)]
