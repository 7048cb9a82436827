"""Checked files.

Each file says whether it may be handed out, how many pages it has and whose account sent it.

Revision ID: 0004
Revises: 0003
"""

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None


def upgrade() -> None:
    # Files from before were opened and never scanned for anything: they stay as usable as they were.
    op.add_column("stored_files", sa.Column("state", sa.String(length=12), nullable=False, server_default="usable"))
    op.add_column("stored_files", sa.Column("pages", sa.Integer(), nullable=True))
    op.add_column("stored_files", sa.Column("stored_by", sa.String(length=22), nullable=True))
    op.create_index(op.f("ix_stored_files_stored_by_created_at"), "stored_files", ["stored_by", "created_at"])
    op.create_index(op.f("ix_stored_files_state"), "stored_files", ["state", "created_at"])


def downgrade() -> None:
    op.drop_index(op.f("ix_stored_files_state"), table_name="stored_files")
    op.drop_index(op.f("ix_stored_files_stored_by_created_at"), table_name="stored_files")
    op.drop_column("stored_files", "stored_by")
    op.drop_column("stored_files", "pages")
    op.drop_column("stored_files", "state")
