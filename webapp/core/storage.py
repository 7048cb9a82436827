"""Bytes at rest: a folder on a laptop, an S3-compatible store in a province. Sealed before they leave this module.

A key is random and says nothing; the content's SHA-256 lives in the row that points here.
"""

import os
import tempfile
from datetime import timedelta
from pathlib import Path
from typing import Any, Protocol
from urllib.parse import parse_qs, urlsplit

import obstore
from obstore.exceptions import BaseError
from obstore.store import ObjectStore, S3Store, from_url

from webapp.core import crypto
from webapp.core.errors import Unavailable
from webapp.core.text import Text


class ByteStore(Protocol):
    """What a place for bytes must do. Both raise OSError when they cannot."""

    def put(self, key: str, data: bytes) -> None: ...
    def get(self, key: str) -> bytes: ...
    def delete(self, key: str) -> None: ...


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
        with tempfile.NamedTemporaryFile(dir=path.parent, delete=False) as temporary:
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


class BucketStore:
    """An S3-compatible bucket, with limits on how long it may keep a person waiting.

    `s3://bucket?endpoint=https://host&region=x`; the access key comes from AWS_ACCESS_KEY_ID and its secret.
    """

    def __init__(self, url: str) -> None:
        parts = urlsplit(url)
        query = {name: values[-1] for name, values in parse_qs(parts.query).items()}
        endpoint = query.get("endpoint", "")
        limits: dict[str, Any] = {
            "client_options": {
                "timeout": "5s",
                "connect_timeout": "2s",
                "allow_http": endpoint.startswith("http://"),  # a store on the same machine or in a test
            },
            "retry_config": {"max_retries": 1, "retry_timeout": timedelta(seconds=8)},
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
        try:
            obstore.put(self.store, key, data, use_multipart=False)  # whole or not at all
        except BaseError as error:
            raise OSError(str(error)) from error

    def get(self, key: str) -> bytes:
        try:
            return bytes(obstore.get(self.store, key).bytes())
        except BaseError as error:
            raise OSError(str(error)) from error

    def delete(self, key: str) -> None:
        try:
            obstore.delete(self.store, key)
        except BaseError as error:
            raise OSError(str(error)) from error


class Storage:
    """Sealed bytes under random keys. Says "unavailable", never a half truth, when the place is away."""

    def __init__(self, url: str) -> None:
        self.place: ByteStore = BucketStore(url) if "://" in url else FolderStore(url)

    def put(self, key: str, data: bytes) -> None:
        try:
            self.place.put(key, crypto.keyring().seal(data, f"file.{key}"))
        except OSError as error:
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
            raise Unavailable(Text("This file cannot be opened at this moment. Try again in a few minutes.")) from error

    def delete(self, key: str) -> None:
        self.place.delete(key)
