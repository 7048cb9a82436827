"""What the boards ask is read from sums and from one index of what is open, never from the dossiers of old."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import delete, event, insert, select
from sqlalchemy.orm import Session

from tests.webapp.dossiers.test_worklist_plans import analyse, database  # noqa: F401  (thousands of dossiers, on both)
from webapp.core import clock
from webapp.core.db import Database
from webapp.offices.models import Office
from webapp.transparency import measuring, queries
from webapp.transparency.figures import last_months, periods
from webapp.transparency.models import ALL, COUNTERS, DAY, MONTH, UnitStanding

YEAR = periods(clock.today())["year"]
WITHIN = {"span": YEAR.span, "start": YEAR.start, "end": YEAR.end}
ASKED: dict[str, tuple[Callable[[Session], Any], tuple[str, str]]] = {
    "all offices": (
        lambda s: queries.OF_ALL.rows(s, **WITHIN),
        (
            "ix_unit_standings_all (procedure_code=? AND span=?",
            "Index Scan using",
        ),  # with so few offices PostgreSQL skips through the key
    ),
    "procedures of an office": (
        lambda s: queries.by_procedure(s, 1, YEAR),
        ("PRIMARY KEY (office_id=? AND span=?", "pk_unit_standings"),
    ),
    "months of an office": (
        lambda s: queries.by_month(s, 1, last_months(clock.today())),
        ("PRIMARY KEY (office_id=? AND span=? AND starts_on>?", "pk_unit_standings"),
    ),
    "what people said of an office": (
        lambda s: queries.satisfied(s, 1, YEAR),
        ("COVERING INDEX ix_ratings_office (office_id=? AND rated_at>?", "ix_ratings"),
    ),
    "what is open": (
        lambda s: queries.ALL_NOW.rows(s, now=clock.now(), today=clock.today()),
        ("COVERING INDEX ix_dossiers_queue (office_id=? AND queue", "ix_dossiers_queue"),
    ),
    "usual time": (lambda s: measuring.usual(s, "1.001193", 1), ("PRIMARY KEY (procedure_code=?", "pk_usual_times")),
}


@pytest.fixture(scope="module")
def counted(database: Database) -> Database:  # noqa: F811
    """Two years of sums of all offices."""
    today = clock.today()
    days = [(DAY, today - timedelta(days=n)) for n in range(400)] + [(MONTH, day) for day in last_months(today, 24)]
    with database.transaction() as session:
        rows = [
            {"office_id": office, "span": span, "starts_on": day, "procedure_code": code, **dict.fromkeys(COUNTERS, 1)}
            for office in session.scalars(select(Office.id))
            for span, day in days
            for code in (ALL, *(f"1.{n:06}" for n in range(12)))
        ]
        session.execute(delete(UnitStanding))
        session.execute(insert(UnitStanding), rows)
    analyse(database, "now")
    if "-first-day" in (database.url.database or ""):
        assert database.refresh_statistics()
    return database


@pytest.mark.parametrize("name", ASKED)
def test_a_board_reads_its_index(counted: Database, name: str) -> None:
    ask, (sqlite, postgresql) = ASKED[name]
    said = plan(counted, ask)
    assert (sqlite if counted.is_sqlite else postgresql) in said, said
    assert "Seq Scan on dossiers" not in said and "SCAN dossiers" not in said, said


def plan(database: Database, ask: Callable[[Session], Any]) -> str:  # noqa: F811
    """How the database would answer what was asked."""
    sent: list[Any] = []
    event.listen(database.engine, "before_cursor_execute", note := lambda *seen: sent.append(seen[2:4]))
    with database.session(write=False) as session:
        ask(session)
    event.remove(database.engine, "before_cursor_execute", note)
    statement, values = sent[-1]
    with database.engine.connect() as connection:
        if not database.is_sqlite:  # on so few rows it would rather read all of them
            connection.exec_driver_sql("SET enable_seqscan = off")
            connection.exec_driver_sql("SET enable_bitmapscan = off")
        word = "EXPLAIN QUERY PLAN" if database.is_sqlite else "EXPLAIN"
        return "\n".join(str(row[-1]) for row in connection.exec_driver_sql(f"{word} {statement}", values))
