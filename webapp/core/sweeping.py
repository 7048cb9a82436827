"""Bytes that no row names: a request broke off between the two, or the row has gone. A day later they go as well.

The order makes it safe: bytes are written before their row and deleted after it, the row is looked for only after its
bytes were seen, and nothing younger than a day is touched.
"""

import logging
from collections.abc import Iterable
from datetime import datetime, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from webapp.core import clock
from webapp.core.db import Base, Database
from webapp.core.files import DROPPED, StoredFile
from webapp.core.retention import delete_some, rule, unused
from webapp.core.storage import Storage

log = logging.getLogger("motcua.files")

KEEP = timedelta(hours=24)
HALF_HOUR = 1800  # the worker tidies as often
SHARES = [f"{number:02x}" for number in range(256)]
A_ROUND = 6  # of 256 shares in each of the 48 half hours: the whole store once a day
AT_ONCE = 500
# A store that belongs to another database looks like this; a few requests that broke off do not.
SUSPECT_COUNT, SUSPECT_PART = 100, 0.5


@rule("files taken out again", "photos removed from drafts, and their drafts' when they are thrown away", KEEP)
def _dropped(session: Session, before: datetime, limit: int) -> int:
    return delete_some(
        session,
        StoredFile,
        limit,
        StoredFile.state == DROPPED,
        StoredFile.created_at < before,
        unused(Base.metadata.tables[StoredFile.__tablename__]),
    )


def shares_of_now() -> list[str]:
    """First letters of the keys whose turn it is; all workers agree, and none has to remember."""
    first = int(clock.now().timestamp()) // HALF_HOUR * A_ROUND
    return [SHARES[(first + number) % len(SHARES)] for number in range(A_ROUND)]


def sweep(database: Database, storage: Storage, shares: Iterable[str] | None = None) -> int:
    """Delete old bytes without a row; how many went."""
    before = clock.now() - KEEP
    gone = 0
    for share in shares_of_now() if shares is None else shares:
        old = [name for name, written in storage.listed(share) if written < before]
        lost = _without_a_row(database, old)
        if len(lost) > SUSPECT_COUNT and len(lost) > SUSPECT_PART * len(old):
            log.error("most files have no row: is this the right database?", extra={"files": len(lost)})
            return gone
        for name in lost:
            storage.delete(name)
        gone += len(lost)
    return gone


def _without_a_row(database: Database, names: list[str]) -> list[str]:
    lost: list[str] = []
    for start in range(0, len(names), AT_ONCE):
        some = names[start : start + AT_ONCE]
        with database.session(write=False) as session:
            known = set(session.scalars(select(StoredFile.storage_key).where(StoredFile.storage_key.in_(some))))
        lost += [name for name in some if name not in known]
    return lost
