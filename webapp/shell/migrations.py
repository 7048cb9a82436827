"""Alembic from code: upgrade, downgrade, check; the same in commands, tests and the readiness page."""

from pathlib import Path

from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection

from webapp.core.db import Base, Database

FOLDER = Path(__file__).resolve().parents[2] / "migrations"


def config(database: Database) -> Config:
    made = Config()
    made.set_main_option("script_location", str(FOLDER))
    made.attributes["database"] = database
    return made


def upgrade(database: Database, target: str = "head") -> None:
    command.upgrade(config(database), target)


def downgrade(database: Database, target: str) -> None:
    command.downgrade(config(database), target)


def differences(database: Database) -> list[object]:
    """What the models have and the database has not, or the other way round; empty when they agree."""
    with database.engine.connect() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": True})
        found: list[object] = compare_metadata(context, Base.metadata)
    return found


def head() -> str:
    made = Config()
    made.set_main_option("script_location", str(FOLDER))
    return ScriptDirectory.from_config(made).get_current_head() or ""


def is_current(connection: Connection) -> bool:
    return MigrationContext.configure(connection).get_current_revision() == head()
