"""National identity.

Revision ID: 0003
Revises: 0002
"""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Electronic identities, ways to the issuer that are under way, joins of accounts."""
    op.create_table(
        "national_identities",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("issuer", sa.String(length=200), nullable=False),
        sa.Column("subject_index", sa.String(length=64), nullable=False),
        sa.Column("level", sa.Integer(), nullable=False),
        sa.Column("claims_sealed", sa.LargeBinary(), nullable=False),
        sa.Column("linked_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("used_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("unlinked_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("public_id", sa.String(length=22), nullable=False),
        sa.ForeignKeyConstraint(["person_id"], ["people.id"], name=op.f("fk_national_identities_person_id_people")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_national_identities")),
        sa.UniqueConstraint("issuer", "subject_index", name=op.f("uq_national_identities_issuer_subject_index")),
        sa.UniqueConstraint("public_id", name=op.f("uq_national_identities_public_id")),
    )
    op.create_index(op.f("ix_national_identities_person_id"), "national_identities", ["person_id"])
    op.create_table(
        "oidc_attempts",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("state_digest", sa.String(length=64), nullable=False),
        sa.Column("browser_digest", sa.String(length=64), nullable=False),
        sa.Column("purpose", sa.String(length=8), nullable=False),
        sa.Column("account_id", sa.Integer(), nullable=True),
        sa.Column("target", sa.String(length=500), nullable=False),
        sa.Column("secrets_sealed", sa.LargeBinary(), nullable=True),
        sa.Column("claims_sealed", sa.LargeBinary(), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("used_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("done_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("public_id", sa.String(length=22), nullable=False),
        sa.ForeignKeyConstraint(["account_id"], ["accounts.id"], name=op.f("fk_oidc_attempts_account_id_accounts")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_oidc_attempts")),
        sa.UniqueConstraint("public_id", name=op.f("uq_oidc_attempts_public_id")),
        sa.UniqueConstraint("state_digest", name=op.f("uq_oidc_attempts_state_digest")),
    )
    op.create_index(op.f("ix_oidc_attempts_expires_at"), "oidc_attempts", ["expires_at"])
    op.create_table(
        "account_joins",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("kept_id", sa.Integer(), nullable=False),
        sa.Column("gone_id", sa.Integer(), nullable=False),
        sa.Column("by", sa.String(length=22), nullable=False),
        sa.Column("joined_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("public_id", sa.String(length=22), nullable=False),
        sa.ForeignKeyConstraint(["gone_id"], ["people.id"], name=op.f("fk_account_joins_gone_id_people")),
        sa.ForeignKeyConstraint(["kept_id"], ["people.id"], name=op.f("fk_account_joins_kept_id_people")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_account_joins")),
        sa.UniqueConstraint("gone_id", name=op.f("uq_account_joins_gone_id")),
        sa.UniqueConstraint("public_id", name=op.f("uq_account_joins_public_id")),
    )
    op.create_index(op.f("ix_account_joins_kept_id"), "account_joins", ["kept_id"])


def downgrade() -> None:
    """Without these tables everybody comes in by phone again; joined accounts stay joined."""
    op.drop_table("account_joins")
    op.drop_table("oidc_attempts")
    op.drop_table("national_identities")
