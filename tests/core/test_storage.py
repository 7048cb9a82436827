"""Bytes at rest: sealed, safe when we say so, and "not now" when the place is away."""

import itertools
import socket
import time
from dataclasses import dataclass
from typing import Any

import boto3
import pytest
from moto.server import ThreadedMotoServer

from webapp.core import crypto, storage
from webapp.core.crypto import Unreadable
from webapp.core.errors import Unavailable
from webapp.core.storage import Storage

_numbers = itertools.count()
WORDS = "Giấy chứng sinh của Lê Minh Anh".encode()


@dataclass
class Bucket:
    """A bucket of its own in an S3 that others wrote, and their client to look into it past our code."""

    name: str
    address: str
    client: Any

    @property
    def url(self) -> str:
        return f"s3://{self.name}?endpoint={self.address}"

    def things(self) -> dict[str, bytes]:
        listed = self.client.list_objects_v2(Bucket=self.name).get("Contents", [])
        return {o["Key"]: self.client.get_object(Bucket=self.name, Key=o["Key"])["Body"].read() for o in listed}


@pytest.fixture(scope="module")
def s3():
    server = ThreadedMotoServer("127.0.0.1", 0, verbose=False)
    server.start()
    yield "http://{}:{}".format(*server.get_host_and_port())
    server.stop()


@pytest.fixture
def bucket(s3, monkeypatch):
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "motcua-test")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "not a secret")
    client = boto3.client("s3", endpoint_url=s3, region_name="us-east-1")
    made = Bucket(f"motcua-{next(_numbers)}", s3, client)
    client.create_bucket(Bucket=made.name)
    yield made
    client.close()


@pytest.fixture(params=["folder", "bucket", "memory"])
def place(request, tmp_path):
    """(storage, a way to look at the raw bytes that lie there)."""
    if request.param == "folder":
        made = Storage(str(tmp_path / "files"))
        return made, lambda: b"".join(p.read_bytes() for p in (tmp_path / "files").rglob("*") if p.is_file())
    if request.param == "memory":
        made = Storage("memory:///")
        return made, lambda: made.place.get("k" * 32)
    bucket = request.getfixturevalue("bucket")
    return Storage(bucket.url), lambda: b"".join(bucket.things().values())


def test_what_was_put_comes_back(place):
    kept, _ = place
    kept.put("k" * 32, WORDS)
    assert kept.get("k" * 32) == WORDS


def test_nobody_who_reads_the_place_reads_the_paper(place):
    kept, raw = place
    kept.put("k" * 32, WORDS)
    assert len(raw()) > len(WORDS)
    assert WORDS not in raw()
    assert b"Minh" not in raw()


def test_what_is_not_there_is_not_there_now_and_no_half_truth(place):
    kept, _ = place
    with pytest.raises(Unavailable):
        kept.get("n" * 32)


def test_what_was_deleted_is_gone(place):
    kept, _ = place
    kept.put("k" * 32, WORDS)
    kept.delete("k" * 32)
    with pytest.raises(Unavailable):
        kept.get("k" * 32)


def test_a_large_file_comes_back_whole(place):
    kept, _ = place
    data = bytes(range(256)) * 40_000
    kept.put("k" * 32, data)
    assert kept.get("k" * 32) == data


def test_a_file_put_in_the_place_of_another_does_not_open(tmp_path):
    kept = Storage(str(tmp_path))
    for key in ("a" * 32, "b" * 32):
        kept.put(key, key.encode())
    (tmp_path / "aa" / ("a" * 32)).write_bytes((tmp_path / "bb" / ("b" * 32)).read_bytes())
    with pytest.raises(Unreadable):
        kept.get("a" * 32)


def test_a_file_sealed_with_an_older_key_still_opens(tmp_path, ring):
    kept = Storage(str(tmp_path))
    kept.put("k" * 32, WORDS)
    crypto._Ring.current = ring
    assert kept.get("k" * 32) == WORDS


def test_bytes_are_on_the_disk_before_we_say_so(tmp_path, monkeypatch):
    order = []
    fsync, rename = storage.os.fsync, storage.Path.rename
    monkeypatch.setattr(storage.os, "fsync", lambda fd: (order.append("fsync"), fsync(fd))[1])
    monkeypatch.setattr(storage.Path, "rename", lambda self, to: (order.append("rename"), rename(self, to))[1])
    Storage(str(tmp_path)).put("k" * 32, WORDS)
    assert order == ["fsync", "rename", "fsync"]


def test_a_full_disk_is_said_and_leaves_no_half_file(tmp_path, monkeypatch):
    def full(_fd):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(storage.os, "fsync", full)
    with pytest.raises(Unavailable, match="cannot keep files"):
        Storage(str(tmp_path)).put("k" * 32, WORDS)
    assert [p for p in tmp_path.rglob("*") if p.is_file()] == []


def test_a_bucket_that_is_away_is_said_and_not_waited_for_long():
    kept = Storage("s3://motcua?endpoint=http://127.0.0.1:9&region=vn-1")
    with pytest.raises(Unavailable):
        kept.put("k" * 32, WORDS)


def test_a_bucket_that_refuses_is_said(bucket):
    with pytest.raises(Unavailable):
        Storage(bucket.url.replace(bucket.name, "nobodys-bucket")).put("k" * 32, WORDS)


def test_the_bucket_of_the_settings_is_the_one_that_is_used(bucket):
    kept = Storage(bucket.url + "&region=vn-1")
    kept.put("k" * 32, WORDS)
    assert list(bucket.things()) == ["k" * 32]
    assert kept.place.store.config["region"] == "vn-1"


def test_a_folder_inside_a_bucket_can_be_named(bucket):
    Storage(bucket.url.replace("?", "/thanh-hoa?")).put("k" * 32, WORDS)
    assert list(bucket.things()) == ["thanh-hoa/" + "k" * 32]


def test_a_place_tells_what_lies_under_two_letters_and_since_when(place):
    kept, _ = place
    for key in ("ab" + "0" * 30, "ab" + "1" * 30, "cd" + "2" * 30):
        kept.put(key, b"x")
    assert sorted(name for name, _ in kept.listed("ab")) == ["ab" + "0" * 30, "ab" + "1" * 30]
    assert list(kept.listed("ff")) == []


@pytest.fixture
def silent():
    """A store that takes every call and never says a word."""
    with socket.create_server(("127.0.0.1", 0), backlog=16) as server:
        yield f"s3://motcua?endpoint=http://127.0.0.1:{server.getsockname()[1]}"


@pytest.mark.long
def test_a_place_that_hangs_is_given_up_within_ten_seconds_and_then_left_alone_for_a_while(silent):
    kept = Storage(silent)
    began = time.monotonic()
    with pytest.raises(Unavailable, match="cannot keep files"):
        kept.put("k" * 32, WORDS)
    assert time.monotonic() - began < 10
    began = time.monotonic()
    with pytest.raises(Unavailable):
        kept.get("k" * 32)
    assert time.monotonic() - began < 1, "nobody waits behind somebody who waits"
