"""Whoever asks again gets the page again, without its being made again, and never one that is no longer true."""

import logging
import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import timedelta
from typing import Any

import pytest
import time_machine
from flask import Flask, request
from flask.testing import FlaskClient
from sqlalchemy import event, text, update
from sqlalchemy.exc import OperationalError

from tests import people as who
from tests.browser.database import acting
from tests.factories import dossiers as factory
from tests.factories.states import PLACES, bring
from tests.pages import log_in, staff_log_in, text_of
from webapp.accounts.models import Account, LoginSession
from webapp.catalogue.formspec import papers
from webapp.catalogue.queries import spec_by_revision
from webapp.core import clock
from webapp.core.actor import Role
from webapp.core.db import Database
from webapp.core.ids import new_public_id
from webapp.dossiers.documents import add_photos, use_record
from webapp.dossiers.models import Dossier
from webapp.dossiers.receive import receive_dossier
from webapp.dossiers.submit import submit_dossier
from webapp.shell import page_cache
from webapp.shell.page_cache import PageCache
from webapp.shell.services import Services
from webapp.shell.unit_of_work import db
from webapp.vault.carry import MARRIAGE
from webapp.vault.reuse import offers

Made = list[str]
TOKEN = re.compile(r'name="csrf[-_]token" (content|value)="[^"]+"')  # signed with the second


@pytest.fixture
def made(app: Flask) -> Iterator[Made]:
    """The addresses that Flask was asked for, in their order."""
    found: Made = []
    hooks = app.before_request_funcs.setdefault(None, [])
    hook: Callable[[], None] = lambda: found.append(request.path)  # noqa: E731
    hooks.append(hook)
    yield found
    hooks.remove(hook)


@contextmanager
def statements(services: Services) -> Iterator[Made]:
    """What the database is asked."""
    found: Made = []

    def note(_connection: Any, _cursor: Any, statement: str, *_more: Any) -> None:
        found.append(statement)

    event.listen(services.database.engine, "before_cursor_execute", note)
    yield found
    event.remove(services.database.engine, "before_cursor_execute", note)


def sent(services: Services) -> Dossier:
    with services.database.transaction() as session:
        return factory.sent(session, services.storage, who.person(session))


def received(services: Services, dossier: Dossier) -> None:
    with services.database.transaction() as session:
        officer = acting(session, "officer", Role.RECEPTION)
        row = session.get_one(Dossier, dossier.id)
        receive_dossier(session, row, by=officer, version=row.version)


def test_whoever_reloads_the_page_of_a_qr_gets_the_same_page_which_is_not_made_again(
    client: FlaskClient, services: Services, made: Made
) -> None:
    path = f"/q/{sent(services).qr_token}"
    first, again = client.get(path), client.get(path)
    assert (first.data, first.status_code, made) == (again.data, 200, [path])
    assert {name for name, value in first.headers if again.headers[name] != value} == {"X-Request-Id"}


def test_a_phone_that_has_the_page_still_is_told_so_in_a_few_bytes(
    app: Flask, client: FlaskClient, services: Services
) -> None:
    path = f"/q/{sent(services).qr_token}"
    etag = {"If-None-Match": client.get(path).headers["ETag"]}
    remembered = client.get(path, headers=etag)
    app.extensions["motcua_pages"].clear()
    after_a_while = client.get(path, headers=etag)
    for answer in (remembered, after_a_while):
        assert (answer.status_code, answer.data, answer.headers["ETag"]) == (304, b"", etag["If-None-Match"])
        assert "Content-Length" not in answer.headers
        assert answer.headers["Content-Security-Policy"]


def test_what_the_office_did_a_moment_ago_is_on_the_page_at_once(
    client: FlaskClient, services: Services, made: Made
) -> None:
    dossier = sent(services)
    log_in(client)
    paths = [f"/q/{dossier.qr_token}", f"/dossiers/{dossier.public_id}", "/dossiers"]
    before = [text_of(client.get(path)) for path in paths]
    received(services, dossier)
    made.clear()
    after = [text_of(client.get(path)) for path in paths]
    assert made == paths
    assert all(old != new for old, new in zip(before, after, strict=True))


@pytest.mark.parametrize("role", ["citizen", "officer"])
def test_a_page_from_memory_is_the_page_that_would_be_made_wherever_a_dossier_stands(
    app: Flask, client: FlaskClient, services: Services, made: Made, role: str
) -> None:
    """A page with something random in it, or with what `Hot` did not ask, would differ."""
    with services.database.transaction() as session:
        rows = [bring(session, services.storage, place, who.person(session)) for place in PLACES]
    if role == "citizen":
        log_in(client)
        paths = ["/", "/dossiers", *(f"/dossiers/{row.public_id}" for row in rows)]
    else:
        staff_log_in(client)
        paths = ["/counter/worklist", *(f"/counter/dossiers/{row.public_id}" for row in rows)]
    made_again = []
    for path in paths:
        client.get(path)  # an officer's first look is written down
        client.get(path)
        made.clear()
        remembered = client.get(path)
        app.extensions["motcua_pages"].clear()
        assert TOKEN.sub("", remembered.text) == TOKEN.sub("", client.get(path).text), path
        made_again += made[1:]
    assert len(made_again) <= len(paths) / 4, made_again  # what is out of the queue, or to be paid


def test_the_desk_s_page_of_a_dossier_with_a_record_instead_of_a_paper_is_not_made_again(
    client: FlaskClient, services: Services, made: Made
) -> None:
    with services.database.transaction() as session:
        dao = who.as_citizen(session, who.person(session))
        draft = factory.drafted(session, dao)
        spec = spec_by_revision(session, draft.revision_id)
        record = offers(session, draft.person_id, [MARRIAGE])[0]
        for paper in papers(spec, draft.answers["values"]):
            if paper.key == "marriage_info":
                use_record(session, draft, paper, record, by=dao)
            else:
                add_photos(session, services.storage, draft, paper, [(factory.photo(), "giay.jpg")])
        assert submit_dossier(session, services.storage, draft, spec, by=dao, key=new_public_id())
    staff_log_in(client)
    path = f"/counter/dossiers/{draft.public_id}"
    client.get(path)  # a first look is written down
    client.get(path)
    made.clear()
    assert "Giấy chứng nhận kết hôn" in text_of(client.get(path))
    assert made == []


def test_two_people_at_one_address_see_their_own_pages(app: Flask, services: Services) -> None:
    dossier = sent(services)
    owner, stranger = app.test_client(), app.test_client()
    log_in(owner)
    path = f"/dossiers/{dossier.public_id}"
    assert [owner.get(path).status_code for _ in range(2)] == [200, 200]
    assert stranger.get(path).status_code == 303
    assert str(dossier.code) not in stranger.get("/").text
    assert str(dossier.code) in owner.get("/").text


def test_language_and_size_of_the_letters_are_part_of_what_is_asked(client: FlaskClient, made: Made) -> None:
    client.get("/lookup")
    client.set_cookie("lang", "en")
    assert "Look up a dossier" in client.get("/lookup").text
    client.set_cookie("look", "3.dark")
    assert 'data-theme="dark"' in client.get("/lookup").text
    assert made == ["/lookup"] * 3


@pytest.mark.parametrize(
    "change",
    [
        update(LoginSession).values(ended_at=clock.now()),
        update(LoginSession).values(expires_at=clock.now()),
        update(Account).values(disabled_at=clock.now()),
    ],
    ids=["ended on another device", "over", "the account is closed"],
)
def test_a_log_in_that_ended_sees_nothing_of_what_it_saw(client: FlaskClient, services: Services, change: Any) -> None:
    dossier = sent(services)
    log_in(client)
    path = f"/dossiers/{dossier.public_id}"
    assert [client.get(path).status_code for _ in range(2)] == [200, 200]
    with services.database.transaction() as session:
        session.execute(change)
    assert client.get(path).status_code == 303


def test_what_the_clock_changes_is_at_most_half_a_minute_old(client: FlaskClient, made: Made) -> None:
    with time_machine.travel(clock.now(), tick=False) as now:
        for seconds in (0, 29, 2, 40):
            now.shift(timedelta(seconds=seconds))
            client.get("/lookup")
        now.shift(timedelta(days=-1))  # a clock that was set right
        client.get("/lookup")
    assert len(made) == 4


def test_a_database_that_is_away_answers_nothing_from_memory(
    client: FlaskClient, services: Services, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = f"/q/{sent(services).qr_token}"
    client.get(path)

    def gone(*_given: object) -> None:
        raise OperationalError("SELECT", None, Exception("gone"))

    for way in ("look", "reader"):
        monkeypatch.setattr(Database, way, gone)
    assert client.get(path).status_code == 503


def test_a_sentence_that_is_said_once_is_said_once(client: FlaskClient) -> None:
    client.get("/")
    with client.session_transaction() as session:
        session["flashes"] = [("good", "Đã lưu")]
    assert ["Đã lưu" in client.get("/").text for _ in range(3)] == [True, False, False]


def test_an_administrator_gets_no_page_from_memory_since_it_counts_where_they_sit(
    client: FlaskClient, made: Made
) -> None:
    staff_log_in(client, "admin")
    made.clear()
    for _ in range(2):
        client.get("/procedures/1.001193")
    assert len(made) == 2


def test_a_page_that_changed_asks_no_question_twice(client: FlaskClient, services: Services, caplog: Any) -> None:
    dossier = sent(services)
    log_in(client)
    path = f"/dossiers/{dossier.public_id}"
    with caplog.at_level(logging.INFO, "motcua.web"), statements(services) as asked:
        client.get(path)
        first = len(asked)
        received(services, dossier)
        asked.clear()
        client.get(path)
    assert len(asked) == first
    assert [record.queries for record in caplog.records if record.message == "request"] == [first, first]


def test_pieces_questions_and_what_is_not_found_are_made_anew(client: FlaskClient, made: Made) -> None:
    for path, headers in (("/", {"HX-Request": "true"}), ("/?a=b", {}), ("/q/ABCDEFGHIJKLMNOP", {}), ("/login", {})):
        for _ in range(2):
            client.get(path, headers=headers)
    client.post("/lookup")
    assert len(made) == 9


def test_a_page_with_another_question_to_the_database_is_made_anew(app: Flask, client: FlaskClient, made: Made) -> None:
    """Only what `Hot` asked is asked again, so a page may rest on nothing else."""
    asks = lambda: {"more": db().scalar(text("SELECT 1"))}  # noqa: E731
    app.template_context_processors[None].append(asks)
    try:
        for _ in range(2):
            client.get("/lookup")
    finally:
        app.template_context_processors[None].remove(asks)
    assert len(made) == 2


def test_a_page_from_memory_is_counted_and_has_a_line_of_its_own_like_every_other(
    client: FlaskClient, services: Services, caplog: pytest.LogCaptureFixture
) -> None:
    path = f"/dossiers/{sent(services).public_id}"
    log_in(client)
    with caplog.at_level(logging.INFO, "motcua.web"):
        answers = [client.get(path) for _ in range(2)]
    first, again = [vars(record) for record in caplog.records if record.message == "request"]
    same = ("method", "route", "page", "account", "role", "status", "queries")
    assert [first[name] for name in same] == [again[name] for name in same]
    assert [line["request_id"] for line in (first, again)] == [a.headers["X-Request-Id"] for a in answers]


def test_the_memory_has_an_end_and_the_oldest_goes_first(
    app: Flask, client: FlaskClient, made: Made, monkeypatch: pytest.MonkeyPatch
) -> None:
    size = len(client.get("/lookup").data)
    monkeypatch.setattr(page_cache, "MOST_BYTES", size * 2 + 10)
    made.clear()
    for name in ("a", "b", "c", "c", "b", "a"):
        client.set_cookie("other", name)
        client.get("/lookup")
    assert len(made) == 4
    pages: PageCache = app.extensions["motcua_pages"]
    assert pages._bytes == size * 2
