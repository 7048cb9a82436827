"""The worker: takes deliveries from the outbox and runs their handlers. Run as many as you like."""

import logging
import threading
import traceback
from collections.abc import Callable, Sequence
from datetime import datetime, timedelta

from sqlalchemy import String, select
from sqlalchemy.orm import Mapped, Session, mapped_column

from webapp.core import clock, events, outbox, retention, throttle
from webapp.core.db import Base, Database, upsert

log = logging.getLogger("motcua.worker")
TIDY_EVERY = timedelta(minutes=30)
BEAT_EVERY = timedelta(seconds=10)


class Heartbeat(Base):
    """When a worker was last seen at work; `/readyz` reads it."""

    __tablename__ = "heartbeats"
    name: Mapped[str] = mapped_column(String(40), primary_key=True)
    at: Mapped[datetime]


def beat(database: Database) -> None:
    """Any worker is a worker: all of them share one row."""
    now = clock.now()
    with database.transaction() as session:
        query = upsert(session, Heartbeat).values(name="worker", at=now)
        session.execute(query.on_conflict_do_update(index_elements=["name"], set_={"at": now}))


def last_beat(session: Session) -> datetime | None:
    return session.scalar(select(Heartbeat.at).where(Heartbeat.name == "worker"))


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
            wait = error.wait if isinstance(error, outbox.NotNow) else timedelta()
            outbox.fail(session, held, _describe(error), wait=wait)
        return False
    return True


def _describe(error: Exception) -> str:
    """What broke and where, without the error's words: they may quote somebody's number (a gateway's, a database's)."""
    if isinstance(error, outbox.NotNow):
        return f"{type(error).__name__}: {error}"[:500]
    place = traceback.extract_tb(error.__traceback__)[-1]
    return f"{type(error).__name__} at {'/'.join(place.filename.split('/')[-3:])}:{place.lineno}"[:500]


def drain(
    database: Database, pulse: Callable[[], None] = lambda: None, *, lanes: Sequence[int] = outbox.LANES
) -> int:
    """Everything in these lanes that is due now; how many deliveries were done. `pulse` is called after each few."""
    done = 0
    while True:
        with database.transaction() as session:
            claims = outbox.claim(session, lanes=lanes)
        if not claims:
            return done
        done += sum(run_one(database, held) for held in claims)
        pulse()


# What else goes with it: work that must not be done inside one transaction (asking the store what lies there).
ALSO_TIDY: list[Callable[[Database], object]] = []


def tidy(database: Database) -> None:
    """Throw away what is only of use for a while."""
    with database.transaction() as session:
        throttle.sweep(session)
    gone = {name: count for name, count in retention.sweep(database).items() if count}
    if gone:
        log.info("tidied", extra={"gone": gone})
    for also in ALSO_TIDY:
        also(database)
    database.refresh_statistics()


def run_forever(database: Database, stop: threading.Event, poll_seconds: float) -> None:
    """Drain, wait, again, until told to stop; codes in a thread beside, so that neither waits for the other."""
    codes = threading.Thread(
        target=_until, args=(stop, poll_seconds, lambda: drain(database, lanes=[outbox.URGENT])), daemon=True
    )
    codes.start()
    tidy_at = beat_at = clock.now()

    def pulse() -> None:
        nonlocal beat_at
        if clock.now() >= beat_at:
            beat(database)
            beat_at = clock.now() + BEAT_EVERY

    def work() -> None:
        nonlocal tidy_at
        pulse()
        drain(database, pulse, lanes=[outbox.PLAIN])
        if clock.now() >= tidy_at:
            tidy_at = clock.now() + TIDY_EVERY  # before, so that a rule that breaks is not tried all day
            tidy(database)

    _until(stop, poll_seconds, work)
    codes.join()


def _until(stop: threading.Event, poll_seconds: float, work: Callable[[], object]) -> None:
    """Again and again, until told to stop. A database that is away is waited for."""
    while not stop.is_set():
        try:
            work()
        except Exception as error:  # the database may be restarting; the outbox keeps everything
            log.warning("worker waits for the database", exc_info=error)
            stop.wait(2)
        stop.wait(poll_seconds)
