"""What the desk asks all day is read from its indexes, on both databases, among dossiers of many offices."""

import random
from collections.abc import Iterator
from datetime import timedelta

import pytest
from sqlalchemy import event, func, insert, select, text

import wsgi
from tests import people as who
from tests.conftest import prepare, test_settings
from tests.factories import dossiers, states
from tests.support.postgres import new_database, postgres_server
from webapp.core import clock, worker
from webapp.core.actor import Actor, Channel, Role
from webapp.core.db import Database
from webapp.core.ids import new_public_id
from webapp.dossiers import desk
from webapp.dossiers.counting import by_state
from webapp.dossiers.deadlines import QUEUE
from webapp.dossiers.models import Dossier
from webapp.dossiers.names import write_words
from webapp.dossiers.papers.register import Period, count_rows
from webapp.dossiers.states import OPEN, State
from webapp.dossiers.worklist import FIRST, Filter, desk_figures, offered_procedures, page_of, worklist
from webapp.offices.models import Office
from webapp.shell.services import Services

ROWS = 4_000
STATES = [s for s in State if s is not State.DRAFT]
FILTERS = {
    "everything open": Filter(),
    "overdue": Filter(due="overdue"),
    "this week": Filter(due="week"),
    "one state": Filter(state="processing"),
    "to hand over": Filter(state="settled"),
    "finished": Filter(state="closed"),
    "of one procedure": Filter(procedure="1.001193", channel="self"),
}


def filled(database: Database, storage) -> None:
    """Thousands of dossiers, most of them finished, as after some years."""
    dice = random.Random(7)
    with database.transaction() as session:
        first = dossiers.sent(session, storage, who.person(session))
        offices = session.scalars(select(Office.id)).all()
        plain = {c.key: getattr(first, c.key) for c in Dossier.__mapper__.column_attrs}
        rows = []
        for number in range(ROWS):
            state = dice.choice(STATES) if number % 10 == 0 else State.HANDED_OVER
            rows.append(
                {
                    **plain,
                    "id": first.id + number + 1,
                    "public_id": new_public_id(),
                    "code": f"T-{number}",
                    "lookup_code": None,
                    "qr_digest": None,
                    "office_id": dice.choice(offices),
                    "state": state.value,
                    "queue": QUEUE.get(state, 0),
                    "act_by": clock.now() + timedelta(hours=dice.randint(-5000, 200)),
                }  # fmt: skip
            )
        session.execute(insert(Dossier), rows)
        write_words(session, Dossier.id > first.id)


# SQLite counts its rows only when somebody says ANALYZE: nobody does, or did on the first day (the worker counts
# again), or does now.
KINDS = ["sqlite-never", "sqlite-first-day", "sqlite-now", pytest.param("postgresql-now", marks=pytest.mark.postgres)]


@pytest.fixture(params=KINDS, scope="module")
def database(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Database]:
    folder = tmp_path_factory.mktemp("plans")
    if request.param.startswith("sqlite"):
        yield from _made(folder, f"sqlite:///{folder}/{request.param}.db")
    else:
        with postgres_server() as server:
            yield from _made(folder, new_database(server, request.param))


def _made(folder, url: str) -> Iterator[Database]:
    app = wsgi.create_app(test_settings(folder, database_url=url))
    prepare(app)
    services: Services = app.extensions["motcua"]
    with services.database.transaction() as session:
        dossiers.sent(session, services.storage, who.person(session))
    worker.drain(services.database)  # counted, for the boards
    analyse(services.database, "first-day")
    filled(services.database, services.storage)
    worker.tidy(services.database)
    analyse(services.database, "now")
    yield services.database
    services.database.dispose()


def analyse(database: Database, when: str) -> None:
    """If it is a database of this kind."""
    if f"-{when}" not in (database.url.database or ""):
        return
    if database.is_sqlite:
        with database.engine.begin() as connection:
            connection.execute(text("ANALYZE"))
            assert connection.scalar(text("SELECT count(*) FROM sqlite_stat1")) > 0
    else:
        with database.engine.connect() as connection:  # VACUUM, too: for reading indexes alone
            connection.execution_options(isolation_level="AUTOCOMMIT").execute(text("VACUUM ANALYZE"))


def plan(database: Database, ask) -> str:
    """How the database says it reads what is asked last: the statement that really goes out, with its values."""
    sent = []
    with database.session(write=False) as session:
        office = session.scalar(select(Office.id).where(Office.code == dossiers.HOME))
        officer = Actor(role=Role.RECEPTION, channel=Channel.COUNTER, office_id=office)
        event.listen(database.engine, "before_cursor_execute", note := lambda *seen: sent.append(seen[2:4]))
        ask(session, officer)
    event.remove(database.engine, "before_cursor_execute", note)
    statement, values = sent[-1]
    with database.engine.connect() as connection:
        word = "EXPLAIN QUERY PLAN" if database.is_sqlite else "EXPLAIN"
        if not database.is_sqlite:  # on so few rows it would rather sort; asked not to, it must find the order there
            for way in ("sort", "bitmapscan", "seqscan"):
                connection.exec_driver_sql(f"SET enable_{way} = off")
        rows = connection.exec_driver_sql(f"{word} {statement}", values).all()
    return "\n".join(str(row[-1]) for row in rows)


@pytest.mark.parametrize("name", FILTERS)
@pytest.mark.parametrize("way", ["first", "after", "before"])
def test_a_page_comes_from_the_index_in_its_order(database, name, way):
    filter = FILTERS[name]
    queue = min(QUEUE.get(state, 0) for state in filter.states)
    key = None if way == "first" else (queue, clock.now() - timedelta(days=3), "m")
    page = lambda s, by: s.execute(page_of(by.office_id, filter, key, back=way == "before").limit(51)).all()  # noqa: E731
    in_the_order_of_the_index(plan(database, page))


def in_the_order_of_the_index(said):
    assert "ix_dossiers_queue" in said, said
    assert "TEMP B-TREE" not in said, said  # SQLite: no sorting by hand
    assert "Seq Scan on dossiers" not in said, said
    assert "\nSort" not in f"\n{said}" and "->  Sort" not in said, said


@pytest.mark.parametrize("state", FIRST)
def test_what_one_word_narrows_the_list_to_begins_as_the_long_way_would(database, state):
    in_the_order_of_the_index(plan(database, lambda s, by: FIRST[state].rows(s, office=by.office_id, most=51)))
    with database.session(write=False) as session:
        officer = states.as_staff(session, "officer")
        page = worklist(session, officer, filter=Filter(state=state))
        long = session.execute(page_of(officer.office_id, Filter(state=state)).limit(50)).all()
    assert [row.public_id for row in page.rows] == [row.public_id for row in long]


@pytest.mark.parametrize("ask", [desk_figures, offered_procedures])
def test_figures_and_procedures_to_choose_open_no_dossier(database, ask):
    said = plan(database, ask)
    alone = "COVERING INDEX ix_dossiers_queue" if database.is_sqlite else "Index Only Scan using ix_dossiers_queue"
    assert alone in said, said


def test_whoever_watches_the_machine_makes_it_count_only_what_is_not_finished(database):
    said = plan(database, lambda s, by: by_state(s))
    read = "COVERING INDEX ix_dossiers_queue (office_id=? AND queue" if database.is_sqlite else "(queue IS NULL)"
    assert read in said and "ix_dossiers_queue" in said, said
    with database.session(write=False) as session:
        counted = dict(by_state(session))
        open_now = session.execute(select(Dossier.state, func.count()).group_by(Dossier.state)).all()
    finished = {State.HANDED_OVER, State.DECLINED}
    assert counted == {(state,): count for state, count in open_now if State(state) not in finished}


def test_the_register_of_a_day_reads_that_day_only(database):
    today = clock.today()
    said = plan(database, lambda s, by: count_rows(s, by, Period(today, today)))
    assert "ix_dossiers_taken_on" in said, said
    assert "received_at" in said, said


@pytest.mark.parametrize("typed", ["Đào", "nguyen thi dao", "dao 1996"])
def test_a_name_is_found_by_its_words_and_no_office_is_read_for_it(database, typed):
    said = plan(database, lambda s, by: desk.find_at_counter(s, by, typed))
    words = "PRIMARY KEY (office_id=? AND word=?)" if database.is_sqlite else "pk_dossier_words"
    dossier = "dossiers USING INTEGER PRIMARY KEY" if database.is_sqlite else "pk_dossiers"
    assert words in said and dossier in said, said
    assert "ix_dossiers" not in said and "SCAN" not in said and "Seq Scan" not in said, said
    # People are opened when it is clear which are shown: first of all the rest is cut off.
    cut = "USE TEMP B-TREE FOR ORDER BY" if database.is_sqlite else "Limit"
    assert 0 < said.index(cut) < said.index("SEARCH people" if database.is_sqlite else "on people"), said
    with database.session(write=False) as session:
        found = desk.find_at_counter(session, states.as_staff(session, "officer"), typed).rows
    assert len(found) == desk.FOUND_LIMIT and all(row.state in OPEN for row in found)


def test_the_end_of_a_code_is_found_in_the_index_of_codes(database):
    said = plan(database, lambda s, by: [desk.find_at_counter(s, by, "0001") for _look in range(2)])
    assert ("dossiers_1 (code=?)" if database.is_sqlite else "uq_dossiers_code") in said, said
