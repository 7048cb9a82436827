"""Fuses of the whole installation.

`guessing`: so many codes are typed wrongly everywhere that somebody tries numbers through; one wrong try each is too
little to be seen at one account. While it is open, a new device needs the second proof, also an account's first one.

`pumping`: many codes are sent and hardly one is typed in: somebody makes money with messages, or floods phones. While
it is open, only devices that we know get codes.

An opened fuse is an alarm: a log line, a line in the journal, and a row that can be measured.
"""

import logging
from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from webapp.accounts import limits
from webapp.accounts.device_models import Breaker
from webapp.accounts.models import CodeChallenge
from webapp.core import clock, throttle
from webapp.core.actor import SYSTEM
from webapp.core.audit import audit
from webapp.core.db import upsert

log = logging.getLogger("motcua.alarm")
GUESSING, PUMPING = "guessing", "pumping"
WRONG_CODES = ("wrong codes", "")  # what is counted for the first of them


def is_open(session: Session, name: str) -> bool:
    until: datetime | None = session.scalar(select(Breaker.open_until).where(Breaker.name == name))
    return until is not None and until > clock.now()


def wrong_code(session: Session) -> None:
    """One more code was wrong, somewhere."""
    window = limits.WRONG_EVERYWHERE_WINDOW
    if throttle.tally(session, *WRONG_CODES, window) > limits.WRONG_EVERYWHERE and not throttle.is_relaxed():
        _open(session, GUESSING)


def code_sent(session: Session) -> None:
    """One more code goes out: are enough of them typed in?"""
    if throttle.is_relaxed():
        return
    since = clock.now() - limits.SENT_WINDOW
    sent, verified = session.execute(
        select(func.count(), func.count(CodeChallenge.used_at)).where(CodeChallenge.created_at > since)
    ).one()
    if sent >= limits.SENT_AT_LEAST and verified < limits.VERIFIED_SHARE * sent:
        _open(session, PUMPING)


def _open(session: Session, name: str) -> None:
    """Once for each time it opens; while it is open, nothing more is said."""
    now = clock.now()
    values = {"opened_at": now, "open_until": now + limits.OPEN_FOR}
    opened = session.execute(
        upsert(session, Breaker)
        .values(name=name, times=1, **values)
        .on_conflict_do_update(
            index_elements=["name"], set_={**values, "times": Breaker.times + 1}, where=Breaker.open_until <= now
        )
        .returning(Breaker.times)
    ).scalar()
    if opened is not None:
        log.error("breaker open", extra={"breaker": name, "times": opened})
        audit(session, SYSTEM, "breaker:open", name, times=opened)
