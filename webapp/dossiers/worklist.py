"""The worklist: what is to be done at the own office, by the time that remains. One index gives the order.

`queue` and `act_by` are kept by `deadlines.follow`; a page of the list reads as many rows as it shows, however many
dossiers there are. Paging goes by the key of the last (or first) row, so nothing is skipped when others move on.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, Select, bindparam, case, func, or_, select, tuple_
from sqlalchemy.orm import Session

from webapp.accounts.models import Person
from webapp.catalogue import queries as catalogue
from webapp.catalogue.models import ProcedureRevision
from webapp.catalogue.words import Words
from webapp.core import clock
from webapp.core.actor import Actor, Channel
from webapp.core.hot import Hot
from webapp.dossiers import desk
from webapp.dossiers.deadlines import FINISHED, HAND_OVER, OFFICE, QUEUE
from webapp.dossiers.desk import PAUSED, RUNNING, DeskRow
from webapp.dossiers.models import Dossier
from webapp.dossiers.states import OPEN, State

# What the list may be narrowed to; without a state it shows everything that is open.
STATES: dict[str, frozenset[State]] = {
    "submitted": frozenset({State.SUBMITTED}),
    "received": frozenset({State.RECEIVED}),
    "processing": frozenset({State.PROCESSING}),
    "working": RUNNING,
    "waiting": PAUSED,
    "withdrawal_requested": frozenset({State.WITHDRAWAL_REQUESTED}),
    "settled": frozenset(s for s, queue in QUEUE.items() if queue == HAND_OVER),
    "closed": frozenset(s for s, queue in QUEUE.items() if queue == FINISHED),
}
DUE = ("overdue", "today", "week")
CHANNELS = tuple(c.value for c in Channel if c is not Channel.SYSTEM)
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MICROSECOND = timedelta(microseconds=1)


@dataclass(frozen=True)
class Filter:
    """What the list is narrowed to; all of it may stand in an address, none of it is about a person."""

    state: str = ""
    due: str = ""
    procedure: str = ""
    channel: str = ""

    @classmethod
    def read(cls, given: Any) -> "Filter":
        """From an address or a form; what is unknown narrows nothing."""
        return cls(
            state=_known(given.get("state"), STATES),
            due=_known(given.get("due"), DUE),
            procedure=str(given.get("procedure") or "")[:20],
            channel=_known(given.get("channel"), CHANNELS),
        )

    def given(self) -> dict[str, str]:
        """Only what narrows, for an address."""
        return {name: value for name, value in vars(self).items() if value}

    @property
    def states(self) -> frozenset[State]:
        """A due day is only that of what the office works on now."""
        wanted = STATES.get(self.state, OPEN)
        return wanted & RUNNING if self.due else wanted

    @property
    def newest_first(self) -> bool:
        return self.state == "closed"


EVERYTHING = Filter()


@dataclass(frozen=True)
class Page:
    """A piece of the list, and the keys that the pieces after and before it begin at."""

    rows: list[DeskRow]
    next_key: str | None
    previous_key: str | None = None


def worklist(
    session: Session,
    actor: Actor,
    *,
    filter: Filter = EVERYTHING,
    after: str | None = None,
    before: str | None = None,
    limit: int = 50,
    with_person: bool = False,
) -> Page:
    """A page of the own office's list. An unknown key shows the first page."""
    key, back = (_read_key(before), True) if before else (_read_key(after), False)
    if not filter.states:
        return Page([], None)
    first = FIRST.get(filter.state) if filter == Filter(filter.state) and key is None and not with_person else None
    if first is not None:
        found = first.rows(session, office=actor.office_id, most=limit + 1)
    else:
        query = page_of(actor.office_id, filter, key, back=back)
        if with_person:
            query = query.add_columns(Person.citizen_id_sealed, Person.birth_date_sealed)
        found = list(session.execute(query.limit(limit + 1)).all())
    more, found = len(found) > limit, found[:limit]
    if back and key is not None:
        found.reverse()
        next_key, previous_key = _write_key(found[-1]) if found else None, _key(found, 0, more)
    else:
        next_key, previous_key = _key(found, -1, more), _key(found, 0, key is not None)
    return Page(desk.rows(session, found, with_person=with_person), next_key, previous_key)


def count(session: Session, actor: Actor, filter: Filter, most: int) -> int:
    """How many the list has, up to `most`."""
    if not filter.states:
        return 0
    some = select(Dossier.id).where(desk.of_office(actor), *_narrowed(filter)).limit(most).subquery()
    return session.scalar(select(func.count()).select_from(some)) or 0


def _key(found: list[Any], place: int, there_is_more: bool) -> str | None:
    return _write_key(found[place]) if there_is_more and found else None


def page_of(office: Any, filter: Filter, key: tuple[Any, ...] | None = None, *, back: bool = False) -> Select[Any]:
    """The rows behind a key (or before it, nearest first), in the order of the index."""
    order: tuple[Any, ...] = (Dossier.queue, Dossier.act_by, Dossier.public_id)
    if key is not None and len(_queues(filter)) == 1:
        order, key = order[1:], key[1:]  # SQLite sorts by hand what is fixed and compared as well
    query = desk.columns(Dossier.queue).where(desk.sent_to(office), *_narrowed(filter))
    down = filter.newest_first != (back and key is not None)
    if key is not None:
        here = tuple_(*order)
        query = query.where(here < key if down else here > key)
    return query.order_by(*(column.desc() for column in order)) if down else query.order_by(*order)


def _queues(filter: Filter) -> list[int]:
    """Whose turns the list is about."""
    return sorted({QUEUE.get(state, OFFICE) for state in filter.states})


def _narrowed(filter: Filter) -> list[ColumnElement[bool]]:
    states = filter.states
    queues = _queues(filter)
    tests: list[ColumnElement[bool]] = [Dossier.queue.between(queues[0], queues[-1])]
    if len(queues) == 1:
        tests = [Dossier.queue == queues[0]]
    if states != OPEN:
        tests.append(or_(*(Dossier.state == state.value for state in sorted(states))))
    now = clock.now()
    if filter.due == "overdue":
        tests.append(Dossier.act_by < now)
    elif filter.due:
        tests.append(Dossier.act_by.between(now, end_of(filter.due, now)))
    if filter.procedure:
        tests.append(Dossier.procedure_code == filter.procedure)
    if filter.channel:
        tests.append(Dossier.channel == filter.channel)
    return tests


# The pages that officers look at all day: all that is open, and what one word narrows it to.
FIRST = {state: Hot(page_of(bindparam("office"), Filter(state)).limit(bindparam("most"))) for state in ("", *STATES)}


def end_of(name: str, now: datetime) -> datetime:
    """Midnight after today, or after this Sunday, where the office stands."""
    today = clock.local(now).date()
    days = 1 if name == "today" else 7 - today.weekday()
    return clock.midnight(today + timedelta(days=days))


def _known(value: Any, names: Iterable[str]) -> str:
    return str(value) if value in names else ""


def offered_procedures(session: Session, actor: Actor) -> dict[str, Words]:
    """Code → name of what is open at the office now, for the filter."""
    rows = OFFERED.rows(session, office=actor.office_id)
    specs = catalogue.specs_by_hash(session, (row.content_hash for row in rows))
    return {row.code: specs[row.content_hash].plain for row in rows}


def _offered() -> Select[Any]:
    there = (
        select(Dossier.procedure_code.label("code"), func.max(Dossier.revision_id).label("revision"))
        .where(
            Dossier.office_id == bindparam("office"),
            Dossier.state != State.DRAFT.value,
            Dossier.queue.between(OFFICE, HAND_OVER),
        )
        .group_by(Dossier.procedure_code)
        .subquery()
    )
    known = select(there.c.code, ProcedureRevision.content_hash)
    return known.join(ProcedureRevision, ProcedureRevision.id == there.c.revision).order_by(there.c.code)


OFFERED = Hot(_offered(), rests=True)


# ------------------------------------------------------------------------------------------------ keyset

Key = tuple[int, datetime, str]


def _write_key(row: Any) -> str:
    """Where this row stands in the order: nothing of a person, and it stays when the row moves on."""
    return f"{row.queue}.{(row.act_by - _EPOCH) // _MICROSECOND}.{row.public_id}"


def _read_key(text: str | None) -> Key | None:
    """A key from an address; anything else starts at the beginning."""
    queue, _, rest = (text or "").partition(".")
    micro, _, public_id = rest.partition(".")
    if not (queue.isdecimal() and micro.isdecimal() and public_id and len(micro) < 18):
        return None
    return int(queue[:1]), _EPOCH + int(micro) * _MICROSECOND, public_id[:22]


# ------------------------------------------------------------------------------------------------ figures


def desk_figures(session: Session, actor: Actor) -> dict[str, int]:
    """Today's numbers of the office, by the names of states and of due days."""
    now = clock.now()
    found = FIGURES.rows(session, office=actor.office_id, now=now, midnight=end_of("today", now))
    by_state = {State(row.state): row for row in found}

    def total(column: str, states: Iterable[State]) -> int:
        return sum(int(getattr(by_state[state], column)) for state in states if state in by_state)

    counted = ("submitted", "working", "waiting", "settled", "withdrawal_requested")
    return {
        **{name: total("all", STATES[name]) for name in counted},
        "overdue": total("late", RUNNING),
        "today": total("soon", RUNNING),
    }


def _figures() -> Select[Any]:
    """Counted in the index of the list: no dossier is opened for it."""
    now, midnight = bindparam("now"), bindparam("midnight")
    return (
        select(
            Dossier.state,
            func.count().label("all"),
            func.sum(case((Dossier.act_by < now, 1), else_=0)).label("late"),
            func.sum(case((Dossier.act_by.between(now, midnight), 1), else_=0)).label("soon"),
        )
        .where(desk.sent_to(bindparam("office")), Dossier.queue.between(OFFICE, HAND_OVER))
        .group_by(Dossier.state)
    )


FIGURES = Hot(_figures())


def named(name: str) -> Filter:
    """The list behind a figure."""
    return Filter(due=name) if name in DUE else Filter(state=name)
