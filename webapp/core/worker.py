"""The worker: takes deliveries from the outbox and runs their handlers. Run as many as you like."""

import logging
import threading
import traceback
from datetime import timedelta

from webapp.core import clock, events, outbox, throttle
from webapp.core.db import Database

log = logging.getLogger("motcua.worker")
TIDY_EVERY = timedelta(minutes=30)


def run_one(database: Database, held: outbox.Claim) -> bool:
    """Run one delivery. A handler's effect and its "done" are one transaction, unless it calls a partner."""
    handler = events.handler(held.handler)
    try:
        if handler is None or held.event is None:
            raise outbox.NotNow("this release knows no such handler or event")
        if handler.outside:
            handler.run(database, held.event)
            with database.transaction() as session:
                outbox.finish(session, held)
        else:
            with database.transaction() as session:
                if outbox.finish(session, held):
                    handler.run(session, held.event)
    except Exception as error:  # one delivery must not stop the others; it is kept, counted and shown
        log.warning(
            "delivery failed", extra={"handler": held.handler, "attempt": held.attempts, "error": type(error).__name__}
        )
        with database.transaction() as session:
            outbox.fail(session, held, _describe(error))
        return False
    return True


def _describe(error: Exception) -> str:
    """What broke and where, without the error's words: they may quote somebody's number (a gateway's, a database's)."""
    if isinstance(error, outbox.NotNow):
        return f"{type(error).__name__}: {error}"[:500]
    place = traceback.extract_tb(error.__traceback__)[-1]
    return f"{type(error).__name__} at {'/'.join(place.filename.split('/')[-3:])}:{place.lineno}"[:500]


def drain(database: Database) -> int:
    """Everything that is due now; how many deliveries were done."""
    done = 0
    while True:
        with database.transaction() as session:
            claims = outbox.claim(session)
        if not claims:
            return done
        done += sum(run_one(database, held) for held in claims)


def tidy(database: Database) -> None:
    """Throw away what is only of use for a while."""
    with database.transaction() as session:
        throttle.sweep(session)


def run_forever(database: Database, stop: threading.Event, poll_seconds: float) -> None:
    """Drain, wait, again, until told to stop. A database that is away is waited for."""
    tidy_at = clock.now()
    while not stop.is_set():
        try:
            drain(database)
            if clock.now() >= tidy_at:
                tidy(database)
                tidy_at = clock.now() + TIDY_EVERY
        except Exception as error:  # the database may be restarting; the outbox keeps everything
            log.warning("worker waits for the database", extra={"error": type(error).__name__})
            stop.wait(2)
        stop.wait(poll_seconds)
