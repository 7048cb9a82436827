"""The box of a person, and the demo's phone, as people see them."""

import re
from html import unescape

import pytest
from sqlalchemy import select, update

import wsgi
from notifications.models import DELIVERED, FAILED, SMS, Message
from tests import people, sms
from tests.conftest import test_settings as settings_for
from tests.pages import post_form, text_of
from webapp.accounts import codes
from webapp.core.settings import new_data_key
from webapp.dossiers import events
from webapp.shell.slots import slot

BOX, PHONE = "/me/messages", "/demo/phone"


@pytest.fixture
def dao(client, services):
    """Đào, logged in."""
    return people.log_in_citizen(client, services)


@pytest.fixture(autouse=True)
def english(client):
    """These tests read the source words; the Vietnamese is watched over by the house's test of words."""
    client.set_cookie("lang", "en")


def letters(client, url=BOX):
    """The headings of the letters on a page."""
    html = client.get(url).get_data(as_text=True)
    return [unescape(re.sub(r"<[^>]+>", "", found)).strip() for found in re.findall(r"<h2>(.*?)</h2>", html)]


def test_somebody_with_no_news_reads_that_there_is_none(client, dao):
    page = client.get(BOX)
    assert page.status_code == 200 and "There is nothing here yet." in text_of(page)


def test_the_newest_news_stands_on_top_and_leads_to_its_dossier(app, client, dao, happen):
    dossier = happen(events.DossierSubmitted, events.DossierReceived)
    sms.texts(app)
    assert letters(client) == ["Your dossier was taken on New", "Your dossier was sent New"]
    html = client.get(BOX).get_data(as_text=True)
    assert f'href="/dossiers/{dossier.public_id}"' in html
    assert "The result is due on 02/12/2026." in html


def test_reading_the_box_does_not_mark_anything(app, client, dao, happen):
    happen(events.DossierSubmitted)
    sms.texts(app)
    assert [letters(client) for _ in range(2)] == [["Your dossier was sent New"]] * 2


def test_a_person_can_say_that_they_have_read_everything(app, client, dao, happen):
    happen(events.DossierSubmitted, events.DossierReceived)
    sms.texts(app)
    assert "2 new messages" in text_of(client.get(BOX))
    answer = post_form(client, BOX, action=f"{BOX}/read")
    assert answer.status_code == 303 and answer.headers["Location"] == BOX
    assert letters(client) == ["Your dossier was taken on", "Your dossier was sent"]


@pytest.mark.parametrize(
    ("fate", "words"),
    [
        (None, "was sent to 0912 ••• 001. We do not know yet whether it arrived."),
        (DELIVERED, "The network says that the text message reached 0912 ••• 001."),
        (FAILED, "did not arrive. Is the number still right?"),
    ],
)
def test_the_box_says_of_an_sms_what_is_known_and_no_more(app, client, services, dao, happen, fate, words):
    happen(events.DossierReceived)
    sms.texts(app)
    if fate:
        with services.database.transaction() as session:
            session.execute(update(Message).where(Message.channel == SMS).values(state=fate))
    assert words in text_of(client.get(BOX))


def test_a_long_story_is_read_page_by_page_and_nothing_is_skipped(app, client, dao, happen):
    for number in range(45):
        happen(events.DossierReceived, code=f"H56.38.12-261122-{number:04d}")
    sms.texts(app)
    url, seen = BOX, []
    while url:
        html = client.get(url).get_data(as_text=True)
        seen += re.findall(r"\((H56[^)]+)\)", html)
        found = re.search(r'href="([^"]+)" rel="next"', html)
        url = unescape(found.group(1)) if found else None
    assert seen == [f"H56.38.12-261122-{number:04d}" for number in reversed(range(45))]


def test_a_made_up_place_in_the_list_shows_its_beginning(app, client, dao, happen):
    happen(events.DossierReceived)
    sms.texts(app)
    assert letters(client, f"{BOX}?after=somebody-elses-letter-") == letters(client)


def test_nobody_reads_somebody_elses_box(app, client, services, dao, happen):
    happen(events.DossierReceived, who=people.NHAN_ID)
    sms.texts(app)
    assert "There is nothing here yet." in text_of(client.get(BOX))


def test_whoever_is_not_logged_in_is_asked_to_log_in_and_comes_back(client):
    answer = client.get(BOX)
    assert answer.status_code == 303 and answer.headers["Location"] == "/login?next=%2Fme%2Fmessages"


@pytest.mark.parametrize("who", ["helper", "officer", "manager"])
def test_staff_do_not_read_boxes(client, services, who):
    people.log_in_staff(client, services, who)
    assert client.get(BOX).status_code == 403


def test_the_persons_own_page_says_how_many_messages_are_new(app, client, dao, happen):
    happen(events.DossierReceived)
    sms.texts(app)
    with app.test_request_context("/me", headers={"Cookie": f"motcua={client.get_cookie('motcua').value}; lang=en"}):
        shown = str(slot("me_cards"))
    assert 'href="/me/messages"' in shown and "1 new" in shown
    with app.test_request_context("/me"):
        assert 'href="/me/messages"' not in str(slot("me_cards"))


def test_the_trial_phone_shows_the_newest_text_first_and_of_one_number_if_asked(app, client, services):
    with services.database.transaction() as session:
        codes.request_code(session, "+84912000001", codes.LOGIN)
        codes.request_code(session, "+84912000002", codes.LOGIN)
    first, second = (sms.code_for(app, n) for n in ("0912000001", "0912000002"))
    page = text_of(client.get(PHONE))
    assert page.index(second) < page.index(first)
    for typed in ("0912000001", "0912 000 001", "+84912000001"):
        page = text_of(client.get(PHONE, query_string={"number": typed}))
        assert first in page and second not in page


def test_a_number_that_is_none_is_said_and_kept_to_be_corrected(client):
    page = client.get(PHONE, query_string={"number": "0912"})
    assert "This is not a phone number." in text_of(page) and 'value="0912"' in page.get_data(as_text=True)


def test_the_text_is_shown_as_it_is_and_runs_nothing(app, client, services):
    with services.database.transaction() as session:
        row = codes.request_code(session, "+84912000001", codes.LOGIN)
        assert row
    sms.texts(app)
    assert "<br>@localhost #" in client.get(PHONE).get_data(as_text=True)


def test_the_trial_phone_does_not_exist_in_production(tmp_path):
    app = wsgi.create_app(
        settings_for(
            tmp_path,
            env="production",
            base_url="https://motcua.example.vn",
            sms_provider="twilio",
            sms_account="AC1",
            sms_token="token",
            secret_keys="k" * 40,
            index_key="i" * 40,
            data_keys=new_data_key(),
        )
    )
    assert PHONE not in {rule.rule for rule in app.url_map.iter_rules()}
    assert app.test_client().get(PHONE, base_url="https://motcua.example.vn").status_code == 404


def test_the_demo_gateways_rows_are_sealed(app, services, happen):
    happen(events.DossierReceived)
    sms.texts(app)
    with services.database.session(write=False) as session:
        for table in ("messages", "demo_texts"):
            for row in session.connection().exec_driver_sql(f"SELECT * FROM {table}"):
                assert b"0912000001" not in repr(row).encode() and b"84912" not in repr(row).encode()
                assert b"261122" not in repr(row).encode()
        assert session.scalar(select(Message.id)) is not None
