"""The officer's word for a paper stands in the request for what is missing; the column for it was never written.

Revision ID: 0017
Revises: 0016
"""

import sqlalchemy as sa
from alembic import op

revision = "0017"
down_revision = "0016"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.drop_column("dossier_documents", "check")


def downgrade() -> None:
    op.add_column("dossier_documents", sa.Column("check", sa.String(length=12), nullable=True))
