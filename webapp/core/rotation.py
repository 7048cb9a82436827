"""A new key takes over: what older keys of the ring have sealed is sealed again by the current one.

Runs while people work, can be broken off and started again: each value says which key sealed it. A value that somebody
changes in the same moment is left to them (their write used the new key). Not rotated, because nothing could be looked
up in between: MOTCUA_INDEX_KEY, which makes numbers findable, chains the journal and signs receipts.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Column, Table, func, select, update
from sqlalchemy.orm import Session

from webapp.core import crypto
from webapp.core.crypto import Sealed, Unreadable, key_mark, key_of, keyring
from webapp.core.db import Base, Database
from webapp.core.files import StoredFile
from webapp.core.storage import Storage

BATCH = 200
Progress = Callable[[str, int, int], None]


@dataclass(frozen=True)
class Place:
    """One sealed column."""

    table: Table
    name: str  # of the attribute; the column is called <name>_sealed

    @property
    def label(self) -> str:
        return f"{self.table.name}.{self.name}"

    @property
    def column(self) -> Column[Any]:
        return self.table.c[f"{self.name}_sealed"]

    @property
    def key(self) -> Column[Any]:
        (only,) = self.table.primary_key.columns
        return only


@dataclass
class Turned:
    """What one run did; `broken` counts values that no key of the ring opens."""

    values: int = 0
    files: int = 0
    broken: int = 0


def places() -> list[Place]:
    """Every sealed column of every room."""
    found = []
    for mapper in Base.registry.mappers:
        table = mapper.local_table
        names = [name for cls in mapper.class_.__mro__ for name, kind in vars(cls).items() if isinstance(kind, Sealed)]
        if isinstance(table, Table):
            found += [Place(table, name) for name in sorted(set(names))]
    return sorted(found, key=lambda place: place.label)


def _sealed_by(place: Place, key_id: str) -> Any:
    mark = key_mark(key_id)
    return func.substr(place.column, 1, len(mark)) == mark


def values_by_key(session: Session) -> dict[str, dict[str, int]]:
    """Key → column → how many values it has sealed. Keys that are no longer in the ring stand under "unknown"."""
    found: dict[str, dict[str, int]] = {}
    for place in places():
        counted = session.scalar(select(func.count()).where(place.column.is_not(None))) or 0
        for key_id in keyring().ids:
            count = session.scalar(select(func.count()).where(_sealed_by(place, key_id))) or 0
            counted -= count
            if count:
                found.setdefault(key_id, {})[place.label] = count
        if counted:
            found.setdefault("unknown", {})[place.label] = counted
    return found


def files_by_key(database: Database, storage: Storage, progress: Progress) -> dict[str, int]:
    """Key → how many files. Reads the beginning of every file, which takes a while."""
    found: dict[str, int] = {}
    for key in _file_keys(database, progress):
        try:
            name = key_of(storage.place.get(key))
        except OSError:
            name = "missing"
        name = name if name in (*keyring().ids, "missing") else "unknown"
        found[name] = found.get(name, 0) + 1
    return found


def turn(database: Database, storage: Storage, progress: Progress) -> Turned:
    """Seal everything again that the current key has not sealed."""
    done = Turned()
    found = places()
    for number, place in enumerate(found):
        progress("columns", number, len(found))
        _turn_column(database, place, done)
    progress("columns", len(found), len(found))
    for key in _file_keys(database, progress):
        _turn_file(storage, key, done)
    return done


def _turn_column(database: Database, place: Place, done: Turned) -> None:
    last = 0
    while True:
        query = (
            select(place.key, place.table.c.public_id, place.column)
            .where(place.column.is_not(None), ~_sealed_by(place, keyring().current), place.key > last)
            .order_by(place.key)
            .limit(BATCH)
        )
        with database.session(write=False) as session:
            rows = session.execute(query).all()
        if not rows:
            return
        last = rows[-1][0]
        # The work is done outside the transaction: on SQLite everybody who writes would wait for it.
        fresh = []
        for key, public_id, sealed in rows:
            aad = f"{place.table.name}.{place.name}.{public_id}"
            try:
                fresh.append((key, sealed, keyring().seal(keyring().unseal(bytes(sealed), aad), aad)))
            except Unreadable:
                done.broken += 1
        with database.transaction() as session:
            for key, old, new in fresh:
                same = update(place.table).where(place.key == key, place.column == old)
                turned = session.execute(same.values({place.column: new}).returning(place.key))
                done.values += len(turned.all())


def _turn_file(storage: Storage, key: str, done: Turned) -> None:
    try:
        sealed = storage.place.get(key)
    except OSError:
        done.broken += 1
        return
    if key_of(sealed) == keyring().current:
        return
    try:
        data = crypto.keyring().unseal(sealed, f"file.{key}")
    except Unreadable:
        done.broken += 1
        return
    storage.place.put(key, keyring().seal(data, f"file.{key}"))
    done.files += 1


def _file_keys(database: Database, progress: Progress) -> Iterator[str]:
    with database.session(write=False) as session:
        total = session.scalar(select(func.count()).select_from(StoredFile)) or 0
    last, seen = 0, 0
    while True:
        query = select(StoredFile.id, StoredFile.storage_key).where(StoredFile.id > last)
        with database.session(write=False) as session:
            rows = session.execute(query.order_by(StoredFile.id).limit(BATCH)).all()
        if not rows:
            progress("files", total, total)
            return
        for row in rows:
            progress("files", seen, total)
            last, seen = row.id, seen + 1
            yield row.storage_key
