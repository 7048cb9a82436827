"""After a copy was put back: what must not come back with it, and whether every file is there.

A log-in that was ended, a code that was used, a card that was taken away since the copy was made would all be good
again. Rooms say what of theirs ends: `@on_restored("log-ins ended")`.
"""

from collections.abc import Callable, Iterator

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from webapp.core.db import Database
from webapp.core.errors import DomainError
from webapp.core.files import StoredFile, read_back
from webapp.core.storage import Storage

End = Callable[[Session], int]
_ends: dict[str, End] = {}
BATCH = 200


def on_restored(says: str) -> Callable[[End], End]:
    """Register what ends in a room; the function says how many."""

    def register(function: End) -> End:
        _ends[says] = function
        return function

    return register


def run(session: Session) -> list[tuple[str, int]]:
    return [(says, end(session)) for says, end in sorted(_ends.items())]


def broken_files(database: Database, storage: Storage, progress: Callable[[str, int, int], None]) -> Iterator[str]:
    """Public ids of rows whose bytes are not there, do not open, or are not what was promised."""
    with database.session(write=False) as session:
        total = session.scalar(select(func.count()).select_from(StoredFile)) or 0
    last, seen = 0, 0
    while True:
        query = select(StoredFile).where(StoredFile.id > last).order_by(StoredFile.id).limit(BATCH)
        with database.session(write=False) as session:
            rows = session.scalars(query).all()
        if not rows:
            return
        for row in rows:
            last, seen = row.id, seen + 1
            progress("reconcile", seen, total)
            try:
                read_back(storage, row)
            except (OSError, DomainError):
                yield row.public_id
