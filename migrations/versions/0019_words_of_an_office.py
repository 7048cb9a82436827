"""What grew with the dossiers: the figures and filters of the desk, the register, and a name typed at the counter.

Two indexes go that no page reads by. Names: the words of whoever a dossier is about stand beside the office it was sent
to, as the same keyed digests by which people are found, only shorter.

Revision ID: 0019
Revises: 0018
"""

import sqlalchemy as sa
from alembic import op

revision = "0019"
down_revision = "0018"
branch_labels = None
depends_on = None

DOSSIERS, QUEUE, WORDS = "dossiers", "ix_dossiers_queue", "dossier_words"
ORDER = ["office_id", "queue", "act_by", "public_id"]


def upgrade() -> None:
    op.drop_index("ix_dossiers_worklist", table_name=DOSSIERS)
    op.drop_index("ix_dossiers_office_submitted", table_name=DOSSIERS)
    op.drop_index(QUEUE, table_name=DOSSIERS)
    op.create_index(QUEUE, DOSSIERS, [*ORDER, "state", "procedure_code", "revision_id"])
    op.create_index("ix_dossiers_taken_on", DOSSIERS, ["office_id", "received_at", "id"])
    op.create_table(
        WORDS,
        sa.Column("office_id", sa.Integer(), nullable=False),
        sa.Column("word", sa.String(length=16), nullable=False),
        sa.Column("dossier_id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["office_id"], ["offices.id"], name=op.f("fk_dossier_words_office_id_offices")),
        sa.PrimaryKeyConstraint("office_id", "word", "dossier_id", name=op.f("pk_dossier_words")),
        sqlite_with_rowid=False,
    )
    op.execute(
        "INSERT INTO dossier_words (office_id, word, dossier_id)"
        " SELECT d.office_id, substr(t.token, 1, 16), d.id FROM dossiers d"
        " JOIN person_tokens t ON t.person_id = d.person_id WHERE d.state <> 'draft'"
        " ORDER BY 1, 2, 3"
    )


def downgrade() -> None:
    op.drop_table(WORDS)
    op.drop_index("ix_dossiers_taken_on", table_name=DOSSIERS)
    op.drop_index(QUEUE, table_name=DOSSIERS)
    op.create_index(QUEUE, DOSSIERS, ORDER)
    op.create_index("ix_dossiers_office_submitted", DOSSIERS, ["office_id", "submitted_at", "id"])
    op.create_index("ix_dossiers_worklist", DOSSIERS, ["office_id", "state", "due_at", "id"])
