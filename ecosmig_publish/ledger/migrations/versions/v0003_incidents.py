"""What comes between a normal run and the next: leases, corrections, withdrawals, brakes, seeds, what folders hold."""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"

_IS_REPORT = "report IN ('ECOSMIG-001', 'ECOSMIG-002', 'ECOSMIG-003', 'ECOSMIG-004', 'ECOSMIG-005', 'ECOSMIG-006')"


def upgrade() -> None:
    """Make the tables, and let a slot have more than one issue for a recipient."""
    op.create_table(
        "folder_heads",
        sa.Column("report", sa.String(length=11), nullable=False),
        sa.Column("recipient", sa.String(length=6), nullable=False),
        sa.Column("sequence", sa.Integer(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("seen_at", sa.String(27), nullable=False),
        sa.CheckConstraint(_IS_REPORT, name=op.f("ck_folder_heads_report")),
        sa.CheckConstraint("sequence BETWEEN 1 AND 999999", name=op.f("ck_folder_heads_sequence")),
        sa.PrimaryKeyConstraint("report", "recipient", name=op.f("pk_folder_heads")),
    )
    op.create_table(
        "lease",
        sa.Column("id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("fence", sa.BigInteger(), nullable=False),
        sa.Column("holder", sa.Text(), nullable=False),
        sa.Column("identity", sa.Text(), nullable=False),
        sa.Column("host", sa.Text(), nullable=False),
        sa.Column("process", sa.Integer(), nullable=False),
        sa.Column("taken_at", sa.String(27), nullable=False),
        sa.Column("renewed_at", sa.String(27), nullable=False),
        sa.Column("expires_at", sa.String(27), nullable=False),
        sa.Column("released", sa.Boolean(), nullable=False),
        sa.CheckConstraint("fence >= 1", name=op.f("ck_lease_fence")),
        sa.CheckConstraint("id = 1", name=op.f("ck_lease_one")),
        sa.CheckConstraint("taken_at <= renewed_at AND renewed_at < expires_at", name=op.f("ck_lease_expires_at")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_lease")),
    )
    op.create_table(
        "seeds",
        sa.Column("report", sa.String(length=11), nullable=False),
        sa.Column("recipient", sa.String(length=6), nullable=False),
        sa.Column("last_sequence", sa.Integer(), nullable=False),
        sa.Column("seeded_at", sa.String(27), nullable=False),
        sa.CheckConstraint(_IS_REPORT, name=op.f("ck_seeds_report")),
        sa.CheckConstraint("last_sequence BETWEEN 1 AND 999999", name=op.f("ck_seeds_last_sequence")),
        sa.CheckConstraint("length(recipient) = 6", name=op.f("ck_seeds_recipient")),
        sa.PrimaryKeyConstraint("report", "recipient", name=op.f("pk_seeds")),
    )
    op.create_table(
        "slot_brakes",
        sa.Column("report", sa.String(length=11), nullable=False),
        sa.Column("due_at", sa.String(27), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("held_at", sa.String(27), nullable=False),
        sa.Column("released_at", sa.String(27), nullable=True),
        sa.CheckConstraint("reason <> ''", name=op.f("ck_slot_brakes_reason")),
        sa.CheckConstraint(_IS_REPORT, name=op.f("ck_slot_brakes_report")),
        sa.CheckConstraint("released_at IS NULL OR released_at >= held_at", name=op.f("ck_slot_brakes_released_at")),
        sa.PrimaryKeyConstraint("report", "due_at", name=op.f("pk_slot_brakes")),
    )
    op.create_table(
        "source_watermarks",
        sa.Column("subject", sa.Text(), nullable=False),
        sa.Column("until", sa.String(27), nullable=False),
        sa.Column("count", sa.BigInteger(), nullable=False),
        sa.Column("checksum", sa.Text(), nullable=False),
        sa.Column("taken_at", sa.String(27), nullable=False),
        sa.CheckConstraint("subject <> ''", name=op.f("ck_source_watermarks_subject")),
        sa.PrimaryKeyConstraint("subject", name=op.f("pk_source_watermarks")),
    )
    op.create_table(
        "brakes",
        sa.Column("issue_id", sa.Integer(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("held_at", sa.String(27), nullable=False),
        sa.Column("released_at", sa.String(27), nullable=True),
        sa.CheckConstraint("reason <> ''", name=op.f("ck_brakes_reason")),
        sa.CheckConstraint("released_at IS NULL OR released_at >= held_at", name=op.f("ck_brakes_released_at")),
        sa.ForeignKeyConstraint(["issue_id"], ["issues.id"], name=op.f("fk_brakes_issue_id")),
        sa.PrimaryKeyConstraint("issue_id", name=op.f("pk_brakes")),
    )
    op.create_table(
        "corrections",
        sa.Column("issue_id", sa.Integer(), nullable=False),
        sa.Column("supersedes_id", sa.Integer(), nullable=True),
        sa.Column("cut_off", sa.String(27), nullable=False),
        sa.Column("generated_at", sa.String(27), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.CheckConstraint("reason <> ''", name=op.f("ck_corrections_reason")),
        sa.CheckConstraint("cut_off <= generated_at", name=op.f("ck_corrections_generated_at")),
        sa.CheckConstraint("supersedes_id IS NULL OR supersedes_id < issue_id", name=op.f("ck_corrections_supersedes")),
        sa.ForeignKeyConstraint(["issue_id"], ["issues.id"], name=op.f("fk_corrections_issue_id")),
        sa.ForeignKeyConstraint(["supersedes_id"], ["issues.id"], name=op.f("fk_corrections_supersedes_id")),
        sa.PrimaryKeyConstraint("issue_id", name=op.f("pk_corrections")),
        sa.UniqueConstraint("supersedes_id", name=op.f("uq_corrections_supersedes_id")),
    )
    op.create_table(
        "withdrawals",
        sa.Column("issue_id", sa.Integer(), nullable=False),
        sa.Column("withdrawn_at", sa.String(27), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("released", sa.Boolean(), nullable=False),
        sa.Column("removed", sa.Boolean(), nullable=False),
        sa.CheckConstraint("reason <> ''", name=op.f("ck_withdrawals_reason")),
        sa.ForeignKeyConstraint(["issue_id"], ["issues.id"], name=op.f("fk_withdrawals_issue_id")),
        sa.PrimaryKeyConstraint("issue_id", name=op.f("pk_withdrawals")),
    )
    op.create_table(
        "recalls",
        sa.Column("hold_id", sa.Integer(), nullable=False),
        sa.Column("issue_id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["hold_id"], ["holds.id"], name=op.f("fk_recalls_hold_id")),
        sa.ForeignKeyConstraint(["issue_id"], ["issues.id"], name=op.f("fk_recalls_issue_id")),
        sa.PrimaryKeyConstraint("hold_id", name=op.f("pk_recalls")),
    )
    op.create_index("ix_recalls_issue_id", "recalls", ["issue_id"], unique=False)
    op.create_table(
        "resends",
        sa.Column("file_id", sa.Integer(), nullable=False),
        sa.Column("resent_at", sa.String(27), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.CheckConstraint("reason <> ''", name=op.f("ck_resends_reason")),
        sa.ForeignKeyConstraint(["file_id"], ["files.id"], name=op.f("fk_resends_file_id")),
        sa.PrimaryKeyConstraint("file_id", name=op.f("pk_resends")),
    )
    op.drop_index(op.f("ix_issues_slot_id_recipient"), table_name="issues")
    op.create_index("ix_issues_slot_id_recipient", "issues", ["slot_id", "recipient"], unique=False)
