"""What gives power over others waits for a second administrator.

Revision ID: 0022
Revises: 0021
"""

import sqlalchemy as sa
from alembic import op

revision = "0022"
down_revision = "0021"
branch_labels = None
depends_on = None

TABLE, ASKED = "approvals", "ix_approvals_asked_by"


def upgrade() -> None:
    op.create_table(
        TABLE,
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("asked_by", sa.Integer(), nullable=False),
        sa.Column("asked_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("target", sa.String(length=120), nullable=False),
        sa.Column("fields", sa.JSON(), nullable=False),
        sa.Column("digest", sa.String(length=64), nullable=False),
        sa.Column("title", sa.String(length=120), nullable=False),
        sa.Column("said", sa.JSON(), nullable=False),
        sa.Column("agreed", sa.Boolean(), nullable=True),
        sa.Column("decided_by", sa.Integer(), nullable=True),
        sa.Column("decided_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("used_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("public_id", sa.String(length=22), nullable=False),
        sa.CheckConstraint(
            "agreed IS NOT TRUE OR (decided_by IS NOT NULL AND decided_by <> asked_by)",
            name=op.f("ck_approvals_two_people"),
        ),
        sa.CheckConstraint("used_at IS NULL OR agreed IS TRUE", name=op.f("ck_approvals_used")),
        sa.ForeignKeyConstraint(["asked_by"], ["accounts.id"], name=op.f("fk_approvals_asked_by_accounts")),
        sa.ForeignKeyConstraint(["decided_by"], ["accounts.id"], name=op.f("fk_approvals_decided_by_accounts")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_approvals")),
        sa.UniqueConstraint("public_id", name=op.f("uq_approvals_public_id")),
    )
    op.create_index(ASKED, TABLE, ["asked_by", "digest", "id"])
    op.create_index(op.f("ix_approvals_asked_at"), TABLE, ["asked_at"])


def downgrade() -> None:
    op.drop_index(op.f("ix_approvals_asked_at"), table_name=TABLE)
    op.drop_index(ASKED, table_name=TABLE)
    op.drop_table(TABLE)
