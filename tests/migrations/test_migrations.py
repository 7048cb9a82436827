"""The database's shape: one line of revisions, up and down, the same on SQLite and PostgreSQL."""

import ast

import pytest
from alembic.script import ScriptDirectory
from sqlalchemy import inspect, text
from sqlalchemy.exc import DBAPIError

import wsgi
from tests import people as who
from tests.conftest import prepare, test_settings
from tests.factories.states import PLACES, bring
from tests.support import house
from webapp.core import worker
from webapp.core.actor import SYSTEM
from webapp.core.audit import audit, verify
from webapp.core.db import Base
from webapp.dossiers.deadlines import OFFICE, QUEUE
from webapp.shell import migrations, seeding
from webapp.shell.migrations import downgrade, upgrade

# On one test process: one PostgreSQL server for all of them.
pytestmark = pytest.mark.xdist_group("migrations")

OF_ALEMBIC = "alembic_version"

# Everything that a schema consists of, as text, in an order that does not change.
POSTGRES_SHAPE = """
SELECT concat_ws(' ', table_name, column_name, data_type, character_maximum_length, is_nullable, column_default)
  FROM information_schema.columns WHERE table_schema = 'public'
UNION SELECT indexdef FROM pg_indexes WHERE schemaname = 'public'
UNION SELECT concat_ws(' ', conrelid::regclass, conname, pg_get_constraintdef(oid)) FROM pg_constraint
  WHERE connamespace = 'public'::regnamespace
UNION SELECT pg_get_triggerdef(oid) FROM pg_trigger WHERE NOT tgisinternal
UNION SELECT proname FROM pg_proc WHERE pronamespace = 'public'::regnamespace
ORDER BY 1
"""
SQLITE_SHAPE = "SELECT type || ' ' || name || ' ' || coalesce(sql, '') FROM sqlite_master ORDER BY 1"


def shape(database):
    """Tables, columns, indexes, rules and triggers of a database."""
    with database.engine.connect() as connection:
        query = SQLITE_SHAPE if database.is_sqlite else POSTGRES_SHAPE
        lines = connection.execute(text(query)).scalars().all()
    # SQLite keeps the very text of a table; a column that went and came back stands in it without its line break.
    return [" ".join(line.split()) for line in lines if OF_ALEMBIC not in line]


def counts(database):
    """Table → number of rows."""
    with database.engine.connect() as connection:
        names = set(inspect(connection).get_table_names()) - {OF_ALEMBIC}
        return {n: connection.execute(text(f'SELECT count(*) FROM "{n}"')).scalar_one() for n in sorted(names)}


def revisions(database):
    """All revisions, the newest first."""
    return list(ScriptDirectory.from_config(migrations.config(database)).walk_revisions())


def app_on(database, folder):
    """The whole program on this database."""
    return wsgi.create_app(test_settings(folder, database_url=database.url.render_as_string(hide_password=False)))


# ---------------------------------------------------------------------------------------------------- shape


def test_after_all_revisions_tables_and_models_agree(database):
    upgrade(database)
    assert migrations.differences(database) == []


def test_the_comparison_sees_a_column_that_is_missing_and_one_too_many(database):
    upgrade(database)
    with database.transaction() as session:
        session.execute(text("ALTER TABLE provinces ADD COLUMN colour VARCHAR(9)"))
        session.execute(text("DROP INDEX ix_communes_search"))
    assert len(migrations.differences(database)) == 2


def test_up_down_and_up_again_is_the_same_shape(database):
    upgrade(database)
    first = shape(database)
    assert len(first) > 60
    downgrade(database, "base")
    assert shape(database) == []
    upgrade(database)
    assert shape(database) == first


def test_upgrading_what_is_up_to_date_changes_nothing(database):
    upgrade(database)
    before = shape(database)
    upgrade(database)
    assert shape(database) == before


def test_every_step_down_can_be_taken_up_again(database):
    upgrade(database)
    for revision in revisions(database):
        before = shape(database)
        downgrade(database, "-1")
        upgrade(database, revision.revision)
        assert shape(database) == before, revision.revision
        downgrade(database, "-1")
    assert shape(database) == []


def test_both_databases_have_the_same_tables_columns_and_indexes(database):
    """What the models say is what stands there, under the names by our convention."""
    upgrade(database)
    seen = inspect(database.engine)
    assert set(seen.get_table_names()) - {OF_ALEMBIC} == set(Base.metadata.tables)
    for name, table in Base.metadata.tables.items():
        assert [c["name"] for c in seen.get_columns(name)] == [c.name for c in table.columns], name
        indexes = {i["name"] for i in seen.get_indexes(name) if not i.get("duplicates_constraint")}
        assert indexes == {i.name for i in table.indexes}, name


def test_revisions_are_one_line_and_say_what_they_do():
    files = sorted((house.ROOT / "migrations" / "versions").glob("*.py"))
    links = {}
    for path in files:
        tree = house.tree(path)
        assert ast.get_docstring(tree), f"{path.name} says nothing"
        names = {n.name for n in tree.body if isinstance(n, ast.FunctionDef)}
        assert {"upgrade", "downgrade"} <= names, path.name
        values = {
            t.id: ast.literal_eval(n.value)
            for n in tree.body if isinstance(n, ast.Assign)
            for t in n.targets if isinstance(t, ast.Name) and t.id in ("revision", "down_revision")
        }  # fmt: skip
        links[values["revision"]] = values["down_revision"]
        assert path.name.startswith(values["revision"])
    assert sorted(links) == [f"{n:04d}" for n in range(1, len(files) + 1)]
    assert [links[f"{n:04d}"] for n in range(2, len(files) + 1)] == [f"{n:04d}" for n in range(1, len(files))]


# ------------------------------------------------------------------------------------------------ with data


@pytest.mark.long
def test_the_demo_can_be_loaded_twice_and_the_journal_is_whole(database, tmp_path):
    app = app_on(database, tmp_path)
    prepare(app)
    first = counts(database)
    assert first["communes"] == 3321
    assert first["people"] >= 2
    assert first["vault_items"] >= 1
    prepare(app)
    assert counts(database) == first
    with database.session(write=False) as session:
        assert verify(session)[1] == []
    app.extensions["motcua"].database.dispose()


def columns(database):
    """Table → names of its columns."""
    seen = inspect(database.engine)
    return {t: {c["name"] for c in seen.get_columns(t)} for t in seen.get_table_names() if t != OF_ALEMBIC}


def contents(database):
    """Table → its rows."""
    with database.engine.connect() as connection:
        return {t: connection.execute(text(f'SELECT * FROM "{t}"')).mappings().all() for t in columns(database)}


def cut(rows, wanted):
    """The same rows, only the wanted columns, in an order of their own."""
    return {t: sorted(repr([row[name] for name in sorted(names)]) for row in rows[t]) for t, names in wanted.items()}


@pytest.mark.long
def test_a_whole_office_goes_down_to_the_first_shape_and_up_again_row_for_row(database, tmp_path):
    """Dossiers at every place one can be in, with their people, papers, files, receipts, history and messages.

    What the first revision knew already is the same afterwards; what later ones work out from it, too.
    """
    app = app_on(database, tmp_path)
    prepare(app)
    storage = app.extensions["motcua"].storage
    with app.app_context():
        for place in PLACES:
            with database.transaction() as session:
                bring(session, storage, place, who.person(session))
        worker.drain(database)
    before = contents(database)
    kept = columns(database)
    downgrade(database, "0001")
    known = {table: names & kept[table] for table, names in columns(database).items() if table in kept}
    upgrade(database)
    assert {"dossiers", "dossier_files", "dossier_moves", "receipts", "mandates", "people", "vault_items"} <= set(known)
    after = contents(database)
    assert cut(after, known) == cut(before, known)
    assert before["dossier_words"]
    words = {"dossier_words": kept["dossier_words"]}
    assert cut(after, words) == cut(before, words)
    with database.session(write=False) as session:
        assert verify(session)[1] == []
        rows = session.execute(text("SELECT state, queue, act_by FROM dossiers")).all()
    assert {(row.state, row.queue) for row in rows if row.state != "draft"} == {
        (state.value, QUEUE.get(state, OFFICE)) for state, _resume, _how in PLACES.values()
    }
    assert all(row.act_by is not None for row in rows if row.state != "draft")
    app.extensions["motcua"].database.dispose()


@pytest.mark.long
def test_data_survives_the_last_step_down_and_up(database, tmp_path):
    """What stands in tables that the last revision does not make must be there afterwards, row for row."""
    app = app_on(database, tmp_path)
    prepare(app)
    before = counts(database)
    last = revisions(database)[0]
    downgrade(database, "-1")
    kept = counts(database)
    if last.down_revision is None:
        assert kept == {}  # the first revision: there is nothing below it
    else:
        assert kept == {name: before[name] for name in kept}
    upgrade(database)
    with app.app_context():
        for step in seeding.seeds(app, demo=True):
            with database.transaction() as session:
                step.run(session)
    assert counts(database) == before
    app.extensions["motcua"].database.dispose()


@pytest.mark.long
def test_what_administrators_asked_for_stays_theirs_and_what_an_office_did_is_never_theirs(database, tmp_path):
    """0023: up, all that waits is the province's; down, an office's requests go, for nobody there could see whose."""
    app = app_on(database, tmp_path)
    prepare(app)
    below = {row.revision: row.down_revision for row in revisions(database)}["0023"]
    downgrade(database, below)
    ask(database, "old", "admin")
    upgrade(database)
    ask(database, "new", "officer", office_id=1, amount=101)
    with database.session(write=False) as session:
        rows = session.execute(text("SELECT public_id, office_id, amount FROM approvals ORDER BY id")).all()
    assert [tuple(row) for row in rows] == [("old", None, None), ("new", 1, 101)]
    downgrade(database, below)
    with database.session(write=False) as session:
        assert session.execute(text("SELECT public_id, title FROM approvals")).all() == [("old", "T")]
    upgrade(database)
    app.extensions["motcua"].database.dispose()


def ask(database, public_id, username, **more):
    """A request as it stands in the table at whatever revision."""
    asked = {
        "public_id": public_id, "asked_at": "2026-11-22 03:00:00", "target": "/x", "fields": "[]", "digest": "d",
        "title": "T", "said": "[]", **more,
    }  # fmt: skip
    names, values = ", ".join(asked), ", ".join(f":{name}" for name in asked)
    with database.transaction() as session:
        account = session.scalar(text("SELECT id FROM accounts WHERE username = :u"), {"u": username})
        row = f"INSERT INTO approvals (asked_by, {names}) VALUES (:asked_by, {values})"
        session.execute(text(row), {"asked_by": account, **asked})


@pytest.mark.parametrize(
    "statement",
    ["UPDATE audit_entries SET action = 'x'", "DELETE FROM audit_entries", "DELETE FROM audit_entries WHERE seq = 1"],
)
def test_both_databases_refuse_to_change_the_journal(database, statement):
    upgrade(database)
    with database.transaction() as session:
        audit(session, SYSTEM, "test:act", "x")
    with pytest.raises(DBAPIError, match="append-only"), database.transaction() as session:
        session.execute(text(statement))
    with database.session(write=False) as session:
        assert verify(session) == (1, [])


@pytest.mark.parametrize("act", ["UPDATE dossier_moves SET verb = 'x'", "DELETE FROM dossier_moves"])
def test_both_databases_refuse_to_change_a_dossiers_history(database, act):
    upgrade(database)
    with database.engine.begin() as connection:
        if database.is_sqlite:
            connection.exec_driver_sql("PRAGMA defer_foreign_keys=ON")
        else:
            connection.exec_driver_sql("ALTER TABLE dossier_moves DROP CONSTRAINT fk_dossier_moves_dossier_id_dossiers")
        row = "INSERT INTO dossier_moves (dossier_id, at, verb, from_state, to_state, party, channel, public_id) "
        row += "VALUES (1, '2026-11-22 03:00:00', 'submit', 'draft', 'submitted', 'applicant', 'self', 'x')"
        point = connection.begin_nested()
        connection.exec_driver_sql(row)
        with pytest.raises(DBAPIError, match="append-only"):
            connection.exec_driver_sql(act)
        point.rollback()


# ------------------------------------------------------------------------------------------------ readiness


def test_a_node_whose_database_is_behind_gets_no_traffic(database, tmp_path):
    app = app_on(database, tmp_path)
    client = app.test_client()
    behind = client.get("/readyz")
    assert behind.status_code == 503
    assert behind.json["status"] == "unavailable"
    assert behind.json["checks"]["database"] == {"state": "ok", "critical": True}
    assert behind.json["checks"]["migrations"] == {"state": "behind", "critical": True}
    upgrade(database)
    ready = client.get("/readyz")
    assert ready.status_code == 200
    assert ready.json["checks"]["migrations"]["state"] == "ok"
    downgrade(database, "-1")
    assert client.get("/readyz").status_code == 503
    assert client.get("/healthz").status_code == 200  # alive all the time
    app.extensions["motcua"].database.dispose()


def test_a_node_without_its_database_gets_no_traffic_and_says_no_more_than_that(tmp_path):
    app = wsgi.create_app(test_settings(tmp_path, database_url="postgresql+psycopg://nobody@127.0.0.1:9/none"))
    answer = app.test_client().get("/readyz")
    assert answer.status_code == 503
    assert answer.json["status"] == "unavailable"
    assert answer.json["checks"]["database"] == {"state": "down", "critical": True}
    assert "psycopg" not in answer.get_data(as_text=True)


# ------------------------------------------------------------------------------------------------- commands


def test_the_commands_go_up_down_and_check(database, tmp_path):
    app = app_on(database, tmp_path)
    run = app.test_cli_runner().invoke
    up = run(args=["db", "upgrade"])
    assert (up.exit_code, "database is at" in up.output) == (0, True)
    checked = run(args=["db", "check"])
    assert (checked.exit_code, checked.output.strip()) == (0, "database and models agree")
    with database.transaction() as session:
        session.execute(text("ALTER TABLE provinces ADD COLUMN colour VARCHAR(9)"))
    assert run(args=["db", "check"]).exit_code == 1
    assert run(args=["db", "downgrade", "base"]).exit_code == 0
    assert shape(database) == []
    app.extensions["motcua"].database.dispose()
