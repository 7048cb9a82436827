"""The public figures: each fact of a dossier counted once, the sums that the boards read, how long things take.

Empty until `flask board recompute` has counted what happened before; from then on the worker counts.

Revision ID: 0020
Revises: 0019
"""

import sqlalchemy as sa
from alembic import op

revision = "0020"
down_revision = "0019"
branch_labels = None
depends_on = None

COUNTERS = (
    "online", "assisted", "at_counter", "elsewhere", "on_time", "late", "untimed", "declined", "stopped", "withdrawn",
    "papers", "reused",
)  # fmt: skip


def upgrade() -> None:
    op.create_table(
        "counted_facts",
        sa.Column("dossier_id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("fact", sa.String(length=5), nullable=False),
        sa.Column("office_id", sa.Integer(), nullable=False),
        sa.Column("procedure_code", sa.String(length=20), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("what", sa.String(length=10), nullable=False),
        sa.Column("papers", sa.SmallInteger(), nullable=False),
        sa.Column("reused", sa.SmallInteger(), nullable=False),
        sa.ForeignKeyConstraint(["office_id"], ["offices.id"], name=op.f("fk_counted_facts_office_id_offices")),
        sa.PrimaryKeyConstraint("dossier_id", "fact", name=op.f("pk_counted_facts")),
        sqlite_with_rowid=False,
    )
    op.create_index(
        "ix_counted_facts_office", "counted_facts", ["office_id", "day", "procedure_code", "what", "papers", "reused"]
    )
    op.create_table(
        "unit_standings",
        sa.Column("office_id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("span", sa.String(length=5), nullable=False),
        sa.Column("starts_on", sa.Date(), nullable=False),
        sa.Column("procedure_code", sa.String(length=20), nullable=False),
        *(sa.Column(name, sa.Integer(), nullable=False) for name in COUNTERS),
        sa.ForeignKeyConstraint(["office_id"], ["offices.id"], name=op.f("fk_unit_standings_office_id_offices")),
        sa.PrimaryKeyConstraint("office_id", "span", "starts_on", "procedure_code", name=op.f("pk_unit_standings")),
        sqlite_with_rowid=False,
    )
    op.create_index("ix_unit_standings_all", "unit_standings", ["procedure_code", "span", "starts_on"])
    op.create_table(
        "work_times",
        sa.Column("dossier_id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("office_id", sa.Integer(), nullable=False),
        sa.Column("procedure_code", sa.String(length=20), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("minutes", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["office_id"], ["offices.id"], name=op.f("fk_work_times_office_id_offices")),
        sa.PrimaryKeyConstraint("dossier_id", name=op.f("pk_work_times")),
    )
    op.create_index(op.f("ix_work_times_day"), "work_times", ["day"])
    op.create_table(
        "usual_times",
        sa.Column("procedure_code", sa.String(length=20), nullable=False),
        sa.Column("office_id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("dossiers", sa.Integer(), nullable=False),
        sa.Column("minutes", sa.Integer(), nullable=False),
        sa.Column("measured_on", sa.Date(), nullable=False),
        sa.PrimaryKeyConstraint("procedure_code", "office_id", name=op.f("pk_usual_times")),
        sqlite_with_rowid=False,
    )


def downgrade() -> None:
    op.drop_table("usual_times")
    op.drop_table("work_times")
    op.drop_table("unit_standings")
    op.drop_table("counted_facts")
