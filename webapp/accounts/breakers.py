"""Fuses of the whole installation.

`guessing`: so many codes are typed wrongly everywhere that somebody tries numbers through; one wrong try each is too
little to be seen at one account. Counted by the minute, so that no attack fits into a gap between two windows; too many
are 300 in ten minutes, or ten times what is usual here. While it is open, a new device needs the second proof, also an
account's first one.

`pumping`: many codes are sent and hardly one is typed in: somebody makes money with messages, or floods phones. While
it is open, only devices that we know get codes.

An opened fuse is an alarm: a log line, a line in the journal, and a row that can be measured.
"""

import logging
from collections import Counter
from datetime import datetime
from math import inf
from statistics import median

from sqlalchemy import delete, func, select
from sqlalchemy.orm import Session

from webapp.accounts import limits
from webapp.accounts.device_models import Breaker, WrongMinute
from webapp.accounts.models import CodeChallenge
from webapp.core import clock, throttle
from webapp.core.actor import SYSTEM
from webapp.core.audit import audit
from webapp.core.db import upsert

log = logging.getLogger("motcua.alarm")
GUESSING, PUMPING = "guessing", "pumping"


def is_open(session: Session, name: str) -> bool:
    until: datetime | None = session.scalar(select(Breaker.open_until).where(Breaker.name == name))
    return until is not None and until > clock.now()


def wrong_code(session: Session) -> None:
    """One more code was wrong, somewhere."""
    minute = clock.now().replace(second=0, microsecond=0)
    query = upsert(session, WrongMinute).values(minute=minute, wrong=1)
    session.execute(query.on_conflict_do_update(index_elements=["minute"], set_={"wrong": WrongMinute.wrong + 1}))
    if throttle.is_relaxed() or is_open(session, GUESSING):
        return
    wrong = wrong_lately(session)
    if wrong > limits.WRONG_EVERYWHERE or wrong >= limits.WRONG_AT_LEAST and wrong > _unusual(session):
        _open(session, GUESSING)


def wrong_lately(session: Session) -> int:
    """How many codes were wrong in the last ten minutes, and in the minute that had begun before."""
    now = clock.now()
    since = now - limits.WRONG_EVERYWHERE_WINDOW - limits.MINUTE
    query = select(func.sum(WrongMinute.wrong)).where(WrongMinute.minute > since, WrongMinute.minute <= now)
    return int(session.scalar(query) or 0)


def _unusual(session: Session) -> float:
    """Ten times the week's median; without a week to compare with, nothing is unusual."""
    window, now = limits.WRONG_EVERYWHERE_WINDOW, clock.now()
    query = select(WrongMinute.minute, WrongMinute.wrong).where(
        WrongMinute.minute > now - limits.WRONG_WEEK, WrongMinute.minute <= now - window - limits.MINUTE
    )
    windows: Counter[int] = Counter()
    for minute, wrong in session.execute(query):
        windows[int(minute.timestamp() // window.total_seconds())] += wrong
    return limits.WRONG_TIMES_USUAL * median(windows.values()) if windows else inf


def sweep(session: Session) -> None:
    """Nobody compares with what is older than a week."""
    session.execute(delete(WrongMinute).where(WrongMinute.minute < clock.now() - limits.WRONG_WEEK))


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
