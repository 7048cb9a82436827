"""A stored file has a row only when its bytes are safe, and is handed out only if it is still the same."""

import hashlib
import os
from datetime import timedelta

import pytest
import time_machine
from sqlalchemy import func, select, text

from tests.factories.hostile import heic, pdf, photo
from webapp.core import clock, sweeping
from webapp.core.errors import Unavailable
from webapp.core.files import (
    CHECKED,
    DROPPED,
    INFECTED,
    NotUsable,
    StoredFile,
    drop,
    prepare,
    read_back,
    read_file,
    store_file,
    stored_today,
    try_prepare,
)
from webapp.core.inspect import Refused
from webapp.core.retention import sweep as sweep_rows
from webapp.core.storage import Storage


@pytest.fixture
def folder(tmp_path):
    return tmp_path / "files"


@pytest.fixture
def kept(folder):
    return Storage(str(folder))


def rows(session):
    return session.scalar(select(func.count()).select_from(StoredFile))


def test_a_file_is_kept_with_its_hash_size_and_true_type(session, kept):
    row = store_file(session, kept, photo(), "giay chung sinh.jpg")
    session.flush()
    assert row.sha256 == hashlib.sha256(photo()).hexdigest()
    assert (row.size, row.media_type, row.extension) == (len(photo()), "image/jpeg", "jpg")
    assert read_file(kept, row) == photo()


def test_the_name_a_phone_gave_is_sealed_and_never_a_path(session, kept, folder):
    row = store_file(session, kept, photo(), "../../Vi Thị Nhàn.jpg")
    session.flush()
    assert row.name == "../../Vi Thị Nhàn.jpg"
    assert "Nhàn" not in str(session.execute(text("SELECT * FROM stored_files")).all())
    (path,) = [p for p in folder.rglob("*") if p.is_file()]
    assert path.name == row.storage_key


@pytest.mark.parametrize(("given", "kept_as"), [("", "file.jpg"), ("a\r\nb", "a b"), ("x" * 300, "x" * 120)])
def test_a_name_is_one_short_line(session, kept, given, kept_as):
    assert store_file(session, kept, photo(), given).name == kept_as


def test_two_files_of_the_same_photo_are_two_files(session, kept):
    one, two = (store_file(session, kept, photo(), "a.jpg") for _ in range(2))
    assert one.sha256 == two.sha256
    assert one.storage_key != two.storage_key


def test_a_refused_file_leaves_neither_row_nor_bytes(session, kept, folder):
    with pytest.raises(Refused):
        store_file(session, kept, b"MZ", "anh.jpg")
    assert rows(session) == 0
    assert list(folder.rglob("*")) == []


def test_no_row_says_stored_while_the_place_is_away(session):
    with pytest.raises(Unavailable):
        store_file(session, Storage("s3://motcua?endpoint=http://127.0.0.1:9"), photo(), "anh.jpg")
    assert rows(session) == 0


def test_other_bytes_than_promised_are_never_handed_out(session, kept):
    one = store_file(session, kept, photo(), "a.jpg")
    kept.put(one.storage_key, b"something else, sealed by ourselves")
    with pytest.raises(OSError, match="does not match its hash"):
        read_file(kept, one)


@pytest.mark.parametrize("state", [CHECKED, INFECTED, DROPPED])
def test_what_is_not_usable_is_handed_to_nobody_and_still_counted(session, kept, state):
    row = store_file(session, kept, photo(), "a.jpg")
    row.state = state
    with pytest.raises(NotUsable):
        read_file(kept, row)
    assert read_back(kept, row) == photo()


def test_a_file_knows_its_pages_and_a_heic_is_kept_as_what_everybody_can_open(session, kept):
    assert store_file(session, kept, pdf(pages=3), "giay.pdf").pages == 3
    row = store_file(session, kept, heic(), "IMG_0001.HEIC")
    assert (row.media_type, row.extension, row.name, row.pages) == ("image/jpeg", "jpg", "IMG_0001.HEIC", 1)


def test_one_bad_file_among_several_does_not_stop_the_others(kept):
    seen = [try_prepare(kept, data, "a.jpg") for data in (photo(), b"MZ", photo())]
    assert [getattr(one, "media_type", None) for one in seen] == ["image/jpeg", None, "image/jpeg"]
    assert not seen[1].later
    away = try_prepare(Storage("s3://motcua?endpoint=http://127.0.0.1:9"), photo(), "a.jpg")
    assert away.later


def test_what_an_account_sent_today_is_counted_also_after_it_was_taken_out(session, kept):
    with time_machine.travel("2026-11-22 16:30:00+00:00", tick=False):
        row = store_file(session, kept, photo(), "a.jpg")
        row.stored_by = "dao"
        session.flush()
        drop(session, StoredFile.id == row.id)
        assert stored_today(session, "dao") == len(photo())
        assert stored_today(session, "nhan") == 0
    with time_machine.travel("2026-11-22 17:30:00+00:00", tick=False):  # half past midnight in Viet Nam
        assert stored_today(session, "dao") == 0


# ------------------------------------------------------------------------------------ what nobody names


def names(folder):
    return sorted(p.name for p in folder.rglob("*") if p.is_file())


def age(folder, hours):
    """Everything that lies there was written so long ago."""
    then = (clock.now() - timedelta(hours=hours)).timestamp()
    for path in folder.rglob("*"):
        if path.is_file():
            os.utime(path, (then, then))


@pytest.fixture
def mixed(database, kept, folder):
    """One file with its row, one whose request broke off, one half file; the key of the first."""
    with database.transaction() as session:
        key = store_file(session, kept, photo(), "a.jpg").storage_key
    lost = prepare(kept, photo(), "b.jpg").storage_key
    (folder / lost[:2] / f"{lost[:2]}-half-abc").write_bytes(b"half")
    return key


def test_bytes_without_a_row_go_after_a_day_and_those_with_one_stay(database, kept, folder, mixed):
    age(folder, 23)
    assert sweeping.sweep(database, kept, sweeping.SHARES) == 0
    assert len(names(folder)) == 3
    age(folder, 25)
    assert sweeping.sweep(database, kept, sweeping.SHARES) == 2
    assert names(folder) == [mixed]
    assert sweeping.sweep(database, kept, sweeping.SHARES) == 0


def test_every_share_of_the_store_has_its_turn_within_a_day():
    seen = set()
    for half_hour in range(48):
        with time_machine.travel(1_795_000_000 + half_hour * 1800, tick=False):
            seen |= set(sweeping.shares_of_now())
    assert seen == set(sweeping.SHARES)


def test_a_store_that_belongs_to_another_database_is_left_alone(database, kept, folder, monkeypatch):
    monkeypatch.setattr(sweeping, "SUSPECT_COUNT", 2)
    for number in range(4):
        kept.put(f"aa{number:030}", b"x")
    age(folder, 48)
    assert sweeping.sweep(database, kept, ["aa"]) == 0
    assert len(names(folder)) == 4


def test_a_file_that_was_taken_out_of_a_draft_goes_with_its_bytes_in_the_end(database, kept, folder):
    with database.transaction() as session:
        row = store_file(session, kept, photo(), "a.jpg")
        session.flush()
        drop(session, StoredFile.id == row.id)
    sweep_rows(database)
    with database.session(write=False) as session:
        assert rows(session) == 1, "not on the same day"
    with time_machine.travel(clock.now() + timedelta(hours=25), tick=False):
        sweep_rows(database)
        with database.session(write=False) as session:
            assert rows(session) == 0
        assert sweeping.sweep(database, kept, sweeping.SHARES) == 1
    assert names(folder) == []
