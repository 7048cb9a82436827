"""Lasting: the worker's heartbeat, the list of erasures, and room to re-seal the reasons in the history.

Revision ID: 0010
Revises: 0009
"""

import sqlalchemy as sa
from alembic import op

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None

MOVES = "dossier_moves"
# The history stays as it was; only the sealed words may be sealed anew (a new key) or emptied (an erasure).
MAY_CHANGE = "reason_sealed"


def _forbid(columns: str) -> None:
    if op.get_bind().dialect.name == "sqlite":
        op.execute(f"DROP TRIGGER {MOVES}_no_update")
        op.execute(
            f"CREATE TRIGGER {MOVES}_no_update BEFORE UPDATE{columns} ON {MOVES} "
            f"BEGIN SELECT RAISE(ABORT, '{MOVES} is append-only'); END"
        )
        return
    op.execute(f"DROP TRIGGER {MOVES}_append_only ON {MOVES}")
    op.execute(
        f"CREATE TRIGGER {MOVES}_append_only BEFORE UPDATE{columns} OR DELETE ON {MOVES} "
        "FOR EACH ROW EXECUTE FUNCTION refuse_change()"
    )


def upgrade() -> None:
    op.create_table(
        "heartbeats",
        sa.Column("name", sa.String(length=40), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("name", name=op.f("pk_heartbeats")),
    )
    op.create_table(
        "erasures",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("person", sa.String(length=22), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("request", sa.String(length=80), nullable=False),
        sa.Column("outcomes", sa.JSON(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_erasures")),
    )
    op.create_index(op.f("ix_erasures_person"), "erasures", ["person"])
    op.create_index("ix_messages_hour", "messages", ["channel", "created_at", "state"])
    columns = [c["name"] for c in sa.inspect(op.get_bind()).get_columns(MOVES) if c["name"] != MAY_CHANGE]
    _forbid(f" OF {', '.join(columns)}")


def downgrade() -> None:
    _forbid("")
    op.drop_index("ix_messages_hour", table_name="messages")
    op.drop_index(op.f("ix_erasures_person"), table_name="erasures")
    op.drop_table("erasures")
    op.drop_table("heartbeats")
