"""`/readyz` tells the truth: each part by name, what takes the node out of traffic and what is only a warning."""

import threading
from datetime import timedelta
from types import SimpleNamespace

import pytest
import time_machine
from sqlalchemy import delete, text

import wsgi
from tests import people
from tests.conftest import test_settings as settings_for
from tests.core.test_settings import SERIOUS
from webapp.core import clock, outbox, worker
from webapp.core.db import Database
from webapp.core.outbox import OutboxDelivery, OutboxEvent
from webapp.core.settings import Settings
from webapp.core.worker import Heartbeat
from webapp.shell import health


@pytest.fixture
def beating(services):
    worker.beat(services.database)


def state(client, part):
    return client.get("/readyz").json["checks"][part]["state"]


def test_all_is_well(client, beating):
    answer = client.get("/readyz")
    assert (answer.status_code, answer.json["status"]) == (200, "ok")
    assert {name for name, part in answer.json["checks"].items() if part["critical"]} == {
        "database", "migrations", "durability", "room"
    }  # fmt: skip


def test_a_store_that_refuses_is_a_warning_and_heals_by_itself(client, services, beating, monkeypatch):
    def refuse(*_):
        raise OSError(5, "gone")

    with monkeypatch.context() as broken:
        broken.setattr(services.storage.place, "put", refuse)
        answer = client.get("/readyz")
        assert (answer.status_code, answer.json["status"]) == (200, "degraded")
        assert answer.json["checks"]["storage"] == {"state": "failing", "critical": False}
    assert client.get("/readyz").json["status"] == "ok"


def test_a_store_that_gives_back_something_else_is_no_store(client, services, beating, monkeypatch):
    monkeypatch.setattr(services.storage, "get", lambda key: b"something else")
    assert state(client, "storage") == "failing"


def test_a_store_that_hangs_does_not_make_the_answer_hang(client, services, beating, monkeypatch):
    let_go = threading.Event()
    asked = []
    monkeypatch.setattr(health, "BUDGET", 0.2)
    monkeypatch.setattr(services.storage.place, "put", lambda *_: (asked.append(1), let_go.wait(20)))
    assert state(client, "storage") == "slow"
    assert state(client, "storage") == "slow"
    assert asked == [1], "it is not asked again while it hangs"
    let_go.set()


def test_little_disk_is_a_warning_and_none_takes_the_node_out(client, beating, monkeypatch):
    for free, wanted in ((600, "ok"), (400, "degraded"), (40, "unavailable")):
        monkeypatch.setattr(health.shutil, "disk_usage", lambda _place, free=free: SimpleNamespace(free=free * 2**20))
        answer = client.get("/readyz")
        assert (answer.json["status"], answer.status_code) == (wanted, 503 if wanted == "unavailable" else 200)


def test_a_worker_that_is_not_there_is_a_warning(client, services):
    with services.database.transaction() as session:
        session.execute(delete(Heartbeat))
    assert state(client, "worker") == "silent"
    worker.beat(services.database)
    assert state(client, "worker") == "ok"
    with time_machine.travel(clock.now() + timedelta(seconds=61)):
        assert state(client, "worker") == "silent"


def test_what_waits_for_too_long_is_a_warning(client, services, beating):
    now = clock.now()
    with services.database.transaction() as session:
        event = OutboxEvent(type="T", payload={}, created_at=now)
        session.add(event)
        session.flush()
        session.add(OutboxDelivery(event_id=event.id, handler="x", due_at=now - timedelta(seconds=91)))
    assert state(client, "worker") == "behind"
    with services.database.session(write=False) as session:
        assert outbox.oldest_due(session) == now - timedelta(seconds=91)


def test_the_worker_beats_while_it_works(services):
    stop = threading.Event()
    thread = threading.Thread(target=worker.run_forever, args=(services.database, stop, 0.01))
    thread.start()
    for _ in range(500):
        with services.database.session(write=False) as session:
            if worker.last_beat(session) is not None:
                break
        stop.wait(0.02)
    stop.set()
    thread.join()
    with services.database.session(write=False) as session:
        assert worker.last_beat(session) is not None


def test_healthz_asks_nobody_and_version_says_which_build(client, services):
    services.database.dispose()
    assert client.get("/healthz").json == {"status": "ok"}
    assert client.get("/version").json["version"]


# -------------------------------------------------------------------------------------------- durability


def test_production_refuses_a_database_that_may_forget(tmp_path, monkeypatch):
    monkeypatch.setattr(Database, "weaknesses", lambda self: ["PostgreSQL runs with fsync=off"])
    with pytest.raises(RuntimeError, match="fsync=off"):
        wsgi.create_app(Settings(**{**SERIOUS, "database_url": f"sqlite:///{tmp_path}/x.db"}))


def test_production_starts_although_the_database_is_away_and_says_so(tmp_path):
    away = {"database_url": "postgresql+psycopg://nobody@127.0.0.1:9/none", "storage_url": str(tmp_path)}
    app = wsgi.create_app(Settings(**{**SERIOUS, **away}))
    answer = app.test_client().get("/readyz")
    assert answer.status_code == 503
    assert answer.json["checks"]["durability"]["state"] == "down"


def test_a_sqlite_that_does_not_wait_for_the_disk_is_seen(tmp_path):
    database = Database(f"sqlite:///{tmp_path}/x.db")
    assert database.weaknesses() == []
    with database.engine.connect() as connection:
        connection.connection.dbapi_connection.execute("PRAGMA synchronous=NORMAL")
    assert database.weaknesses() == ["SQLite runs with synchronous=1; it must be 2 (FULL)"]


@pytest.mark.postgres
def test_a_postgresql_that_does_not_wait_for_the_disk_is_seen(postgres):
    database = Database(postgres.url())  # the tests' own server is in a hurry
    with database.engine.connect() as connection:
        assert connection.execute(text("SHOW fsync")).scalar() == "off"
    assert "PostgreSQL runs with fsync=off" in database.weaknesses()
    database.dispose()


# ----------------------------------------------------------------------------------- the administrator's page


def test_an_administrator_sees_parts_and_settings_and_no_secret(client, services, beating):
    services.settings = settings_for(
        services.storage.place.folder.parent, database_url="postgresql+psycopg://motcua:hunter22@db/motcua"
    )
    people.log_in_staff(client, services, "admin")
    page = client.get("/manage/settings").text
    assert "MOTCUA_DATABASE_URL" in page and "hunter22" not in page and "motcua:***@db" in page
    assert services.settings.index_key.get_secret_value() not in page
    assert 'href="/manage/settings"' in client.get("/manage").text


@pytest.mark.parametrize("username", ["manager", "officer", "helper"])
def test_nobody_else_sees_them(client, services, username):
    people.log_in_staff(client, services, username)
    assert client.get("/manage/settings").status_code == 403
