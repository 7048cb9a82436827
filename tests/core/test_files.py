"""A stored file has a row only when its bytes are safe, and is handed out only if it is still the same."""

import hashlib
import io

import pytest
from PIL import Image
from sqlalchemy import func, select, text

from webapp.core.errors import Unavailable
from webapp.core.files import StoredFile, read_file, store_file
from webapp.core.inspect import Refused
from webapp.core.storage import Storage


def photo():
    out = io.BytesIO()
    Image.new("RGB", (60, 40), "white").save(out, "JPEG")
    return out.getvalue()


@pytest.fixture
def folder(tmp_path):
    return tmp_path / "files"


@pytest.fixture
def kept(folder):
    return Storage(str(folder))


def rows(session):
    return session.scalar(select(func.count()).select_from(StoredFile))


def test_a_file_is_kept_with_its_hash_size_and_true_type(session, kept):
    row = store_file(session, kept, photo(), "giay chung sinh.pdf")
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
