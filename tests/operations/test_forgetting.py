"""Who asks to be forgotten is, but for what the law keeps; and nothing is kept longer than it is of use."""

import json
from datetime import timedelta

import pytest
import time_machine
from sqlalchemy import func, select, text

from tests import people, sms
from tests.factories import dossiers
from tests.operations.conftest import a_dossier, command, made
from tests.pages import post_form, text_of
from tests.two_people import erase
from webapp.accounts.models import CodeChallenge, LoginSession, Person, Phone
from webapp.core import clock, worker
from webapp.core.erasure import Erasure
from webapp.core.idempotency import IdempotencyKey
from webapp.dossiers.models import Dossier

DAY = timedelta(days=1)


def public_id(app, number=people.DAO_ID):
    with made(app).database.session(write=False) as session:
        return people.person(session, number).public_id


def close(app, dossier):
    with made(app).database.transaction() as session:
        session.execute(text("UPDATE dossiers SET state = 'settled' WHERE public_id = :d"), {"d": dossier})


def everything_that_opens(app):
    """All that can be read of people in the database by whoever has the keys."""
    found = []
    with made(app).database.session(write=False) as session:
        for person in session.scalars(select(Person)):
            found += [person.full_name, person.citizen_id, person.birth_date, str(person.profile)]
        found += [phone.number for phone in session.scalars(select(Phone))]
    return " ".join(str(value) for value in found)


def test_somebody_without_a_dossier_goes_whole(either):
    """Nhàn: a card, no dossier, no record."""
    told = erase(either, public_id(either, people.NHAN_ID), "--request", "7/2026")
    assert told.exit_code == 0, told.output
    assert "erased: access cards: 1" in told.output
    assert "erased: person: 1" in told.output
    assert "Vi Thị Nhàn" not in everything_that_opens(either)


def test_whose_dossier_is_closed_loses_name_phone_and_way_in_and_the_file_stays_with_its_ground(either):
    dossier = a_dossier(either)
    close(either, dossier)
    client = either.test_client()
    people.log_in_citizen(client, made(either))
    told = erase(either, public_id(either), "--request", "7/2026")
    assert "kept: closed dossiers: 1 (Archives Law 33/2024/QH15" in told.output
    assert "kept: records: 1 (Decree 45/2020/ND-CP" in told.output
    assert "pseudonymised: person: 1" in told.output
    left = everything_that_opens(either)
    assert "Nguyễn Thị Đào" not in left and people.DAO_ID not in left and "+84912000001" not in left
    assert client.get("/me").status_code == 303, "logged out"
    with made(either).database.session(write=False) as session:
        assert session.scalars(select(Dossier).where(Dossier.public_id == dossier)).one().answers["values"]


def test_whoever_waits_for_an_answer_is_still_known_and_can_be_asked_again_later(either):
    dossier = a_dossier(either)
    told = erase(either, public_id(either), "--request", "7/2026")
    assert "kept: open dossiers: 1" in told.output and "--waiting" in told.output
    assert "Nguyễn Thị Đào" in everything_that_opens(either)
    close(either, dossier)
    again = command(either, "erase", "--waiting", "--request", "7/2026")
    assert "pseudonymised: person: 1" in again.output
    assert command(either, "erase", "--waiting", "--request", "7/2026").output == ""


def test_an_id_number_is_asked_for_and_never_said_back(either):
    told = erase(either, "--request", "7/2026", first=f"{people.NHAN_ID}\n")
    assert told.exit_code == 0
    assert people.NHAN_ID not in told.output.replace(f"public id: {people.NHAN_ID}", "")
    nobody = command(either, "erase", "--request", "7/2026", answers="038196009999\n")
    assert nobody.exit_code == 1 and "nobody is known" in nobody.output


def test_trying_changes_nothing(either):
    before = everything_that_opens(either)
    told = command(either, "erase", public_id(either, people.NHAN_ID), "--request", "7/2026", "--try")
    assert "erased: person: 1" in told.output
    assert everything_that_opens(either) == before


def test_that_it_was_done_stands_in_the_list_outside_in_the_table_and_in_the_journal_without_a_name(either):
    person = public_id(either, people.NHAN_ID)
    erase(either, person, "--request", "7/2026")
    from_file = made(either).settings.erasure_list
    with open(from_file, encoding="utf-8") as file:
        lines = [json.loads(line) for line in file]
    assert [(line["person"], line["request"]) for line in lines] == [(person, "7/2026")]
    with made(either).database.session(write=False) as session:
        row = session.scalars(select(Erasure)).one()
        assert row.person == person and {o["fate"] for o in row.outcomes} <= {"erased", "pseudonymised", "kept"}
        assert "Nhàn" not in str(row.outcomes)
    assert command(either, "audit", "verify").exit_code == 0


# ----------------------------------------------------------------------------------------------- retention


def tidy_in(app, days):
    with time_machine.travel(clock.now() + days * DAY, tick=False):
        worker.tidy(made(app).database)
        worker.drain(made(app).database)


def count(app, model, *when):
    with made(app).database.session(write=False) as session:
        return session.scalar(select(func.count()).select_from(model).where(*when))


@pytest.fixture
def draft(either):
    with either.app_context(), made(either).database.transaction() as session:
        return dossiers.drafted(session, people.as_citizen(session, people.person(session))).public_id


def test_a_draft_goes_after_thirty_days_and_its_owner_is_told_five_days_before(either, draft):
    tidy_in(either, 24)
    assert "will be deleted" not in inbox(either)
    tidy_in(either, 26)
    tidy_in(either, 27)
    assert inbox(either).count("A dossier that you began will be deleted") == 1
    assert count(either, Dossier, Dossier.public_id == draft) == 1
    tidy_in(either, 31)
    assert count(either, Dossier, Dossier.public_id == draft) == 0


def test_whoever_did_not_press_send_hears_of_it_once_after_two_days(either, draft):
    tidy_in(either, 1.9)
    assert not [text for text in sms.texts(either, "0912000001") if "CHUA GUI" in text]
    for days in (2.1, 2.2, 3):
        tidy_in(either, days)
    assert len([text for text in sms.texts(either, "0912000001") if "CHUA GUI" in text]) == 1
    assert inbox(either).count("A dossier that you began is not sent") == 1


def inbox(app):
    client = app.test_client()
    people.log_in_citizen(client, made(app))
    client.set_cookie("lang", "en")
    return text_of(client.get("/me/messages"))


def test_codes_log_ins_and_keys_of_sent_forms_go_in_their_time(either):
    client = either.test_client()
    post_form(client, "/login", {"phone": "0912000001"})
    people.log_in_citizen(client, made(either))
    a_dossier(either)
    assert (count(either, CodeChallenge), count(either, LoginSession)) == (1, 1)
    assert count(either, IdempotencyKey) > 0
    tidy_in(either, 2)
    assert (count(either, CodeChallenge), count(either, LoginSession)) == (0, 1)
    tidy_in(either, 32)
    assert (count(either, LoginSession), count(either, IdempotencyKey) > 0) == (0, True)
    tidy_in(either, 91)
    assert count(either, IdempotencyKey) == 0


def test_the_words_of_texts_go_and_that_they_were_sent_stays(either):
    a_dossier(either)
    worker.drain(made(either).database)
    with made(either).database.session(write=False) as session:
        kept = "SELECT count(*) FROM messages WHERE channel = 'sms' AND to_sealed IS NOT NULL"
        assert session.scalar(text(kept)) > 0
        before = session.scalar(text("SELECT count(*) FROM messages"))
    tidy_in(either, 91)
    with made(either).database.session(write=False) as session:
        assert session.scalar(text(kept)) == 0
        assert session.scalar(text("SELECT count(*) FROM messages")) == before


def test_a_rule_that_breaks_stops_no_other(either, monkeypatch):
    people.log_in_citizen(either.test_client(), made(either))
    monkeypatch.setattr("webapp.accounts.codes.sweep", lambda session: 1 / 0)
    with pytest.raises(ExceptionGroup):
        tidy_in(either, 32)
    assert count(either, LoginSession) == 0


def test_the_command_says_what_is_thrown_away_and_when(app):
    told = command(app, "retention").output
    for line in ("drafts\t30 days", "text messages\t90 days", "log-ins\t30 days", "one-time codes\t1 days"):
        assert line in told
