"""Wrong codes, counted for a phone and for each known device of it.

Ten wrong in an hour lock for 10, 20, 40, 60 minutes; a hundred in a row switch codes off until the person comes to a
counter. A known device answers only for its own tries: a stranger can lock every new device out, never the owner's.
Phones that nobody has registered are counted the same, so that a lock tells nothing.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, case, delete, select, update
from sqlalchemy.orm import Session

from webapp.accounts import breakers, limits
from webapp.accounts.device_models import WrongCodes
from webapp.core import clock, crypto, throttle
from webapp.core.db import upsert
from webapp.core.errors import DomainError, TooMany
from webapp.core.text import Text


class InPerson(DomainError):
    """No code helps any more."""

    status = 403

    def __init__(self) -> None:
        super().__init__(
            Text(
                "Too many wrong codes were typed for this number. For its owner's safety it can only be opened again "
                "at the one-stop counter, with the ID card."
            )
        )


@dataclass(frozen=True)
class Scope:
    """Whose tries: a purpose, a phone's index, and the known device's public id if it is one."""

    purpose: str
    phone_index: str
    device: str | None = None

    @property
    def key(self) -> str:
        return crypto.blind("wrong codes", f"{self.purpose} {self.phone_index} {self.device or ''}")

    @property
    def all(self) -> list["Scope"]:
        """The phone's own, and this one; always in this order, so that two requests never wait for each other."""
        whole = Scope(self.purpose, self.phone_index)
        return [whole] if whole == self else [whole, self]


def guard(session: Session, scope: Scope) -> None:
    """Raises while this scope is locked. Nothing is sent and nothing is checked then."""
    if throttle.is_relaxed():
        return
    row = session.execute(
        select(WrongCodes.in_a_row, WrongCodes.locked_until).where(WrongCodes.key == scope.key)
    ).first()
    if row is None:
        return
    if row.in_a_row >= limits.WRONG_IN_A_ROW:
        raise InPerson
    now = clock.now()
    if row.locked_until is not None and row.locked_until > now:
        seconds = int((row.locked_until - now).total_seconds() + 0.999)
        raise TooMany(
            Text(
                "Too many wrong codes. You can try again in %(n)s minutes, or come to the one-stop counter.",
                n=-(-seconds // 60),
            ),
            retry_after=seconds,
        )


def count(session: Session, scope: Scope) -> None:
    """One more was wrong: on this device, for the phone, and everywhere."""
    breakers.wrong_code(session)
    for each in scope.all:
        _count(session, each)


def _count(session: Session, scope: Scope) -> None:
    now = clock.now()
    rows = WrongCodes
    new_hour = rows.hour_began_at <= now - limits.HOUR
    row = session.execute(
        upsert(session, rows)
        .values(key=scope.key, in_hour=1, hour_began_at=now, in_a_row=1, locks=0, changed_at=now)
        .on_conflict_do_update(
            index_elements=["key"],
            set_={
                "in_hour": case((new_hour, 1), else_=rows.in_hour + 1),
                "hour_began_at": case((new_hour, now), else_=rows.hour_began_at),
                "in_a_row": rows.in_a_row + 1,
                "locks": case((_calm(now), 0), else_=rows.locks),
                "changed_at": now,
            },
        )
        .returning(rows.in_hour, rows.locks)
    ).one()
    if row.in_hour >= limits.WRONG_PER_HOUR:
        lock = limits.LOCKS[min(row.locks, len(limits.LOCKS) - 1)]
        _change(session, scope, in_hour=0, locks=row.locks + 1, locked_until=now + lock)


def right(session: Session, scope: Scope) -> None:
    """A right code ends the row of wrong ones; a lock that runs for strangers goes on."""
    for each in scope.all:
        _change(session, each, in_a_row=0)
    _change(session, scope, in_hour=0)


def forgive(session: Session, scopes: Iterable[Scope]) -> None:
    """The person came in person: nothing that was typed wrongly before counts any more."""
    session.execute(delete(WrongCodes).where(WrongCodes.key.in_([scope.key for scope in scopes])))


def sweep(session: Session) -> None:
    """Forget after a week; never that somebody must come in person."""
    session.execute(
        delete(WrongCodes).where(
            WrongCodes.changed_at < clock.now() - 7 * limits.DAY, WrongCodes.in_a_row < limits.WRONG_IN_A_ROW
        )
    )


def _calm(now: datetime) -> ColumnElement[bool]:
    """Nothing wrong for a day: the next lock is a short one again."""
    return WrongCodes.changed_at <= now - limits.LOCKS_FORGOTTEN_AFTER


def _change(session: Session, scope: Scope, **values: object) -> None:
    session.execute(
        update(WrongCodes)
        .where(WrongCodes.key == scope.key)
        .values(**values)
        .execution_options(synchronize_session=False)
    )
