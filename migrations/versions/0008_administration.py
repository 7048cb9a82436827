"""Administration.

Phones that are a contact only or were replaced, holds after a change, recovery by two people at a counter, how often
phone and person do not fit; for staff: invitations and recovery codes.

Revision ID: 0008
Revises: 0007
"""

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None

WHEN = sa.DateTime(timezone=True)


def upgrade() -> None:
    op.add_column("accounts", sa.Column("held_why", sa.String(16), nullable=True))
    op.add_column("accounts", sa.Column("held_until", WHEN, nullable=True))
    op.add_column("phones", sa.Column("relation", sa.String(12), nullable=True))
    op.add_column("phones", sa.Column("contact_only", sa.Boolean(), server_default=sa.false(), nullable=False))
    op.add_column("phones", sa.Column("replaced_at", WHEN, nullable=True))
    op.create_table(
        "phone_changes",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("account_id", sa.Integer(), nullable=False),
        sa.Column("old_phone_id", sa.Integer(), nullable=False),
        sa.Column("new_phone_id", sa.Integer(), nullable=False),
        sa.Column("way", sa.String(10), nullable=False),
        sa.Column("stop_digest", sa.String(64), nullable=True),
        sa.Column("stop_code_sealed", sa.LargeBinary(), nullable=True),
        sa.Column("made_at", WHEN, nullable=False),
        sa.Column("held_until", WHEN, nullable=False),
        sa.Column("stopped_at", WHEN, nullable=True),
        sa.Column("public_id", sa.String(22), nullable=False),
        sa.ForeignKeyConstraint(["account_id"], ["accounts.id"], name=op.f("fk_phone_changes_account_id_accounts")),
        sa.ForeignKeyConstraint(["old_phone_id"], ["phones.id"], name=op.f("fk_phone_changes_old_phone_id_phones")),
        sa.ForeignKeyConstraint(["new_phone_id"], ["phones.id"], name=op.f("fk_phone_changes_new_phone_id_phones")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_phone_changes")),
        sa.UniqueConstraint("public_id", name=op.f("uq_phone_changes_public_id")),
        sa.UniqueConstraint("stop_digest", name=op.f("uq_phone_changes_stop_digest")),
    )
    op.create_index(op.f("ix_phone_changes_account_id"), "phone_changes", ["account_id"])
    op.create_table(
        "recoveries",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("office_id", sa.Integer(), nullable=False),
        sa.Column("opened_by", sa.Integer(), nullable=False),
        sa.Column("reason", sa.String(16), nullable=False),
        sa.Column("number_sealed", sa.LargeBinary(), nullable=False),
        sa.Column("owner", sa.String(10), nullable=False),
        sa.Column("challenge", sa.String(22), nullable=True),
        sa.Column("state", sa.String(10), nullable=False),
        sa.Column("opened_at", WHEN, nullable=False),
        sa.Column("proved_at", WHEN, nullable=True),
        sa.Column("decided_by", sa.Integer(), nullable=True),
        sa.Column("decided_at", WHEN, nullable=True),
        sa.Column("public_id", sa.String(22), nullable=False),
        sa.CheckConstraint("decided_by IS NULL OR decided_by <> opened_by", name=op.f("ck_recoveries_two_people")),
        sa.CheckConstraint(
            "state <> 'approved' OR (decided_by IS NOT NULL AND proved_at IS NOT NULL)",
            name=op.f("ck_recoveries_approved"),
        ),
        sa.ForeignKeyConstraint(["person_id"], ["people.id"], name=op.f("fk_recoveries_person_id_people")),
        sa.ForeignKeyConstraint(["office_id"], ["offices.id"], name=op.f("fk_recoveries_office_id_offices")),
        sa.ForeignKeyConstraint(["opened_by"], ["accounts.id"], name=op.f("fk_recoveries_opened_by_accounts")),
        sa.ForeignKeyConstraint(["decided_by"], ["accounts.id"], name=op.f("fk_recoveries_decided_by_accounts")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_recoveries")),
        sa.UniqueConstraint("public_id", name=op.f("uq_recoveries_public_id")),
    )
    op.create_index("ix_recoveries_office_id", "recoveries", ["office_id", "state", "id"])
    op.create_table(
        "phone_mismatches",
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("cause", sa.String(16), nullable=False),
        sa.Column("way", sa.String(10), nullable=False),
        sa.Column("times", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("day", "cause", "way", name=op.f("pk_phone_mismatches")),
    )
    _staff()


def _staff() -> None:
    op.create_table(
        "staff_invitations",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("account_id", sa.Integer(), nullable=False),
        sa.Column("token_digest", sa.String(64), nullable=False),
        sa.Column("kind", sa.String(10), nullable=False),
        sa.Column("secret_sealed", sa.LargeBinary(), nullable=False),
        sa.Column("made_by", sa.Integer(), nullable=True),
        sa.Column("made_at", WHEN, nullable=False),
        sa.Column("expires_at", WHEN, nullable=False),
        sa.Column("used_at", WHEN, nullable=True),
        sa.Column("public_id", sa.String(22), nullable=False),
        sa.ForeignKeyConstraint(
            ["account_id"], ["accounts.id"], name=op.f("fk_staff_invitations_account_id_accounts")
        ),
        sa.ForeignKeyConstraint(["made_by"], ["accounts.id"], name=op.f("fk_staff_invitations_made_by_accounts")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_staff_invitations")),
        sa.UniqueConstraint("public_id", name=op.f("uq_staff_invitations_public_id")),
        sa.UniqueConstraint("token_digest", name=op.f("uq_staff_invitations_token_digest")),
    )
    op.create_index(op.f("ix_staff_invitations_account_id"), "staff_invitations", ["account_id"])
    op.create_table(
        "recovery_codes",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("account_id", sa.Integer(), nullable=False),
        sa.Column("digest", sa.String(64), nullable=False),
        sa.Column("made_at", WHEN, nullable=False),
        sa.Column("used_at", WHEN, nullable=True),
        sa.ForeignKeyConstraint(["account_id"], ["accounts.id"], name=op.f("fk_recovery_codes_account_id_accounts")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_recovery_codes")),
        sa.UniqueConstraint("digest", name=op.f("uq_recovery_codes_digest")),
    )
    op.create_index(op.f("ix_recovery_codes_account_id"), "recovery_codes", ["account_id"])


def downgrade() -> None:
    for table in ("recovery_codes", "staff_invitations", "phone_mismatches", "recoveries", "phone_changes"):
        op.drop_table(table)
    for table, column in (
        ("phones", "replaced_at"),
        ("phones", "contact_only"),
        ("phones", "relation"),
        ("accounts", "held_until"),
        ("accounts", "held_why"),
    ):
        op.drop_column(table, column)
