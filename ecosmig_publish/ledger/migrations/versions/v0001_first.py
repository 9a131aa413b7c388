"""The first schema."""

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None

_IS_REPORT = "report IN ('ECOSMIG-001', 'ECOSMIG-002', 'ECOSMIG-003', 'ECOSMIG-004', 'ECOSMIG-005', 'ECOSMIG-006')"


def upgrade() -> None:
    """Make every table."""
    op.create_table(
        "acts",
        sa.Column("id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("at", sa.String(27), nullable=False),
        sa.Column("identity", sa.Text(), nullable=False),
        sa.Column("host", sa.Text(), nullable=False),
        sa.Column("version", sa.Text(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("subject", sa.Text(), nullable=False),
        sa.Column("content", sa.Text(), nullable=False),
        sa.Column("previous_hash", sa.String(length=64), nullable=False),
        sa.Column("hash", sa.String(length=64), nullable=False),
        sa.CheckConstraint("id >= 1", name=op.f("ck_acts_id")),
        sa.CheckConstraint("length(previous_hash) = 64 AND length(hash) = 64", name=op.f("ck_acts_hash")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_acts")),
        sa.UniqueConstraint("hash", name=op.f("uq_acts_hash")),
        sa.UniqueConstraint("previous_hash", name=op.f("uq_acts_previous_hash")),
    )
    op.create_table(
        "findings",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("at", sa.String(27), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("detail", sa.Text(), nullable=False),
        sa.CheckConstraint("kind <> ''", name=op.f("ck_findings_kind")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_findings")),
    )
    op.create_table(
        "folders",
        sa.Column("signifier", sa.String(length=6), nullable=False),
        sa.Column("folder_id", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("party_name", sa.Text(), nullable=False),
        sa.Column("onboarded_at", sa.String(27), nullable=False),
        sa.CheckConstraint("folder_id <> ''", name=op.f("ck_folders_folder_id")),
        sa.CheckConstraint("length(signifier) = 6", name=op.f("ck_folders_signifier")),
        sa.PrimaryKeyConstraint("signifier", name=op.f("pk_folders")),
        sa.UniqueConstraint("folder_id", name=op.f("uq_folders_folder_id")),
        sa.UniqueConstraint("name", name=op.f("uq_folders_name")),
    )
    op.create_table(
        "slots",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("report", sa.String(length=11), nullable=False),
        sa.Column("due_at", sa.String(27), nullable=False),
        sa.Column("period_start", sa.String(27), nullable=False),
        sa.Column("period_end", sa.String(27), nullable=False),
        sa.Column("cut_off", sa.String(27), nullable=False),
        sa.Column("generated_at", sa.String(27), nullable=False),
        sa.Column("watermark_count", sa.BigInteger(), nullable=True),
        sa.Column("watermark_checksum", sa.Text(), nullable=True),
        sa.Column("outcome", sa.String(length=7), nullable=False),
        sa.Column("reason", sa.Text(), nullable=True),
        sa.Column("held", sa.Integer(), nullable=False),
        sa.CheckConstraint(
            "(outcome = 'issued' AND reason IS NULL) OR (outcome = 'skipped' AND reason IS NOT NULL)",
            name=op.f("ck_slots_outcome"),
        ),
        sa.CheckConstraint(
            _IS_REPORT,
            name=op.f("ck_slots_report"),
        ),
        sa.CheckConstraint("(watermark_count IS NULL) = (watermark_checksum IS NULL)", name=op.f("ck_slots_watermark")),
        sa.CheckConstraint("due_at <= generated_at AND cut_off <= generated_at", name=op.f("ck_slots_generated_at")),
        sa.CheckConstraint("held >= 0", name=op.f("ck_slots_held")),
        sa.CheckConstraint("period_start < period_end AND period_end <= due_at", name=op.f("ck_slots_period")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_slots")),
        sa.UniqueConstraint("id", "report", name=op.f("uq_slots_id_report")),
        sa.UniqueConstraint("report", "due_at", name=op.f("uq_slots_report_due_at")),
    )
    op.create_table(
        "streams",
        sa.Column("report", sa.String(length=11), nullable=False),
        sa.Column("recipient", sa.String(length=6), nullable=False),
        sa.Column("last_sequence", sa.Integer(), nullable=False),
        sa.CheckConstraint(
            _IS_REPORT,
            name=op.f("ck_streams_report"),
        ),
        sa.CheckConstraint("last_sequence BETWEEN 1 AND 999999", name=op.f("ck_streams_last_sequence")),
        sa.CheckConstraint("length(recipient) = 6", name=op.f("ck_streams_recipient")),
        sa.PrimaryKeyConstraint("report", "recipient", name=op.f("pk_streams")),
    )
    op.create_table(
        "holds",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("report", sa.String(length=11), nullable=False),
        sa.Column("key", sa.Text(), nullable=False),
        sa.Column("reasons", sa.Text(), nullable=False),
        sa.Column("recipient", sa.Text(), nullable=True),
        sa.Column("first_slot_id", sa.Integer(), nullable=False),
        sa.Column("last_slot_id", sa.Integer(), nullable=False),
        sa.Column("closed", sa.Text(), nullable=True),
        sa.Column("closed_slot_id", sa.Integer(), nullable=True),
        sa.CheckConstraint(
            "closed IS NULL OR closed IN ('reported', 'not-of-this-report')", name=op.f("ck_holds_closed")
        ),
        sa.CheckConstraint("key <> ''", name=op.f("ck_holds_key")),
        sa.CheckConstraint("reasons <> ''", name=op.f("ck_holds_reasons")),
        sa.CheckConstraint("(closed IS NULL) = (closed_slot_id IS NULL)", name=op.f("ck_holds_closed_slot")),
        sa.ForeignKeyConstraint(
            ["closed_slot_id", "report"],
            ["slots.id", "slots.report"],
            name=op.f("fk_holds_closed_slot_id_report"),
        ),
        sa.ForeignKeyConstraint(
            ["first_slot_id", "report"],
            ["slots.id", "slots.report"],
            name=op.f("fk_holds_first_slot_id_report"),
        ),
        sa.ForeignKeyConstraint(
            ["last_slot_id", "report"],
            ["slots.id", "slots.report"],
            name=op.f("fk_holds_last_slot_id_report"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_holds")),
    )
    op.create_index(
        "ix_holds_open",
        "holds",
        ["report", "key"],
        unique=True,
        sqlite_where=sa.text("closed IS NULL"),
        postgresql_where=sa.text("closed IS NULL"),
    )
    op.create_table(
        "issues",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("slot_id", sa.Integer(), nullable=False),
        sa.Column("report", sa.String(length=11), nullable=False),
        sa.Column("recipient", sa.String(length=6), nullable=False),
        sa.ForeignKeyConstraint(
            ["report", "recipient"],
            ["streams.report", "streams.recipient"],
            name=op.f("fk_issues_report_recipient"),
        ),
        sa.ForeignKeyConstraint(
            ["slot_id", "report"], ["slots.id", "slots.report"], name=op.f("fk_issues_slot_id_report")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_issues")),
        sa.UniqueConstraint("id", "report", "recipient", name=op.f("uq_issues_id_report_recipient")),
    )
    op.create_index("ix_issues_slot_id_recipient", "issues", ["slot_id", "recipient"], unique=True)
    op.create_table(
        "outbox_directories",
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("slot_id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["slot_id"], ["slots.id"], name=op.f("fk_outbox_directories_slot_id")),
        sa.PrimaryKeyConstraint("name", name=op.f("pk_outbox_directories")),
    )
    op.create_table(
        "problems",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("slot_id", sa.Integer(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("key", sa.Text(), nullable=True),
        sa.Column("recipient", sa.Text(), nullable=True),
        sa.Column("count", sa.Integer(), nullable=False),
        sa.CheckConstraint("reason <> ''", name=op.f("ck_problems_reason")),
        sa.CheckConstraint("count >= 1", name=op.f("ck_problems_count")),
        sa.ForeignKeyConstraint(["slot_id"], ["slots.id"], name=op.f("fk_problems_slot_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_problems")),
    )
    op.create_index(op.f("ix_problems_slot_id"), "problems", ["slot_id"], unique=False)
    op.create_table(
        "reported_keys",
        sa.Column("slot_id", sa.Integer(), nullable=False),
        sa.Column("ordinal", sa.Integer(), nullable=False),
        sa.Column("keys", sa.LargeBinary(), nullable=False),
        sa.ForeignKeyConstraint(["slot_id"], ["slots.id"], name=op.f("fk_reported_keys_slot_id")),
        sa.PrimaryKeyConstraint("slot_id", "ordinal", name=op.f("pk_reported_keys")),
    )
    op.create_table(
        "files",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("issue_id", sa.Integer(), nullable=False),
        sa.Column("report", sa.String(length=11), nullable=False),
        sa.Column("recipient", sa.String(length=6), nullable=False),
        sa.Column("sequence", sa.Integer(), nullable=False),
        sa.Column("part", sa.Integer(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("outbox_path", sa.Text(), nullable=False),
        sa.Column("rows", sa.Integer(), nullable=False),
        sa.Column("size", sa.BigInteger(), nullable=False),
        sa.Column("sha256", sa.String(length=64), nullable=False),
        sa.Column("quick_xor_hash", sa.String(length=28), nullable=False),
        sa.CheckConstraint(
            "name LIKE report || '_' || recipient || '_' || CAST(sequence AS TEXT) || '_%.csv'",
            name=op.f("ck_files_name"),
        ),
        sa.CheckConstraint("outbox_path NOT LIKE '/%'", name=op.f("ck_files_outbox_path")),
        sa.CheckConstraint("length(quick_xor_hash) = 28", name=op.f("ck_files_quick_xor_hash")),
        sa.CheckConstraint("length(sha256) = 64", name=op.f("ck_files_sha256")),
        sa.CheckConstraint("part >= 1", name=op.f("ck_files_part")),
        sa.CheckConstraint("rows BETWEEN 0 AND 999999", name=op.f("ck_files_rows")),
        sa.CheckConstraint("sequence BETWEEN 1 AND 999999", name=op.f("ck_files_sequence")),
        sa.CheckConstraint("size > 0", name=op.f("ck_files_size")),
        sa.ForeignKeyConstraint(
            ["issue_id", "report", "recipient"],
            ["issues.id", "issues.report", "issues.recipient"],
            name=op.f("fk_files_issue_id_report_recipient"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_files")),
        sa.UniqueConstraint("issue_id", "part", name=op.f("uq_files_issue_id_part")),
        sa.UniqueConstraint("name", name=op.f("uq_files_name")),
        sa.UniqueConstraint("outbox_path", name=op.f("uq_files_outbox_path")),
        sa.UniqueConstraint("report", "recipient", "sequence", name=op.f("uq_files_report_recipient_sequence")),
    )
    op.create_table(
        "conflicts",
        sa.Column("file_id", sa.Integer(), nullable=False),
        sa.Column("detail", sa.Text(), nullable=False),
        sa.Column("found_at", sa.String(27), nullable=False),
        sa.ForeignKeyConstraint(["file_id"], ["files.id"], name=op.f("fk_conflicts_file_id")),
        sa.PrimaryKeyConstraint("file_id", name=op.f("pk_conflicts")),
    )
    op.create_table(
        "publications",
        sa.Column("file_id", sa.Integer(), nullable=False),
        sa.Column("item_id", sa.Text(), nullable=True),
        sa.Column("adopted", sa.Boolean(), nullable=True),
        sa.Column("published_at", sa.String(27), nullable=True),
        sa.Column("proved_at", sa.String(27), nullable=True),
        sa.CheckConstraint(
            "(published_at IS NULL) = (item_id IS NULL) AND (published_at IS NULL) = (adopted IS NULL)",
            name=op.f("ck_publications_published"),
        ),
        sa.CheckConstraint("proved_at IS NULL OR published_at IS NOT NULL", name=op.f("ck_publications_proved")),
        sa.ForeignKeyConstraint(["file_id"], ["files.id"], name=op.f("fk_publications_file_id")),
        sa.PrimaryKeyConstraint("file_id", name=op.f("pk_publications")),
    )
    op.create_index(
        "ix_publications_waiting",
        "publications",
        ["file_id"],
        unique=False,
        sqlite_where=sa.text("proved_at IS NULL"),
        postgresql_where=sa.text("proved_at IS NULL"),
    )
