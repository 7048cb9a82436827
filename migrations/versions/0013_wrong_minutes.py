"""Wrong codes of the whole installation, by the minute.

Revision ID: 0013
Revises: 0012
"""

import sqlalchemy as sa
from alembic import op

revision = "0013"
down_revision = "0012"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "wrong_minutes",
        sa.Column("minute", sa.DateTime(timezone=True), nullable=False),
        sa.Column("wrong", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("minute", name=op.f("pk_wrong_minutes")),
    )


def downgrade() -> None:
    op.drop_table("wrong_minutes")
