"""Personal data at rest: AES-256-GCM by a ring of keys, and keyed blind indexes to find it again.

The additional data (AAD) of a sealed column is table, column and the row's public id, so a sealed value
copied to another row or column does not open.
"""

import hashlib
import hmac
import json
import secrets
from base64 import b64decode
from typing import Any

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from webapp.core.settings import Settings

NONCE_BYTES = 12


class Unreadable(Exception):
    """A sealed value does not open: wrong key, wrong place, or changed."""


class Keyring:
    """Data keys, current first, and the two keys that are derived for indexes and codes."""

    def __init__(self, data_keys: str, index_key: str) -> None:
        self._keys: dict[str, AESGCM] = {}
        for entry in filter(None, (part.strip() for part in data_keys.split(","))):
            key_id, _, value = entry.partition(":")
            raw = b64decode(value)
            if len(raw) != 32 or not key_id or len(key_id) > 12:
                raise ValueError("each entry of MOTCUA_DATA_KEYS is id:base64 of 32 bytes")
            self._keys[key_id] = AESGCM(raw)
        if not self._keys:
            raise ValueError("MOTCUA_DATA_KEYS has no key")
        self.current = next(iter(self._keys))
        self._index_key = hashlib.sha256(b"motcua index " + index_key.encode()).digest()

    @property
    def ids(self) -> list[str]:
        """All keys of the ring by name, the current one first."""
        return list(self._keys)

    def seal(self, data: bytes, aad: str) -> bytes:
        """key id length · key id · nonce · ciphertext."""
        nonce = secrets.token_bytes(NONCE_BYTES)
        return key_mark(self.current) + nonce + self._keys[self.current].encrypt(nonce, data, aad.encode())

    def unseal(self, sealed: bytes, aad: str) -> bytes:
        size = sealed[0] if sealed else 0
        key_id = key_of(sealed)
        nonce = sealed[1 + size : 1 + size + NONCE_BYTES]
        key = self._keys.get(key_id)
        if key is None:
            raise Unreadable(f"no data key {key_id!r} in the ring")
        try:
            return key.decrypt(nonce, sealed[1 + size + NONCE_BYTES :], aad.encode())
        except (InvalidTag, ValueError) as wrong:  # ValueError: too short to hold a nonce
            raise Unreadable(f"a value sealed for {aad.rsplit('.', 1)[0]} does not open") from wrong

    def blind(self, purpose: str, value: str) -> str:
        """A keyed digest to search an exact value by; unkeyed, a 12-digit number falls in seconds."""
        return hmac.new(self._index_key, f"{purpose}\0{value}".encode(), hashlib.sha256).hexdigest()


def key_mark(key_id: str) -> bytes:
    """What everything begins with that this key has sealed."""
    return bytes([len(key_id)]) + key_id.encode()


def key_of(sealed: bytes) -> str:
    """The name of the key that opens this."""
    return sealed[1 : 1 + sealed[0]].decode("ascii", "replace") if sealed else ""


class _Ring:
    """The process's keyring: one process, one ring, set once by the composition root."""

    current: Keyring | None = None


def configure(settings: Settings) -> Keyring:
    """Use these settings' keys in this process."""
    ring = Keyring(settings.data_keys.get_secret_value(), settings.index_key.get_secret_value())
    _Ring.current = ring
    return ring


def keyring() -> Keyring:
    """The ring in use."""
    if _Ring.current is None:
        raise RuntimeError("crypto.configure(settings) was not called")
    return _Ring.current


def blind(purpose: str, value: str) -> str:
    return keyring().blind(purpose, value)


def unseal_text(table: str, column: str, public_id: str, sealed: bytes | None) -> str | None:
    """Open one column of a row that was read without the ORM."""
    if sealed is None:
        return None
    return keyring().unseal(bytes(sealed), f"{table}.{column}.{public_id}").decode()


class Sealed:
    """A text attribute kept encrypted in the column `<name>_sealed` of a row that has a `public_id`."""

    def __set_name__(self, owner: type, name: str) -> None:
        self.name = name

    def aad(self, row: Any) -> str:
        if not row.public_id:
            raise ValueError("a row needs its public_id before anything is sealed in it")
        return f"{row.__tablename__}.{self.name}.{row.public_id}"

    def __get__(self, row: Any, owner: type | None = None) -> Any:
        if row is None:
            return self
        sealed = getattr(row, f"{self.name}_sealed")
        return None if sealed is None else self.load(keyring().unseal(bytes(sealed), self.aad(row)).decode())

    def __set__(self, row: Any, value: Any) -> None:
        sealed = None if value is None else keyring().seal(self.dump(value).encode(), self.aad(row))
        setattr(row, f"{self.name}_sealed", sealed)

    def load(self, text: str) -> Any:
        return text

    def dump(self, value: Any) -> str:
        return str(value)


class SealedJSON(Sealed):
    """The same for a JSON value. Reading gives a fresh copy: assign it back to change it."""

    def load(self, text: str) -> Any:
        return json.loads(text)

    def dump(self, value: Any) -> str:
        return json.dumps(value, ensure_ascii=False, sort_keys=True)
