"""The drill: a copy is made while people write, put back elsewhere, and compared with what was promised."""

import os
import threading

import pytest
from sqlalchemy import inspect, select, text

import wsgi
from tests import people
from tests.operations.conftest import BOTH, a_dossier, command, made, new_name
from tests.support.postgres import new_database
from tests.two_people import erase
from webapp.accounts.models import LoginSession
from webapp.core import audit, backup, crypto
from webapp.core.db import Database
from webapp.core.files import StoredFile, read_file
from webapp.core.settings import new_data_key
from webapp.dossiers.models import Dossier, Receipt
from webapp.shell import keeping, migrations

pytestmark = pytest.mark.long


@pytest.fixture(params=BOTH)
def elsewhere(request, tmp_path):
    """Settings values of an empty database of either kind and an empty folder."""
    if request.param == "sqlite":
        url = f"sqlite:///{tmp_path}/elsewhere/motcua.db"
    else:
        url = new_database(request.getfixturevalue("postgres"), new_name())
    return {"database_url": url, "storage_url": str(tmp_path / "elsewhere/files")}


@pytest.fixture
def alike(either, request, tmp_path):
    """An empty place of the same kind as the full one."""
    url = f"sqlite:///{tmp_path}/elsewhere/motcua.db"
    if not made(either).database.is_sqlite:
        url = new_database(request.getfixturevalue("postgres"), new_name())
    return {"database_url": url, "storage_url": str(tmp_path / "elsewhere/files")}


def app_at(app, place):
    """The same program with the same keys, at another place."""
    there = wsgi.create_app(made(app).settings.model_copy(update=place))
    crypto.configure(made(there).settings)
    return there


def everything(database):
    """Table → its rows as text, in an order that does not depend on the database."""
    with database.engine.connect() as connection:
        names = sorted(set(inspect(connection).get_table_names()) - {"alembic_version"})
        return {n: connection.execute(text(f'SELECT count(*) FROM "{n}"')).scalar_one() for n in names}


def restore(app, place, source):
    there = app_at(app, place)
    return there, command(there, "restore", str(source))


def test_what_was_acknowledged_before_the_copy_is_in_it_whole(either, elsewhere, tmp_path):
    """People go on sending while the copy is made: each of their dossiers is in it whole or not at all."""
    sent = [a_dossier(either) for _ in range(3)]
    stop, more = threading.Event(), []

    def write():
        while not stop.is_set():
            more.append(a_dossier(either))

    writer = threading.Thread(target=write)
    writer.start()
    try:
        copied = command(either, "backup", str(tmp_path / "copy"))
    finally:
        stop.set()
        writer.join()
    assert copied.exit_code == 0, copied.output
    there, restored = restore(either, elsewhere, tmp_path / "copy")
    assert restored.exit_code == 0, restored.output
    here, found = made(either), made(there)
    with found.database.session(write=False) as session, here.database.session(write=False) as before:
        have = set(session.scalars(select(Dossier.public_id)))
        assert set(sent) <= have <= {*sent, *more}
        for public_id in have:
            row = session.scalars(select(Dossier).where(Dossier.public_id == public_id)).one()
            old = before.scalars(select(Dossier).where(Dossier.public_id == public_id)).one()
            assert (row.code, row.answers, row.submitted_at) == (old.code, old.answers, old.submitted_at)
            kept = session.scalars(select(Receipt).where(Receipt.dossier_id == row.id)).all()
            assert [r.manifest for r in kept] == [
                r.manifest for r in before.scalars(select(Receipt).where(Receipt.dossier_id == old.id))
            ]
        files = session.scalars(select(StoredFile)).all()
        assert files and all(read_file(found.storage, row) for row in files)
        assert audit.verify(session)[1] == []
    # and it goes on living: new keys do not meet old ones
    assert a_dossier(there)
    found.database.dispose()


def test_every_table_has_as_many_rows_as_the_copy_promises(either, alike, tmp_path):
    a_dossier(either)
    command(either, "backup", str(tmp_path / "copy"))
    manifest = backup.read_manifest(tmp_path / "copy")
    there, restored = restore(either, alike, tmp_path / "copy")
    assert restored.exit_code == 0, restored.output
    counts = everything(made(there).database)
    assert {n: counts[n] for n in manifest.tables if n not in ("code_challenges", "audit_entries")} == {
        n: count for n, count in manifest.tables.items() if n not in ("code_challenges", "audit_entries")
    }
    with made(there).database.engine.connect() as connection:
        assert migrations.is_current(connection)
    made(there).database.dispose()


def test_whoever_was_logged_in_must_log_in_again(either, alike, tmp_path):
    client = either.test_client()
    people.log_in_citizen(client, made(either))
    assert client.get("/me").status_code == 200
    command(either, "backup", str(tmp_path / "copy"))
    there, restored = restore(either, alike, tmp_path / "copy")
    assert "log-ins ended: 1" in restored.output
    with made(there).database.session(write=False) as session:
        assert session.scalars(select(LoginSession).where(LoginSession.ended_at.is_(None))).all() == []
    made(there).database.dispose()


def test_nobody_who_was_erased_comes_back(either, alike, tmp_path):
    """Erased after the copy was made: only the list outside knows it."""
    with made(either).database.session(write=False) as session:
        nhan = people.person(session, people.NHAN_ID)
    command(either, "backup", str(tmp_path / "copy"))
    erased = erase(either, nhan.public_id, "--request", "12/2026")
    assert erased.exit_code == 0, erased.output
    there, restored = restore(either, alike, tmp_path / "copy")
    assert (restored.exit_code, "people erased again: 1" in restored.output) == (0, True), restored.output
    everywhere = command(there, "erase", "--request", "x", answers=f"{people.NHAN_ID}\n")
    assert "nobody is known" in everywhere.output
    made(there).database.dispose()


# ----------------------------------------------------------------------------- what goes wrong, on SQLite


@pytest.fixture
def copied(app, tmp_path):
    a_dossier(app)
    target = tmp_path / "copy"
    assert command(app, "backup", str(target)).exit_code == 0
    return target


def place(tmp_path):
    return {"database_url": f"sqlite:///{tmp_path}/new/x.db", "storage_url": str(tmp_path / "new/files")}


def nothing_written(there):
    with made(there).database.engine.connect() as connection:
        tables = inspect(connection).get_table_names()
    return tables == [] and not any(made(there).storage.place.folder.rglob("*.*"))


@pytest.mark.parametrize("change", [{"data_keys": new_data_key()}, {"index_key": "another key of the index"}])
def test_with_another_key_nothing_is_written(app, copied, tmp_path, change):
    secret = type(made(app).settings.data_keys)
    there = app_at(app, {**place(tmp_path), **{name: secret(value) for name, value in change.items()}})
    told = command(there, "restore", str(copied))
    assert told.exit_code == 3
    assert "MOTCUA_" in told.output
    assert nothing_written(there)


def test_a_copy_that_was_broken_off_is_none(app, tmp_path, monkeypatch):
    a_dossier(app)
    real = made(app).storage.place.get

    def broken_off(key):
        raise KeyboardInterrupt

    monkeypatch.setattr(made(app).storage.place, "get", broken_off)
    assert command(app, "backup", str(tmp_path / "copy")).exit_code != 0
    monkeypatch.setattr(made(app).storage.place, "get", real)
    assert not (tmp_path / "copy").exists()
    there = app_at(app, place(tmp_path))
    told = command(there, "restore", str(tmp_path / "copy.partial"))
    assert told.exit_code == 4 and nothing_written(there)
    crypto.configure(made(app).settings)
    assert command(app, "backup", str(tmp_path / "copy")).exit_code == 0, "and the next run begins anew"


def parts(folder):
    return [path for path in sorted(folder.rglob("*")) if path.is_file()]


@pytest.mark.parametrize("harm", ["flip", "cut", "gone"])
def test_a_copy_that_was_changed_anywhere_is_refused_before_anything_is_written(app, copied, tmp_path, harm):
    for number, path in enumerate(parts(copied)):
        whole = path.read_bytes()
        if harm == "flip":
            path.write_bytes(whole[:-1] + bytes([whole[-1] ^ 1]))
        elif harm == "cut":
            path.write_bytes(whole[: len(whole) // 2])
        else:
            path.unlink()
        there = app_at(app, place(tmp_path / str(number)))
        told = command(there, "restore", str(copied))
        assert told.exit_code in (3, 4), (path, told.output)
        assert nothing_written(there)
        path.write_bytes(whole)
    there = app_at(app, place(tmp_path))
    assert command(there, "restore", str(copied), "--check").exit_code == 0
    assert nothing_written(there)


def test_a_copy_is_put_into_an_empty_place_only(app, copied, tmp_path):
    told = command(app, "restore", str(copied))
    assert told.exit_code == 5 and "not empty" in told.output
    there = app_at(app, place(tmp_path))
    made(there).storage.put("ab" * 16, b"somebody else's")
    assert command(there, "restore", str(copied)).exit_code == 5


@pytest.mark.parametrize("stage", ["restore_files", "_after"])
def test_a_restore_that_was_broken_off_is_run_again(either, alike, tmp_path, monkeypatch, stage):
    a_dossier(either)
    copy = str(tmp_path / "copy")
    assert command(either, "backup", copy).exit_code == 0
    place = keeping if stage == "_after" else backup
    real = getattr(place, stage)

    def broken_off(*arguments):
        if stage == "restore_files":
            real(*arguments)
        raise KeyboardInterrupt

    monkeypatch.setattr(place, stage, broken_off)
    there, told = restore(either, alike, copy)
    assert told.exit_code != 0
    monkeypatch.setattr(place, stage, real)
    told = command(there, "restore", copy)
    assert told.exit_code == 0 and "it begins anew" in told.output, told.output
    assert everything(made(there).database)["dossiers"] == 1
    assert migrations.differences(made(there).database) == []
    assert command(there, "restore", copy).exit_code == 5, "and once it is done, nothing writes over it"
    made(there).database.dispose()


def test_what_another_copy_left_is_not_written_over(app, copied, tmp_path, monkeypatch):
    monkeypatch.setattr(backup, "restore_files", lambda *_: (_ for _ in ()).throw(KeyboardInterrupt))
    there, told = restore(app, place(tmp_path), copied)
    assert told.exit_code != 0
    monkeypatch.undo()
    crypto.configure(made(app).settings)
    assert command(app, "backup", str(tmp_path / "second")).exit_code == 0
    assert command(there, "restore", str(tmp_path / "second")).exit_code == 5


def test_a_copy_does_not_write_over_another(app, copied):
    assert command(app, "backup", str(copied)).exit_code == 5


def test_nothing_in_a_copy_can_be_read(app, copied):
    whole = b"".join(path.read_bytes() for path in parts(copied))
    for word in ("Nguyễn Thị Đào", "038196001234", "officer", "dossiers", "audit_entries"):
        assert word.encode() not in whole


def test_a_second_copy_shares_the_files_that_did_not_change(app, copied, tmp_path):
    a_dossier(app)
    assert command(app, "backup", str(tmp_path / "second"), "--base", str(copied)).exit_code == 0
    old = {path.relative_to(copied): path for path in parts(copied / "files")}
    second = tmp_path / "second"
    shared = [new for new in parts(second / "files") if os.stat(new).st_nlink == 2]
    assert len(shared) == len(old)
    assert len(parts(second / "files")) > len(old)
    there = app_at(app, place(tmp_path))
    assert command(there, "restore", str(second)).exit_code == 0


def test_a_file_that_is_missing_is_told(app, tmp_path):
    a_dossier(app)
    services = made(app)
    with services.database.session(write=False) as session:
        row = session.scalars(select(StoredFile)).first()
    services.storage.delete(row.storage_key)
    assert "1 files were not in the store" in command(app, "backup", str(tmp_path / "copy")).output
    there = app_at(app, place(tmp_path))
    told = command(there, "restore", str(tmp_path / "copy"))
    assert told.exit_code == 1 and row.public_id in told.output


def test_a_database_of_an_older_release_is_brought_up(app, tmp_path):
    """The copy says of which release it is; it is put into that shape first, then brought up."""
    services = made(app)
    migrations.downgrade(services.database, "0009")
    assert command(app, "backup", str(tmp_path / "copy")).exit_code == 0
    assert backup.read_manifest(tmp_path / "copy").revision == "0009"
    there = app_at(app, place(tmp_path))
    assert command(there, "restore", str(tmp_path / "copy")).exit_code == 0
    with made(there).database.engine.connect() as connection:
        assert migrations.is_current(connection)


def test_a_table_with_a_column_that_a_copy_cannot_hold_stops_it(tmp_path):
    database = Database(f"sqlite:///{tmp_path}/x.db")
    with database.transaction() as session:
        session.execute(text("CREATE TABLE odd (at TIME)"))
        session.execute(text("CREATE TABLE audit_head (id INTEGER, seq INTEGER, digest TEXT)"))
        session.execute(text("CREATE TABLE alembic_version (version_num TEXT)"))
        session.execute(text("INSERT INTO alembic_version VALUES ('1')"))
    with pytest.raises(TypeError, match=r"odd\.at"):
        backup.make(database, None, tmp_path / "copy", None, lambda *_: None)
