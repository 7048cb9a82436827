"""Alembic from code: upgrade, downgrade, check; the same in commands and tests.

It is loaded by whoever moves a database. A web process only asks how far one is, and would carry 10 MB for nothing.
"""

from importlib import import_module
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, inspect, text

from webapp.core.db import Base, Database
from webapp.core.dump import OF_ALEMBIC

FOLDER = Path(__file__).resolve().parents[2] / "migrations"


def config(database: Database) -> Any:
    made = import_module("alembic.config").Config()
    made.set_main_option("script_location", str(FOLDER))
    made.attributes["database"] = database
    return made


def upgrade(database: Database, target: str = "head") -> None:
    import_module("alembic.command").upgrade(config(database), target)


def downgrade(database: Database, target: str) -> None:
    import_module("alembic.command").downgrade(config(database), target)


def differences(database: Database) -> list[object]:
    """What the models have and the database has not, or the other way round; empty when they agree."""
    with database.engine.connect() as connection:
        context = import_module("alembic.migration").MigrationContext
        bound = context.configure(connection, opts={"compare_type": True})
        found: list[object] = import_module("alembic.autogenerate").compare_metadata(bound, Base.metadata)
    return found


def head() -> str:
    """The newest revision: they are numbered, and each file's name begins with its number."""
    return max(file.name.partition("_")[0] for file in (FOLDER / "versions").glob("[0-9]*_*.py"))


def is_current(connection: Connection) -> bool:
    if not inspect(connection).has_table(OF_ALEMBIC):
        return False
    return list(connection.scalars(text(f"SELECT version_num FROM {OF_ALEMBIC}"))) == [head()]  # noqa: S608  (ours)
