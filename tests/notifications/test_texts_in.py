"""Somebody without the internet texts a code and gets an answer; whoever guesses, and whoever pumps, gets nothing."""

import re
from datetime import timedelta

import pytest
import time_machine
from hypothesis import given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st
from sqlalchemy import select, update

import wsgi
from notifications import texts_in
from notifications.messages import fits, sms
from notifications.models import ANSWER, SMS
from notifications.texts_in import STAGES
from tests import people
from tests import sms as phones
from tests.assisted.steps import begin_with_dao
from tests.conftest import test_settings as settings_for
from tests.factories import dossiers as factory
from tests.notifications.conftest import DAO_PHONE
from tests.pages import form_of, post_form, text_of
from webapp.accounts.demo import DAO_ID
from webapp.accounts.people import add_phone
from webapp.core import clock, retention, worker
from webapp.core.audit import AuditEntry
from webapp.core.outbox import OutboxEvent
from webapp.dossiers import events
from webapp.dossiers.models import Dossier
from webapp.offices.load import DEMO_OFFICES

PHONE, OTHER = "/demo/phone", "0987654321"
WHOLE = "H56.38.12-261122-0042"
HELP = "Tra ho so: HS va ma tra cuu"
UNKNOWN = "Chua tra duoc ho so"


@pytest.fixture
def dossier(happen):
    """Đào's, at the office."""
    return happen(events.DossierSubmitted)


@pytest.fixture
def code(dossier):
    return dossier.lookup_code.replace("-", "")


@pytest.fixture
def text(app, client):
    """`text("HS …", sender)`: somebody sends it; what came back to that phone."""

    def go(words, sender=DAO_PHONE):
        before = len(phones.texts(app, sender))
        answer = post_form(client, PHONE, {"sender": sender, "text": words})
        assert answer.status_code == 303
        return phones.texts(app, sender)[before:]

    return go


def test_the_phone_we_write_to_needs_the_code_alone(text, dossier, code):
    [answer] = text(f"hs {code.lower()}")
    assert answer.startswith(f"TTHC UBND Hoang Loc: Ho so {WHOLE} da gui ngay ")
    assert "dang cho tiep nhan. Hoi: 0237" in answer


def test_the_code_of_the_dossier_does_as_well(text, dossier):
    [answer] = text(f"HS {WHOLE}")
    assert f"Ho so {WHOLE} da gui" in answer


def test_a_dossier_in_work_tells_its_day(text, services, dossier, code):
    set_state(services, "processing")
    [answer] = text(f"HS {code}")
    assert "dang giai quyet. Hen tra ket qua: 02/12/2026. Hoi: " in answer


def test_another_phone_is_told_nothing_without_the_second_fact(text, dossier, code):
    [answer] = text(f"HS {code}", OTHER)
    assert UNKNOWN in answer and WHOLE not in answer


def test_another_phone_with_the_second_fact_is_answered(text, dossier, code):
    for proof in (DAO_ID[-4:], "1996"):
        [answer] = text(f"HS {code} {proof}", OTHER)
        assert f"Ho so {WHOLE} da gui" in answer


def test_a_wrong_second_fact_and_a_code_that_is_nobodys_are_answered_alike(text, dossier, code):
    answers = {text(f"HS {words}", OTHER)[0] for words in (f"{code} 9999", "ABCDEF 1996", code, "ABCDEF", f"{WHOLE} 1")}
    assert len(answers) == 2, "the last one was no code at all, and got help"


def test_somebody_elses_known_phone_is_another_phone(text, services, dossier, code):
    with services.database.transaction() as session:
        nhan = people.person(session, people.NHAN_ID)
        add_phone(session, nhan, "+84987654321", verified_at=clock.now())
    [answer] = text(f"HS {code}", OTHER)
    assert UNKNOWN in answer


def test_a_number_that_was_never_proved_is_another_phone(text, services, dossier, code):
    with services.database.transaction() as session:
        add_phone(session, people.person(session), "+84987654321")
    [answer] = text(f"HS {code}", OTHER)
    assert UNKNOWN in answer


def test_the_second_fact_cannot_be_guessed_by_text(app, services, dossier, code):
    """Tries are counted with those of the page, however the code is spelt and from whatever phone."""
    with services.database.transaction() as session:
        for n in range(6):
            ask(services, session, f"0987654{n:03d}", f"HS {code[:3]}-{code[3:]} {1000 + n}")
    with services.database.transaction() as session:
        ask(services, session, "0987654999", f"hs{code.lower()} 1996")
    assert phones.texts(app, "0987654005")[-1].count(UNKNOWN) == 1
    [answer] = phones.texts(app, "0987654999")
    assert "Da thu nhieu lan" in answer and WHOLE not in answer
    page = post_form(app.test_client(), "/lookup", {"code": code, "proof": "1996"})
    assert page.status_code == 429


def test_what_is_not_understood_is_answered_with_help(text):
    for words in ("TRO GIUP", "xin chao", "HS"):
        [answer] = text(words)
        assert HELP in answer


def test_whoever_lost_the_code_is_told_of_the_newest_dossier_that_is_open(text, services, dossier):
    [answer] = text("HS")
    assert f"Ho so {WHOLE} da gui ngay " in answer
    with services.database.transaction() as session:
        later = factory.sent(session, services.storage, people.person(session))
        later.updated_at = clock.now() + timedelta(minutes=1)
        code = later.code
    assert f"Ho so {code} da gui ngay " in text("ho so")[0]
    with services.database.transaction() as session:
        session.execute(update(Dossier).where(Dossier.code == code).values(state="handed_over"))
    assert f"Ho so {WHOLE} da gui ngay " in text("HS")[0]


def test_a_draft_is_nothing_to_ask_about(text, services):
    with services.database.transaction() as session:
        factory.drafted(session, people.as_citizen(session, people.person(session)))
    assert HELP in text("HS")[0]


def test_another_phone_learns_nothing_without_a_code(text, dossier):
    [answer] = text("HS", OTHER)
    assert HELP in answer and WHOLE not in answer


def test_an_unknown_number_is_answered_five_times_an_hour_and_then_no_more(text, services):
    with time_machine.travel(clock.now(), tick=False) as time:
        assert sum(len(text("?", OTHER)) for _ in range(9)) == texts_in.STRANGER.times == 5
        time.shift(3601)
        assert len(text("?", OTHER)) == 1


def test_thousands_of_unknown_numbers_cost_no_more_than_a_few_hundred_answers(app, services):
    with services.database.transaction() as session:
        for n in range(texts_in.STRANGERS.times + 50):
            ask(services, session, f"09876{n:05d}", "?")
    assert len(answers(services)) == texts_in.STRANGERS.times
    with services.database.transaction() as session:
        ask(services, session, DAO_PHONE, "?")
    assert len(answers(services)) == texts_in.STRANGERS.times + 1, "whom we know is answered still"


def test_a_known_number_has_more_answers_but_not_without_end(text):
    assert sum(len(text("?")) for _ in range(14)) == texts_in.KNOWN.times == 10


@pytest.mark.parametrize("sender", ["MOTCUA", "8000", "02373861112", "+14155550100", "", "1900 1234"])
def test_a_machine_or_a_number_abroad_gets_no_answer(services, sender):
    with services.database.transaction() as session:
        ask(services, session, sender, "HS 7K492M")
    assert answers(services) == []


def test_a_text_that_is_delivered_twice_is_answered_once(app, services, code):
    for words in (f"HS {code}", f"HS {code}", "?"):
        with services.database.transaction() as session:
            ask(services, session, DAO_PHONE, words, ref="the same")
    assert len(answers(services)) == 1


def test_two_taps_on_the_trial_phone_are_one_text(app, client, code):
    sent = {**form_of(client, PHONE)["hidden"], "sender": DAO_PHONE, "text": f"HS {code}"}
    before = len(phones.texts(app, DAO_PHONE))
    for _ in range(2):
        assert client.post(PHONE, data=sent).status_code == 303
    assert len(phones.texts(app, DAO_PHONE)) == before + 1


def test_what_was_texted_is_kept_nowhere(app, services, code):
    with services.database.transaction() as session:
        ask(services, session, OTHER, f"HS {code} 1996 bi mat cua toi")
    with services.database.session(write=False) as session:
        dump = "\n".join(session.connection().connection.driver_connection.iterdump())
    assert "bi mat" not in dump and "987654321" not in dump


def test_the_words_of_an_answer_go_after_ninety_days(app, services, code):
    with services.database.transaction() as session:
        ask(services, session, OTHER, f"HS {code} 1996")
    worker.drain(services.database)
    with time_machine.travel(clock.now(), tick=False) as time:
        time.shift(91 * 86_400)
        retention.sweep(services.database)
    [message] = answers(services)
    assert message.to is None and message.body == {}


def test_events_about_it_hold_no_number_and_no_code(app, services, code):
    with services.database.transaction() as session:
        ask(services, session, OTHER, f"HS {code} 1996")
    with services.database.session(write=False) as session:
        payloads = " ".join(str(row) for row in session.scalars(select(OutboxEvent.payload)))
    assert "987654321" not in payloads and code not in payloads


def test_an_answer_that_did_not_arrive_is_nobodys_work(app, client, services, code):
    with services.database.transaction() as session:
        ask(services, session, OTHER, "?")
    with services.database.transaction() as session:
        [message] = [session.merge(m) for m in answers(services)]
        message.state = "failed"
    people.log_in_staff(client, services, "admin")
    client.set_cookie("lang", "en")
    assert "Nothing waits here." in text_of(client.get("/manage/messages"))


# ------------------------------------------------------------------------------------------------- HUY


@pytest.fixture
def helping(app, services):
    """A helper beside Đào, with her consent by a code to her phone."""
    client = app.test_client()
    people.log_in_staff(client, services, "helper")
    begin_with_dao(client)
    assert client.get("/dossiers").status_code == 200
    return client


@pytest.mark.parametrize("words", ["HUY", "hủy", "HUY 7K492M", "Huy nguoi lam giup"])
def test_the_person_ends_it_by_text_from_her_own_phone(text, helping, words):
    assert any("Da dung." in answer for answer in text(words))
    assert helping.get("/dossiers").status_code != 200


def test_it_stands_in_the_journal_as_the_persons_own_act(text, services, helping):
    text("HUY")
    with services.database.session(write=False) as session:
        rows = session.scalars(select(AuditEntry).order_by(AuditEntry.seq)).all()
    [row] = [row for row in rows if row.action == "sms:stop_helper"]
    assert (row.role, row.channel) == ("citizen", "self")
    assert {"mandate:revoke", "assisted:end"} <= {row.action for row in rows}


def test_somebody_elses_phone_ends_nothing(text, helping, code):
    [answer] = text(f"HUY {code}", OTHER)
    assert "khong ai dang lam giup" in answer
    assert helping.get("/dossiers").status_code == 200


def test_it_works_also_when_no_answer_is_left(text, helping):
    for _ in range(texts_in.KNOWN.times):
        text("?")
    assert not any("Da dung." in answer for answer in text("HUY"))
    assert helping.get("/dossiers").status_code != 200


def test_where_nobody_helps_the_answer_says_so(text):
    [answer] = text("HUY")
    assert "khong ai dang lam giup" in answer


def test_a_code_says_for_whom_of_those_who_share_the_phone(text, services, helping, happen):
    """Nhàn's grandson's number is Đào's, too: a code of hers leaves Đào's helper alone."""
    with services.database.transaction() as session:
        nhan = people.person(session, people.NHAN_ID)
        add_phone(session, nhan, "+84912000001", owner="relative", verified_at=clock.now())
    hers = happen(events.DossierSubmitted, who=people.NHAN_ID, code="H56.38.12-261122-0077")
    [*_, answer] = text(f"HUY {hers.lookup_code}")
    assert "khong ai dang lam giup" in answer
    assert helping.get("/dossiers").status_code == 200
    text("HUY")
    assert helping.get("/dossiers").status_code != 200


def test_the_text_about_a_new_helper_says_how_to_end_it(app, helping):
    assert any("Hoac nhan HUY gui 8000." in answer for answer in phones.texts(app, DAO_PHONE))


# ------------------------------------------------------------------------------------------------- words


@pytest.mark.parametrize("state", STAGES)
@pytest.mark.parametrize("unit", [office[2] for office in DEMO_OFFICES])
def test_every_state_is_told_with_its_day_and_the_offices_phone(state, unit):
    stage = STAGES[state].format(on="22/11/2026", deadline="09/12/2026")
    text = sms("answer_status", unit, code=WHOLE, stage=stage, due="02/12/2026", phone="0237 386 1112")
    assert fits(text)
    assert all(words in text for words in (unit, WHOLE, stage, "02/12/2026", "0237 386 1112"))


@hypothesis_settings(max_examples=200)
@given(
    st.sampled_from(sorted(STAGES)),
    st.text(alphabet=st.characters(categories=("L", "M", "N", "Zs", "P")), max_size=120),
    st.sampled_from(["H56", "H56.38", "H56.38.12", "G99.99.99.99"]),
)
def test_whatever_an_office_is_called_nothing_of_the_answer_is_lost(state, unit, office):
    code, stage = f"{office}-261122-0042", STAGES[state].format(on="22/11/2026", deadline="09/12/2026")
    text = sms("answer_status", unit, code=code, stage=stage, due="02/12/2026", phone="0237 386 1112")
    assert fits(text) and code in text and stage in text and "02/12/2026" in text and "0237 386 1112" in text


def test_no_answer_names_anybody(services, dossier, code):
    for state in STAGES:
        set_state(services, state.value)
        with services.database.transaction() as session:
            ask(services, session, DAO_PHONE, f"HS {code}")
    bodies = [message.body["text"] for message in answers(services)]
    assert len(bodies) == len(STAGES) and all(fits(body) and WHOLE in body for body in bodies)
    assert not any(re.search(rf"Dao|Nguyen|{DAO_ID}|[Kk]hai sinh", body) for body in bodies)


# ------------------------------------------------------------------------------------------------- pages


def test_pages_say_how_where_a_code_is_explained(client):
    client.set_cookie("lang", "en")
    page = text_of(client.get("/lookup"))
    assert "Or text HS and your code to 8000" in page


def test_where_nobody_can_text_us_no_page_speaks_of_it_and_there_is_no_door(tmp_path, template_database):
    off = wsgi.create_app(settings_for(template_database, sms_provider="twilio", sms_token="x", sms_account="AC1"))
    client = off.test_client()
    client.set_cookie("lang", "en")
    assert "8000" not in text_of(client.get("/lookup")) and "text HS" not in text_of(client.get("/lookup"))
    assert client.post("/hooks/sms/inbound", data={"From": "+84912000001", "MessageSid": "SM1"}).status_code == 404


def test_a_text_without_words_or_from_no_phone_is_shown_again_with_what_is_wrong(client):
    answer = post_form(client, PHONE, {"sender": "12", "text": ""})
    assert answer.status_code == 422 and 'value="12"' in answer.get_data(as_text=True)


# ------------------------------------------------------------------------------------------------- how


def ask(services, session, sender, words, ref=None):
    """A text comes in by some gateway."""
    ask.count += 1
    texts_in.take(session, services.settings, texts_in.TextIn(ref or f"r{ask.count}", sender, words))


ask.count = 0


def answers(services):
    with services.database.session(write=False) as session:
        return session.scalars(select(texts_in.Message).filter_by(kind=ANSWER, channel=SMS)).all()


def set_state(services, state):
    with services.database.transaction() as session:
        session.execute(update(Dossier).values(state=state))
