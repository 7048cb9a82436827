"""Alembic's environment: the database comes from the caller (a command or a test), the tables from the models."""

from alembic import context
from sqlalchemy import Connection

from webapp.core.db import Base, Database


def run(connection: Connection) -> None:
    context.configure(
        connection=connection,
        target_metadata=Base.metadata,
        render_as_batch=True,
        compare_type=True,
        transactional_ddl=True,
    )
    with context.begin_transaction():
        context.run_migrations()


database: Database = context.config.attributes["database"]
with database.engine.begin() as connection:
    if not database.is_sqlite:
        # A migration waits briefly for its locks rather than making everybody wait behind it.
        connection.exec_driver_sql("SET LOCAL statement_timeout = '10min'")
    run(connection)
