"""Keep on the server what an administrator looks at before it is published: no page has to carry it.

Revision ID: 0016
Revises: 0015
"""

import sqlalchemy as sa
from alembic import op

revision = "0016"
down_revision = "0015"
branch_labels = None
depends_on = None

TABLE, OWNER = "procedure_proposals", "ix_procedure_proposals_owner"


def upgrade() -> None:
    op.create_table(
        TABLE,
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("procedure_id", sa.Integer(), nullable=False),
        sa.Column("account", sa.String(length=22), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("content", sa.JSON(), nullable=False),
        sa.Column("valid_from", sa.Date(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("public_id", sa.String(length=22), nullable=False),
        sa.ForeignKeyConstraint(
            ["procedure_id"], ["procedures.id"], name=op.f("fk_procedure_proposals_procedure_id_procedures")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_procedure_proposals")),
        sa.UniqueConstraint("public_id", name=op.f("uq_procedure_proposals_public_id")),
    )
    op.create_index(OWNER, TABLE, ["procedure_id", "account", "id"])
    op.create_index(op.f("ix_procedure_proposals_created_at"), TABLE, ["created_at"])


def downgrade() -> None:
    op.drop_index(op.f("ix_procedure_proposals_created_at"), table_name=TABLE)
    op.drop_index(OWNER, table_name=TABLE)
    op.drop_table(TABLE)
