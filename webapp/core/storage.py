"""Bytes at rest: a folder on a laptop, an S3-compatible store in a province. Sealed before they leave this module.

A key is random and says nothing; the content's SHA-256 lives in the row that points here.
"""

import os
import tempfile
import time
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, Protocol
from urllib.parse import parse_qs, urlsplit

import obstore
from obstore.exceptions import BaseError
from obstore.store import ObjectStore, S3Store, from_url

from webapp.core import crypto, meters
from webapp.core.errors import Unavailable
from webapp.core.text import Text

# A person waits for at most ten seconds in all: two tries of four, and what is around them.
CONNECT, ANSWER, BOTH_TRIES = "2s", "4s", timedelta(seconds=8)
SLOW_SECONDS, LET_IT_BE_SECONDS = 2.0, 10.0


class ByteStore(Protocol):
    """What a place for bytes must do. All raise OSError when they cannot."""

    def put(self, key: str, data: bytes) -> None: ...
    def get(self, key: str) -> bytes: ...
    def delete(self, key: str) -> None: ...
    def listed(self, prefix: str) -> Iterator[tuple[str, datetime]]: ...


class FolderStore:
    """Files in a folder. By hand, because "stored" must survive a power cut: obstore's folder does not fsync."""

    def __init__(self, folder: str) -> None:
        self.folder = Path(folder)
        self.folder.mkdir(parents=True, exist_ok=True)

    def _path(self, key: str) -> Path:
        return self.folder / key[:2] / key

    def put(self, key: str, data: bytes) -> None:
        path = self._path(key)
        path.parent.mkdir(parents=True, exist_ok=True)
        # Its name begins like a key of this folder, so that the sweep finds and deletes it as it does one.
        with tempfile.NamedTemporaryFile(dir=path.parent, prefix=f"{key[:2]}-half-", delete=False) as temporary:
            try:
                temporary.write(data)
                temporary.flush()
                os.fsync(temporary.fileno())
                Path(temporary.name).rename(path)
            except OSError:
                Path(temporary.name).unlink(missing_ok=True)  # a full disk is not made fuller by halves
                raise
        folder = os.open(path.parent, os.O_RDONLY)
        try:
            os.fsync(folder)
        finally:
            os.close(folder)

    def get(self, key: str) -> bytes:
        return self._path(key).read_bytes()

    def delete(self, key: str) -> None:
        self._path(key).unlink(missing_ok=True)

    def listed(self, prefix: str) -> Iterator[tuple[str, datetime]]:
        """Names under two letters of a key, and when they were written; halves of a file that broke off, too."""
        for path in self._path(prefix).parent.glob(f"{prefix}*"):
            try:
                yield path.name, datetime.fromtimestamp(path.stat().st_mtime, UTC)
            except FileNotFoundError:
                continue  # renamed in this moment: it has its true name now


class BucketStore:
    """An S3-compatible bucket, with limits on how long it may keep a person waiting.

    `s3://bucket?endpoint=https://host&region=x`; the access key comes from AWS_ACCESS_KEY_ID and its secret.
    """

    def __init__(self, url: str) -> None:
        self._away_until = 0.0
        parts = urlsplit(url)
        query = {name: values[-1] for name, values in parse_qs(parts.query).items()}
        endpoint = query.get("endpoint", "")
        limits: dict[str, Any] = {
            "client_options": {
                "timeout": ANSWER,
                "connect_timeout": CONNECT,
                "allow_http": endpoint.startswith("http://"),  # a store on the same machine or in a test
            },
            "retry_config": {"max_retries": 1, "retry_timeout": BOTH_TRIES},
        }
        if parts.scheme != "s3":
            self.store: ObjectStore = from_url(url, **limits)
            return
        # obstore's from_url drops the query without a word, and would talk to Amazon instead.
        if endpoint:
            limits |= {"endpoint": endpoint, "virtual_hosted_style_request": False}
        if "region" in query or endpoint:
            limits["region"] = query.get("region", "us-east-1")
        self.store = S3Store(parts.netloc, prefix=parts.path.strip("/") or None, **limits)

    def put(self, key: str, data: bytes) -> None:
        self._ask(lambda: obstore.put(self.store, key, data, use_multipart=False))  # whole or not at all

    def get(self, key: str) -> bytes:
        return bytes(self._ask(lambda: obstore.get(self.store, key).bytes()))

    def delete(self, key: str) -> None:
        self._ask(lambda: obstore.delete(self.store, key))

    def listed(self, prefix: str) -> Iterator[tuple[str, datetime]]:
        # By hand, since a bucket's own prefixes are whole names of folders: from these letters on, until they end.
        try:
            for piece in obstore.list(self.store, offset=prefix):
                for one in piece:
                    if not one["path"].startswith(prefix):
                        return
                    yield one["path"], one["last_modified"]
        except BaseError as error:
            raise OSError(str(error)) from error

    def _ask(self, call: Callable[[], Any]) -> Any:
        """A place that hung a moment ago is not asked again at once: everybody would wait for it in a line."""
        if time.monotonic() < self._away_until:
            raise OSError("did not answer a moment ago")
        began = time.monotonic()
        try:
            return call()
        except BaseError as error:
            if time.monotonic() - began > SLOW_SECONDS:
                self._away_until = time.monotonic() + LET_IT_BE_SECONDS
            raise OSError(str(error)) from error


class Storage:
    """Sealed bytes under random keys. Says "unavailable", never a half truth, when the place is away."""

    def __init__(self, url: str) -> None:
        self.place: ByteStore = BucketStore(url) if "://" in url else FolderStore(url)

    def put(self, key: str, data: bytes) -> None:
        try:
            self.place.put(key, crypto.keyring().seal(data, f"file.{key}"))
        except OSError as error:
            meters.STORAGE_ERRORS.labels("put").inc()
            raise Unavailable(
                Text(
                    "We cannot keep files at this moment. Your answers are saved. "
                    "Send the photo again in a few minutes."
                )
            ) from error

    def get(self, key: str) -> bytes:
        try:
            return crypto.keyring().unseal(self.place.get(key), f"file.{key}")
        except OSError as error:
            meters.STORAGE_ERRORS.labels("get").inc()
            raise Unavailable(Text("This file cannot be opened at this moment. Try again in a few minutes.")) from error

    def delete(self, key: str) -> None:
        self.place.delete(key)

    def listed(self, prefix: str) -> Iterator[tuple[str, datetime]]:
        """(name, when it was written) of everything whose name begins with these two letters."""
        return self.place.listed(prefix)
