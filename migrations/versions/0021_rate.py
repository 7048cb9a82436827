"""What people say of an office's work when it is over: one choice for each dossier, and a sealed sentence.

Revision ID: 0021
Revises: 0020
"""

import sqlalchemy as sa
from alembic import op

revision = "0021"
down_revision = "0020"
branch_labels = None
depends_on = None

TABLE = "ratings"
SAID = sa.text("words_sealed IS NOT NULL")


def upgrade() -> None:
    op.create_table(
        TABLE,
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("dossier_id", sa.Integer(), nullable=False),
        sa.Column("office_id", sa.Integer(), nullable=False),
        sa.Column("rated_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("choice", sa.String(length=12), nullable=False),
        sa.Column("words_sealed", sa.LargeBinary(), nullable=True),
        sa.Column("public_id", sa.String(length=22), nullable=False),
        sa.ForeignKeyConstraint(["dossier_id"], ["dossiers.id"], name=op.f("fk_ratings_dossier_id_dossiers")),
        sa.ForeignKeyConstraint(["office_id"], ["offices.id"], name=op.f("fk_ratings_office_id_offices")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_ratings")),
        sa.UniqueConstraint("dossier_id", name=op.f("uq_ratings_dossier_id")),
        sa.UniqueConstraint("public_id", name=op.f("uq_ratings_public_id")),
    )
    op.create_index("ix_ratings_office", TABLE, ["office_id", "rated_at", "choice"])
    op.create_index("ix_ratings_days", TABLE, ["rated_at", "choice"])
    keys = ["office_id", "rated_at", "id"]
    op.create_index("ix_ratings_words", TABLE, keys, sqlite_where=SAID, postgresql_where=SAID)


def downgrade() -> None:
    op.drop_table(TABLE)
