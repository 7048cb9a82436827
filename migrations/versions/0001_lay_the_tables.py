"""lay the tables

Revision ID: 0001
Revises: nothing
"""

import sqlalchemy as sa
from alembic import op

revision = '0001'
down_revision = None
branch_labels = None
depends_on = None


# The journal and the history are append-only for whoever writes to the database, not only for our code.
APPEND_ONLY = ("audit_entries", "dossier_moves")


def _forbid_changes() -> None:
    if op.get_bind().dialect.name == "sqlite":
        for table in APPEND_ONLY:
            for act in ("UPDATE", "DELETE"):
                op.execute(
                    f"CREATE TRIGGER {table}_no_{act.lower()} BEFORE {act} ON {table} "
                    f"BEGIN SELECT RAISE(ABORT, '{table} is append-only'); END"
                )
        return
    op.execute(
        "CREATE FUNCTION refuse_change() RETURNS trigger LANGUAGE plpgsql AS "
        "$$ BEGIN RAISE EXCEPTION '% is append-only', TG_TABLE_NAME; END $$"
    )
    for table in APPEND_ONLY:
        op.execute(
            f"CREATE TRIGGER {table}_append_only BEFORE UPDATE OR DELETE ON {table} "
            "FOR EACH ROW EXECUTE FUNCTION refuse_change()"
        )


def _allow_changes() -> None:
    if op.get_bind().dialect.name != "sqlite":
        op.execute("DROP FUNCTION refuse_change() CASCADE")


def upgrade() -> None:
    op.create_table('audit_entries',
    sa.Column('seq', sa.Integer(), nullable=False),
    sa.Column('at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('action', sa.String(length=80), nullable=False),
    sa.Column('actor', sa.String(length=22), nullable=True),
    sa.Column('role', sa.String(length=20), nullable=False),
    sa.Column('channel', sa.String(length=20), nullable=False),
    sa.Column('mandate', sa.String(length=22), nullable=True),
    sa.Column('object', sa.String(length=64), nullable=True),
    sa.Column('detail', sa.JSON(), nullable=False),
    sa.Column('previous', sa.String(length=64), nullable=False),
    sa.Column('digest', sa.String(length=64), nullable=False),
    sa.PrimaryKeyConstraint('seq', name=op.f('pk_audit_entries'))
    )
    with op.batch_alter_table('audit_entries', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_audit_entries_object'), ['object'], unique=False)

    op.create_table('audit_head',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('seq', sa.Integer(), nullable=False),
    sa.Column('digest', sa.String(length=64), nullable=False),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_audit_head'))
    )
    op.create_table('calendar_days',
    sa.Column('day', sa.Date(), nullable=False),
    sa.Column('works', sa.Boolean(), nullable=False),
    sa.Column('name', sa.String(length=120), nullable=False),
    sa.Column('kind', sa.String(length=20), nullable=False),
    sa.PrimaryKeyConstraint('day', name=op.f('pk_calendar_days'))
    )
    op.create_table('code_challenges',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('purpose', sa.String(length=20), nullable=False),
    sa.Column('phone_sealed', sa.LargeBinary(), nullable=False),
    sa.Column('phone_index', sa.String(length=64), nullable=False),
    sa.Column('code_digest', sa.String(length=64), nullable=False),
    sa.Column('code_sealed', sa.LargeBinary(), nullable=True),
    sa.Column('context', sa.JSON(), nullable=False),
    sa.Column('tries', sa.Integer(), nullable=False),
    sa.Column('created_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('expires_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('used_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('public_id', sa.String(length=22), nullable=False),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_code_challenges')),
    sa.UniqueConstraint('public_id', name=op.f('uq_code_challenges_public_id'))
    )
    with op.batch_alter_table('code_challenges', schema=None) as batch_op:
        batch_op.create_index('ix_code_challenges_phone_index', ['phone_index', 'created_at'], unique=False)

    op.create_table('demo_texts',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('message', sa.String(length=22), nullable=False),
    sa.Column('number_index', sa.String(length=64), nullable=False),
    sa.Column('number_sealed', sa.LargeBinary(), nullable=False),
    sa.Column('body_sealed', sa.LargeBinary(), nullable=False),
    sa.Column('at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('public_id', sa.String(length=22), nullable=False),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_demo_texts')),
    sa.UniqueConstraint('message', name=op.f('uq_demo_texts_message')),
    sa.UniqueConstraint('public_id', name=op.f('uq_demo_texts_public_id'))
    )
    with op.batch_alter_table('demo_texts', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_demo_texts_number_index'), ['number_index'], unique=False)

    op.create_table('idempotency_keys',
    sa.Column('scope', sa.String(length=64), nullable=False),
    sa.Column('key', sa.String(length=64), nullable=False),
    sa.Column('body_hash', sa.String(length=64), nullable=False),
    sa.Column('result', sa.String(length=200), nullable=True),
    sa.Column('created_at', sa.DateTime(timezone=True), nullable=False),
    sa.PrimaryKeyConstraint('scope', 'key', name=op.f('pk_idempotency_keys'))
    )
    op.create_table('outbox_events',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('type', sa.String(length=80), nullable=False),
    sa.Column('payload', sa.JSON(), nullable=False),
    sa.Column('created_at', sa.DateTime(timezone=True), nullable=False),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_outbox_events'))
    )
    op.create_table('people',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('full_name_sealed', sa.LargeBinary(), nullable=False),
    sa.Column('citizen_id_sealed', sa.LargeBinary(), nullable=True),
    sa.Column('citizen_id_index', sa.String(length=64), nullable=True),
    sa.Column('birth_date_sealed', sa.LargeBinary(), nullable=True),
    sa.Column('profile_sealed', sa.LargeBinary(), nullable=True),
    sa.Column('assurance', sa.String(length=12), nullable=False),
    sa.Column('created_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('public_id', sa.String(length=22), nullable=False),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_people')),
    sa.UniqueConstraint('citizen_id_index', name=op.f('uq_people_citizen_id_index')),
    sa.UniqueConstraint('public_id', name=op.f('uq_people_public_id'))
    )
    op.create_table('procedures',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('code', sa.String(length=20), nullable=False),
    sa.Column('slug', sa.String(length=80), nullable=False),
    sa.Column('level', sa.String(length=12), nullable=False),
    sa.Column('field', sa.String(length=120), nullable=False),
    sa.Column('life_event', sa.String(length=20), nullable=False),
    sa.Column('active', sa.Boolean(), nullable=False),
    sa.Column('search_text', sa.Text(), nullable=False),
    sa.Column('revision_id', sa.Integer(), nullable=True),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_procedures')),
    sa.UniqueConstraint('code', name=op.f('uq_procedures_code'))
    )
    with op.batch_alter_table('procedures', schema=None) as batch_op:
        batch_op.create_index('ix_procedures_life_event', ['active', 'life_event', 'code'], unique=False)

    op.create_table('provinces',
    sa.Column('code', sa.String(length=2), nullable=False),
    sa.Column('name', sa.String(length=80), nullable=False),
    sa.Column('short_name', sa.String(length=60), nullable=False),
    sa.PrimaryKeyConstraint('code', name=op.f('pk_provinces'))
    )
    op.create_table('stored_files',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('storage_key', sa.String(length=32), nullable=False),
    sa.Column('sha256', sa.String(length=64), nullable=False),
    sa.Column('size', sa.Integer(), nullable=False),
    sa.Column('media_type', sa.String(length=40), nullable=False),
    sa.Column('extension', sa.String(length=8), nullable=False),
    sa.Column('name_sealed', sa.LargeBinary(), nullable=True),
    sa.Column('created_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('public_id', sa.String(length=22), nullable=False),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_stored_files')),
    sa.UniqueConstraint('public_id', name=op.f('uq_stored_files_public_id')),
    sa.UniqueConstraint('storage_key', name=op.f('uq_stored_files_storage_key'))
    )
    op.create_table('throttle_counters',
    sa.Column('key', sa.String(length=64), nullable=False),
    sa.Column('window_start', sa.DateTime(timezone=True), nullable=False),
    sa.Column('hits', sa.Integer(), nullable=False),
    sa.Column('expires_at', sa.DateTime(timezone=True), nullable=False),
    sa.PrimaryKeyConstraint('key', 'window_start', name=op.f('pk_throttle_counters'))
    )
    with op.batch_alter_table('throttle_counters', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_throttle_counters_expires_at'), ['expires_at'], unique=False)

    op.create_table('communes',
    sa.Column('code', sa.String(length=5), nullable=False),
    sa.Column('province_code', sa.String(length=2), nullable=False),
    sa.Column('name', sa.String(length=80), nullable=False),
    sa.Column('kind', sa.String(length=20), nullable=False),
    sa.Column('folded', sa.String(length=80), nullable=False),
    sa.Column('valid_from', sa.Date(), nullable=False),
    sa.Column('valid_to', sa.Date(), nullable=True),
    sa.ForeignKeyConstraint(['province_code'], ['provinces.code'], name=op.f('fk_communes_province_code_provinces')),
    sa.PrimaryKeyConstraint('code', name=op.f('pk_communes'))
    )
    with op.batch_alter_table('communes', schema=None) as batch_op:
        batch_op.create_index('ix_communes_search', ['province_code', 'folded'], unique=False)

    op.create_table('messages',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('dedupe_key', sa.String(length=120), nullable=False),
    sa.Column('person_id', sa.Integer(), nullable=True),
    sa.Column('dossier', sa.String(length=22), nullable=True),
    sa.Column('kind', sa.String(length=30), nullable=False),
    sa.Column('channel', sa.String(length=8), nullable=False),
    sa.Column('to_sealed', sa.LargeBinary(), nullable=True),
    sa.Column('body_sealed', sa.LargeBinary(), nullable=False),
    sa.Column('state', sa.String(length=10), nullable=False),
    sa.Column('provider_ref', sa.String(length=60), nullable=True),
    sa.Column('created_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('sent_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('delivered_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('read_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('public_id', sa.String(length=22), nullable=False),
    sa.ForeignKeyConstraint(['person_id'], ['people.id'], name=op.f('fk_messages_person_id_people')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_messages')),
    sa.UniqueConstraint('dedupe_key', name=op.f('uq_messages_dedupe_key')),
    sa.UniqueConstraint('public_id', name=op.f('uq_messages_public_id'))
    )
    with op.batch_alter_table('messages', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_messages_dossier'), ['dossier'], unique=False)
        batch_op.create_index('ix_messages_inbox', ['person_id', 'channel', 'created_at', 'id'], unique=False)
        batch_op.create_index('ix_messages_provider_ref', ['provider_ref'], unique=False)

    op.create_table('outbox_deliveries',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('event_id', sa.Integer(), nullable=False),
    sa.Column('handler', sa.String(length=80), nullable=False),
    sa.Column('due_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('attempts', sa.Integer(), nullable=False),
    sa.Column('leased_until', sa.DateTime(timezone=True), nullable=True),
    sa.Column('lease', sa.String(length=22), nullable=True),
    sa.Column('done_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('dead_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('last_error', sa.Text(), nullable=True),
    sa.ForeignKeyConstraint(['event_id'], ['outbox_events.id'], name=op.f('fk_outbox_deliveries_event_id_outbox_events')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_outbox_deliveries')),
    sa.UniqueConstraint('event_id', 'handler', name=op.f('uq_outbox_deliveries_event_id_handler'))
    )
    with op.batch_alter_table('outbox_deliveries', schema=None) as batch_op:
        batch_op.create_index('ix_outbox_deliveries_due', ['done_at', 'dead_at', 'due_at'], unique=False)

    op.create_table('person_tokens',
    sa.Column('person_id', sa.Integer(), nullable=False),
    sa.Column('token', sa.String(length=64), nullable=False),
    sa.ForeignKeyConstraint(['person_id'], ['people.id'], name=op.f('fk_person_tokens_person_id_people'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('person_id', 'token', name=op.f('pk_person_tokens'))
    )
    with op.batch_alter_table('person_tokens', schema=None) as batch_op:
        batch_op.create_index('ix_person_tokens_token', ['token', 'person_id'], unique=False)

    op.create_table('phones',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('person_id', sa.Integer(), nullable=False),
    sa.Column('number_sealed', sa.LargeBinary(), nullable=False),
    sa.Column('number_index', sa.String(length=64), nullable=False),
    sa.Column('owner', sa.String(length=10), nullable=False),
    sa.Column('verified_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('created_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('public_id', sa.String(length=22), nullable=False),
    sa.ForeignKeyConstraint(['person_id'], ['people.id'], name=op.f('fk_phones_person_id_people')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_phones')),
    sa.UniqueConstraint('person_id', 'number_index', name=op.f('uq_phones_person_id_number_index')),
    sa.UniqueConstraint('public_id', name=op.f('uq_phones_public_id'))
    )
    with op.batch_alter_table('phones', schema=None) as batch_op:
        batch_op.create_index('ix_phones_number_index', ['number_index'], unique=False)

    op.create_table('procedure_revisions',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('procedure_id', sa.Integer(), nullable=False),
    sa.Column('number', sa.Integer(), nullable=False),
    sa.Column('content', sa.JSON(), nullable=False),
    sa.Column('content_hash', sa.String(length=64), nullable=False),
    sa.Column('valid_from', sa.Date(), nullable=False),
    sa.Column('valid_to', sa.Date(), nullable=True),
    sa.Column('loaded_at', sa.DateTime(timezone=True), nullable=False),
    sa.ForeignKeyConstraint(['procedure_id'], ['procedures.id'], name=op.f('fk_procedure_revisions_procedure_id_procedures')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_procedure_revisions')),
    sa.UniqueConstraint('procedure_id', 'number', name=op.f('uq_procedure_revisions_procedure_id_number'))
    )
    op.create_table('vault_items',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('person_id', sa.Integer(), nullable=False),
    sa.Column('result_code', sa.String(length=40), nullable=False),
    sa.Column('title_vi', sa.String(length=200), nullable=False),
    sa.Column('title_en', sa.String(length=200), nullable=False),
    sa.Column('number_sealed', sa.LargeBinary(), nullable=True),
    sa.Column('issuer', sa.String(length=120), nullable=False),
    sa.Column('issued_on', sa.Date(), nullable=False),
    sa.Column('valid_until', sa.Date(), nullable=True),
    sa.Column('file_id', sa.Integer(), nullable=False),
    sa.Column('file_sha256', sa.String(length=64), nullable=False),
    sa.Column('source_dossier', sa.String(length=22), nullable=True),
    sa.Column('source_code', sa.String(length=60), nullable=True),
    sa.Column('data_sealed', sa.LargeBinary(), nullable=True),
    sa.Column('created_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('revoked_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('public_id', sa.String(length=22), nullable=False),
    sa.ForeignKeyConstraint(['file_id'], ['stored_files.id'], name=op.f('fk_vault_items_file_id_stored_files')),
    sa.ForeignKeyConstraint(['person_id'], ['people.id'], name=op.f('fk_vault_items_person_id_people')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_vault_items')),
    sa.UniqueConstraint('public_id', name=op.f('uq_vault_items_public_id'))
    )
    with op.batch_alter_table('vault_items', schema=None) as batch_op:
        batch_op.create_index('ix_vault_items_owner', ['person_id', 'result_code', 'issued_on'], unique=False)

    op.create_table('offices',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('code', sa.String(length=30), nullable=False),
    sa.Column('name', sa.String(length=120), nullable=False),
    sa.Column('short_name', sa.String(length=60), nullable=False),
    sa.Column('level', sa.String(length=12), nullable=False),
    sa.Column('commune_code', sa.String(length=5), nullable=True),
    sa.Column('phone', sa.String(length=20), nullable=False),
    sa.Column('address', sa.String(length=200), nullable=False),
    sa.Column('active', sa.Boolean(), nullable=False),
    sa.Column('public_id', sa.String(length=22), nullable=False),
    sa.ForeignKeyConstraint(['commune_code'], ['communes.code'], name=op.f('fk_offices_commune_code_communes')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_offices')),
    sa.UniqueConstraint('code', name=op.f('uq_offices_code')),
    sa.UniqueConstraint('public_id', name=op.f('uq_offices_public_id'))
    )
    op.create_table('vault_reuses',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('item_id', sa.Integer(), nullable=False),
    sa.Column('dossier', sa.String(length=22), nullable=False),
    sa.Column('document_key', sa.String(length=60), nullable=False),
    sa.Column('consent_text', sa.String(length=20), nullable=False),
    sa.Column('consent_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('actor', sa.String(length=22), nullable=False),
    sa.Column('mandate', sa.String(length=22), nullable=True),
    sa.ForeignKeyConstraint(['item_id'], ['vault_items.id'], name=op.f('fk_vault_reuses_item_id_vault_items')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_vault_reuses')),
    sa.UniqueConstraint('item_id', 'dossier', 'document_key', name=op.f('uq_vault_reuses_item_id_dossier_document_key'))
    )
    with op.batch_alter_table('vault_reuses', schema=None) as batch_op:
        batch_op.create_index('ix_vault_reuses_dossier', ['dossier'], unique=False)

    op.create_table('accounts',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('kind', sa.String(length=10), nullable=False),
    sa.Column('person_id', sa.Integer(), nullable=True),
    sa.Column('username', sa.String(length=40), nullable=True),
    sa.Column('display_name', sa.String(length=120), nullable=True),
    sa.Column('password_hash', sa.String(length=200), nullable=True),
    sa.Column('totp_secret_sealed', sa.LargeBinary(), nullable=True),
    sa.Column('totp_last_step', sa.Integer(), nullable=True),
    sa.Column('roles', sa.JSON(), nullable=False),
    sa.Column('office_id', sa.Integer(), nullable=True),
    sa.Column('disabled_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('created_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('public_id', sa.String(length=22), nullable=False),
    sa.CheckConstraint("(kind = 'citizen' AND person_id IS NOT NULL) OR (kind = 'staff' AND username IS NOT NULL)", name=op.f('ck_accounts_kind')),
    sa.ForeignKeyConstraint(['office_id'], ['offices.id'], name=op.f('fk_accounts_office_id_offices')),
    sa.ForeignKeyConstraint(['person_id'], ['people.id'], name=op.f('fk_accounts_person_id_people')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_accounts')),
    sa.UniqueConstraint('person_id', name=op.f('uq_accounts_person_id')),
    sa.UniqueConstraint('public_id', name=op.f('uq_accounts_public_id')),
    sa.UniqueConstraint('username', name=op.f('uq_accounts_username'))
    )
    op.create_table('daily_numbers',
    sa.Column('office_id', sa.Integer(), nullable=False),
    sa.Column('day', sa.Date(), nullable=False),
    sa.Column('last', sa.Integer(), server_default=sa.text('0'), nullable=False),
    sa.ForeignKeyConstraint(['office_id'], ['offices.id'], name=op.f('fk_daily_numbers_office_id_offices')),
    sa.PrimaryKeyConstraint('office_id', 'day', name=op.f('pk_daily_numbers'))
    )
    op.create_table('access_cards',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('person_id', sa.Integer(), nullable=False),
    sa.Column('number', sa.String(length=7), nullable=False),
    sa.Column('pin_hash', sa.String(length=200), nullable=False),
    sa.Column('wrong_pins', sa.Integer(), nullable=False),
    sa.Column('locked_until', sa.DateTime(timezone=True), nullable=True),
    sa.Column('revoked_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('issued_by', sa.Integer(), nullable=True),
    sa.Column('created_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('public_id', sa.String(length=22), nullable=False),
    sa.ForeignKeyConstraint(['issued_by'], ['accounts.id'], name=op.f('fk_access_cards_issued_by_accounts')),
    sa.ForeignKeyConstraint(['person_id'], ['people.id'], name=op.f('fk_access_cards_person_id_people')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_access_cards')),
    sa.UniqueConstraint('number', name=op.f('uq_access_cards_number')),
    sa.UniqueConstraint('public_id', name=op.f('uq_access_cards_public_id'))
    )
    with op.batch_alter_table('access_cards', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_access_cards_person_id'), ['person_id'], unique=False)

    op.create_table('login_sessions',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('token_digest', sa.String(length=64), nullable=False),
    sa.Column('account_id', sa.Integer(), nullable=False),
    sa.Column('assurance', sa.String(length=12), nullable=False),
    sa.Column('device', sa.String(length=120), nullable=False),
    sa.Column('created_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('expires_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('ended_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('public_id', sa.String(length=22), nullable=False),
    sa.ForeignKeyConstraint(['account_id'], ['accounts.id'], name=op.f('fk_login_sessions_account_id_accounts')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_login_sessions')),
    sa.UniqueConstraint('public_id', name=op.f('uq_login_sessions_public_id')),
    sa.UniqueConstraint('token_digest', name=op.f('uq_login_sessions_token_digest'))
    )
    with op.batch_alter_table('login_sessions', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_login_sessions_account_id'), ['account_id'], unique=False)

    op.create_table('mandates',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('person_id', sa.Integer(), nullable=False),
    sa.Column('helper_id', sa.Integer(), nullable=False),
    sa.Column('office_id', sa.Integer(), nullable=False),
    sa.Column('evidence_kind', sa.String(length=12), nullable=False),
    sa.Column('evidence_id', sa.String(length=22), nullable=False),
    sa.Column('text_version', sa.String(length=20), nullable=False),
    sa.Column('granted_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('expires_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('ended_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('revoked_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('public_id', sa.String(length=22), nullable=False),
    sa.CheckConstraint("evidence_kind IN ('phone_code', 'card_pin')", name=op.f('ck_mandates_evidence_kind')),
    sa.CheckConstraint('expires_at > granted_at', name=op.f('ck_mandates_term')),
    sa.CheckConstraint('length(evidence_id) >= 16', name=op.f('ck_mandates_evidence')),
    sa.ForeignKeyConstraint(['helper_id'], ['accounts.id'], name=op.f('fk_mandates_helper_id_accounts')),
    sa.ForeignKeyConstraint(['office_id'], ['offices.id'], name=op.f('fk_mandates_office_id_offices')),
    sa.ForeignKeyConstraint(['person_id'], ['people.id'], name=op.f('fk_mandates_person_id_people')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_mandates')),
    sa.UniqueConstraint('evidence_id', name=op.f('uq_mandates_evidence_id')),
    sa.UniqueConstraint('public_id', name=op.f('uq_mandates_public_id'))
    )
    with op.batch_alter_table('mandates', schema=None) as batch_op:
        batch_op.create_index('ix_mandates_person_id', ['person_id', 'granted_at'], unique=False)

    op.create_table('dossiers',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('person_id', sa.Integer(), nullable=False),
    sa.Column('revision_id', sa.Integer(), nullable=False),
    sa.Column('procedure_code', sa.String(length=20), nullable=False),
    sa.Column('office_id', sa.Integer(), nullable=False),
    sa.Column('state', sa.String(length=24), nullable=False),
    sa.Column('resume_to', sa.String(length=24), nullable=True),
    sa.Column('version', sa.Integer(), nullable=False),
    sa.Column('channel', sa.String(length=12), nullable=False),
    sa.Column('started_by', sa.Integer(), nullable=False),
    sa.Column('mandate_id', sa.Integer(), nullable=True),
    sa.Column('code', sa.String(length=60), nullable=True),
    sa.Column('lookup_code', sa.String(length=7), nullable=True),
    sa.Column('qr_digest', sa.String(length=64), nullable=True),
    sa.Column('qr_token_sealed', sa.LargeBinary(), nullable=True),
    sa.Column('answers_sealed', sa.LargeBinary(), nullable=True),
    sa.Column('submitted_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('received_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('due_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('paused_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('settled_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('handed_over_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('created_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('updated_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('public_id', sa.String(length=22), nullable=False),
    sa.ForeignKeyConstraint(['mandate_id'], ['mandates.id'], name=op.f('fk_dossiers_mandate_id_mandates')),
    sa.ForeignKeyConstraint(['office_id'], ['offices.id'], name=op.f('fk_dossiers_office_id_offices')),
    sa.ForeignKeyConstraint(['person_id'], ['people.id'], name=op.f('fk_dossiers_person_id_people')),
    sa.ForeignKeyConstraint(['revision_id'], ['procedure_revisions.id'], name=op.f('fk_dossiers_revision_id_procedure_revisions')),
    sa.ForeignKeyConstraint(['started_by'], ['accounts.id'], name=op.f('fk_dossiers_started_by_accounts')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_dossiers')),
    sa.UniqueConstraint('code', name=op.f('uq_dossiers_code')),
    sa.UniqueConstraint('lookup_code', name=op.f('uq_dossiers_lookup_code')),
    sa.UniqueConstraint('public_id', name=op.f('uq_dossiers_public_id')),
    sa.UniqueConstraint('qr_digest', name=op.f('uq_dossiers_qr_digest'))
    )
    with op.batch_alter_table('dossiers', schema=None) as batch_op:
        batch_op.create_index('ix_dossiers_mine', ['person_id', 'updated_at', 'id'], unique=False)
        batch_op.create_index('ix_dossiers_office_submitted', ['office_id', 'submitted_at', 'id'], unique=False)
        batch_op.create_index('ix_dossiers_worklist', ['office_id', 'state', 'due_at', 'id'], unique=False)

    op.create_table('helper_sessions',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('helper_id', sa.Integer(), nullable=False),
    sa.Column('person_id', sa.Integer(), nullable=False),
    sa.Column('mandate_id', sa.Integer(), nullable=False),
    sa.Column('login_session_id', sa.Integer(), nullable=False),
    sa.Column('started_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('expires_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('ended_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('end_reason', sa.String(length=12), nullable=True),
    sa.Column('objected_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('note_sealed', sa.LargeBinary(), nullable=True),
    sa.Column('public_id', sa.String(length=22), nullable=False),
    sa.ForeignKeyConstraint(['helper_id'], ['accounts.id'], name=op.f('fk_helper_sessions_helper_id_accounts')),
    sa.ForeignKeyConstraint(['login_session_id'], ['login_sessions.id'], name=op.f('fk_helper_sessions_login_session_id_login_sessions')),
    sa.ForeignKeyConstraint(['mandate_id'], ['mandates.id'], name=op.f('fk_helper_sessions_mandate_id_mandates')),
    sa.ForeignKeyConstraint(['person_id'], ['people.id'], name=op.f('fk_helper_sessions_person_id_people')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_helper_sessions')),
    sa.UniqueConstraint('mandate_id', name=op.f('uq_helper_sessions_mandate_id')),
    sa.UniqueConstraint('public_id', name=op.f('uq_helper_sessions_public_id'))
    )
    with op.batch_alter_table('helper_sessions', schema=None) as batch_op:
        batch_op.create_index('ix_helper_sessions_day', ['helper_id', 'started_at'], unique=False)
        batch_op.create_index('ix_helper_sessions_person_id', ['person_id', 'started_at'], unique=False)
        batch_op.create_index('uq_helper_sessions_open', ['helper_id'], unique=True, sqlite_where=sa.text('ended_at IS NULL'), postgresql_where=sa.text('ended_at IS NULL'))

    op.create_table('dossier_documents',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('dossier_id', sa.Integer(), nullable=False),
    sa.Column('key', sa.String(length=60), nullable=False),
    sa.Column('vault_item_id', sa.Integer(), nullable=True),
    sa.Column('check', sa.String(length=12), nullable=True),
    sa.ForeignKeyConstraint(['dossier_id'], ['dossiers.id'], name=op.f('fk_dossier_documents_dossier_id_dossiers'), ondelete='CASCADE'),
    sa.ForeignKeyConstraint(['vault_item_id'], ['vault_items.id'], name=op.f('fk_dossier_documents_vault_item_id_vault_items')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_dossier_documents')),
    sa.UniqueConstraint('dossier_id', 'key', name=op.f('uq_dossier_documents_dossier_id_key'))
    )
    op.create_table('dossier_moves',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('dossier_id', sa.Integer(), nullable=False),
    sa.Column('at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('verb', sa.String(length=30), nullable=False),
    sa.Column('from_state', sa.String(length=24), nullable=False),
    sa.Column('to_state', sa.String(length=24), nullable=False),
    sa.Column('party', sa.String(length=12), nullable=False),
    sa.Column('channel', sa.String(length=12), nullable=False),
    sa.Column('account_id', sa.Integer(), nullable=True),
    sa.Column('mandate_id', sa.Integer(), nullable=True),
    sa.Column('actor_name', sa.String(length=120), nullable=True),
    sa.Column('reason_sealed', sa.LargeBinary(), nullable=True),
    sa.Column('public_id', sa.String(length=22), nullable=False),
    sa.ForeignKeyConstraint(['account_id'], ['accounts.id'], name=op.f('fk_dossier_moves_account_id_accounts')),
    sa.ForeignKeyConstraint(['dossier_id'], ['dossiers.id'], name=op.f('fk_dossier_moves_dossier_id_dossiers')),
    sa.ForeignKeyConstraint(['mandate_id'], ['mandates.id'], name=op.f('fk_dossier_moves_mandate_id_mandates')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_dossier_moves')),
    sa.UniqueConstraint('public_id', name=op.f('uq_dossier_moves_public_id'))
    )
    with op.batch_alter_table('dossier_moves', schema=None) as batch_op:
        batch_op.create_index('ix_dossier_moves_dossier', ['dossier_id', 'id'], unique=False)

    op.create_table('outcomes',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('dossier_id', sa.Integer(), nullable=False),
    sa.Column('decision', sa.String(length=10), nullable=False),
    sa.Column('result_code', sa.String(length=40), nullable=True),
    sa.Column('title_vi', sa.String(length=200), nullable=False),
    sa.Column('title_en', sa.String(length=200), nullable=False),
    sa.Column('number_sealed', sa.LargeBinary(), nullable=True),
    sa.Column('issued_on', sa.Date(), nullable=False),
    sa.Column('file_id', sa.Integer(), nullable=True),
    sa.Column('vault_item_id', sa.Integer(), nullable=True),
    sa.Column('created_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('public_id', sa.String(length=22), nullable=False),
    sa.ForeignKeyConstraint(['dossier_id'], ['dossiers.id'], name=op.f('fk_outcomes_dossier_id_dossiers')),
    sa.ForeignKeyConstraint(['file_id'], ['stored_files.id'], name=op.f('fk_outcomes_file_id_stored_files')),
    sa.ForeignKeyConstraint(['vault_item_id'], ['vault_items.id'], name=op.f('fk_outcomes_vault_item_id_vault_items')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_outcomes')),
    sa.UniqueConstraint('dossier_id', name=op.f('uq_outcomes_dossier_id')),
    sa.UniqueConstraint('public_id', name=op.f('uq_outcomes_public_id'))
    )
    op.create_table('receipts',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('dossier_id', sa.Integer(), nullable=False),
    sa.Column('kind', sa.String(length=12), nullable=False),
    sa.Column('issued_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('manifest', sa.JSON(), nullable=False),
    sa.Column('signature', sa.String(length=64), nullable=False),
    sa.Column('public_id', sa.String(length=22), nullable=False),
    sa.ForeignKeyConstraint(['dossier_id'], ['dossiers.id'], name=op.f('fk_receipts_dossier_id_dossiers')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_receipts')),
    sa.UniqueConstraint('public_id', name=op.f('uq_receipts_public_id'))
    )
    with op.batch_alter_table('receipts', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_receipts_dossier_id'), ['dossier_id'], unique=False)

    op.create_table('supplement_requests',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('dossier_id', sa.Integer(), nullable=False),
    sa.Column('asked_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('asked_by', sa.Integer(), nullable=False),
    sa.Column('deadline_on', sa.Date(), nullable=False),
    sa.Column('answered_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('items_sealed', sa.LargeBinary(), nullable=False),
    sa.Column('public_id', sa.String(length=22), nullable=False),
    sa.ForeignKeyConstraint(['asked_by'], ['accounts.id'], name=op.f('fk_supplement_requests_asked_by_accounts')),
    sa.ForeignKeyConstraint(['dossier_id'], ['dossiers.id'], name=op.f('fk_supplement_requests_dossier_id_dossiers')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_supplement_requests')),
    sa.UniqueConstraint('public_id', name=op.f('uq_supplement_requests_public_id'))
    )
    with op.batch_alter_table('supplement_requests', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_supplement_requests_dossier_id'), ['dossier_id'], unique=False)

    op.create_table('dossier_files',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('document_id', sa.Integer(), nullable=False),
    sa.Column('file_id', sa.Integer(), nullable=False),
    sa.Column('position', sa.Integer(), nullable=False),
    sa.Column('stored_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('submitted_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('delivered_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('replaced_at', sa.DateTime(timezone=True), nullable=True),
    sa.ForeignKeyConstraint(['document_id'], ['dossier_documents.id'], name=op.f('fk_dossier_files_document_id_dossier_documents'), ondelete='CASCADE'),
    sa.ForeignKeyConstraint(['file_id'], ['stored_files.id'], name=op.f('fk_dossier_files_file_id_stored_files')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_dossier_files')),
    sa.UniqueConstraint('document_id', 'file_id', name=op.f('uq_dossier_files_document_id_file_id'))
    )
    with op.batch_alter_table('dossier_files', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_dossier_files_document_id'), ['document_id'], unique=False)

    _forbid_changes()


def downgrade() -> None:
    _allow_changes()
    with op.batch_alter_table('dossier_files', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_dossier_files_document_id'))

    op.drop_table('dossier_files')
    with op.batch_alter_table('supplement_requests', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_supplement_requests_dossier_id'))

    op.drop_table('supplement_requests')
    with op.batch_alter_table('receipts', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_receipts_dossier_id'))

    op.drop_table('receipts')
    op.drop_table('outcomes')
    with op.batch_alter_table('dossier_moves', schema=None) as batch_op:
        batch_op.drop_index('ix_dossier_moves_dossier')

    op.drop_table('dossier_moves')
    op.drop_table('dossier_documents')
    with op.batch_alter_table('helper_sessions', schema=None) as batch_op:
        batch_op.drop_index('uq_helper_sessions_open', sqlite_where=sa.text('ended_at IS NULL'), postgresql_where=sa.text('ended_at IS NULL'))
        batch_op.drop_index('ix_helper_sessions_person_id')
        batch_op.drop_index('ix_helper_sessions_day')

    op.drop_table('helper_sessions')
    with op.batch_alter_table('dossiers', schema=None) as batch_op:
        batch_op.drop_index('ix_dossiers_worklist')
        batch_op.drop_index('ix_dossiers_office_submitted')
        batch_op.drop_index('ix_dossiers_mine')

    op.drop_table('dossiers')
    with op.batch_alter_table('mandates', schema=None) as batch_op:
        batch_op.drop_index('ix_mandates_person_id')

    op.drop_table('mandates')
    with op.batch_alter_table('login_sessions', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_login_sessions_account_id'))

    op.drop_table('login_sessions')
    with op.batch_alter_table('access_cards', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_access_cards_person_id'))

    op.drop_table('access_cards')
    op.drop_table('daily_numbers')
    op.drop_table('accounts')
    with op.batch_alter_table('vault_reuses', schema=None) as batch_op:
        batch_op.drop_index('ix_vault_reuses_dossier')

    op.drop_table('vault_reuses')
    op.drop_table('offices')
    with op.batch_alter_table('vault_items', schema=None) as batch_op:
        batch_op.drop_index('ix_vault_items_owner')

    op.drop_table('vault_items')
    op.drop_table('procedure_revisions')
    with op.batch_alter_table('phones', schema=None) as batch_op:
        batch_op.drop_index('ix_phones_number_index')

    op.drop_table('phones')
    with op.batch_alter_table('person_tokens', schema=None) as batch_op:
        batch_op.drop_index('ix_person_tokens_token')

    op.drop_table('person_tokens')
    with op.batch_alter_table('outbox_deliveries', schema=None) as batch_op:
        batch_op.drop_index('ix_outbox_deliveries_due')

    op.drop_table('outbox_deliveries')
    with op.batch_alter_table('messages', schema=None) as batch_op:
        batch_op.drop_index('ix_messages_provider_ref')
        batch_op.drop_index('ix_messages_inbox')
        batch_op.drop_index(batch_op.f('ix_messages_dossier'))

    op.drop_table('messages')
    with op.batch_alter_table('communes', schema=None) as batch_op:
        batch_op.drop_index('ix_communes_search')

    op.drop_table('communes')
    with op.batch_alter_table('throttle_counters', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_throttle_counters_expires_at'))

    op.drop_table('throttle_counters')
    op.drop_table('stored_files')
    op.drop_table('provinces')
    with op.batch_alter_table('procedures', schema=None) as batch_op:
        batch_op.drop_index('ix_procedures_life_event')

    op.drop_table('procedures')
    op.drop_table('people')
    op.drop_table('outbox_events')
    op.drop_table('idempotency_keys')
    with op.batch_alter_table('demo_texts', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_demo_texts_number_index'))

    op.drop_table('demo_texts')
    with op.batch_alter_table('code_challenges', schema=None) as batch_op:
        batch_op.drop_index('ix_code_challenges_phone_index')

    op.drop_table('code_challenges')
    op.drop_table('calendar_days')
    op.drop_table('audit_head')
    with op.batch_alter_table('audit_entries', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_audit_entries_object'))

    op.drop_table('audit_entries')
