"""Bytes at rest: sealed, safe when we say so, and "not now" when the place is away."""

import re
import socket
import threading
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qs, urlsplit

import pytest

from webapp.core import crypto, storage
from webapp.core.crypto import Unreadable
from webapp.core.errors import Unavailable
from webapp.core.storage import Storage

ENTRY = (
    "<Contents><Key>%s</Key><Size>1</Size><LastModified>2026-11-22T03:00:00.000Z</LastModified>"
    '<ETag>"1"</ETag></Contents>'
)
WORDS = "Giấy chứng sinh của Lê Minh Anh".encode()


class Bucket(BaseHTTPRequestHandler):
    """As much of an S3 store as we use: put, get and delete of objects under /bucket/key."""

    def log_message(self, *_args):
        """Says nothing."""

    def answer(self, status, body=b"", **headers):
        self.send_response(status)
        for name, value in {"Content-Length": str(len(body)), **headers}.items():
            self.send_header(name.replace("_", "-"), value)
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(body)

    def handle_one(self):
        things, path = self.server.things, urlsplit(self.path).path
        body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
        self.server.seen.append((self.command, path, dict(self.headers)))
        if self.server.broken:
            return self.answer(503)
        if self.command == "POST":  # "delete these", as obstore asks for even one
            gone = re.findall(rb"<Key>([^<]+)</Key>", body)
            for key in gone:
                things.pop(f"{path.rstrip('/')}/{key.decode()}", None)
            deleted = b"".join(b"<Deleted><Key>%s</Key></Deleted>" % key for key in gone)
            return self.answer(200, b"<DeleteResult>%s</DeleteResult>" % deleted)
        if self.command == "PUT":
            things[path] = body
            return self.answer(200, ETag='"1"')
        if "list-type" in self.path:
            after = parse_qs(urlsplit(self.path).query).get("start-after", [""])[0]
            keys = sorted(key.rpartition("/")[2] for key in things)
            entries = "".join(ENTRY % key for key in keys if key > after)
            return self.answer(200, f"<ListBucketResult>{entries}</ListBucketResult>".encode())
        if path not in things:
            return self.answer(404, b"<Error><Code>NoSuchKey</Code></Error>")
        return self.answer(200, things[path], ETag='"1"', Last_Modified="Sun, 22 Nov 2026 03:00:00 GMT")

    do_GET = do_HEAD = do_PUT = do_POST = handle_one  # noqa: N815  (names of http.server)


@pytest.fixture
def bucket(monkeypatch):
    """A store on loopback that keeps what it gets in memory."""
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "motcua-test")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "not a secret")
    server = ThreadingHTTPServer(("127.0.0.1", 0), Bucket)
    server.things, server.seen, server.broken = {}, [], False
    thread = threading.Thread(target=server.serve_forever, args=(0.01,))
    thread.start()
    server.url = f"s3://motcua?endpoint=http://127.0.0.1:{server.server_port}"
    yield server
    server.shutdown()
    thread.join()
    server.server_close()


@pytest.fixture(params=["folder", "bucket", "memory"])
def place(request, tmp_path):
    """(storage, a way to look at the raw bytes that lie there)."""
    if request.param == "folder":
        made = Storage(str(tmp_path / "files"))
        return made, lambda: b"".join(p.read_bytes() for p in (tmp_path / "files").rglob("*") if p.is_file())
    if request.param == "memory":
        made = Storage("memory:///")
        return made, lambda: made.place.get("k" * 32)
    server = request.getfixturevalue("bucket")
    return Storage(server.url), lambda: b"".join(server.things.values())


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
    bucket.broken = True
    with pytest.raises(Unavailable):
        Storage(bucket.url).put("k" * 32, WORDS)


def test_the_bucket_of_the_settings_is_the_one_that_is_used(bucket):
    Storage(bucket.url + "&region=vn-1").put("k" * 32, WORDS)
    ((command, path, headers),) = bucket.seen
    assert (command, path) == ("PUT", "/motcua/" + "k" * 32)
    assert "/vn-1/s3/" in headers["authorization"]


def test_a_folder_inside_a_bucket_can_be_named(bucket):
    Storage(bucket.url.replace("motcua?", "motcua/thanh-hoa?")).put("k" * 32, WORDS)
    assert list(bucket.things) == ["/motcua/thanh-hoa/" + "k" * 32]


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
