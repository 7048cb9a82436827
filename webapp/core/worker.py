"""The worker: takes deliveries from the outbox and runs their handlers. Run as many as you like."""

import logging
import threading

from webapp.core import events, outbox
from webapp.core.db import Database

log = logging.getLogger("motcua.worker")


def run_one(database: Database, held: outbox.Claim) -> bool:
    """Run one delivery. A handler's effect and its "done" are one transaction, unless it calls a partner."""
    handler = events.handler(held.handler)
    try:
        if handler is None:
            raise LookupError(f"no handler is named {held.handler}")
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
            outbox.fail(session, held, f"{type(error).__name__}: {error}"[:500])
        return False
    return True


def drain(database: Database) -> int:
    """Everything that is due now; how many deliveries were done."""
    done = 0
    while True:
        with database.transaction() as session:
            claims = outbox.claim(session)
        if not claims:
            return done
        done += sum(run_one(database, held) for held in claims)


def run_forever(database: Database, stop: threading.Event, poll_seconds: float) -> None:
    """Drain, wait, again, until told to stop. A database that is away is waited for."""
    while not stop.is_set():
        try:
            drain(database)
        except Exception as error:  # the database may be restarting; the outbox keeps everything
            log.warning("worker waits for the database", extra={"error": type(error).__name__})
            stop.wait(2)
        stop.wait(poll_seconds)
