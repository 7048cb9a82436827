"""Screens in the halls of the offices, and what was said of an office there, counted apart.

Revision ID: 0024
Revises: 0023
"""

import sqlalchemy as sa
from alembic import op

revision = "0024"
down_revision = "0023"
branch_labels = None
depends_on = None

TABLE, RATINGS, COUNTED = "kiosks", "ratings", "ix_ratings_office"
KEYS = ["office_id", "rated_at", "choice"]


def upgrade() -> None:
    op.create_table(
        TABLE,
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("office_id", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(length=60), nullable=False),
        sa.Column("token_digest", sa.String(length=64), nullable=False),
        sa.Column("set_up_by", sa.Integer(), nullable=False),
        sa.Column("set_up_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("seen_on", sa.Date(), nullable=False),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("public_id", sa.String(length=22), nullable=False),
        sa.ForeignKeyConstraint(["office_id"], ["offices.id"], name=op.f("fk_kiosks_office_id_offices")),
        sa.ForeignKeyConstraint(["set_up_by"], ["accounts.id"], name=op.f("fk_kiosks_set_up_by_accounts")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_kiosks")),
        sa.UniqueConstraint("public_id", name=op.f("uq_kiosks_public_id")),
        sa.UniqueConstraint("token_digest", name=op.f("uq_kiosks_token_digest")),
    )
    op.create_index("ix_kiosks_office_id", TABLE, ["office_id", "ended_at"])
    op.create_index(op.f("ix_kiosks_set_up_by"), TABLE, ["set_up_by"])
    op.add_column(RATINGS, sa.Column("at_kiosk", sa.Boolean(), nullable=False, server_default=sa.false()))
    op.drop_index(COUNTED, table_name=RATINGS)
    op.create_index(COUNTED, RATINGS, [*KEYS, "at_kiosk"])


def downgrade() -> None:
    op.drop_index(COUNTED, table_name=RATINGS)
    op.create_index(COUNTED, RATINGS, KEYS)
    op.drop_column(RATINGS, "at_kiosk")
    op.drop_table(TABLE)
