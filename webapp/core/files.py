"""One stored file: what it is, its hash, where its bytes lie. Rooms point at it; nobody else touches the bytes.

A file is received, opened (`inspect`), looked through by the scanner if there is one, and then usable. What is not
usable is handed to nobody. All of that happens before the row is written, so that no transaction waits for it;
a scanner that is away is asked again by the worker (`scanning`).
"""

import hashlib
import secrets
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, Index, LargeBinary, String, bindparam, func, select, update
from sqlalchemy.orm import Mapped, Session, mapped_column

from webapp.core import clock
from webapp.core.crypto import Sealed, Unreadable
from webapp.core.db import Base, HasPublicId
from webapp.core.errors import DomainError, Unavailable
from webapp.core.events import Event, event
from webapp.core.hot import Hot
from webapp.core.inspect import Refused, examine
from webapp.core.outbox import record
from webapp.core.scan import ScannerAway, scanner
from webapp.core.storage import Storage
from webapp.core.text import Text, one_line

CHECKED, USABLE, INFECTED, DROPPED = "checked", "usable", "infected", "dropped"
MAX_NAME = 120


class StoredFile(HasPublicId, Base):
    """A file that was opened, hashed and written. There is no row before the bytes are safe."""

    __tablename__ = "stored_files"
    __table_args__ = (
        Index("ix_stored_files_stored_by_created_at", "stored_by", "created_at"),
        Index("ix_stored_files_state", "state", "created_at"),
    )
    id: Mapped[int] = mapped_column(primary_key=True)
    storage_key: Mapped[str] = mapped_column(String(32), unique=True)
    sha256: Mapped[str] = mapped_column(String(64))
    size: Mapped[int]
    media_type: Mapped[str] = mapped_column(String(40))
    extension: Mapped[str] = mapped_column(String(8))
    name_sealed: Mapped[bytes | None] = mapped_column(LargeBinary)
    created_at: Mapped[datetime]
    state: Mapped[str] = mapped_column(String(12), server_default=USABLE, sort_order=4)
    pages: Mapped[int | None] = mapped_column(sort_order=4)
    # The account's public id: nobody fills the store in a day.
    stored_by: Mapped[str | None] = mapped_column(String(22), sort_order=4)

    name = Sealed()  # what the person's phone called it; may hold a person's name


@event
@dataclass(frozen=True)
class FileWaits(Event):
    """The scanner was away when a file came; it must be looked through later."""

    file: str


@event
@dataclass(frozen=True)
class FileInfected(Event):
    """The scanner found a virus in a file that we had already taken."""

    file: str


class NotUsable(DomainError):
    """The file is here, and nobody gets it: it is still being checked, or it is infected."""

    status = 409


@dataclass(frozen=True)
class Prepared:
    """Bytes that were opened, looked through and written under a key of their own; no row names them yet."""

    storage_key: str
    sha256: str
    size: int
    media_type: str
    extension: str
    pages: int
    name: str
    state: str


@dataclass(frozen=True)
class TurnedAway:
    """A file that did not get in, and why. `later`: nothing is wrong with it, the same file may get in soon."""

    name: str
    text: Text
    later: bool = False


# A file as a verb gets it: prepared before its transaction, or as bytes where nobody waits for that.
Given = Prepared | TurnedAway | tuple[bytes, str]


def try_prepare(storage: Storage, data: bytes, name: str) -> Prepared | TurnedAway:
    """As `prepare`, for several files of one post: one that is refused does not stop the others."""
    try:
        return prepare(storage, data, name)
    except Refused as refused:
        return TurnedAway(one_line(name)[:60], refused.text)
    except Unavailable as away:
        return TurnedAway(one_line(name)[:60], away.text, later=True)


def prepare(storage: Storage, data: bytes, name: str) -> Prepared:
    """Open, look through, hash and write; call it outside a transaction, it may take seconds.

    Raises inspect.Refused (bad file) or errors.Unavailable (nowhere to put it). What no row names in the end is swept.
    """
    kept = one_line(name)
    seen = examine(data, kept)
    state = _looked_through(seen.data)
    # A random key of our own: a name from outside never becomes a path.
    key = secrets.token_hex(16)
    storage.put(key, seen.data)
    return Prepared(
        storage_key=key,
        sha256=hashlib.sha256(seen.data).hexdigest(),
        size=len(seen.data),
        media_type=seen.media_type,
        extension=seen.extension,
        pages=seen.pages,
        name=kept[:MAX_NAME] or f"file.{seen.extension}",
        state=state,
    )


def _looked_through(data: bytes) -> str:
    chosen = scanner()
    if chosen is None:
        return USABLE
    try:
        if chosen.finds_now(data):
            raise Refused("virus")
    except ScannerAway:
        return CHECKED
    return USABLE


def keep(session: Session, made: Prepared, stored_by: str | None = None) -> StoredFile:
    """The row of prepared bytes."""
    row = StoredFile(
        storage_key=made.storage_key,
        sha256=made.sha256,
        size=made.size,
        media_type=made.media_type,
        extension=made.extension,
        created_at=clock.now(),
        state=made.state,
        pages=made.pages,
        stored_by=stored_by,
    )
    row.name = made.name
    session.add(row)
    if made.state == CHECKED:
        record(session, FileWaits(row.public_id))
    return row


def store_file(session: Session, storage: Storage, data: bytes, name: str) -> StoredFile:
    """`prepare` and `keep` in one, where nobody else waits for the transaction."""
    return keep(session, prepare(storage, data, name))


def keep_given(session: Session, storage: Storage, given: Given) -> StoredFile | Text:
    """The row of a file that a verb got, flushed so that others can point at it; or why there is none.

    Raises errors.Unavailable when nothing is wrong with the file itself.
    """
    made = try_prepare(storage, *given) if isinstance(given, tuple) else given
    if isinstance(made, TurnedAway):
        if made.later:
            raise Unavailable(made.text)
        return made.text
    row = keep(session, made)
    session.flush()
    return row


def drop(session: Session, files: ColumnElement[bool]) -> None:
    """These files were taken out of what held them; the worker deletes them a day later."""
    session.execute(update(StoredFile).where(files).values(state=DROPPED).execution_options(synchronize_session=False))


STORED = Hot(
    select(func.coalesce(func.sum(StoredFile.size), 0).label("bytes")).where(
        StoredFile.stored_by == bindparam("account"), StoredFile.created_at >= bindparam("since")
    )
)


def stored_today(session: Session, account: str) -> int:
    """Bytes that this account has stored since midnight; what it took out again still counts."""
    began = clock.local(clock.now()).replace(hour=0, minute=0, second=0, microsecond=0)
    (stored,) = STORED.rows(session, account=account, since=began)
    return int(stored.bytes)


def read_file(storage: Storage, row: StoredFile) -> bytes:
    """The bytes, to be shown. Raises NotUsable, or OSError when they are not what was stored."""
    if row.state == CHECKED:
        raise NotUsable(Text("This file is still being checked for viruses. Try again in a few minutes."))
    if row.state != USABLE:
        raise NotUsable(Text("A virus was found in this file. Nobody can open it; ask for the paper again."))
    return read_back(storage, row)


def read_back(storage: Storage, row: StoredFile | Prepared) -> bytes:
    """The bytes, to be counted or scanned, whatever the scanner said; checked against the hash that was promised."""
    try:
        data = storage.get(row.storage_key)
    except Unreadable as broken:
        raise OSError(f"stored file {row.storage_key} does not open") from broken
    if hashlib.sha256(data).hexdigest() != row.sha256:
        raise OSError(f"stored file {row.storage_key} does not match its hash")
    return data
