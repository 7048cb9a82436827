"""When the database is locked or full, people are told to try again; nothing is half done, nothing is lost."""

import errno
import sqlite3

import pytest
from sqlalchemy import event, select, text
from sqlalchemy.exc import OperationalError

from tests.operations.conftest import made
from tests.pages import form_of, post_form
from tests.people import log_in_citizen
from webapp.core import clock
from webapp.core.db import Database
from webapp.core.outbox import OutboxEvent
from webapp.shell import unit_of_work


@pytest.fixture
def impatient(services):
    """A database that waits for its turn for a moment only, so that the test need not."""
    services.database.dispose()
    services.database = Database(services.settings.database_url)

    @event.listens_for(services.database.engine, "connect")
    def _hurry(connection, _record):
        connection.execute("PRAGMA busy_timeout=50")

    yield services.database
    services.database.dispose()


@pytest.fixture
def holder(services):
    """Somebody else who writes and does not end."""
    other = sqlite3.connect(services.database.url.database, isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    yield other
    other.close()


def test_a_database_that_waits_waits_five_seconds(services):
    with services.database.engine.connect() as connection:
        assert connection.execute(text("PRAGMA busy_timeout")).scalar() == 5000


def test_a_locked_database_is_503_with_the_typed_text_and_a_button_to_send_it_again(client, impatient, holder):
    answer = post_form(client, "/login", {"phone": "0912000001"})
    assert answer.status_code == 503
    assert answer.headers["Retry-After"] == "5"
    assert "no-store" in answer.headers["Cache-Control"] and answer.headers["X-Frame-Options"] == "DENY"
    assert 'name="phone" value="0912000001"' in answer.text
    holder.execute("ROLLBACK")
    again = form_of(client, "/login")
    assert client.post("/login", data={**again["hidden"], "phone": "0912000001"}).status_code == 303


def test_a_password_is_never_in_that_page(client, impatient, holder):
    typed = {"username": "officer", "password": "very secret words", "otp": "123456"}
    answer = post_form(client, "/staff/login", typed)
    assert answer.status_code == 503
    assert "very secret words" not in answer.text and "123456" not in answer.text and "officer" in answer.text


def test_pages_to_read_go_on_while_somebody_writes(client, impatient, holder):
    assert client.get("/procedures").status_code == 200


def test_a_commit_that_fails_takes_the_good_answer_back(app, client, services, monkeypatch):
    """The view had already said yes: a receipt that is not on the disk must not leave the house."""

    def full(_session):
        raise OperationalError("COMMIT", None, sqlite3.OperationalError("database or disk is full"))

    with monkeypatch.context() as broken:
        broken.setattr(services.database, "commit", full)
        answer = post_form(client, "/login", {"phone": "0912000001"})
        assert answer.status_code == 503
        assert "Set-Cookie" not in answer.headers
        assert answer.headers["X-Request-Id"] in answer.text
    assert post_form(client, "/login", {"phone": "0912000001"}).status_code == 303


def test_a_full_disk_refuses_writing_only_and_heals(client, services):
    """SQLite's own limit on pages stands for the disk."""
    with services.database.engine.connect() as connection:
        pages = connection.execute(text("PRAGMA page_count")).scalar()

    def fill(connection, _record, _proxy):
        connection.execute(f"PRAGMA max_page_count={pages}")

    event.listen(services.database.engine, "checkout", fill)
    for size in (200_000, 20_000, 2_000, 200, 20, 1):  # until not even a word more fits
        with pytest.raises(OperationalError, match="full"):
            while True:
                with services.database.transaction() as session:
                    session.add(OutboxEvent(type="T", payload={"x": "x" * size}, created_at=clock.now()))
    answers = [post_form(client, "/login", {"phone": f"09120000{n:02d}"}).status_code for n in range(20)]
    assert answers[-1] == 503 and set(answers) <= {303, 503}
    assert client.get("/procedures").status_code == 200
    event.remove(services.database.engine, "checkout", fill)
    with services.database.engine.connect() as connection:
        connection.connection.dbapi_connection.execute("PRAGMA max_page_count=1073741823")
    services.database.dispose()
    assert post_form(client, "/login", {"phone": "0912000055"}).status_code == 303


def test_somebody_logged_in_keeps_what_was_typed_while_nobody_can_reach_the_database(client, services):
    log_in_citizen(client, services)
    form = form_of(client, "/dossiers/new/1.001193")["hidden"]

    def refuse(*_):
        raise sqlite3.OperationalError("server closed the connection unexpectedly")

    event.listen(services.database.engine, "do_connect", refuse)
    services.database.dispose()
    answer = client.post("/dossiers/new/1.001193", data={**form, "office": "H56.38.12"})
    event.remove(services.database.engine, "do_connect", refuse)
    assert answer.status_code == 503 and answer.headers["Retry-After"] == "5"
    assert 'name="office" value="H56.38.12"' in answer.text, "the last page knows no words"


def test_a_connection_that_dies_when_the_page_is_made_spoils_nothing(client, services, monkeypatch):
    look = services.database.look

    def dying(known):
        session = look(known)
        close = session.close

        def gone():
            close()
            raise OperationalError("ROLLBACK", None, sqlite3.OperationalError("the connection is lost"))

        session.close = gone
        return session

    monkeypatch.setattr(services.database, "look", dying)
    assert client.get("/procedures").status_code == 200


def test_a_disk_that_fills_while_a_photo_is_put_aside_keeps_nobodys_turn_to_write(app, services, monkeypatch):
    """The database is given back before a photo is opened; a commit that fails there left the line closed for ever."""

    def full(_session):
        raise OperationalError("COMMIT", None, sqlite3.OperationalError("database or disk is full"))

    with app.test_request_context("/dossiers", method="POST"):
        unit_of_work.db().execute(text("SELECT 1"))  # takes its turn
        monkeypatch.setattr(services.database, "commit", full)
        with pytest.raises(OperationalError) as kept:
            unit_of_work.let_go()
        with services.database.transaction() as session:
            session.execute(text("SELECT 1"))
    assert "full" in str(kept.value)


@pytest.mark.parametrize("number", [errno.ENOSPC, errno.EDQUOT, errno.EROFS])
def test_a_disk_that_refuses_a_large_upload_is_503(app, client, monkeypatch, number):
    def refuse():
        raise OSError(number, "no")

    monkeypatch.setattr(app, "before_request_funcs", {**app.before_request_funcs, None: [refuse]})
    answer = client.get("/procedures")
    assert (answer.status_code, answer.headers["Retry-After"]) == (503, "5")


def test_the_last_page_needs_nothing_that_may_be_broken(app, client, monkeypatch):
    def broken(*_):
        raise RuntimeError("templates are away")

    monkeypatch.setattr("webapp.shell.errors.render", broken)
    answer = client.get("/nothing-here")
    assert answer.status_code == 404
    assert answer.headers["X-Request-Id"] in answer.text


def test_a_statement_that_takes_too_long_is_503(either):
    """SQLite has no such limit; PostgreSQL stops at five seconds."""
    services = made(either)
    client = either.test_client()

    def slow():
        session = unit_of_work.db()
        if not services.database.is_sqlite:
            session.execute(text("SET statement_timeout = 50"))  # a page that only shows has no transaction
            session.execute(text("SELECT pg_sleep(2)"))

    either.before_request_funcs[None].append(slow)
    try:
        assert client.get("/procedures").status_code == (200 if services.database.is_sqlite else 503)
    finally:
        either.before_request_funcs[None].remove(slow)


def test_errors_of_the_database_quote_nothing(services):
    with pytest.raises(Exception, match="parameters hidden") as wrong, services.database.transaction() as session:
        session.execute(text("INSERT INTO phones (id) VALUES (:n)"), {"n": "038196001234"})
    assert "038196001234" not in str(wrong.value)


def test_nothing_of_a_refused_request_is_kept(client, services, impatient, holder):
    post_form(client, "/login", {"phone": "0912000001"})
    holder.execute("ROLLBACK")
    with services.database.session(write=False) as session:
        assert session.scalars(select(OutboxEvent).where(OutboxEvent.type == "CodeRequested")).all() == []
