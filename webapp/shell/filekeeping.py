"""What the worker does for files: asks the scanner again, and sweeps bytes that nobody names."""

from flask import Flask
from sqlalchemy import select

from webapp.core import sweeping, worker
from webapp.core.db import Database
from webapp.core.events import on
from webapp.core.files import CHECKED, INFECTED, USABLE, FileInfected, FileWaits, StoredFile, read_back
from webapp.core.outbox import NotNow, record
from webapp.core.scan import ScannerAway, scanner
from webapp.core.storage import Storage
from webapp.shell.services import Services


class _Running:
    """The process's app: handlers run outside requests, in threads that know no app."""

    app: Flask | None = None


def _storage() -> Storage:
    assert _Running.app is not None  # noqa: S101  (set by register)
    made: Services = _Running.app.extensions["motcua"]
    return made.storage


@on(FileWaits, name="files.scan", outside=True)
def scan_later(database: Database, event: FileWaits) -> None:
    """A file that came while the scanner was away. Without a scanner in the settings nothing is waited for."""
    with database.session(write=False) as session:
        row = session.scalar(select(StoredFile).where(StoredFile.public_id == event.file))
    if row is None or row.state != CHECKED:
        return
    chosen = scanner()
    try:
        infected = chosen is not None and chosen.finds(read_back(_storage(), row))
    except ScannerAway as away:
        raise NotNow("the scanner does not answer") from away
    with database.transaction() as session:
        found = session.scalar(select(StoredFile).where(StoredFile.id == row.id).with_for_update())
        if found is None or found.state != CHECKED:
            return
        found.state = INFECTED if infected else USABLE
        if infected:
            record(session, FileInfected(event.file))


def _sweep(database: Database) -> None:
    sweeping.sweep(database, _storage())


def register(app: Flask) -> None:
    _Running.app = app
    if _sweep not in worker.ALSO_TIDY:
        worker.ALSO_TIDY.append(_sweep)
