"""What needs a second person may be an office's: many rows of its people taken along, agreed to by number.

Revision ID: 0023
Revises: 0022
"""

import sqlalchemy as sa
from alembic import op

revision = "0023"
down_revision = "0022"
branch_labels = None
depends_on = None

TABLE, INDEX = "approvals", "ix_approvals_office_id"


def upgrade() -> None:
    op.add_column(TABLE, sa.Column("office_id", sa.Integer(), nullable=True))
    op.add_column(TABLE, sa.Column("amount", sa.Integer(), nullable=True))
    op.create_index(INDEX, TABLE, ["office_id", "id"])


def downgrade() -> None:
    # Without the column they would be the administrators' to decide.
    op.execute("DELETE FROM approvals WHERE office_id IS NOT NULL")
    op.drop_index(INDEX, table_name=TABLE)
    op.drop_column(TABLE, "amount")
    op.drop_column(TABLE, "office_id")
