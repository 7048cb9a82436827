"""A page asks the database as many questions with forty rows as with three."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import event, select
from sqlalchemy.orm import Session

from assisted import sessions as assisted_sessions
from tests import people as who
from tests.factories import dossiers as factory
from webapp.accounts import mandates
from webapp.accounts.models import LoginSession
from webapp.core import clock, worker
from webapp.core.actor import Actor, Channel, Role
from webapp.core.files import store_file
from webapp.core.ids import new_public_id
from webapp.dossiers.models import Dossier
from webapp.shell.services import Services
from webapp.vault.records import keep_result

pytestmark = pytest.mark.long
ONE_DOSSIER, ANY_LIST = 4, 8
SMALL, LARGE = 3, 40
LISTS = {
    "/procedures": None,
    "/procedures?q=khai+sinh": None,
    "/dossiers": "citizen",
    "/me/records": "citizen",
    "/me/messages": "citizen",
    "/me/helpers": "citizen",
    "/counter": "officer",
    "/counter/worklist": "officer",
    "/assisted": "helper",
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
    """One browser a role, logged in."""
    made: dict[str | None, FlaskClient] = {name: app.test_client() for name in (None, "citizen", "officer", "helper")}
    who.log_in_citizen(made["citizen"], services)
    who.log_in_staff(made["officer"], services, "officer")
    who.log_in_staff(made["helper"], services, "helper")
    return made


def fill(services: Services, rows: int) -> None:
    """So many dossiers, records, messages and visits of a helper, all of Đào."""
    with services.database.transaction() as session:
        dao = who.person(session)
        for _ in range(rows):
            factory.sent(session, services.storage, dao)
        _records(session, services, dao.id, rows)
        _visits(session, dao.id, rows)
    worker.drain(services.database)  # writes the messages


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


def test_following_a_dossier_asks_at_most_four_questions(
    services: Services, browsers: Browsers, tracked: Callable[[], Dossier]
) -> None:
    dossier = tracked()
    asked = count(services, browsers["citizen"], f"/dossiers/{dossier.public_id}")
    assert len(asked) <= ONE_DOSSIER, asked


def test_the_qr_of_a_receipt_asks_at_most_four_questions(
    services: Services, browsers: Browsers, tracked: Callable[[], Dossier]
) -> None:
    asked = count(services, browsers[None], f"/q/{tracked().qr_token}")
    assert len(asked) <= ONE_DOSSIER, asked
