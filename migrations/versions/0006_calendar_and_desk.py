"""Calendar and desk: days of one office, years, former communes; the worklist's order; openings and visits.

Revision ID: 0006
Revises: 0005
"""

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None

WHEN = sa.DateTime(timezone=True)
BEFORE, AFTER = "('phone_code', 'card_pin')", "('phone_code', 'card_pin', 'at_counter')"


def _evidence(old: str, new: str) -> None:
    """Another list of evidence for mandates."""
    if op.get_bind().dialect.name != "sqlite":
        op.drop_constraint(op.f("ck_mandates_evidence_kind"), "mandates", type_="check")
        op.create_check_constraint(op.f("ck_mandates_evidence_kind"), "mandates", f"evidence_kind IN {new}")
        return
    # Rebuilding a table that others point at would need foreign keys off, which no transaction may do; a rule that
    # leaves the stored rows as they are is changed in the text of the schema (sqlite.org/lang_altertable.html, 7).
    connection = op.get_bind()
    version = connection.exec_driver_sql("PRAGMA schema_version").scalar_one()
    connection.exec_driver_sql("PRAGMA writable_schema=ON")
    connection.execute(
        sa.text("UPDATE sqlite_master SET sql = replace(sql, :old, :new) WHERE type = 'table' AND name = 'mandates'"),
        {"old": f"evidence_kind IN {old}", "new": f"evidence_kind IN {new}"},
    )
    connection.exec_driver_sql(f"PRAGMA schema_version={version + 1}")
    connection.exec_driver_sql("PRAGMA writable_schema=OFF")


def upgrade() -> None:
    _offices()
    _dossiers()
    _evidence(BEFORE, AFTER)
    op.create_table(
        "counter_visits",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("officer_id", sa.Integer(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("mandate_id", sa.Integer(), nullable=False),
        sa.Column("login_session_id", sa.Integer(), nullable=False),
        sa.Column("dossier_id", sa.Integer(), nullable=False),
        sa.Column("started_at", WHEN, nullable=False),
        sa.Column("expires_at", WHEN, nullable=False),
        sa.Column("ended_at", WHEN, nullable=True),
        sa.Column("public_id", sa.String(22), nullable=False),
        sa.ForeignKeyConstraint(["officer_id"], ["accounts.id"], name=op.f("fk_counter_visits_officer_id_accounts")),
        sa.ForeignKeyConstraint(["person_id"], ["people.id"], name=op.f("fk_counter_visits_person_id_people")),
        sa.ForeignKeyConstraint(["mandate_id"], ["mandates.id"], name=op.f("fk_counter_visits_mandate_id_mandates")),
        sa.ForeignKeyConstraint(
            ["login_session_id"], ["login_sessions.id"], name=op.f("fk_counter_visits_login_session_id_login_sessions")
        ),
        sa.ForeignKeyConstraint(["dossier_id"], ["dossiers.id"], name=op.f("fk_counter_visits_dossier_id_dossiers")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_counter_visits")),
        sa.UniqueConstraint("public_id", name=op.f("uq_counter_visits_public_id")),
        sa.UniqueConstraint("mandate_id", name=op.f("uq_counter_visits_mandate_id")),
    )
    is_open = sa.text("ended_at IS NULL")
    op.create_index(
        "ix_counter_visits_open",
        "counter_visits",
        ["officer_id"],
        unique=True,
        sqlite_where=is_open,
        postgresql_where=is_open,
    )


def _offices() -> None:
    op.add_column("offices", sa.Column("hours", sa.JSON(), nullable=True))
    op.add_column("offices", sa.Column("valid_to", sa.Date(), nullable=True))
    op.create_table(
        "special_days",
        sa.Column("scope", sa.String(30), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("works", sa.Boolean(), nullable=False),
        sa.Column("name", sa.String(120), nullable=False),
        sa.Column("kind", sa.String(20), nullable=False),
        sa.PrimaryKeyConstraint("scope", "day", name=op.f("pk_special_days")),
    )
    op.execute("INSERT INTO special_days SELECT '*', day, works, name, kind FROM calendar_days")
    op.drop_table("calendar_days")
    op.create_table(
        "calendar_years",
        sa.Column("year", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("status", sa.String(12), nullable=False),
        sa.PrimaryKeyConstraint("year", name=op.f("pk_calendar_years")),
    )
    op.create_table(
        "calendar_changes",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("at", WHEN, nullable=False),
        sa.Column("account_id", sa.Integer(), nullable=False),
        sa.Column("scope", sa.String(30), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("works", sa.Boolean(), nullable=True),
        sa.Column("name", sa.String(120), nullable=False),
        sa.Column("expected", sa.Integer(), nullable=False),
        sa.Column("moved", sa.Integer(), nullable=False),
        sa.Column("seen_until", sa.Integer(), nullable=False),
        sa.Column("finished_at", WHEN, nullable=True),
        sa.Column("public_id", sa.String(22), nullable=False),
        sa.ForeignKeyConstraint(["account_id"], ["accounts.id"], name=op.f("fk_calendar_changes_account_id_accounts")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_calendar_changes")),
        sa.UniqueConstraint("public_id", name=op.f("uq_calendar_changes_public_id")),
    )
    op.create_table(
        "former_communes",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("old_code", sa.String(5), nullable=False),
        sa.Column("name", sa.String(80), nullable=False),
        sa.Column("district", sa.String(80), nullable=False),
        sa.Column("province_code", sa.String(2), nullable=False),
        sa.Column("commune_code", sa.String(5), nullable=False),
        sa.Column("part", sa.Boolean(), nullable=False),
        sa.Column("folded", sa.String(170), nullable=False),
        sa.ForeignKeyConstraint(
            ["province_code"], ["provinces.code"], name=op.f("fk_former_communes_province_code_provinces")
        ),
        sa.ForeignKeyConstraint(
            ["commune_code"], ["communes.code"], name=op.f("fk_former_communes_commune_code_communes")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_former_communes")),
    )
    op.create_index("ix_former_communes_search", "former_communes", ["province_code", "folded"])
    op.create_index(op.f("ix_former_communes_commune_code"), "former_communes", ["commune_code"])


def _dossiers() -> None:
    op.add_column("dossiers", sa.Column("queue", sa.SmallInteger(), nullable=True))
    op.add_column("dossiers", sa.Column("act_by", WHEN, nullable=True))
    # What stands there already is put in order roughly; each dossier's next move does it exactly.
    op.execute(
        "UPDATE dossiers SET queue = CASE WHEN state IN ('supplement_requested', 'payment_due') THEN 1"
        " WHEN state IN ('settled', 'stopped') THEN 2 WHEN state IN ('declined', 'handed_over') THEN 3 ELSE 0 END,"
        " act_by = CASE WHEN state IN ('received', 'processing') THEN coalesce(due_at, updated_at)"
        " WHEN state = 'submitted' THEN submitted_at ELSE updated_at END WHERE state <> 'draft'"
    )
    op.create_index("ix_dossiers_queue", "dossiers", ["office_id", "queue", "act_by", "public_id"])
    op.create_table(
        "due_changes",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("dossier_id", sa.Integer(), nullable=False),
        sa.Column("at", WHEN, nullable=False),
        sa.Column("cause", sa.String(12), nullable=False),
        sa.Column("due_before", WHEN, nullable=True),
        sa.Column("due_after", WHEN, nullable=False),
        sa.Column("change_id", sa.Integer(), nullable=True),
        sa.Column("public_id", sa.String(22), nullable=False),
        sa.ForeignKeyConstraint(["dossier_id"], ["dossiers.id"], name=op.f("fk_due_changes_dossier_id_dossiers")),
        sa.ForeignKeyConstraint(
            ["change_id"], ["calendar_changes.id"], name=op.f("fk_due_changes_change_id_calendar_changes")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_due_changes")),
        sa.UniqueConstraint("public_id", name=op.f("uq_due_changes_public_id")),
    )
    op.create_index(op.f("ix_due_changes_dossier_id"), "due_changes", ["dossier_id", "id"])
    op.create_table(
        "dossier_openings",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("dossier_id", sa.Integer(), nullable=False),
        sa.Column("account_id", sa.Integer(), nullable=False),
        sa.Column("at", WHEN, nullable=False),
        sa.Column("until", WHEN, nullable=False),
        sa.Column("reason", sa.String(20), nullable=False),
        sa.Column("words_sealed", sa.LargeBinary(), nullable=True),
        sa.Column("public_id", sa.String(22), nullable=False),
        sa.ForeignKeyConstraint(["dossier_id"], ["dossiers.id"], name=op.f("fk_dossier_openings_dossier_id_dossiers")),
        sa.ForeignKeyConstraint(["account_id"], ["accounts.id"], name=op.f("fk_dossier_openings_account_id_accounts")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_dossier_openings")),
        sa.UniqueConstraint("public_id", name=op.f("uq_dossier_openings_public_id")),
    )
    op.create_index("ix_dossier_openings_dossier_id", "dossier_openings", ["dossier_id", "account_id", "at"])


def downgrade() -> None:
    op.drop_table("counter_visits")
    # The history points at these mandates and cannot be changed; of the two kinds known before, the card is the nearer.
    op.execute("UPDATE mandates SET evidence_kind = 'card_pin' WHERE evidence_kind = 'at_counter'")
    _evidence(AFTER, BEFORE)
    op.drop_table("dossier_openings")
    op.drop_table("due_changes")
    op.drop_index("ix_dossiers_queue", "dossiers")
    op.drop_column("dossiers", "act_by")
    op.drop_column("dossiers", "queue")
    op.drop_table("former_communes")
    op.drop_table("calendar_changes")
    op.drop_table("calendar_years")
    op.create_table(
        "calendar_days",
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("works", sa.Boolean(), nullable=False),
        sa.Column("name", sa.String(120), nullable=False),
        sa.Column("kind", sa.String(20), nullable=False),
        sa.PrimaryKeyConstraint("day", name=op.f("pk_calendar_days")),
    )
    op.execute("INSERT INTO calendar_days SELECT day, works, name, kind FROM special_days WHERE scope = '*'")
    op.drop_table("special_days")
    op.drop_column("offices", "valid_to")
    op.drop_column("offices", "hours")
