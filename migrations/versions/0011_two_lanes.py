"""Two lanes in the outbox: one-time codes go by one of their own.

Revision ID: 0011
Revises: 0010
"""

import sqlalchemy as sa
from alembic import op

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None

TABLE, INDEX = "outbox_deliveries", "ix_outbox_deliveries_due"
DUE = ["done_at", "dead_at", "due_at"]


def upgrade() -> None:
    op.drop_index(INDEX, table_name=TABLE)
    # What waits at this moment goes by the plain lane, codes too: it is empty again after a few seconds.
    op.add_column(TABLE, sa.Column("lane", sa.SmallInteger(), nullable=False, server_default="1"))
    op.create_index(INDEX, TABLE, ["lane", *DUE])


def downgrade() -> None:
    op.drop_index(INDEX, table_name=TABLE)
    op.drop_column(TABLE, "lane")
    op.create_index(INDEX, TABLE, DUE)
