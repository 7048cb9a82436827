"""Nothing is kept longer than it is of use: each room says what it throws away and when; the worker does it.

The figures are those of the security design (2.7); what the law keeps (dossiers, results, the journal)
has no rule here.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, Table, and_, delete, exists, select
from sqlalchemy.orm import Session

from webapp.core import clock
from webapp.core.db import Base, Database
from webapp.core.idempotency import IdempotencyKey
from webapp.core.outbox import OutboxDelivery, OutboxEvent

# Rows of one short transaction: nobody waits for a spring cleaning.
BATCH = 500
Run = Callable[[Session, datetime, int], int]


@dataclass(frozen=True)
class Rule:
    """`run(session, before, limit)` throws away up to `limit` things older than `before`; how many."""

    name: str
    says: str
    keep: timedelta
    run: Run


_rules: dict[str, Rule] = {}


def rule(name: str, says: str, keep: timedelta) -> Callable[[Run], Run]:
    """Register a rule of a room."""

    def register(function: Run) -> Run:
        _rules[name] = Rule(name, says, keep, function)
        return function

    return register


def rules() -> list[Rule]:
    return sorted(_rules.values(), key=lambda found: found.name)


def sweep(database: Database) -> dict[str, int]:
    """Apply every rule; name → how many went. A rule that breaks is not allowed to save the others' rubbish."""
    gone: dict[str, int] = {}
    problems: list[Exception] = []
    for found in rules():
        gone[found.name] = 0
        try:
            while True:
                with database.transaction() as session:
                    taken = found.run(session, clock.now() - found.keep, BATCH)
                gone[found.name] += taken
                if taken < BATCH:
                    break
        except Exception as error:
            problems.append(error)
    if problems:
        raise ExceptionGroup("some rules of retention broke", problems)
    return gone


def unused(table: Table) -> ColumnElement[bool]:
    """True for rows of `table` that no other row of any room points at."""
    users = [
        exists().where(key.parent == key.column)
        for other in Base.metadata.tables.values()
        for key in other.foreign_keys
        if key.column.table is table and other is not table
    ]
    return and_(*(~user for user in users)) if users else table.c[0].is_not(None)


def delete_some(session: Session, model: type[Any], limit: int, *when: ColumnElement[bool]) -> int:
    """Delete up to `limit` rows of a model with one key column; how many."""
    key = model.__table__.primary_key.columns.values()[0]
    some = select(key).where(*when).limit(limit)
    gone = session.execute(
        delete(model).where(key.in_(some)).returning(key).execution_options(synchronize_session=False)
    )
    return len(gone.all())


@rule("idempotency keys", "a form that is sent again after this is a new one", timedelta(days=90))
def _idempotency(session: Session, before: datetime, _limit: int) -> int:
    old = delete(IdempotencyKey).where(IdempotencyKey.created_at < before)
    session.execute(old.execution_options(synchronize_session=False))
    return 0


@rule("delivered events", "what was delivered; what waits or is dead stays", timedelta(days=90))
def _delivered(session: Session, before: datetime, limit: int) -> int:
    delete_some(session, OutboxDelivery, limit, OutboxDelivery.done_at < before)
    nobody_waits = ~exists().where(OutboxDelivery.event_id == OutboxEvent.id)
    return delete_some(session, OutboxEvent, limit, OutboxEvent.created_at < before, nobody_waits)
