"""Sturdier accounts.

Known devices, wrong codes by phone and device, breakers, forms kept over a log-out; counters with one row a key.
The old counters are not carried over: they lived for an hour or a day.

Revision ID: 0002
Revises: 0001
"""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None

WHEN = sa.DateTime(timezone=True)


def upgrade() -> None:
    op.add_column("accounts", sa.Column("guarded_at", WHEN, nullable=True))
    op.add_column("login_sessions", sa.Column("known_device", sa.String(22), nullable=True))
    op.add_column("login_sessions", sa.Column("seen_at", WHEN, nullable=True))
    op.add_column("login_sessions", sa.Column("fresh_at", WHEN, nullable=True))
    op.add_column("login_sessions", sa.Column("ended_why", sa.String(12), nullable=True))
    op.create_index(op.f("ix_code_challenges_created_at"), "code_challenges", ["created_at"])
    op.create_table(
        "known_devices",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("account_id", sa.Integer(), nullable=False),
        sa.Column("token_digest", sa.String(64), nullable=False),
        sa.Column("name", sa.String(120), nullable=False),
        sa.Column("alarm_digest", sa.String(64), nullable=True),
        sa.Column("created_at", WHEN, nullable=False),
        sa.Column("seen_at", WHEN, nullable=False),
        sa.Column("forgotten_at", WHEN, nullable=True),
        sa.Column("public_id", sa.String(22), nullable=False),
        sa.ForeignKeyConstraint(["account_id"], ["accounts.id"], name=op.f("fk_known_devices_account_id_accounts")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_known_devices")),
        sa.UniqueConstraint("public_id", name=op.f("uq_known_devices_public_id")),
        sa.UniqueConstraint("account_id", "token_digest", name=op.f("uq_known_devices_account_id_token_digest")),
        sa.UniqueConstraint("alarm_digest", name=op.f("uq_known_devices_alarm_digest")),
    )
    op.create_index("ix_known_devices_token_digest", "known_devices", ["token_digest"])
    op.create_table(
        "wrong_codes",
        sa.Column("key", sa.String(64), nullable=False),
        sa.Column("in_hour", sa.Integer(), nullable=False),
        sa.Column("hour_began_at", WHEN, nullable=False),
        sa.Column("in_a_row", sa.Integer(), nullable=False),
        sa.Column("locks", sa.Integer(), nullable=False),
        sa.Column("locked_until", WHEN, nullable=True),
        sa.Column("changed_at", WHEN, nullable=False),
        sa.PrimaryKeyConstraint("key", name=op.f("pk_wrong_codes")),
    )
    op.create_index(op.f("ix_wrong_codes_changed_at"), "wrong_codes", ["changed_at"])
    op.create_table(
        "breakers",
        sa.Column("name", sa.String(30), nullable=False),
        sa.Column("opened_at", WHEN, nullable=False),
        sa.Column("open_until", WHEN, nullable=False),
        sa.Column("times", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("name", name=op.f("pk_breakers")),
    )
    op.create_table(
        "kept_forms",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("account_id", sa.Integer(), nullable=False),
        sa.Column("target", sa.String(500), nullable=False),
        sa.Column("fields_sealed", sa.LargeBinary(), nullable=False),
        sa.Column("created_at", WHEN, nullable=False),
        sa.Column("expires_at", WHEN, nullable=False),
        sa.Column("public_id", sa.String(22), nullable=False),
        sa.ForeignKeyConstraint(["account_id"], ["accounts.id"], name=op.f("fk_kept_forms_account_id_accounts")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_kept_forms")),
        sa.UniqueConstraint("public_id", name=op.f("uq_kept_forms_public_id")),
    )
    op.create_index(op.f("ix_kept_forms_account_id"), "kept_forms", ["account_id"])
    op.create_index(op.f("ix_kept_forms_expires_at"), "kept_forms", ["expires_at"])
    op.drop_index("ix_throttle_counters_expires_at", table_name="throttle_counters")
    op.drop_table("throttle_counters")
    op.create_table(
        "rate_windows",
        sa.Column("key", sa.String(64), nullable=False),
        sa.Column("began_at", WHEN, nullable=False),
        sa.Column("hits", sa.Integer(), nullable=False),
        sa.Column("expires_at", WHEN, nullable=False),
        sa.PrimaryKeyConstraint("key", name=op.f("pk_rate_windows")),
    )
    op.create_index(op.f("ix_rate_windows_expires_at"), "rate_windows", ["expires_at"])


def downgrade() -> None:
    op.drop_index(op.f("ix_rate_windows_expires_at"), table_name="rate_windows")
    op.drop_table("rate_windows")
    op.create_table(
        "throttle_counters",
        sa.Column("key", sa.String(64), nullable=False),
        sa.Column("window_start", WHEN, nullable=False),
        sa.Column("hits", sa.Integer(), nullable=False),
        sa.Column("expires_at", WHEN, nullable=False),
        sa.PrimaryKeyConstraint("key", "window_start", name=op.f("pk_throttle_counters")),
    )
    op.create_index(op.f("ix_throttle_counters_expires_at"), "throttle_counters", ["expires_at"])
    op.drop_index(op.f("ix_kept_forms_expires_at"), table_name="kept_forms")
    op.drop_index(op.f("ix_kept_forms_account_id"), table_name="kept_forms")
    op.drop_table("kept_forms")
    op.drop_table("breakers")
    op.drop_index(op.f("ix_wrong_codes_changed_at"), table_name="wrong_codes")
    op.drop_table("wrong_codes")
    op.drop_index("ix_known_devices_token_digest", table_name="known_devices")
    op.drop_table("known_devices")
    op.drop_index(op.f("ix_code_challenges_created_at"), table_name="code_challenges")
    for column in ("ended_why", "fresh_at", "seen_at", "known_device"):
        op.drop_column("login_sessions", column)
    op.drop_column("accounts", "guarded_at")
