"""Messages know their office and why they did not arrive, for the list of those that staff look after.

Revision ID: 0015
Revises: 0014
"""

import sqlalchemy as sa
from alembic import op

revision = "0015"
down_revision = "0014"
branch_labels = None
depends_on = None

TABLE, INDEX = "messages", "ix_messages_trouble"
OPEN = sa.text("channel = 'sms' AND state IN ('created', 'failed', 'no_phone')")


def upgrade() -> None:
    op.add_column(TABLE, sa.Column("office_id", sa.Integer(), nullable=True))
    op.add_column(TABLE, sa.Column("why", sa.String(length=12), nullable=True))
    op.execute(
        "UPDATE messages SET office_id = (SELECT office_id FROM dossiers WHERE public_id = messages.dossier) "
        "WHERE dossier IS NOT NULL AND channel = 'sms'"
    )
    op.create_index(INDEX, TABLE, ["office_id", "id"], sqlite_where=OPEN, postgresql_where=OPEN)


def downgrade() -> None:
    op.drop_index(INDEX, table_name=TABLE)
    op.drop_column(TABLE, "why")
    op.drop_column(TABLE, "office_id")
