"""Catalogue at size: names for lists and the search beside each procedure, switching off, reasons of revisions.

Revision ID: 0007
Revises: 0006
"""

import sqlalchemy as sa
from alembic import op

from webapp.core.db import UTCDateTime

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None

TEXTS = (("title", sa.Text()), ("title_en", sa.Text()), ("field_vi", sa.Text()), ("field_en", sa.Text()))


def upgrade() -> None:
    """`flask seed base`, which follows every upgrade, fills the new columns."""
    op.drop_index("ix_procedures_life_event", "procedures")
    for name, kind in (*TEXTS, ("levels", sa.String(40))):
        op.add_column("procedures", sa.Column(name, kind, nullable=False, server_default=""))
    op.add_column("procedures", sa.Column("online", sa.Boolean(), nullable=False, server_default=sa.false()))
    op.add_column("procedures", sa.Column("origin", sa.String(8), nullable=False, server_default="form"))
    op.add_column("procedures", sa.Column("loaded_hash", sa.String(64)))
    op.add_column("procedures", sa.Column("off_from", sa.Date()))
    op.add_column("procedures", sa.Column("off_until", sa.Date()))
    op.add_column("procedures", sa.Column("off_reason", sa.Text()))
    op.add_column("procedure_revisions", sa.Column("origin", sa.String(8), nullable=False, server_default="file"))
    op.add_column("procedure_revisions", sa.Column("reason", sa.Text()))
    op.create_index("ix_procedure_revisions_content_hash", "procedure_revisions", ["content_hash"])
    op.create_table(
        "catalogue_versions",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("stamp", sa.String(22), nullable=False),
        sa.Column("changed_at", UTCDateTime(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_catalogue_versions"),
    )


def downgrade() -> None:
    """Imported procedures have no form: the program before this revision would show them as broken ones."""
    op.execute("UPDATE procedures SET active = false WHERE origin = 'list'")
    op.drop_table("catalogue_versions")
    op.drop_index("ix_procedure_revisions_content_hash", "procedure_revisions")
    for name in ("reason", "origin"):
        op.drop_column("procedure_revisions", name)
    columns = ("off_reason", "off_until", "off_from", "loaded_hash", "origin", "online", "levels")
    for name in (*columns, *(name for name, _kind in reversed(TEXTS))):
        op.drop_column("procedures", name)
    op.create_index("ix_procedures_life_event", "procedures", ["active", "life_event", "code"])
