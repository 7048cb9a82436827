"""Hours of an office change as a day of the calendar does: looked at first, then worked out.

Revision ID: 0012
Revises: 0011
"""

import sqlalchemy as sa
from alembic import op

revision = "0012"
down_revision = "0011"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("calendar_changes", sa.Column("hours", sa.JSON(), nullable=True))


def downgrade() -> None:
    op.drop_column("calendar_changes", "hours")
