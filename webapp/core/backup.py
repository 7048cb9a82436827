"""A copy of everything, sealed: the tables of one instant, and the files that they name.

    DEST/manifest       what is in it: counts, hashes, the schema's revision, the journal's end; written last
    DEST/database       frames of compressed lines, each sealed for its number, so none can be left out or moved
    DEST/files.list     key, size and hash of each file
    DEST/files/ab/…     the files as they lie in the store: they are sealed already

Until the last byte is on the disk the folder is called DEST.partial and has no manifest: what was broken off never
looks whole. It is sealed with the current data key of the ring; without that ring nobody reads it, and nobody restores.
"""

import hashlib
import json
import os
import shutil
import struct
import zlib
from collections.abc import Callable, Iterator
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any, BinaryIO

from sqlalchemy import Connection, inspect

from webapp.core import audit, clock, crypto, dump
from webapp.core.db import Database
from webapp.core.ids import new_public_id
from webapp.core.storage import Storage

FORMAT = 1
FRAME = 1 << 20  # bytes of lines before they are compressed
MANIFEST, TABLES, LIST, FILES = "manifest", "database", "files.list", "files"
Progress = Callable[[str, int, int], None]


class NotACopy(Exception):
    """The folder is no whole copy: broken off, changed, or something else."""


class WrongKey(Exception):
    """The ring of this program does not open it."""


class NotEmpty(Exception):
    """A copy is put into an empty place only."""


@dataclass
class Manifest:
    """What a copy promises to hold."""

    id: str
    made_at: str
    revision: str
    audit_seq: int
    audit_digest: str
    index_check: str  # the index key is not in the copy; this tells whether the one at hand is the same
    tables: dict[str, int] = field(default_factory=dict)
    hashes: dict[str, str] = field(default_factory=dict)  # part → SHA-256 of the sealed bytes
    files: int = 0
    bytes: int = 0
    # Rows whose file was already gone when we came for it: taken out while the copy was made, or lost before.
    missing: list[str] = field(default_factory=list)
    format: int = FORMAT


class _Frames:
    """Lines into sealed frames of a file."""

    def __init__(self, file: BinaryIO, name: str, copy_id: str) -> None:
        self._file, self._aad, self._number = file, f"backup.{copy_id}.{name}", 0
        self._lines, self._size, self._hash = [b""], 0, hashlib.sha256()

    def add(self, value: Any) -> None:
        text = dump.line(value)
        self._lines.append(text)
        self._size += len(text)
        if self._size >= FRAME:
            self._flush(last=False)

    def close(self) -> str:
        """The last frame says so: a file that was cut at a frame's border is not taken for whole."""
        self._flush(last=True)
        return self._hash.hexdigest()

    def _flush(self, *, last: bool) -> None:
        aad = f"{self._aad}.{self._number}.{'last' if last else 'more'}"
        sealed = crypto.keyring().seal(zlib.compress(b"".join(self._lines), 1), aad)
        packed = struct.pack(">I", len(sealed)) + sealed
        self._file.write(packed)
        self._hash.update(packed)
        self._lines, self._size, self._number = [], 0, self._number + 1


def _frames(path: Path, name: str, copy_id: str) -> Iterator[Any]:
    """The lines of a file of frames; raises NotACopy when one is missing or was changed."""
    number = 0
    with path.open("rb") as file:
        while True:
            head = file.read(4)
            if len(head) < 4:
                raise NotACopy(f"{name} ends too early")
            sealed = file.read(struct.unpack(">I", head)[0])
            here = file.tell()
            last = not file.read(1)
            file.seek(here)
            aad = f"backup.{copy_id}.{name}.{number}.{'last' if last else 'more'}"
            try:
                lines = zlib.decompress(crypto.keyring().unseal(sealed, aad))
            except (crypto.Unreadable, zlib.error) as broken:
                raise NotACopy(f"{name} was changed or cut (part {number})") from broken
            yield from (json.loads(text) for text in lines.splitlines())
            if last:
                return
            number += 1


# ------------------------------------------------------------------------------------------------- making


def make(database: Database, storage: Storage, destination: Path, base: Path | None, progress: Progress) -> Manifest:
    """Copy everything to a folder that does not exist yet. `base`: an older copy that shares its files."""
    if destination.exists():
        raise NotEmpty(f"{destination} exists already")
    known = _known_files(base) if base else {}
    partial = destination.with_name(destination.name + ".partial")
    shutil.rmtree(partial, ignore_errors=True)  # of a run that was broken off
    (partial / FILES).mkdir(parents=True)
    with dump.snapshot(database) as connection:
        manifest = _start(connection)
        keys = _write_tables(connection, partial, manifest, progress)
    _copy_files(storage, keys, partial, manifest, base, known, progress)
    os.sync()  # every byte of it, before the manifest says that it is there
    sealed = crypto.keyring().seal(dump.line(asdict(manifest)), "backup.manifest")
    with (partial / MANIFEST).open("wb") as file:
        file.write(sealed)
        file.flush()
        os.fsync(file.fileno())
    partial.rename(destination)
    _sync_folder(destination.parent)
    return manifest


def _sync_folder(folder: Path) -> None:
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def _start(connection: Connection) -> Manifest:
    copy_id = new_public_id()
    end = connection.exec_driver_sql("SELECT seq, digest FROM audit_head WHERE id = 1").one_or_none()
    return Manifest(
        id=copy_id,
        made_at=clock.now().isoformat(),
        revision=dump.revision(connection),
        audit_seq=end[0] if end else 0,
        audit_digest=end[1] if end else audit.GENESIS,
        index_check=crypto.blind("backup", copy_id),
    )


def _write_tables(connection: Connection, folder: Path, manifest: Manifest, progress: Progress) -> list[str]:
    """All rows; returns the keys of the files that they name (columns called `storage_key`)."""
    keys: list[str] = []
    found = dump.shapes(connection)
    with (folder / TABLES).open("wb") as file:
        frames = _Frames(file, TABLES, manifest.id)
        for number, shape in enumerate(found):
            progress("tables", number, len(found))
            frames.add({"table": shape.name, "columns": shape.columns, "kinds": shape.kinds})
            place = shape.columns.index("storage_key") if "storage_key" in shape.columns else None
            count = 0
            for row in dump.rows(connection, shape):
                frames.add(row)
                count += 1
                if place is not None and row[place]:
                    keys.append(row[place])
            manifest.tables[shape.name] = count
        manifest.hashes[TABLES] = frames.close()
    progress("tables", len(found), len(found))
    return keys


def _known_files(base: Path) -> dict[str, str]:
    return {key: digest for key, _size, digest in _frames(base / LIST, LIST, read_manifest(base).id)}


def _copy_files(
    storage: Storage,
    keys: list[str],
    folder: Path,
    manifest: Manifest,
    base: Path | None,
    known: dict[str, str],
    progress: Progress,
) -> None:
    with (folder / LIST).open("wb") as file:
        frames = _Frames(file, LIST, manifest.id)
        for number, key in enumerate(keys):
            progress("files", number, len(keys))
            try:
                data = storage.place.get(key)
            except OSError:
                manifest.missing.append(key)
                continue
            digest = hashlib.sha256(data).hexdigest()
            target = _place(folder, key)
            target.parent.mkdir(exist_ok=True)
            if base is not None and known.get(key) == digest:
                os.link(_place(base, key), target)
            else:
                target.write_bytes(data)
            frames.add([key, len(data), digest])
            manifest.files, manifest.bytes = manifest.files + 1, manifest.bytes + len(data)
        manifest.hashes[LIST] = frames.close()
    progress("files", len(keys), len(keys))


def _place(folder: Path, key: str) -> Path:
    return folder / FILES / key[:2] / key


# ------------------------------------------------------------------------------------------------ reading


def read_manifest(source: Path) -> Manifest:
    """Raises NotACopy when there is none, WrongKey when the ring does not open it."""
    path = source / MANIFEST
    if not path.is_file():
        raise NotACopy(f"{source} is no complete copy: it has no manifest")
    try:
        values = json.loads(crypto.keyring().unseal(path.read_bytes(), "backup.manifest"))
    except crypto.Unreadable as wrong:
        raise WrongKey("this copy was sealed with another key; set MOTCUA_DATA_KEYS as it was") from wrong
    if values["format"] != FORMAT:
        raise NotACopy(f"this copy has format {values['format']}, this program knows {FORMAT}")
    manifest = Manifest(**values)
    if manifest.index_check != crypto.blind("backup", manifest.id):
        raise WrongKey("this copy was made with another MOTCUA_INDEX_KEY; nobody would be found by number")
    return manifest


def check(source: Path, manifest: Manifest, progress: Progress) -> None:
    """Read every byte of a copy against its manifest, before anything is written anywhere."""
    for part, digest in manifest.hashes.items():
        if not (source / part).is_file() or _sha256(source / part) != digest:
            raise NotACopy(f"{part} was changed or cut")
    counts: dict[str, int] = {}
    for shape, rows in tables(source, manifest):
        counts[shape.name] = sum(1 for _ in rows)
    if counts != manifest.tables:
        raise NotACopy("the tables do not hold the rows that the manifest counted")
    seen = 0
    for key, _size, digest in _frames(source / LIST, LIST, manifest.id):
        progress("check", seen, manifest.files)
        path = _place(source, key)
        if not path.is_file() or _sha256(path) != digest:
            raise NotACopy(f"file {key} is missing or was changed")
        seen += 1
    if seen != manifest.files:
        raise NotACopy("the list of files is not the one that the manifest counted")
    progress("check", seen, manifest.files)


def _sha256(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def tables(source: Path, manifest: Manifest) -> Iterator[tuple[dump.Shape, Iterator[list[Any]]]]:
    """Each table with its rows; the rows of one must be read before the next is asked for."""
    lines = _frames(source / TABLES, TABLES, manifest.id)
    head = next(lines, None)
    while head is not None:
        shape = dump.Shape(head["table"], tuple(head["columns"]), tuple(head["kinds"]))
        after: list[Any] = []
        yield shape, _rows(lines, after)
        head = after[0] if after else None


def _rows(lines: Iterator[Any], after: list[Any]) -> Iterator[list[Any]]:
    for value in lines:
        if isinstance(value, dict):
            after.append(value)
            return
        yield value


# ---------------------------------------------------------------------------------------------- restoring


def is_unfinished(database: Database, manifest: Manifest) -> bool:
    """Did putting this very copy into this database, empty at that time, break off?"""
    with database.engine.connect() as connection:
        if dump.RESTORING not in inspect(connection).get_table_names():
            return False
        copies = connection.exec_driver_sql(f"SELECT copy FROM {dump.RESTORING}").scalars().all()  # noqa: S608
    return copies == [manifest.id]


def begin(database: Database, manifest: Manifest) -> None:
    """A mark that stays until all is done, so that a restore that breaks off can be run again, and only that one."""
    with database.engine.begin() as connection:
        connection.exec_driver_sql(f"CREATE TABLE {dump.RESTORING} (copy VARCHAR(22) PRIMARY KEY)")
        # The id is letters, digits, - and _; it comes out of our own sealed manifest.
        connection.exec_driver_sql(f"INSERT INTO {dump.RESTORING} VALUES ('{manifest.id}')")  # noqa: S608


def finish(database: Database) -> None:
    with database.engine.begin() as connection:
        connection.exec_driver_sql(f"DROP TABLE {dump.RESTORING}")


def require_empty(database: Database, storage: Storage) -> None:
    with database.engine.connect() as connection:
        if inspect(connection).get_table_names():
            raise NotEmpty("the database is not empty")
    # Keys are hexadecimal: their first two letters are all there is to look under.
    if any(next(storage.listed(f"{prefix:02x}"), None) for prefix in range(256)):
        raise NotEmpty("the place for files is not empty")


def restore_files(source: Path, manifest: Manifest, storage: Storage, progress: Progress) -> None:
    for number, (key, _size, _digest) in enumerate(_frames(source / LIST, LIST, manifest.id)):
        progress("files", number, manifest.files)
        storage.place.put(key, _place(source, key).read_bytes())
    progress("files", manifest.files, manifest.files)


def restore_tables(source: Path, manifest: Manifest, database: Database, progress: Progress) -> None:
    """Into tables of the copy's own revision, which hold at most what migrations put there."""
    with dump.filling(database) as connection:
        for name in reversed([shape.name for shape in dump.shapes(connection)]):
            connection.exec_driver_sql(f'DELETE FROM "{name}"')  # noqa: S608  (what migrations put there)
        for number, (shape, rows) in enumerate(tables(source, manifest)):
            progress("tables", number, len(manifest.tables))
            dump.fill(connection, shape, rows)
    progress("tables", len(manifest.tables), len(manifest.tables))
