"""A page asks the database as many questions with forty rows as with three."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import date

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import event, select, update
from sqlalchemy.orm import Session

from assisted import sessions as assisted_sessions
from notifications.models import FAILED, NO_PHONE, SMS, Message
from tests import people as who
from tests.factories import dossiers as factory
from tests.factories.states import PLACES, as_staff, bring
from tests.pages import post_form, read
from webapp.accounts import mandates, people, second_person
from webapp.accounts.device_models import KnownDevice
from webapp.accounts.models import Account, LoginSession, Person
from webapp.accounts.phone_models import Recovery
from webapp.accounts.second_person import Wish
from webapp.accounts.staff import create_staff
from webapp.core import clock, worker
from webapp.core.actor import Actor, Channel, Role
from webapp.core.files import store_file
from webapp.core.ids import new_public_id
from webapp.dossiers.draft_check import send_draft
from webapp.dossiers.models import Dossier
from webapp.dossiers.receive import receive_dossier
from webapp.shell.services import Services
from webapp.vault.records import keep_result

pytestmark = pytest.mark.long
ONE_DOSSIER, ANY_LIST = 4, 8
USUAL_TIME_IS_SAID = ("submitted", "received", "processing")
AT_THE_DESK = 5
LOOKS, ACTS = 3, 18  # of a submit: before its turn to write, and in it
SMALL, LARGE = 3, 40
LISTS = {
    "/board": None,
    "/board/H56.38.12": None,
    "/procedures": None,
    "/procedures?q=khai+sinh": None,
    "/dossiers": "citizen",
    "/me/records": "citizen",
    "/me/messages": "citizen",
    "/me/helpers": "citizen",
    "/me/devices": "citizen",
    "/me/phones": "citizen",
    "/counter": "officer",
    "/counter/worklist": "officer",
    "/counter/register": "officer",
    "/counter/recoveries": "officer",
    "/counter/approvals": "officer",
    "/assisted": "helper",
    "/manage/staff": "admin",
    "/manage/units": "admin",
    "/manage/figures": "admin",
    "/manage/calendar": "admin",
    "/manage/procedures": "admin",
    "/manage/phone-mismatches": "admin",
    "/manage/messages": "admin",
    "/manage/messages?show=no-phone": "admin",
}


@contextmanager
def questions(services: Services) -> Iterator[list[str]]:
    """The statements that go to the database meanwhile; BEGIN is none."""
    asked: list[str] = []

    def note(_connection: object, _cursor: object, statement: str, *_more: object) -> None:
        if not statement.startswith("BEGIN"):
            asked.append(statement)

    event.listen(services.database.engine, "before_cursor_execute", note)
    try:
        yield asked
    finally:
        event.remove(services.database.engine, "before_cursor_execute", note)


@pytest.fixture
def browsers(app: Flask, services: Services) -> dict[str | None, FlaskClient]:
    """One browser a role, logged in; the officer has this month's register open."""
    roles = (None, "citizen", "officer", "helper", "admin")
    made: dict[str | None, FlaskClient] = {name: app.test_client() for name in roles}
    who.log_in_citizen(made["citizen"], services)
    for name in ("officer", "helper", "admin"):
        who.log_in_staff(made[name], services, name)
    opened = post_form(made["officer"], "/counter/register", day_by_day(clock.today()))
    assert opened.status_code == 303
    return made


def day_by_day(today: date) -> dict[str, str]:
    return {"start": f"{today:%d/%m/%Y}", "end": f"{today:%d/%m/%Y}"}


def fill(services: Services, rows: int) -> None:
    """So many dossiers taken on, records, messages, visits of a helper, phones and devices, all of Đào; and staff."""
    with services.database.transaction() as session:
        dao, officer = who.person(session), as_staff(session, "officer")
        for _ in range(rows):
            sent = factory.sent(session, services.storage, dao)
            receive_dossier(session, sent, by=officer, version=sent.version)
        _records(session, services, dao.id, rows)
        _visits(session, dao.id, rows)
        _phones_and_devices(session, dao.id, rows)
        _staff(session, officer, rows)
        for n in range(rows):
            second_person.take(session, officer, Wish("T", {"S": "s"}, "/x", [["n", f"{rows}.{n}"]], officer.office_id))
    worker.drain(services.database)  # writes the messages
    with services.database.transaction() as session:  # half of them did not arrive, half had nowhere to go
        texts = update(Message).where(Message.channel == SMS)
        session.execute(texts.where(Message.id % 2 == 0).values(state=FAILED))
        session.execute(texts.where(Message.id % 2 == 1).values(state=NO_PHONE))


def _phones_and_devices(session: Session, person_id: int, rows: int) -> None:
    account = session.scalars(select(Account).where(Account.person_id == person_id)).one()
    for n in range(rows):
        people.add_phone(session, session.get_one(Person, person_id), f"+8491{rows:02d}{n:05d}")
        session.add(
            KnownDevice(
                account_id=account.id, token_digest=f"{rows}-{n}", name="Chrome · Android", created_at=clock.now(),
                seen_at=clock.now(),
            )
        )  # fmt: skip


def _staff(session: Session, officer: Actor, rows: int) -> None:
    """New officers, and people who asked for a new phone at the counter."""
    for n in range(rows):
        name = f"moi-{rows}-{n}"
        create_staff(
            session, username=name, name="Ngô Thị Mới", roles=[Role.RECEPTION], office_id=officer.office_id,
        )  # fmt: skip
        person = factory.citizen(session, "Lê Thị Mận", f"03818{rows:02d}{n:05d}")
        asked = Recovery(
            person_id=person.id, office_id=officer.office_id, opened_by=officer.account_id, reason="lost",
            owner="mine", state="waiting", opened_at=clock.now(),
        )  # fmt: skip
        asked.number = "+84912000999"
        session.add(asked)


def _records(session: Session, services: Services, person_id: int, rows: int) -> None:
    for number in range(rows):
        keep_result(
            session, person_id=person_id, result_code=f"KQ.{number}", title_vi="Giấy khai sinh",
            title_en="Birth certificate", number=str(number), issuer="UBND xã Hoằng Lộc", issued_on=clock.today(),
            valid_until=None, file=store_file(session, services.storage, factory.photo(), "giay.jpg"),
            source_dossier=None, source_code=None, data={},
        )  # fmt: skip


def _visits(session: Session, person_id: int, rows: int) -> None:
    account = who.staff(session, "helper")
    login = session.scalars(select(LoginSession.id).where(LoginSession.account_id == account.id)).first()
    assert login is not None
    helper = Actor(
        role=Role.HELPER, roles=frozenset({Role.HELPER}), channel=Channel.ASSISTED, account_id=account.id,
        account_public=account.public_id, office_id=account.office_id, name=account.display_name or "",
    )  # fmt: skip
    for _ in range(rows):
        mandate = mandates.grant_mandate(
            session, person_id=person_id, helper=helper, evidence_kind=mandates.CARD_PIN,
            evidence_id=new_public_id(), text_version="consent-2026-11",
        )  # fmt: skip
        row = assisted_sessions.begin(session, mandate, by=helper, login_id=login)
        assisted_sessions.close(session, row.id, "ended", by=helper)


Browsers = dict[str | None, FlaskClient]


def count(services: Services, browser: FlaskClient, url: str) -> list[str]:
    """What one look at the page asks; the second look, since the first may fill what a process keeps."""
    assert browser.get(url).status_code == 200
    with questions(services) as asked:
        assert browser.get(url).status_code == 200
    return asked


def test_a_list_asks_at_most_eight_questions_and_no_more_when_it_is_long(
    services: Services, browsers: Browsers
) -> None:
    fill(services, SMALL)
    few = {url: count(services, browsers[role], url) for url, role in LISTS.items()}
    fill(services, LARGE - SMALL)
    many = {url: count(services, browsers[role], url) for url, role in LISTS.items()}
    assert {url: asked for url, asked in few.items() if len(asked) > ANY_LIST} == {}
    grown = {url: (len(few[url]), many[url]) for url in LISTS if len(many[url]) > len(few[url])}
    assert grown == {}


@pytest.fixture
def tracked(services: Services) -> Callable[[], Dossier]:
    def make() -> Dossier:
        with services.database.transaction() as session:
            return factory.sent(session, services.storage, who.person(session))

    return make


def test_following_a_dossier_asks_at_most_four_questions_and_one_more_while_the_office_works_on_it(
    services: Services, browsers: Browsers
) -> None:
    with services.database.transaction() as session:
        rows = {place: bring(session, services.storage, place, who.person(session)) for place in PLACES}
        shown = rows["draft shown"] = bring(session, services.storage, "processing", who.person(session))
        by = as_staff(session, "case")
        send_draft(session, services.storage, shown, by=by, version=shown.version, text="Lê Gia Hân")
    asked = {place: count(services, browsers["citizen"], f"/dossiers/{row.public_id}") for place, row in rows.items()}
    most = {place: ONE_DOSSIER + (row.state in USUAL_TIME_IS_SAID) for place, row in rows.items()}
    assert {place: questions for place, questions in asked.items() if len(questions) > most[place]} == {}


def test_the_qr_of_a_receipt_asks_at_most_four_questions(
    services: Services, browsers: Browsers, tracked: Callable[[], Dossier]
) -> None:
    asked = count(services, browsers[None], f"/q/{tracked().qr_token}")
    assert len(asked) <= ONE_DOSSIER, asked


def test_the_worklist_and_a_dossier_of_it_ask_at_most_five_questions(
    services: Services, browsers: Browsers, tracked: Callable[[], Dossier]
) -> None:
    dossier = tracked()
    for url in ("/counter/worklist", f"/counter/dossiers/{dossier.public_id}"):
        asked = count(services, browsers["officer"], url)
        assert len(asked) <= AT_THE_DESK, asked


def test_a_dossier_at_the_desk_asks_at_most_five_questions_wherever_it_stands(
    services: Services, browsers: Browsers
) -> None:
    with services.database.transaction() as session:
        rows = {place: bring(session, services.storage, place, who.person(session)) for place in PLACES}
    asked = {
        place: count(services, browsers["officer"], f"/counter/dossiers/{row.public_id}") for place, row in rows.items()
    }
    assert {place: questions for place, questions in asked.items() if len(questions) > AT_THE_DESK} == {}


def test_sending_a_dossier_looks_three_times_before_its_turn_and_then_asks_and_writes_eighteen_times(
    services: Services, browsers: Browsers
) -> None:
    """Whoever has the turn to write keeps everybody else waiting: the papers are read back before it."""
    asked: list[str] = []

    def note(_connection: object, _cursor: object, statement: str, *_more: object) -> None:
        asked.append(statement)

    for _second_look in range(2):
        with services.database.transaction() as session:
            person = who.person(session)
            draft = factory.ready(session, services.storage, who.as_citizen(session, person))
        page = read(browsers["citizen"].get(f"/dossiers/{draft.public_id}/review").text)
        asked.clear()
        event.listen(services.database.engine, "before_cursor_execute", note)
        try:
            answer = browsers["citizen"].post(
                f"/dossiers/{draft.public_id}/submit",
                data={**page.forms[-1]["hidden"], "pledge": "yes", "consent": "yes"},
            )
        finally:
            event.remove(services.database.engine, "before_cursor_execute", note)
        assert answer.status_code == 303, answer.text
    begun = asked.index("BEGIN IMMEDIATE")
    assert begun <= LOOKS and len(asked) - begun - 1 <= ACTS, asked
    assert not [statement for statement in asked[:begun] if not statement.startswith("SELECT")]
