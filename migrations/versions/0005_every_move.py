"""Every move: papers that were issued, money, drafts to look through.

Revision ID: 0005
Revises: 0004
"""

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None

STAMP = sa.DateTime(timezone=True)
OPEN = sa.text("closed_at IS NULL")


def fk(table: str, column: str, target: str) -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint([column], [f"{target}.id"], name=op.f(f"fk_{table}_{column}_{target}"))


def upgrade() -> None:
    op.add_column("supplement_requests", sa.Column("closed_at", STAMP, nullable=True))
    _papers()
    _money()
    op.create_table(
        "draft_checks",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("dossier_id", sa.Integer(), nullable=False),
        sa.Column("sent_at", STAMP, nullable=False),
        sa.Column("sent_by", sa.Integer(), nullable=False),
        sa.Column("until", STAMP, nullable=False),
        sa.Column("text_sealed", sa.LargeBinary(), nullable=False),
        sa.Column("file_id", sa.Integer(), nullable=True),
        sa.Column("answered_at", STAMP, nullable=True),
        sa.Column("agreed", sa.Boolean(), nullable=True),
        sa.Column("words_sealed", sa.LargeBinary(), nullable=True),
        sa.Column("closed_at", STAMP, nullable=True),
        sa.Column("public_id", sa.String(length=22), nullable=False),
        fk("draft_checks", "dossier_id", "dossiers"),
        fk("draft_checks", "file_id", "stored_files"),
        fk("draft_checks", "sent_by", "accounts"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_draft_checks")),
        sa.UniqueConstraint("public_id", name=op.f("uq_draft_checks_public_id")),
    )
    op.create_index(op.f("ix_draft_checks_dossier_id"), "draft_checks", ["dossier_id"])


def _papers() -> None:
    op.create_table(
        "issued_papers",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("dossier_id", sa.Integer(), nullable=False),
        sa.Column("office_id", sa.Integer(), nullable=False),
        sa.Column("form", sa.String(length=2), nullable=False),
        sa.Column("year", sa.Integer(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("issued_at", STAMP, nullable=False),
        sa.Column("issued_by", sa.Integer(), nullable=False),
        sa.Column("issuer_name", sa.String(length=120), nullable=False),
        sa.Column("body_sealed", sa.LargeBinary(), nullable=False),
        sa.Column("public_id", sa.String(length=22), nullable=False),
        fk("issued_papers", "dossier_id", "dossiers"),
        fk("issued_papers", "issued_by", "accounts"),
        fk("issued_papers", "office_id", "offices"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_issued_papers")),
        sa.UniqueConstraint("office_id", "form", "year", "number", name=op.f("uq_issued_papers_office_id_form_year_number")),
        sa.UniqueConstraint("public_id", name=op.f("uq_issued_papers_public_id")),
    )
    op.create_index("ix_issued_papers_dossier", "issued_papers", ["dossier_id", "form", "id"])
    op.create_table(
        "paper_numbers",
        sa.Column("office_id", sa.Integer(), nullable=False),
        sa.Column("form", sa.String(length=2), nullable=False),
        sa.Column("year", sa.Integer(), nullable=False, autoincrement=False),
        sa.Column("last", sa.Integer(), server_default=sa.text("0"), nullable=False),
        fk("paper_numbers", "office_id", "offices"),
        sa.PrimaryKeyConstraint("office_id", "form", "year", name=op.f("pk_paper_numbers")),
    )


def _money() -> None:
    op.create_table(
        "payment_requests",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("dossier", sa.String(length=22), nullable=False),
        sa.Column("office_id", sa.Integer(), nullable=False),
        sa.Column("amount", sa.BigInteger(), nullable=False),
        sa.Column("what_for_sealed", sa.LargeBinary(), nullable=False),
        sa.Column("reason_sealed", sa.LargeBinary(), nullable=False),
        sa.Column("asked_at", STAMP, nullable=False),
        sa.Column("asked_by", sa.Integer(), nullable=False),
        sa.Column("closed_at", STAMP, nullable=True),
        sa.Column("public_id", sa.String(length=22), nullable=False),
        sa.CheckConstraint("amount > 0", name=op.f("ck_payment_requests_amount")),
        fk("payment_requests", "asked_by", "accounts"),
        fk("payment_requests", "office_id", "offices"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_payment_requests")),
        sa.UniqueConstraint("public_id", name=op.f("uq_payment_requests_public_id")),
    )
    op.create_index("ix_payment_requests_dossier", "payment_requests", ["dossier"])
    op.create_index(
        "uq_payment_requests_open", "payment_requests", ["dossier"], unique=True, sqlite_where=OPEN, postgresql_where=OPEN
    )
    op.create_table(
        "payments",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("request_id", sa.Integer(), nullable=False),
        sa.Column("office_id", sa.Integer(), nullable=False),
        sa.Column("amount", sa.BigInteger(), nullable=False),
        sa.Column("method", sa.String(length=12), nullable=False),
        sa.Column("receipt_number", sa.String(length=40), nullable=False),
        sa.Column("recorded_at", STAMP, nullable=False),
        sa.Column("recorded_by", sa.Integer(), nullable=False),
        sa.Column("public_id", sa.String(length=22), nullable=False),
        fk("payments", "office_id", "offices"),
        fk("payments", "recorded_by", "accounts"),
        fk("payments", "request_id", "payment_requests"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_payments")),
        sa.UniqueConstraint("office_id", "receipt_number", name=op.f("uq_payments_office_id_receipt_number")),
        sa.UniqueConstraint("public_id", name=op.f("uq_payments_public_id")),
        sa.UniqueConstraint("request_id", name=op.f("uq_payments_request_id")),
    )


def downgrade() -> None:
    for table in ("payments", "payment_requests", "paper_numbers", "issued_papers", "draft_checks"):
        op.drop_table(table)
    op.drop_column("supplement_requests", "closed_at")
