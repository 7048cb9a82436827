"""One stored file: what it is, its hash, where its bytes lie. Rooms point at it; nobody else touches the bytes."""

import hashlib
import secrets
from datetime import datetime

from sqlalchemy import LargeBinary, String
from sqlalchemy.orm import Mapped, Session, mapped_column

from webapp.core import clock
from webapp.core.crypto import Sealed, Unreadable
from webapp.core.db import Base, HasPublicId
from webapp.core.inspect import examine
from webapp.core.storage import Storage
from webapp.core.text import one_line


class StoredFile(HasPublicId, Base):
    """A file that was opened, hashed and written. There is no row before the bytes are safe."""

    __tablename__ = "stored_files"
    id: Mapped[int] = mapped_column(primary_key=True)
    storage_key: Mapped[str] = mapped_column(String(32), unique=True)
    sha256: Mapped[str] = mapped_column(String(64))
    size: Mapped[int]
    media_type: Mapped[str] = mapped_column(String(40))
    extension: Mapped[str] = mapped_column(String(8))
    name_sealed: Mapped[bytes | None] = mapped_column(LargeBinary)
    created_at: Mapped[datetime]

    name = Sealed()  # what the person's phone called it; may hold a person's name


def store_file(session: Session, storage: Storage, data: bytes, name: str) -> StoredFile:
    """Open, hash and write a file. Raises inspect.Refused (bad file) or errors.Unavailable (nowhere to put it)."""
    seen = examine(data)
    # A random key of our own: a name from outside never becomes a path.
    key = secrets.token_hex(16)
    storage.put(key, seen.data)
    row = StoredFile(
        storage_key=key,
        sha256=hashlib.sha256(seen.data).hexdigest(),
        size=len(seen.data),
        media_type=seen.media_type,
        extension=seen.extension,
        created_at=clock.now(),
    )
    row.name = one_line(name)[:120] or f"file.{seen.extension}"
    session.add(row)
    return row


def read_file(storage: Storage, row: StoredFile) -> bytes:
    """The bytes, checked against the hash that was promised. Raises OSError when they are not what was stored."""
    try:
        data = storage.get(row.storage_key)
    except Unreadable as broken:
        raise OSError(f"stored file {row.public_id} does not open") from broken
    if hashlib.sha256(data).hexdigest() != row.sha256:
        raise OSError(f"stored file {row.public_id} does not match its hash")
    return data
